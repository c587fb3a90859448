"""The one rule against unbounded Python integers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgesort.fixed import Int, requant, saturate

INTS = st.builds(Int, st.integers(1, 32), st.booleans())


@given(st.lists(st.integers(-(2**47), 2**47), min_size=1), st.integers(0, 47), INTS)
def test_requant_is_floor_then_clip(values, shift, dtype):
    found = requant(np.array(values), shift, dtype)
    assert found.tolist() == [min(max(v // 2**shift, dtype.min), dtype.max) for v in values]
    assert found.dtype == dtype.container


@given(st.integers(-(2**40), 2**40), st.integers(-(2**40), 2**40))
def test_holding_is_the_narrowest_type(a, b):
    low, high = min(a, b), max(a, b)
    dtype = Int.holding(low, high)
    assert dtype.holds(low, high) and dtype.signed == (low < 0)
    assert dtype.bits == 1 or not Int(dtype.bits - 1, dtype.signed).holds(low, high)


def test_saturation_bounds():
    assert saturate(np.array([-129, -128, 127, 128]), Int(8)).tolist() == [-128, -128, 127, 127]
    assert saturate(np.array([-1, 0, 255, 256]), Int(8, False)).tolist() == [0, 0, 255, 255]


@pytest.mark.parametrize("bits", [0, 49])
def test_bits_are_bounded(bits):
    with pytest.raises(ValueError, match="expected 1 to 48 bits"):
        Int(bits)
