"""The parity matrix of C: every op's every case, C under sanitizers against `step`, every value."""

import numpy as np
import pytest

from edgesort.fixed import Int
from edgesort.graph import Graph, Node, Stream
from edgesort.ops import Biquad, Dense, Peak, Requant, Window
from edgesort.targets import c
from tests import corners
from tests.graphs import sorter
from tests.targets.cases import CASES, case_graph, difference, stepped

FRAMES = 300


def dense(out: int, width: int, top: int, groups: int = 1) -> Dense:
    rng = np.random.default_rng(out)
    weight = rng.integers(-top - 1, top + 1, (out, width))
    weight.flat[0], weight.flat[-1] = -top - 1, top
    return Dense(weight, rng.integers(-9000, 9000, out), groups)


# Element types and paths of the kernels that the ops' own cases do not reach.
C_CASES = [
    ("requant-u32", Requant((3,), Int(16)), Stream((3,), Int(32, False))),
    ("requant-to-u32", Requant((0,), Int(31, False)), Stream((3,), Int(32))),
    ("requant-i32-far", Requant((40, 31, 32), Int(8)), Stream((3,), Int(32))),
    ("requant-i16-far", Requant((47,), Int(8)), Stream((3,), Int(16))),
    ("requant-i16-to-u8", Requant((2, 3, 9), Int(5, False)), Stream((3,), Int(13))),
    ("requant-u16-to-i16", Requant((1,), Int(14)), Stream((2,), Int(16, False))),
    ("dense-i8-i16", dense(7, 4, 7), Stream((4,), Int(6))),
    ("dense-u8-i16", dense(6, 5, 7), Stream((5,), Int(6, False))),
    ("dense-groups-by-four", dense(10, 3, 100, groups=2), Stream((2, 6), Int(8, False))),
    ("dense-w16", dense(5, 3, 30000), Stream((3,), Int(8))),
    ("dense-w32", dense(5, 2, 1 << 20), Stream((2,), Int(9, False))),
    ("dense-u16", dense(5, 3, 127), Stream((3,), Int(16, False))),
    ("dense-i32", dense(5, 3, 7), Stream((3,), Int(24))),
    ("dense-u32", Dense(np.ones((5, 2), np.int64), np.zeros(5, np.int64)), Stream((2,), Int(30, False))),
    ("window-i32", Window(3, dilation=2), Stream((2,), Int(20))),
    ("peak-i16", Peak((50, 0), reach=2, refractory=2), Stream((2,), Int(12))),
    ("peak-u16", Peak((3000,), reach=3, refractory=1), Stream((1,), Int(13, False))),
    ("peak-i32", Peak((0, 9), reach=1, refractory=1), Stream((2,), Int(18))),
    ("biquad-i8-i16", Biquad(((8000, 4000, 0, -100, 5000),), bits=11, guard=2), Stream((2,), Int(8))),
]
ALL = [*CASES, *((name, op, (stream,)) for name, op, stream in C_CASES)]


@pytest.mark.parametrize(("op", "streams"), [case[1:] for case in ALL], ids=[case[0] for case in ALL])
def test_c_equals_step(op, streams, tmp_path):
    graph = case_graph(op, streams)
    c.HOST.emit(graph, tmp_path)
    c.HOST.build(graph, tmp_path, sanitize=True)
    (executor,) = c.HOST.executors(graph, tmp_path)
    for seed in (1, 2):
        frames = corners.frames(graph.input[1], FRAMES, seed)
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
