"""Elementwise operators against Python's unbounded integers, over every value of small types; and what they refuse."""

import json
from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import floor

import numpy as np
import pytest

from edgesort import serial
from edgesort.fixed import Int
from edgesort.graph import Graph, GraphError, Node, Stream
from edgesort.ops import (
    AdaptiveThreshold,
    Add,
    ArgMax,
    Concat,
    HardSigmoid,
    Multiply,
    Rectify,
    Reshape,
    Subtract,
    Table,
    Threshold,
)

TYPES = [Int(1), Int(1, False), Int(3), Int(4, False), Int(5)]


def every(*dtypes):
    """All combinations of values, as one frame each of one element an input."""
    return list(product(*(range(dtype.min, dtype.max + 1) for dtype in dtypes)))


def run(op, dtypes):
    """The op's values for `every`, and the type that it says they have."""
    columns = zip(*every(*dtypes), strict=True)
    frames = [np.array(x, dtype.container)[:, None] for x, dtype in zip(columns, dtypes, strict=True)]
    stream = op.infer(*(Stream((1,), dtype) for dtype in dtypes))
    return op.run((), *frames)[1][:, 0].tolist(), stream.dtype


@pytest.mark.parametrize("dtypes", list(product(TYPES, TYPES)), ids=lambda pair: "{}-{}".format(*pair))
@pytest.mark.parametrize(
    ("op", "rule"),
    [
        (Add((1, 3)), lambda a, b: 2 * a + 8 * b),
        (Subtract((2, 0)), lambda a, b: 4 * a - b),
        (Multiply(), lambda a, b: a * b),
        (AdaptiveThreshold(5, 2), lambda a, b: a > floor(Fraction(5 * b, 4))),
    ],
    ids=lambda op: getattr(op, "kind", ""),
)
def test_two_inputs_in_the_narrowest_type(op, rule, dtypes):
    found, dtype = run(op, dtypes)
    assert found == [rule(a, b) for a, b in every(*dtypes)]
    if op.kind != "adaptive_threshold":
        assert replace(dtype, exponent=0) == Int.holding(min(found), max(found))


@pytest.mark.parametrize("dtype", TYPES, ids=str)
def test_one_input(dtype):
    values = [x for (x,) in every(dtype)]
    magnitude, held = run(Rectify(), [dtype])
    assert magnitude == [abs(x) for x in values] and held == Int.holding(0, max(magnitude))
    for level in values:
        assert run(Threshold((level,)), [dtype])[0] == [x > level for x in values]
    entries = np.random.default_rng(1).permutation(len(values)) - 3
    assert run(Table(entries, Int(7)), [dtype])[0] == entries.tolist()


@pytest.mark.parametrize("bits", [1, 3, 6])
@pytest.mark.parametrize("exponent", [-8, -5])
def test_the_hard_sigmoid_is_a_line_between_0_and_1_on_its_grid(bits, exponent):
    op, dtype = HardSigmoid(max(0, 2 - bits - exponent), bits), Int(10, exponent=exponent)
    found, gate = run(op, [dtype])
    assert (gate.exponent, gate.signed) == (-bits, False)
    steps = 1 << bits
    for (x,), y in zip(every(dtype), found, strict=True):
        line = floor((Fraction(x) * Fraction(2) ** exponent / 4 + Fraction(1, 2)) * steps)
        assert y == min(max(line, 0), steps - 1)


def test_the_arg_max_is_the_first_of_equals():
    rows = every(Int(2), Int(2), Int(2))
    assert ArgMax().run((), np.array(rows))[1].tolist() == [[row.index(max(row))] for row in rows]
    assert ArgMax().infer(Stream((4, 300), Int(8))) == Stream((4, 1), Int(9, False))


