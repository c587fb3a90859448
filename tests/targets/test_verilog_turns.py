"""Layers of several lines a frame, one after the other: they compute at once where taking turns would be too slow."""

import numpy as np
import pytest

from edgesort.fixed import Int
from edgesort.graph import Graph, Node, Stream
from edgesort.ops import Dense, Requant, Reshape, Window
from edgesort.targets import find
from edgesort.targets.target import BuildError, Options
from edgesort.targets.verilog import fold

CHANNELS, FILTERS, KERNEL, HIDDEN, STRIDE = 4, 8, 16, 16, 4


def shared_filters():
    """A bank and a layer shared by the channels, then one over all of them."""
    rng, u8 = np.random.default_rng(0), Int(8, False)

    def dense(outputs, inputs):
        return Dense(rng.integers(-8, 8, (outputs, inputs)), rng.integers(-99, 99, outputs))

    nodes = (
        Node("each", Reshape((CHANNELS, 1)), ("x",)),
        Node("line", Window(KERNEL, 1, STRIDE), ("each",)),
        Node("bank", dense(FILTERS, KERNEL), ("line",)),
        Node("bank_act", Requant((4,), u8), ("bank",)),
        Node("features", dense(16, FILTERS), ("bank_act",)),
        Node("features_act", Requant((4,), u8), ("features",)),
        Node("flat", Reshape((16 * CHANNELS,)), ("features_act",)),
        Node("local", dense(HIDDEN, 16 * CHANNELS), ("flat",)),
        Node("local_act", Requant((4,), u8), ("local",)),
    )
    return Graph("shared", 25_000.0, ("x", Stream((CHANNELS,), Int(8))), nodes, ("local_act",)).check()


def test_they_keep_up_and_would_not_in_turns(tmp_path, monkeypatch):
    graph = shared_filters()
    target = find("verilog").accept(Options(clock=300 * graph.sampling_frequency)).suited(graph)
    cells = fold.fold(graph, target.budget(graph), target.fabric)
    assert [dict(cells[name].parameters)["HALVES"] for name in ("features", "local")] == [2, 2]
    target.emit(graph, tmp_path)
    assert target.build(graph, tmp_path)["cycles_per_frame"] <= 300

    monkeypatch.setattr(fold, "_apart", lambda graph, cells, budget: cells)
    fold._folded.cache_clear()
    (tmp_path / "turns").mkdir()
    target.emit(graph, tmp_path / "turns")
    with pytest.raises(BuildError, match=r"expected 300 cycles a frame at most, found .* in simulation"):
        target.build(graph, tmp_path / "turns")
    fold._folded.cache_clear()
