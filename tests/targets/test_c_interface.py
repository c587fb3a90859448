"""The interface of an emitted model: chunks, instances, a full buffer, and what it refuses."""

import ctypes
import subprocess

import numpy as np
import pytest

from edgesort.fixed import Int
from edgesort.graph import Graph, GraphError, Node, Stream
from edgesort.ops import Requant
from edgesort.targets import c
from edgesort.targets.c.run import EVENT, host_events
from edgesort.targets.target import BuildError
from tests import corners
from tests.graphs import sorter

NULL, ALIGN, STATE, SAMPLE = -1, -2, -3, -4


class Model:
    """model.h through ctypes; `guard` bytes behind each buffer must stay as they were."""

    def __init__(self, graph, folder):
        c.HOST.emit(graph, folder)
        sources = [folder / "model.c", *folder.glob("es_*.c")]
        library = folder / "model.so"
        subprocess.run(["gcc", "-O1", "-std=c99", "-shared", "-fPIC", *sources, "-o", library], check=True)
        self.c = ctypes.CDLL(str(library))
        self.c.model_state_size.restype = ctypes.c_size_t
        self.c.model_lost.restype = ctypes.c_uint64
        self.size, self.dtype = self.c.model_state_size(), graph.input[1].dtype.container

    def instance(self):
        state = np.full(self.size // 8 + 8, 0xA5A5, np.uint64)
        assert self.c.model_init(_pointer(state)) == 0
        return state

    def push(self, state, frames, cap=1000):
        """The return value, and the events that were written."""
        out = np.zeros(cap + 1, EVENT)
        frames = np.ascontiguousarray(frames, self.dtype)
        count = self.c.model_push(_pointer(state), _pointer(frames), _size(len(frames)), _pointer(out), _size(cap))
        assert not out[max(count, 0) :].view(np.uint8).any(), "wrote behind the events that it returned"
        assert (state[self.size // 8 + 1 :] == 0xA5A5).all(), "wrote behind the state"
        return count, out[: max(count, 0)]

    def lost(self, state):
        return self.c.model_lost(_pointer(state))


def _pointer(array):
    return ctypes.c_void_p(array.ctypes.data)


def _size(value):
    return ctypes.c_size_t(value)


@pytest.fixture(scope="module")
def graph():
    return sorter(seed=3)


@pytest.fixture(scope="module")
def model(graph, tmp_path_factory):
    return Model(graph, tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def frames(graph):
    return corners.frames(graph.input[1], 600, seed=9)


@pytest.fixture(scope="module")
def expected(graph, frames):
    """The events that the reference makes."""
    _, values = graph.run(graph.initial_state(), frames)
    score = values["events"]
    events = [(t, score[t, unit], unit, 0) for t, unit in np.argwhere(score)]
    assert len(events) > 20
    return np.array(events, EVENT)


def test_events_are_those_of_the_reference(model, frames, expected):
    count, events = model.push(model.instance(), frames)
    assert count == len(expected)
    assert np.array_equal(events, expected)


@pytest.mark.parametrize("seed", range(5))
def test_chunks_change_nothing(model, frames, expected, seed):
    cuts = np.sort(np.random.default_rng(seed).integers(0, len(frames) + 1, 40))
    state = model.instance()
    parts = [model.push(state, part)[1] for part in np.split(frames, cuts)]
    assert np.array_equal(np.concatenate(parts), expected)


def test_two_instances_run_side_by_side(model, frames, expected):
    one, two = model.instance(), model.instance()
    ones, twos = [], []
    for t in range(len(frames)):
        ones.append(model.push(one, frames[t : t + 1])[1])
        twos.append(model.push(two, frames[::-1][t : t + 1])[1])
    assert np.array_equal(np.concatenate(ones), expected)
    assert np.array_equal(np.concatenate(twos), model.push(model.instance(), frames[::-1])[1])


@pytest.mark.parametrize("cap", [0, 1, 7])
def test_a_full_buffer_counts_what_it_lost(model, frames, expected, cap):
    state = model.instance()
    count, events = model.push(state, frames, cap)
    assert count == cap
    assert np.array_equal(events, expected[:cap])
    assert model.lost(state) == len(expected) - cap


def test_init_starts_over(model, frames, expected):
    state = model.instance()
    model.push(state, frames, 3)
    assert model.c.model_init(_pointer(state)) == 0
    assert model.lost(state) == 0
    assert np.array_equal(model.push(state, frames)[1], expected)


def test_what_push_and_init_refuse(model, frames):
    state, out, push = model.instance(), np.zeros(4, EVENT), model.c.model_push
    before = state.copy()
    one, four, none = _size(1), _size(4), ctypes.c_void_p(None)
    assert model.c.model_init(none) == NULL
    assert model.c.model_init(ctypes.c_void_p(state.ctypes.data + 4)) == ALIGN
    assert push(none, _pointer(frames), one, _pointer(out), four) == NULL
    assert push(_pointer(state), none, one, _pointer(out), four) == NULL
    assert push(_pointer(state), _pointer(frames), one, none, four) == NULL
    assert push(_pointer(np.zeros_like(state)), _pointer(frames), one, _pointer(out), four) == STATE
    assert np.array_equal(state, before)
    assert push(_pointer(state), none, _size(0), none, _size(0)) == 0


def test_samples_outside_the_input_are_refused_and_none_is_consumed(tmp_path):
    graph = Graph("adc12", 1e3, ("x", Stream((2,), Int(12))), (Node("y", Requant((4,), Int(8)), ("x",)),), ("y",))
    model = Model(graph, tmp_path)
    state = model.instance()
    before = state.copy()
    for sample in (-2049, 2048):
        frames = np.array([[5, 6], [7, sample]])
        assert model.push(state, frames)[0] == SAMPLE
        with pytest.raises(GraphError, match=r"expected samples in i12, found"):
            next(c.HOST.executors(graph, tmp_path)[0].run(frames))
    assert np.array_equal(state, before)
    assert model.push(state, np.array([[-2048, 2047]]))[0] == 2


def test_the_program_writes_the_same_events(graph, frames, expected, tmp_path):
    c.HOST.emit(graph, tmp_path)
    c.HOST.build(graph, tmp_path)
    assert np.array_equal(host_events(graph, tmp_path, frames), expected)


def test_a_run_left_early_ends_the_program(graph, tmp_path):
    c.HOST.emit(graph, tmp_path)
    c.HOST.build(graph, tmp_path)
    (executor,) = c.HOST.executors(graph, tmp_path)
    pieces = executor.run(np.zeros((200_000, 1), np.int16))
    assert len(next(pieces)["events"]) > 0
    pieces.close()


def test_a_build_of_another_graph_is_refused(graph, tmp_path):
    c.HOST.emit(graph, tmp_path)
    c.HOST.build(graph, tmp_path)
    (executor,) = c.HOST.executors(sorter(seed=4), tmp_path)
    with pytest.raises(BuildError, match=r"expected a trace that begins with .* build the graph again"):
        next(executor.run(np.zeros((3, 1), np.int16)))
