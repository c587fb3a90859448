"""Each op: `run` equals repeated `step` for any chunking, values stay in their type, state is not mutated."""

from itertools import pairwise

import numpy as np
import pytest

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Dense, dense
from tests import corners
from tests.ops import CASES
from tests.targets.cases import case_graph, difference

FRAMES = 301


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
@pytest.mark.parametrize("seed", [1, 2])
def test_run_equals_repeated_step_in_any_chunks(case, seed):
    graph = case_graph(case.op, case.streams)
    frames = corners.frames(graph.input[1], FRAMES, seed)

    state, stepped = graph.initial_state(), {name: [] for name in graph.streams}
    for frame in frames:
        before = {name: [part.copy() for part in parts] for name, parts in state.items()}
        after, values = graph.step(state, frame)
        assert _equal(state, before), "step changed its argument"
        state = after
        for name, value in values.items():
            stepped[name].append(value)

    cuts = [0, 0, *sorted(np.random.default_rng(seed).integers(0, FRAMES + 1, 6)), FRAMES]
    state2, chunks = graph.initial_state(), {name: [] for name in graph.streams}
    for a, b in pairwise(cuts):
        before = {name: [part.copy() for part in parts] for name, parts in state2.items()}
        after, values = graph.run(state2, frames[a:b])
        assert _equal(state2, before), "run changed its argument"
        state2 = after
        for name, value in values.items():
            chunks[name].append(value)

    expected = {name: np.array(values, np.int64) for name, values in stepped.items()}
    assert difference(expected, {name: np.concatenate(values) for name, values in chunks.items()}) is None
    assert _equal(state, state2)
    for name, stream in graph.streams.items():
        assert expected[name].shape == (FRAMES // graph.rate(name), *stream.shape)
        assert stream.dtype.holds(expected[name].min(), expected[name].max())


def _equal(a, b):
    return all(np.array_equal(x, y) for name in a for x, y in zip(a[name], b[name], strict=True))


def test_sums_beyond_single_precision_are_exact(monkeypatch):
    op, stream = Dense(np.full((1, 5), 127), np.zeros(1, np.int64)), Stream((5,), Int(16))
    frames = np.full((3, 5), 32767, np.int16) - np.arange(15, dtype=np.int16).reshape(3, 5)
    expected = [op.step(op.initial_state(stream), frame)[1] for frame in frames]
    np.testing.assert_array_equal(op.run(op.initial_state(stream), frames)[1], expected)
    monkeypatch.setattr(dense, "EXACT", {np.float32: 1 << 53})  # a wrong limit is noticed
    assert not np.array_equal(op.run(op.initial_state(stream), frames)[1], expected)
