"""Attention against unbounded Python integers, from a history that is kept whole."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgesort.fixed import Int
from edgesort.graph import GraphError, Stream
from edgesort.ops import Attention
from tests import corners


def exact(window: int, history: list[list[list[int]]]) -> list[int]:
    """The newest output; history: (q, k, v) of every frame."""
    query = history[-1][0]
    total = [0] * len(history[-1][2])
    for _, key, value in history[-window:]:
        score = max(0, sum(a * b for a, b in zip(query, key, strict=True)))
        total = [t + score * v for t, v in zip(total, value, strict=True)]
    return total


TYPES = st.builds(Int, st.integers(1, 12), st.booleans())


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 9), st.integers(1, 5), st.integers(1, 5), st.tuples(TYPES, TYPES, TYPES))
def test_step_is_the_definition_in_unbounded_integers_and_stays_in_its_type(window, inputs, outputs, types):
    op = Attention(window)
    streams = [Stream((size,), dtype) for size, dtype in zip((inputs, inputs, outputs), types, strict=True)]
    try:
        made = op.infer(*streams)
    except GraphError:
        return
    frames = [corners.frames(stream, 30, seed=k) for k, stream in enumerate(streams)]
    state, said = op.initial_state(*streams), []
    for t in range(30):
        state, y = op.step(state, *(part[t] for part in frames))
        said.append(exact(window, [[part[s].tolist() for part in frames] for s in range(t + 1)]))
        assert y.tolist() == said[-1]
        assert made.dtype.holds(min(said[-1]), max(said[-1]))
    assert op.run(op.initial_state(*streams), *frames)[1].tolist() == said


@pytest.mark.parametrize(
    ("window", "shapes", "bits", "said"),
    [
        (4, ((3,), (2,), (2,)), 8, r"expected q \[D\], k \[D\] and v \[E\] of one period, found i8\[3\], i8\[2\]"),
        (0, ((3,), (3,), (2,)), 8, "expected a window of 1 to 65536 frames, found 0"),
        (4, ((3,), (3,), (2,)), 16, "expected results of 32 bits at most"),
    ],
)
def test_what_cannot_be_taken_is_named(window, shapes, bits, said):
    with pytest.raises(GraphError, match=said):
        Attention(window).infer(*(Stream(shape, Int(bits)) for shape in shapes))


def test_the_bound_is_reached():
    """Extremes of one sign make the widest sum that the type says, and no bit more."""
    streams = [Stream((2,), Int(4))] * 3
    op = Attention(3)
    low = np.full((3, 2), -8)
    y = op.run(op.initial_state(*streams), low, low, low)[1]
    assert op.infer(*streams).dtype == Int.holding(int(y.min()), 3 * 128 * 7)
