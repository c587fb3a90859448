"""Random legal graphs with corner-biased parameters. `python -m tests.fuzz --seeds 500` is the long run."""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from edgesort.fixed import Int
from edgesort.graph import Graph, GraphError, Node, Stream
from edgesort.ops import OPS
from edgesort.targets import c
from edgesort.targets.verilog.sim import Run
from tests import corners
from tests.ops import MATERIAL
from tests.targets.cases_verilog import Case, build_cases, failing

FRAMES = 400
BATCH = 25  # designs in one bench


def random_graph(seed: int) -> Graph:
    """2 to 9 random operators on a random input: skips, rates, groups; the same graph for the same seed."""
    rng = np.random.default_rng(seed)
    width, bits = int(rng.integers(1, 4)), int(rng.choice([4, 8, 12, 16]))
    source = ("adc", Stream((width,), Int(bits, bool(rng.random() < 0.8))))
    nodes: tuple[Node, ...] = ()
    length, tries = int(rng.integers(2, 10)), 0
    while len(nodes) < length and tries < 200:
        tries += 1
        node = _random_node(rng, Graph("so far", 1000.0, source, nodes, ("adc",)), f"n{len(nodes)}")
        longer = (*nodes, *node)
        try:
            stream = Graph("longer", 1000.0, source, longer, (longer[-1].name,)).check().streams[longer[-1].name]
        except GraphError:
            continue
        if stream.size <= 96 and stream.period <= 12:
            nodes = longer
    read = {name for node in nodes for name in node.inputs}
    outputs = tuple(node.name for node in nodes if node.name not in read)
    return Graph(f"fuzz{seed}", 1000.0, source, nodes, outputs).check()


def _random_node(rng, graph: Graph, name: str) -> tuple[Node, ...]:
    """A random op on streams that it may take: often the newest, so that chains grow and skips come."""
    names = list(graph.streams)
    op = OPS[rng.integers(len(OPS))]
    inputs = [names[-1] if rng.random() < 0.6 else str(rng.choice(names))]
    x = graph.streams[inputs[0]]
    while len(inputs) < MATERIAL[op].arity:
        fit = [n for n, s in graph.streams.items() if (s.shape, s.period) == (x.shape, x.period)]
        inputs.append(str(rng.choice(fit)))
    try:
        return (Node(name, MATERIAL[op].random(rng, *(graph.streams[n] for n in inputs)), tuple(inputs)),)
    except (ValueError, IndexError):  # the streams leave it no choice
        return ()


def frames(graph: Graph, seed: int, count: int = FRAMES):
    return corners.frames(graph.input[1], count, seed)


def first_difference(graph: Graph, found: dict, data) -> str | None:
    """None if `found` {node: values} equals the reference, else the first node that differs."""
    _, expected = graph.run(graph.initial_state(), data)
    for node in graph.nodes:
        if not np.array_equal(expected[node.name].astype(np.int64), found[node.name].astype(np.int64)):
            return f"{graph.name}: {node.name} ({node.op.kind}) differs\n{graph.text()}"
    return None


def shrink(graph: Graph, fails) -> Graph:
    """The shortest beginning of the chain that still fails."""
    for count in range(1, len(graph.nodes)):
        shorter = Graph(graph.name, 1000.0, graph.input, graph.nodes[:count], (graph.nodes[count - 1].name,))
        if fails(shorter):
            return shorter
    return graph


def check_c(seed: int, folder: Path) -> str | None:
    """Compile the graph of this seed under sanitizers and compare every value; None if equal."""
    graph = random_graph(seed)

    def difference(candidate: Graph) -> str | None:
        data = frames(candidate, seed)
        with tempfile.TemporaryDirectory(dir=folder) as work:
            return first_difference(candidate, c.host_values(candidate, data, Path(work), sanitize=True), data)

    if difference(graph) is None:
        return None
    return f"seed {seed}: {difference(shrink(graph, lambda g: difference(g) is not None))}"


def check_rtl(seeds: Sequence[int], folder: Path) -> dict[str, str]:
    """The graphs of these seeds side by side in one bench, stalled, against the reference; those that differ."""
    cases = [Case(f"fuzz{seed}", random_graph(seed)) for seed in seeds]
    designs = build_cases(folder, cases)
    return failing(folder, cases, designs, 150, Run(stalls=90, seed=5, idle=20_000))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=500)
    parser.add_argument("--start", type=int, default=0)
    arguments = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(arguments.start, arguments.start + arguments.seeds):
            failure = check_c(seed, Path(folder))
            failed += failure is not None
            print(failure or f"seed {seed}: equal", flush=True)
        for start in range(arguments.start, arguments.start + arguments.seeds, BATCH):
            seeds = range(start, min(start + BATCH, arguments.start + arguments.seeds))
            (Path(folder) / f"rtl{start}").mkdir()
            wrong = check_rtl(seeds, Path(folder) / f"rtl{start}")
            failed += len(wrong)
            print(wrong or f"RTL of seeds {seeds.start} to {seeds.stop - 1}: equal", flush=True)
    print(f"{2 * arguments.seeds - failed} passed, {failed} failed")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
