"""References, noise, spikes and states against what they stand for: told in other words, not by the same code."""

from operator import mul
from statistics import median_low

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgesort.fixed import Int
from edgesort.graph import GraphError, Stream
from edgesort.ops import CommonAverage, CommonMedian, Delta, Noise, StateSpace
from tests import corners
from tests.ops.state_space import random

ADC = Int(16)


def run(op, x, dtype=ADC):
    stream = Stream(x.shape[1:], dtype)
    op.infer(stream)
    return op.run(op.initial_state(stream), x)[1]


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 31, 384])
def test_the_common_average_is_a_rounded_mean(channels):
    """Off the true mean by the floor and by the rounding of 1 / C, C / 2^17 of it."""
    x = corners.frames(Stream((channels,), ADC), 200, seed=1).astype(np.int64)
    mean = x.mean(1, keepdims=True)
    error = (x - run(CommonAverage(), x)) - mean
    assert np.all(np.abs(error + 0.5) <= 0.5 + np.abs(mean) * channels / (1 << 17) + 1e-9)


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 31])
def test_the_common_median_is_the_lower_median_in_any_order(channels):
    x = corners.frames(Stream((channels,), ADC), 200, seed=2).astype(np.int64)
    y = run(CommonMedian(), x)
    assert [list(row - median_low(row.tolist())) for row in x] == [list(row) for row in y]
    order = np.random.default_rng(3).permutation(channels)
    assert np.array_equal(run(CommonMedian(), x[:, order]), y[:, order])


