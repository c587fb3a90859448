"""Random legal graphs with corner-biased parameters. `python -m tests.fuzz --seeds 500` is the long run."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from edgesort.fixed import Int
from edgesort.graph import Graph, GraphError, Node, Stream
from edgesort.ops import OPS, DepthToTime, Upsample
from edgesort.passes import simplify
from edgesort.passes.prune import prune
from edgesort.targets import c
from edgesort.targets.target import BuildError
from edgesort.targets.verilog.sim import Run
from tests import corners
from tests.ops import MATERIAL
from tests.targets.cases_verilog import Case, build_cases, failing

FRAMES = 400
BATCH = 25  # designs in one bench
RAISING = (Upsample, DepthToTime)


def random_graph(seed: int) -> Graph:
    """2 to 9 random operators on a random input: skips, rates, groups; the same graph for the same seed.

    Every second one has gone through the passes, as a compiled model has.
    """
    rng = np.random.default_rng(seed)
    width, bits = int(rng.integers(1, 4)), int(rng.choice([4, 8, 12, 16]))
    source = ("adc", Stream((width,), Int(bits, bool(rng.random() < 0.8))))
    nodes: tuple[Node, ...] = ()
    length, tries = int(rng.integers(2, 10)), 0
    while len(nodes) < length and tries < 200:
        tries += 1
        node = _random_node(rng, Graph("so far", 1000.0, source, nodes, ("adc",)), f"n{len(nodes)}")
        if node is None:
            continue
        longer = (*nodes, node)
        try:
            stream = Graph("longer", 1000.0, source, longer, (longer[-1].name,)).check().streams[longer[-1].name]
        except GraphError:
            continue
        if stream.size <= 96 and stream.period <= 12 and (stream.dtype.signed or stream.dtype.bits < 32):
            nodes = longer
    read = {name for node in nodes for name in node.inputs}
    outputs = tuple(node.name for node in nodes if node.name not in read)
    graph = Graph(f"fuzz{seed}", 1000.0, source, nodes, outputs).check()
    return simplify(graph) if seed % 2 else graph


def _random_node(rng, graph: Graph, name: str) -> Node | None:
    """A random op on streams that it may take: often the newest, so that chains grow and skips come."""
    names = list(graph.streams)
    op = OPS[rng.integers(len(OPS))]
    inputs = [names[-1] if rng.random() < 0.6 else str(rng.choice(names))]
    slow = [name for name, stream in graph.streams.items() if stream.period > 1]
    if slow and rng.random() < 0.2:  # else few rates would rise again
        op, inputs = RAISING[rng.integers(len(RAISING))], [str(rng.choice(slow))]
    x = graph.streams[inputs[0]]
    while len(inputs) < MATERIAL[op].arity:
        fit = [n for n, s in graph.streams.items() if (s.shape, s.period) == (x.shape, x.period)]
        inputs.append(str(rng.choice([n for n in fit if n not in inputs] or fit)))
    try:
        return Node(name, MATERIAL[op].random(rng, *(graph.streams[n] for n in inputs)), tuple(inputs))
    except (ValueError, IndexError):  # the streams leave it no choice
        return None


def frames(graph: Graph, seed: int, count: int = FRAMES):
    return corners.frames(graph.input[1], count, seed)


def first_difference(graph: Graph, found: dict, data) -> str | None:
    """None if `found` {node: values} equals the reference, else the first node that differs."""
    _, expected = graph.run(graph.initial_state(), data)
    for node in graph.nodes:
        if not np.array_equal(expected[node.name].astype(np.int64), found[node.name].astype(np.int64)):
            return f"{node.name} ({node.op.kind}) differs"
    return None


def shrink(graph: Graph, fails: Callable[[Graph], bool]) -> Graph:
    """The smallest graph that still fails: nodes are left out, one after the other, as long as it does."""
    smaller = next((g for g in _smaller(graph) if fails(g)), None)
    return graph if smaller is None else shrink(smaller, fails)


def _smaller(graph: Graph) -> Iterator[Graph]:
    """The graph up to each of its nodes, and the graph without one, whose readers read its input in its place."""
    for node in graph.nodes:
        part = prune(replace(graph, outputs=(node.name,)))
        if len(part.nodes) < len(graph.nodes):
            yield part
    for node in graph.nodes:
        others = [other for other in graph.nodes if other is not node]
        names = {node.name: node.inputs[0]}
        nodes = tuple(replace(o, inputs=tuple(names.get(name, name) for name in o.inputs)) for o in others)
        outputs = tuple(name for name in graph.outputs if name != node.name) or (others[-1].name if others else "",)
        try:
            yield replace(graph, nodes=nodes, outputs=outputs).check()
        except GraphError:
            continue


def check_c(seed: int, folder: Path) -> str | None:
    """Compile the graph of this seed under sanitizers and compare every value; None if equal."""

    def difference(graph: Graph) -> str | None:
        data = frames(graph, seed)
        with tempfile.TemporaryDirectory(dir=folder) as work:
            try:
                return first_difference(graph, c.host_values(graph, data, Path(work), sanitize=True), data)
            except BuildError as error:
                return str(error)

    return smallest(seed, difference)


def check_rtl(seeds: Sequence[int], folder: Path) -> dict[str, str]:
    """The graphs of these seeds side by side in one bench, stalled, against the reference; those that differ."""

    def wrong(graphs: Sequence[Graph]) -> dict[str, str]:
        cases = [Case(graph.name, graph) for graph in graphs]
        with tempfile.TemporaryDirectory(dir=folder) as work:
            designs = build_cases(Path(work), cases)
            return failing(Path(work), cases, designs, 150, Run(stalls=90, seed=5, idle=20_000))

    def difference(graph: Graph) -> str | None:
        return next(iter(wrong([graph]).values()), None)

    failed = wrong([random_graph(seed) for seed in seeds])
    return {name: smallest(int(name.removeprefix("fuzz")), difference) or said for name, said in failed.items()}


def smallest(seed: int, difference: Callable[[Graph], str | None]) -> str | None:
    """What differs in the smallest part of this seed's graph that differs; None if all is equal."""
    graph = random_graph(seed)
    if difference(graph) is None:
        return None
    least = shrink(graph, lambda g: difference(g) is not None)
    return f"seed {seed}: {difference(least)}\n{least.text()}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=500)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    seeds = range(arguments.start, arguments.start + arguments.seeds)
    batches = [seeds[k : k + BATCH] for k in range(0, len(seeds), BATCH)]
    failed = 0
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(arguments.workers) as pool:
        for failure in pool.map(partial(check_c, folder=Path(folder)), seeds):
            failed += failure is not None
            print(failure or "C: equal", flush=True)
        for batch, wrong in zip(batches, pool.map(partial(check_rtl, folder=Path(folder)), batches), strict=True):
            failed += len(wrong)
            print("\n".join(wrong.values()) or f"RTL of seeds {batch[0]} to {batch[-1]}: equal", flush=True)
    print(f"{2 * arguments.seeds - failed} passed, {failed} failed")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
