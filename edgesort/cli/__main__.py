from edgesort.cli import main

main()