def test_order_of_elements():
    x0, x1 = np.arange(12).reshape(2, 2, 3), -np.arange(8).reshape(2, 2, 2)
    joined = Concat().run((), x0, x1)[1].tolist()
    assert joined == [
        [[*a, *b] for a, b in zip(*frames, strict=True)] for frames in zip(x0.tolist(), x1.tolist(), strict=True)
    ]
    assert Concat().infer(Stream((2, 3), Int(8, False)), Stream((2, 2), Int(3))) == Stream((2, 5), Int(9))
    assert Reshape((3, 2)).run((), x0)[1].tolist() == [[[0, 1], [2, 3], [4, 5]], [[6, 7], [8, 9], [10, 11]]]


def test_a_table_in_a_file_and_for_any_container():
    """JSON keeps its values; `step` takes frames of any integer type, for the sign is the graph's, not the array's."""
    table = Table(np.arange(4) * 3, Int(4, False))
    graph = Graph("t", 1.0, ("x", Stream((4,), Int(2, False))), (Node("y", table, ("x",)),), ("y",)).check()
    again = serial.from_json(json.loads(json.dumps(serial.to_json(graph))))
    assert again.digest() == graph.digest()
    _, values = again.step(again.initial_state(), np.arange(4, dtype=np.int64))
    assert values["y"].tolist() == [0, 3, 6, 9]


U32, I12 = Stream((2,), Int(32, False)), Stream((2,), Int(12))
REFUSED = [
    (Add(), (I12, Stream((3,), Int(12))), r"expected inputs of one shape and period, found i12\[2\] and i12\[3\]"),
    (Subtract((0, 32)), (I12, I12), r"expected two left shifts of 0 to 31, found \(0, 32\)"),
    (Subtract(), (I12, Stream((2,), Int(33))), "expected results of 32 bits at most, found -4294969343 to 4294969343"),
    (Multiply(), (U32, I12), "expected results of 32 bits at most, found -8796093020160 to "),
    (
        Concat(),
        (I12, Stream((2, 2), Int(12))),
        r"one period and alike but for the last axis, found i12\[2\] and i12\[2,2",
    ),
    (
        Concat(),
        (I12, Stream((2,), Int(12), 2)),
        r"one period and alike but for the last axis, found .* and i12\[2\] /2",
    ),
    (Concat(), (I12, U32), "expected results of 32 bits at most, found -2048 to 4294967295"),
    (Reshape((2, 2)), (I12,), r"expected a shape of 2 elements, found \(2, 2\)"),
    (Reshape((-1, -2)), (I12,), r"expected a shape of 2 elements, found \(-1, -2\)"),
    (HardSigmoid(-1, 8), (I12,), "expected a shift of 0 to 47, found -1"),
    (HardSigmoid(0, 32), (I12,), "expected a gate of 1 to 31 bits, found 32"),
    (Table(np.zeros(8192, int), Int(8)), (Stream((1,), Int(13)),), "expected an input of 12 bits at most, found i13"),
    (Table(np.zeros(5, int), Int(8)), (I12,), r"expected 4096 values for an i12, found \(5,\)"),
    (Table(np.full(4096, 128), Int(8)), (I12,), "expected values in i8, 32 bits at most, found 128 to 128"),
    (Threshold((1, 2, 3)), (I12,), "expected 1 or 2 levels, found 3"),
    (Threshold((0, 2048)), (I12,), "expected levels in i12, found 0 to 2048"),
    (AdaptiveThreshold(0, 3), (I12, I12), "expected a factor of 1 to 32768 and a shift of 0 to 31, found 0 and 3"),
    (AdaptiveThreshold(1, 32), (I12, I12), "expected a factor of 1 to 32768 and a shift of 0 to 31, found 1 and 32"),
    (AdaptiveThreshold(1, 1), (I12, Stream((2,), Int(33))), "expected inputs of 32 bits at most, found i33"),
]


@pytest.mark.parametrize(("op", "inputs", "said"), REFUSED, ids=[f"{op.kind}: {said[:40]}" for op, _, said in REFUSED])
def test_refuses_what_it_cannot_take(op, inputs, said):
    with pytest.raises(GraphError, match=said):
        op.infer(*inputs)
