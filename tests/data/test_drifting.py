"""Drifting recordings: nothing moves before the start, then it moves as the facts say."""

import numpy as np
import pytest

from edgesort.data.drifting import drifting
from edgesort.data.errors import DataError


def make(**options):
    return drifting(**{"channels": 4, "units": 3, "seconds": 25.0, "start_s": 5.0, "rates_hz": (20.0, 30.0)} | options)


def test_units_move_after_the_start_only_and_the_seed_makes_the_bytes():
    moving, again, still = make(range_um=20.0), make(range_um=20.0), make(range_um=4.0)
    assert moving.facts == again.facts
    apart = (moving.recording.get_traces() != still.recording.get_traces()).any(1)
    start = round(5.0 * 25000)
    assert not apart[: start - 100].any()
    assert apart[start + 25000 :].mean() > 0.05
    assert moving.facts["motion"]["um"] == [0.0, 1.0, 3.0]
    assert moving.facts["motion"]["most_um"] == pytest.approx(20 * 20 / 100, abs=0.2)
    assert moving.recording.get_probe().get_contact_count() == 4
    assert moving.recording.get_dtype() == np.int16
    assert list(moving.sorting.unit_ids) == ["unit_0", "unit_1", "unit_2"]


def test_a_gradient_is_another_recording():
    rigid, bent = make(range_um=20.0), make(range_um=20.0, gradient=0.2)
    assert rigid.facts["motion"]["rigid"] and not bent.facts["motion"]["rigid"]
    assert rigid.facts["sha256"] != bent.facts["sha256"]
    assert rigid.facts["spikes"] == bent.facts["spikes"]


def test_what_cannot_be_is_one_line():
    with pytest.raises(DataError, match=r"expected a drift of zigzag, bump, random_walk .* found sway at 5 s"):
        make(drift="sway")
    with pytest.raises(DataError, match=r"that starts within 25 s, found zigzag at 30 s"):
        make(start_s=30.0)
    with pytest.raises(DataError, match="expected an even number of channels, found 7"):
        make(channels=7)
