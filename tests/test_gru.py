"""Gru against unbounded Python integers, and what its arithmetic promises."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgesort.fixed import Int
from edgesort.graph import GraphError, Stream
from edgesort.ops import Gru
from tests import corners
from tests.ops.gru import gru, random


def clip(value, low, high):
    return min(max(value, low), high)


def exact_step(op: Gru, h: list[int], x: list[int]) -> list[int]:
    """The definition in unbounded integers, unit by unit; // floors."""
    units, top = len(h), 2 ** (op.bits - 1)

    def given(row):
        return sum(int(w) * v for w, v in zip(op.weight_x[row], x, strict=True)) + int(op.bias[row])

    def fed_back(row):
        return sum(int(w) * v for w, v in zip(op.weight_h[row], h, strict=True))

    def gate(row):
        value = (given(row) + fed_back(row)) // 2**op.shift
        return clip(value + 2 ** (op.gate_bits - 1), 0, 2**op.gate_bits - 1)

    def unit(k):
        r, z, row = gate(k), gate(units + k), 2 * units + k
        reset = r * (fed_back(row) + int(op.bias_n[k])) // 2**op.gate_bits
        n = clip((given(row) + reset) // 2**op.shift_n, -top, top - 1)
        new = n + z * (h[k] - n) // 2**op.gate_bits
        assert min(n, h[k]) <= new <= max(n, h[k])
        return new

    return [unit(k) for k in range(units)]


@st.composite
def layers(draw) -> tuple[Gru, Stream]:
    """What the fuzz draws, on any input type."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    x = Stream((int(rng.integers(1, 6)),), Int(int(rng.choice([1, 3, 8, 12, 16])) + 1, bool(rng.random() < 0.7)))
    return random(rng, x), x


@settings(max_examples=200, deadline=None)
@given(layers())
def test_step_is_the_definition_in_unbounded_integers_and_h_stays_in_its_type(layer):
    op, x = layer
    try:
        made = op.infer(x)
    except GraphError:
        return
    state, h, said = op.initial_state(x), [0] * op.units, []
    frames = corners.frames(x, 40, seed=1)
    for frame in frames:
        state, y = op.step(state, frame)
        h = exact_step(op, h, frame.tolist())
        assert y.tolist() == h
        assert made.dtype.holds(min(h), max(h))
        said.append(h)
    assert op.run(op.initial_state(x), frames)[1].tolist() == said


def test_accumulators_hold_every_partial_sum_and_no_more_than_they_must():
    ones = np.ones((3, 1), np.int64)
    op = Gru(100 * ones, -50 * ones, np.array([0, 0, 7]), np.array([-3]), 0, 0, 8, 8)
    assert op.accumulator(Stream((1,), Int(8))) == Int.holding(-100 * 128 - 50 * 127 - 3, 100 * 127 + 50 * 128 + 7)


def test_float64_is_exact_at_the_widest_sums_gates_and_states():
    op = gru(3, 4, 8000, 16, 16, x_bits=15)
    x = Stream((3,), Int(15))
    assert op.accumulator(x).bits == 32
    state, frames = op.initial_state(x), corners.frames(x, 300, seed=2)
    stepped, after = [], state
    for frame in frames:
        after, y = op.step(after, frame)
        stepped.append(y)
    assert np.array_equal(op.run(state, frames)[1], stepped)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"weight_h": np.ones((6, 3))}, "expected weight_x, weight_h, bias and bias_n of"),
        ({"gate_bits": 17}, "expected gate_bits of 1 to 16 and bits of 2 to 16, found 17 and 8"),
        ({"bits": 1}, "expected gate_bits of 1 to 16 and bits of 2 to 16, found 8 and 1"),
        ({"shift": -1}, "expected shifts of 0 to 31, found -1 and"),
        ({"bias_n": np.full(2, 1 << 31)}, "expected accumulators of 32 bits at most, found that they need 33"),
    ],
)
def test_what_cannot_be_taken_is_named(change, said):
    with pytest.raises(GraphError, match=said):
        replace(gru(3, 2, 7, 8, 8), **change).infer(Stream((3,), Int(8)))