@pytest.mark.parametrize("op", [CommonAverage(), CommonMedian()])
@pytest.mark.parametrize("channels", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("dtype", [Int(4), Int(4, False)])
def test_the_type_of_a_reference_is_no_wider_than_its_values(op, channels, dtype):
    ends = np.array(np.meshgrid(*[[dtype.min, dtype.max]] * channels)).reshape(channels, -1).T
    y = run(op, ends, dtype)
    assert op.infer(Stream((channels,), dtype)).dtype == Int.holding(int(y.min()), int(y.max()))


@pytest.mark.parametrize(("rise", "fall", "quantile"), [(32, 32, 0.5), (48, 16, 0.75), (8, 56, 0.125)])
def test_the_noise_level_settles_at_a_quantile(rise, fall, quantile):
    x = np.random.default_rng(4).normal(0, 400, (60000, 1)).astype(np.int16)
    level = run(Noise(rise, fall, 6), x)[20000:].mean()
    assert level == pytest.approx(np.quantile(np.abs(x), quantile), rel=0.05)


@pytest.mark.parametrize("op", [Noise(7, 1, 2), Noise(1, 9, 0), Noise(40, 3, 1)])
@pytest.mark.parametrize("x", [Int(4), Int(4, False)])
def test_no_input_lifts_the_noise_level_above_its_bound(op, x):
    every = np.arange(x.min, x.max + 1)
    after = [op.step((np.full(every.shape, u),), every)[0][0] for u in range(op.top(x) + 1)]
    assert (np.min(after), np.max(after)) == (0, op.top(x))


@pytest.mark.parametrize("x", [Int(3), Int(3, False), Int(1)])
def test_the_rebuilt_signal_comes_a_threshold_nearer_where_it_was_further_than_that(x):
    """So it never leaves the range of x. Every x, every r, every threshold."""
    every = np.arange(x.min, x.max + 1)
    r, frame = np.repeat(every, len(every)), np.tile(every, len(every))
    for threshold in range(1, x.max - x.min + 1):
        (after,), y = Delta((threshold,)).step((r,), frame)
        up, down = y[: len(r)].astype(int), y[len(r) :].astype(int)
        distance = np.abs(frame - r)
        assert np.array_equal(up | down, distance > threshold)
        assert np.array_equal(np.abs(frame - after), distance - threshold * (up | down))
        assert np.array_equal(after, r + threshold * (up - down))


def test_spikes_alone_rebuild_a_slow_signal_within_the_threshold():
    t = np.arange(3000)
    x = np.stack([1000 * np.sin(t / 90), 400 * np.cos(t / 50)], 1).astype(np.int64)
    spikes = run(Delta((20, 9)), x).astype(np.int64)
    rebuilt = np.cumsum((spikes[:, :2] - spikes[:, 2:]) * [20, 9], axis=0)
    assert np.abs(x - rebuilt)[100:].max(0).tolist() <= [20, 9]
    assert spikes.sum(0).min() > 50


def test_a_steady_state_kalman_filter_follows_the_exact_one():
    """Position and velocity from two noisy observations; the gain by iterating the Riccati equation."""
    rng = np.random.default_rng(5)
    transition, observation = np.array([[1, 0.1], [0, 1]]), np.array([[1.0, 0.5], [0.3, -1.0]])
    drift, noise, spread = np.diag([1e-4, 1e-2]), np.diag([0.5, 0.8]), np.eye(2)
    for _ in range(500):
        spread = transition @ spread @ transition.T + drift
        gain = spread @ observation.T @ np.linalg.inv(observation @ spread @ observation.T + noise)
        spread = (np.eye(2) - gain @ observation) @ spread
    a, scale = (np.eye(2) - gain @ observation) @ transition, 1 << 14
    op = StateSpace(np.round(a * scale).astype(int), np.round(gain * scale).astype(int), 20, 14)

    seen = np.round(2000 * np.sin(np.arange(1500)[:, None] / 70 + [0, 2]) + rng.normal(0, 30, (1500, 2))).astype(int)
    estimate, expected = run(op, seen), np.zeros((1500, 2))
    for t in range(1500):
        expected[t] = a @ expected[t - 1] + gain @ seen[t]  # expected[-1] is still 0 when t is
    assert np.abs(expected).max() > 1000
    assert np.abs(estimate - expected).max() < 0.01 * np.abs(expected).max()


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_state_is_the_definition_in_unbounded_integers(seed):
    rng = np.random.default_rng(seed)
    x = Stream((int(rng.integers(1, 5)),), Int(int(rng.choice([1, 8, 29])), bool(rng.random() < 0.7)))
    op = random(rng, x)
    high, s, state = 2 ** (op.bits - 1) - 1, [0] * len(op.a), op.initial_state(x)
    for frame in corners.frames(x, 40, seed=1):
        sums = [sum(map(mul, row.tolist(), s + frame.tolist())) for row in op.weight]
        assert all(op.sum_type(x.dtype).holds(total, total) for total in sums)
        s = [min(max(total // 2**op.fraction, -high - 1), high) for total in sums]
        state, y = op.step(state, frame)
        assert y.tolist() == state[0].tolist() == s


A, B = np.array([[1]]), np.array([[1, 2]])
REFUSED = [
    (CommonAverage(), Stream((5000,), ADC), "expected 4096 channels of 32 bits at most, found i16[5000]"),
    (CommonMedian(), Stream((3,), Int(32)), "expected results of 32 bits at most, found -4294967295 to 4294967295"),
    (Noise(0, 1, 2), Stream((1,), ADC), "expected rise and fall of 1 to 4294967295 and a shift of 0 to 31"),
    (Noise(1, 1, 18), Stream((1,), ADC), "expected a level of 32 bits with its fraction, found up to 8589934592"),
    (Delta((1, 2)), Stream((3,), ADC), "expected 1 or 3 thresholds, found 2"),
    (Delta((0,)), Stream((3,), Int(4)), r"expected thresholds of 1 to 15, found \(0,\)"),
    (Delta((16,)), Stream((3,), Int(4)), r"expected thresholds of 1 to 15, found \(16,\)"),
    (StateSpace(A, B, 8, 1), Stream((3,), ADC), r"expected a \[N, N\] and b \[N, M\] for x \[M\]"),
    (StateSpace(A, B << 14, 8, 1), Stream((2,), ADC), "expected coefficients of 16 bits, found 1 to 32768"),
    (StateSpace(A, B, 33, 1), Stream((2,), ADC), "expected an input and a state of 1 to 32 bits"),
    (StateSpace(A, B << 13, 8, 32), Stream((2,), ADC), "and a fraction of 0 to 31, found i16, bits 8, fraction 32"),
    (StateSpace(A, B * 16383, 8, 1), Stream((2,), Int(32, False)), "expected sums of 48 bits at most, found -128 to"),
]


@pytest.mark.parametrize(("op", "x", "said"), REFUSED, ids=[f"{op.kind}: {said[:40]}" for op, _, said in REFUSED])
def test_refuses_what_it_cannot_take(op, x, said):
    with pytest.raises(GraphError, match=said.replace("i16[", r"i16\[")):
        op.infer(x)
