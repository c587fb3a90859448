"""Cells wait for each other: their beats are timed as those of the RTL pass, and the folding reckons with it."""

from dataclasses import replace

import numpy as np
import pytest

from edgesort.fixed import Int
from edgesort.graph import Graph, Node, Stream
from edgesort.ops import Biquad, Concat, Dense, Lif, Peak, Requant, Reshape, Window
from edgesort.targets.verilog import emit, fold
from edgesort.targets.verilog.beats import keeps_up, pace
from edgesort.targets.verilog.sharing import shared
from edgesort.targets.verilog.sim import Design, Run, build_bench, read_values, run_bench
from tests.passes.networks import residual

U8, FRAMES = Int(8, False), 64
MACS = fold.Fabric(("mac",))


def dense(outputs, inputs, seed=0):
    rng = np.random.default_rng(seed)
    return Dense(rng.integers(-8, 8, (outputs, inputs)), rng.integers(-99, 99, outputs))


def lines():
    """A bank and a layer shared by four channels, then one over all of them."""
    nodes = (
        Node("each", Reshape((4, 1)), ("x",)),
        Node("line", Window(16, 1, 4), ("each",)),
        Node("bank", dense(8, 16), ("line",)),
        Node("bank_act", Requant((4,), U8), ("bank",)),
        Node("features", dense(16, 8), ("bank_act",)),
        Node("features_act", Requant((4,), U8), ("features",)),
        Node("flat", Reshape((64,)), ("features_act",)),
        Node("local", dense(16, 64), ("flat",)),
        Node("local_act", Requant((4,), U8), ("local",)),
    )
    return Graph("lines", 25_000.0, ("x", Stream((4,), Int(8))), nodes, ("local_act",)).check()


def spikes():
    """Neurons whose spikes go to a layer and, besides that layer's own, to the head: a fork and a join."""
    nodes = (
        Node("highpass", Biquad(((3, 2, 1, 1, 1),), 22, 4, 6), ("x",)),
        Node("scale", Requant((8,), Int(8)), ("highpass",)),
        Node("line", Window(8, 1, 2), ("scale",)),
        Node("conv", dense(24, 8), ("line",)),
        Node("current", Requant((3,), Int(8)), ("conv",)),
        Node("first", Lif((2,), (20,), 10), ("current",)),
        Node("dense", dense(8, 24), ("first",)),
        Node("second", Lif((1,), (10,), 10), ("dense",)),
        Node("both", Concat(), ("second", "first")),
        Node("past", Window(3), ("both",)),
        Node("head", dense(3, 96), ("past",)),
        Node("score", Requant((2,), U8), ("head",)),
        Node("events", Peak((40,) * 3, 2, 4), ("score",)),
    )
    return Graph("spikes", 20_000.0, ("x", Stream((1,), Int(16))), nodes, ("events",)).check()


LINES, SPIKES, PIPELINE = lines(), spikes(), residual(layers=3)
BUDGETS = {"lines": 300, "spikes": 160, PIPELINE.name: 163}  # cycles a frame


def cheapest(graph):
    """What would be the cheapest folding if cells did not wait for each other."""
    return fold._cheapest(fold._keep_up(graph, BUDGETS[graph.name], MACS), MACS)


def designs():
    """Of each graph what keeps up and what does not for its turns; layers that share an engine; and a pipeline."""
    for graph in (LINES, SPIKES):
        budget = BUDGETS[graph.name]
        yield f"{graph.name}_folded", graph, fold.fold(graph, budget, MACS), budget
        yield f"{graph.name}_in_turns", graph, cheapest(graph), budget
    sharing = replace(MACS, engines=("mac", "shared"), worth=999)
    yield "spikes_shared", SPIKES, fold.fold(SPIKES, 2000, sharing), 2000
    yield "pipeline", PIPELINE, fold.fold(PIPELINE, 1 << 30), BUDGETS[PIPELINE.name]


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """For each design: its graph, cells, queues, cycles that it may take, and those that a frame takes in RTL."""
    folder, made = tmp_path_factory.mktemp("turns"), list(designs())
    with pytest.MonkeyPatch.context() as patch:
        for name, graph, cells, budget in made:
            patch.setattr(emit, "fold", lambda *_, cells=cells: cells)
            emit.emit_model(graph, folder, budget, name)
    emit.copy_cells(folder)
    benches = [Design(name, graph, inside=False) for name, graph, _, _ in made]
    build_bench(folder, benches, sorted(folder.glob("*.v")), optimise=0)
    rng, run = np.random.default_rng(0), Run(stamps=True)
    inputs = [graph.input[1] for _, graph, _, _ in made]
    run_bench(folder, benches, [rng.integers(x.dtype.min, x.dtype.max + 1, (FRAMES, *x.shape)) for x in inputs], run)
    found = {}
    for bench, (name, graph, cells, budget) in zip(benches, made, strict=True):
        stamps = read_values(folder, bench, FRAMES, run)[graph.input[0]].reshape(FRAMES, -1)[:, 0]
        cycles = -(-(stamps[-1] - stamps[-1 - FRAMES // 2]) // (FRAMES // 2))
        found[name] = graph, cells, emit.depths(graph, cells, budget), budget, cycles
    return found


def test_a_frame_takes_the_cycles_in_rtl_that_its_beats_say(measured):
    said = {name: pace(graph, cells, depths).cycles for name, (graph, cells, depths, _, _) in measured.items()}
    assert said == {name: cycles for name, (*_, cycles) in measured.items()}
    assert len(shared(measured["spikes_shared"][1])) > 1


@pytest.mark.parametrize("graph", [LINES, SPIKES], ids=lambda graph: graph.name)
def test_they_keep_up_and_would_not_in_turns(measured, graph):
    _, cells, _, budget, cycles = measured[f"{graph.name}_folded"]
    *_, in_turns = measured[f"{graph.name}_in_turns"]
    assert cycles <= budget < in_turns
    assert keeps_up(graph, cells, budget) and not keeps_up(graph, cheapest(graph), budget)


@pytest.mark.parametrize("name", ["spikes_folded", "pipeline"])
def test_a_queue_is_deeper_where_its_writer_would_wait(measured, name):
    graph, cells, depths, budget, cycles = measured[name]
    least = emit.depths(graph, cells, 1 << 30)
    assert any(depths[port] > least[port] for port in least)
    assert pace(graph, cells, least).cycles > budget >= cycles
