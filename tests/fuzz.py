"""Random legal graphs with corner-biased parameters. `python -m tests.fuzz --seeds 500` is the long run."""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from edgesort.fixed import Int
from edgesort.graph import Graph, GraphError, Node, Stream
from edgesort.ops import Biquad, Dense, Peak, Requant, Window
from edgesort.targets import c
from edgesort.targets.verilog_sim import Run
from tests import corners
from tests.targets.cases_verilog import Case, build_cases, failing

FRAMES = 400
BATCH = 25  # designs in one bench


def random_graph(seed: int) -> Graph:
    """A chain of 2 to 7 random operators on a random input; the same graph for the same seed."""
    rng = np.random.default_rng(seed)
    width, bits = int(rng.integers(1, 4)), int(rng.choice([4, 8, 12, 16]))
    source = ("adc", Stream((width,), Int(bits, bool(rng.random() < 0.8))))
    graph = Graph(f"fuzz{seed}", 1000.0, source, (), ())
    length = int(rng.integers(2, 8))
    while len(graph.nodes) < length:
        last = graph.nodes[-1].name if graph.nodes else "adc"
        node = Node(f"n{len(graph.nodes)}", _random_op(rng, graph.streams[last]), (last,))
        longer = Graph(graph.name, 1000.0, source, (*graph.nodes, node), (node.name,))
        try:
            size = longer.check().streams[node.name].size
        except GraphError:
            continue
        if size <= 96 and longer.streams[node.name].period <= 12:
            graph = longer
    return graph


def _random_op(rng, x):
    high = x.dtype.max
    choice = rng.choice(["biquad", "requant", "requant", "window", "dense", "peak"])
    if choice == "biquad":
        sections = tuple(tuple(int(c) for c in rng.integers(-32768, 32768, 5)) for _ in range(rng.integers(1, 3)))
        tame = ((15305, -30611, 15305, -30537, 14300),)
        return Biquad(sections if rng.random() < 0.5 else tame, int(rng.integers(4, 25)), 14, int(rng.integers(0, 7)))
    if choice == "requant":
        shifts = rng.integers(0, max(1, x.dtype.bits), x.shape[-1] if rng.random() < 0.3 else 1)
        return Requant(tuple(int(s) for s in shifts), Int(int(rng.integers(1, 13)), bool(rng.random() < 0.5)))
    if choice == "window":
        kernel, dilation, stride = (int(v) for v in (rng.integers(1, 6), rng.integers(1, 4), rng.integers(1, 4)))
        return Window(kernel, dilation if rng.random() < 0.4 else 1, stride if rng.random() < 0.4 else 1)
    if choice == "dense":
        groups = int(rng.choice([g for g in (1, 2, 3) if x.shape[-1] % g == 0]))
        shape = (groups * int(rng.integers(1, 6)), x.shape[-1] // groups)
        top = int(rng.choice([1, 7, 127]))
        weight = rng.integers(-top - 1, top + 1, shape)
        if rng.random() < 0.3:
            weight = rng.choice([-top - 1, top, 0, 1], shape)
        return Dense(weight, rng.integers(-(1 << 12), 1 << 12, shape[0]), groups)
    thresholds = rng.choice([0, max(0, high - 1), max(0, high // 4)], x.shape[0] if len(x.shape) == 1 else 1)
    return Peak(tuple(int(t) for t in thresholds), int(rng.integers(1, 5)), int(rng.choice([0, 1, 7])))


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
