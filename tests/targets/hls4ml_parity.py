"""`python -m tests.targets.hls4ml_parity [TARGET...]`: every op's every case that hls4ml takes, by C simulation.

A project takes up to half a minute to compile, so the tests run one network that holds the awkward cases and this is a
part of the long run (`make fuzz`).
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from edgesort.graph import Graph
from edgesort.operators import hls4ml_graph, hls4ml_refuses
from edgesort.ops import OPS
from edgesort.targets import find
from edgesort.targets.hls4ml import PROJECTS
from edgesort.targets.target import Target
from edgesort.verify import Verdict, compare
from tests import corners

FRAMES = 500


def graphs() -> Iterator[tuple[str, Graph]]:
    """Each case that hls4ml takes, with a Dense before and after it that change nothing."""
    for op in OPS:
        for k, case in enumerate(op.cases()):
            if hls4ml_refuses(case) is None:
                yield f"{op.kind}-{k}", hls4ml_graph(case)


def verdict(target: Target, graph: Graph, folder: Path) -> Verdict:
    target.emit(graph, folder)
    target.build(graph, folder)
    return compare(graph, target.executors(graph, folder)[0], corners.frames(graph.input[1], FRAMES, seed=1))


def main() -> None:
    targets = [find(name) for name in sys.argv[1:]] or PROJECTS
    results = []
    for target in targets:
        taken = ((name, graph) for name, graph in graphs() if not target.unsupported(graph))
        for name, graph in taken:
            with tempfile.TemporaryDirectory() as folder:
                found = verdict(target, graph, Path(folder))
            results.append(found.equal)
            said = "equal" if found.equal else found.first_mismatch or found.missing
            print(f"{target.name}, {name}: {said}, {found.values} values", flush=True)
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
