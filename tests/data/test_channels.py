"""Channels that cannot be used are found among good ones of every kind of recording, and named with the reason."""

import re

import numpy as np
import pytest
import spikeinterface.core as si

from edgesort.data import catalog
from edgesort.data.channels import usable
from edgesort.data.errors import DataError
from edgesort.data.generated import generated
from edgesort.data.recordings import load_recording


@pytest.fixture(scope="module")
def good():
    return generated(6, 4, 4.0, artefacts=3).recording


def damaged(good, channel, change):
    samples = good.get_traces().copy()
    samples[:, channel] = change(samples[:, channel].astype(float), samples)
    return si.NumpyRecording([samples], good.get_sampling_frequency(), channel_ids=list("abcdef"))


def rails(x, _):
    """Slow swings that the ADC's rails cut off for some of the time."""
    return np.clip(x + 30000 * np.sin(np.arange(len(x)) / 5000), -20000, 20000)


DAMAGE = {
    "constant": (lambda x, _: 0 * x + 7, r"^constant at 7$"),
    "silent": (lambda x, _: x / 10, r"^silent: noise of [\d.]+, the channels' median is [\d.]+$"),
    "bit": (lambda x, _: 7 + (np.arange(len(x)) % 5000 == 0), r"^silent: noise of \S+, the ADC's step is 1$"),
    "saturated": (rails, r"^saturated: [\d.]+ % of the samples at -?20000$"),
    "double": (lambda x, all: all[:, 0], r"^the double of a: correlation 1.000$"),
    "near double": (lambda x, all: 0.9 * all[:, 0] + 0.05 * x, r"^the double of a: correlation 0.99\d$"),
}


@pytest.mark.parametrize("case", DAMAGE)
def test_a_damaged_channel_is_left_out_and_named(case, good):
    change, reason = DAMAGE[case]
    kept, excluded = usable(damaged(good, 4, change))
    assert [e.channel for e in excluded] == ["e"]
    assert list(kept.channel_ids) == list("abcdf")
    assert re.search(reason, excluded[0].reason), excluded[0].reason


@pytest.mark.parametrize("channels", [1, 32])
def test_generated_channels_are_all_good_even_with_artefacts(channels):
    recording = generated(channels, 4, 3.0, artefacts=4, overlaps=0.1).recording
    assert usable(recording) == (recording, ())


def test_recorded_channels_are_good():
    """Channel 3 of the locust has no spikes, but noise like the others': it is not silent."""
    path = catalog.get("locust_al")[0]
    tetrode = load_recording(path, 15000.0, channels=4)
    assert usable(tetrode) == (tetrode, ())
    for path in catalog.get("neuralink_n1")[::20]:
        assert usable(load_recording(path))[1] == ()


def test_none_left_is_an_error():
    flat = si.NumpyRecording([np.full((5000, 2), 3, np.int16)], 25000.0)
    with pytest.raises(
        DataError, match=r"expected a channel that can be used, found none of 2: 0 constant at 3; 1 con"
    ):
        usable(flat)
