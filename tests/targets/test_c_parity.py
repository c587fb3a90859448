"""The parity matrix of C: every op's every case, C under sanitizers against `step`, every value."""

import numpy as np
import pytest

from edgesort.fixed import Int
from edgesort.graph import Graph, Node, Stream
from edgesort.ops import (
    OPS,
    Add,
    Attention,
    AveragePool,
    Biquad,
    CommonAverage,
    CommonMedian,
    Dense,
    Gru,
    Lif,
    Multiply,
    NonlinearEnergy,
    Requant,
    StateSpace,
    Subtract,
    Window,
)
from edgesort.targets import c
from tests import corners
from tests.graphs import sorter
from tests.ops.dense import dense
from tests.targets import joined
from tests.targets.cases import case_graph, difference, stepped
from tests.targets.cases_c import C_CASES

FRAMES = 300


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.kind)
def test_c_equals_step(op, tmp_path):
    """All cases of an op in one program."""
    cases = [case for case in C_CASES if isinstance(case[1], op)]
    graph = joined.joined(cases)
    c.HOST.emit(graph, tmp_path)
    c.HOST.build(graph, tmp_path, sanitize=True)
    (executor,) = c.HOST.executors(graph, tmp_path)
    for seed in (1, 2):
        frames = joined.frames(cases, FRAMES, seed)
        assert difference(stepped(graph, frames), c.values_of(graph, executor, frames)) is None


@pytest.mark.parametrize("channels", [1, 3])
def test_the_sorter_in_c_equals_step(channels, tmp_path):
    graph = sorter(seed=channels, channels=channels)
    frames = corners.frames(graph.input[1], 500, seed=5)
    expected = stepped(graph, frames)
    assert difference(expected, c.host_values(graph, frames, tmp_path, sanitize=True)) is None
    assert expected["events"].any()


def test_nodes_of_several_periods_run_when_their_inputs_are_fresh(tmp_path):
    nodes = (
        Node("fast", Window(2), ("x",)),
        Node("half", Window(2, stride=2), ("fast",)),
        Node("mixed", dense(3, 8, 20), ("half",)),
        Node("sixth", Window(2, stride=3), ("mixed",)),
        Node("still_fast", Requant((1,), Int(5)), ("fast",)),
    )
    graph = Graph("periods", 1000.0, ("x", Stream((2,), Int(8))), nodes, ("sixth", "still_fast")).check()
    frames = corners.frames(graph.input[1], 305, seed=4)
    found = c.host_values(graph, frames, tmp_path, sanitize=True)
    assert [len(found[name]) for name in graph.streams] == [305, 305, 152, 152, 50, 305]
    assert difference(stepped(graph, frames), found) is None


def test_a_case_of_several_inputs_feeds_each_stream_its_part():
    streams = (Stream((2, 3), Int(8)), Stream((2, 1), Int(4, False)))
    graph = case_graph(_Second(), streams)
    frames = corners.frames(graph.input[1], 50, seed=3)
    values = stepped(graph, frames)
    assert np.array_equal(values["x0"], np.clip(frames[..., :3], -128, 127))
    assert np.array_equal(values["x1"], np.clip(frames[..., 3:], 0, 15))


class _Second(Requant):
    """Its second input, to try a case of several inputs before there is an op that takes them."""

    def __init__(self):
        super().__init__((0,), Int(4, False))

    def infer(self, *inputs):
        return inputs[1]

    def step(self, state, *frames):
        return state, frames[1]


def test_the_widest_sums_of_signed_arithmetic_are_in_the_matrix():
    """docs/c.md states for each of these kernels why it cannot overflow; UBSan sees the matrix reach that bound."""
    ops = [(op, streams) for _, op, streams in C_CASES]
    assert max(op.accumulator(*x).bits for op, x in ops if isinstance(op, Gru)) == 32
    assert max(op.sum_type(x[0].dtype).bits for op, x in ops if isinstance(op, StateSpace)) == 48
    assert max(max(op.bits, x[0].dtype.bits + op.guard) for op, x in ops if isinstance(op, Biquad)) == 28
    assert max(op.score(*x[:2]).max for op, x in ops if isinstance(op, Attention)) > 1 << 30
    assert max(op.bits for op, _ in ops if isinstance(op, Lif)) == 32
    assert any(x[0].dtype == Int(16) for op, x in ops if isinstance(op, NonlinearEnergy))
    exact = (Add, Subtract, Multiply, AveragePool, CommonAverage, CommonMedian, Dense, Attention)
    widest = {kind: max(op.infer(*x).dtype.bits for op, x in ops if isinstance(op, kind)) for kind in exact}
    assert widest == dict.fromkeys(exact, 32)
