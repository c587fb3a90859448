"""Every rule of the range analysis against all values that small inputs can take: right, and mostly tight."""

from itertools import product

import numpy as np
import pytest

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import (
    Add,
    AveragePool,
    CommonMedian,
    Concat,
    Delay,
    Dense,
    DepthToTime,
    LocalPeak,
    MaxPool,
    Multiply,
    Peak,
    Rectify,
    Requant,
    Reshape,
    Slice,
    Subtract,
    Table,
    Upsample,
    Window,
)
from edgesort.passes import ranges
from edgesort.passes.ranges import RULES, Range

I3, X = Int(3), ((-4, 1), (0, 3))  # the type of the inputs, and the range of each of two elements
ONE = (
    (Requant((1,), Int(2)), X),
    (Requant((0, 1), Int(2, False)), X),
    (Dense(np.array([[2, -3], [-1, 0], [0, 0]]), np.array([5, -2, 7])), X),
    (Dense(np.array([[-3], [2]]), np.array([1, 1]), groups=2), X),
    (Rectify(), X),
    (Rectify(), ((-4, -2), (2, 3))),
    (Slice(1, 2), X),
    (Reshape((2, 1)), X),
    (Reshape((1, 2)), X),
    (Window(2), ((1, 3), (-4, -2))),
    (Delay(1), ((1, 3), (-4, -2))),
    (MaxPool(2), ((1, 3), (-4, -2))),
    (AveragePool(2), ((1, 3), (-4, -2))),
    (CommonMedian(), X),
    (Table(np.array([7, 1, 2, 3, 4, 5, 6, 0]), Int(3, False)), X),
    (Peak((0, 0), 1, 0), ((1, 3), (-4, -2))),
    (LocalPeak((0, 0), np.array([[0, 1], [1, 0]]), 1, 0), ((1, 3), (-4, -2))),
)
TWO = (
    (Add((0, 1)), ((-4, 1),), ((1, 3),)),
    (Add((2, 0)), ((-4, -1),), ((-2, 3),)),
    (Subtract((1, 0)), ((-4, 1),), ((1, 3),)),
    (Subtract((0, 2)), ((2, 3),), ((-4, 3),)),
    (Multiply(), ((-4, 1),), ((-3, 3),)),
    (Multiply(), ((-4, -2),), ((-3, 3),)),
    (Multiply(), ((1, 3),), ((-3, -1),)),
    (Concat(), ((-4, 1),), ((1, 3),)),
)
RAISING = (Upsample(2), DepthToTime(2))
LOOSE = (Requant, Reshape, CommonMedian, Table, Peak, LocalPeak)  # right, but for some elements wider than need be


def every(bounds, count):
    """All sequences of `count` frames with elements in these bounds."""
    frames = list(product(*(range(low, high + 1) for low, high in bounds)))
    return np.array(list(product(frames, repeat=count)))


def reached(op, bounds, frames=1):
    """The least and the greatest value of each element of the last axis, over all inputs and their start."""
    streams = tuple(Stream((len(own),), I3) for own in bounds)
    y = op.infer(*streams)
    found = []
    for sequence in every([pair for own in bounds for pair in own], frames):
        state, parts = op.initial_state(*streams), np.split(sequence, np.cumsum([len(own) for own in bounds])[:-1], 1)
        _, values = op.run(state, *(part.astype(np.int8) for part in parts))
        found.append(np.asarray(values, np.int64).reshape(-1, y.shape[-1]))
    values = np.concatenate(found)
    return y, values.min(0), values.max(0)


def told(op, y, bounds):
    lows_highs = (np.array(own).T for own in bounds)
    return ranges.forward(op, y, *(Range(low, high) for low, high in lows_highs))


@pytest.mark.parametrize(
    "case", [*((op, (x,)) for op, x in ONE), *((op, x) for op, *x in TWO)], ids=lambda c: str(c[0])
)
def test_a_rule_tells_what_can_be_reached(case):
    op, bounds = case
    stateful = bool(op.initial_state(*(Stream((len(own),), I3) for own in bounds)))
    y, low, high = reached(op, bounds, 3 if stateful else 1)
    found = told(op, y, bounds)
    assert (found.low <= low).all() and (found.high >= high).all()
    assert (found.low >= y.dtype.min).all() and (found.high <= y.dtype.max).all()
    if not isinstance(op, LOOSE):
        assert found.low.tolist() == low.tolist() and found.high.tolist() == high.tolist()


@pytest.mark.parametrize("op", RAISING, ids=str)
def test_a_held_stream_also_has_zeros(op):
    y = op.infer(Stream((2,), I3, 2))
    found = told(op, y, (((1, 3), (-4, -2)),))
    expected = ([-4], [3]) if isinstance(op, DepthToTime) else ([0, -4], [3, 0])
    assert (found.low.tolist(), found.high.tolist()) == expected


def test_a_requant_is_exact_where_its_type_does_not_clip():
    op = Requant((1, 0), Int(8))
    found = told(op, op.infer(Stream((2,), I3)), (X,))
    assert (found.low.tolist(), found.high.tolist()) == ([-2, 0], [0, 3])


def test_every_rule_is_tried():
    assert {type(op) for op, *_ in (*ONE, *TWO)} | {type(op) for op in RAISING} == set(RULES)
