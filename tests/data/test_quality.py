"""Units that are known to be bad are dropped, each for its own reason, and the good ones stay."""

import json

import numpy as np
import pytest
import spikeinterface.core as si

from edgesort.data.errors import DataError
from edgesort.data.quality import Limits, curate, dropped_rows
from edgesort.data.scoring import score

RATE = 20000.0
FRAMES = 200000


def recording():
    """Noise, and on each of two channels a unit whose trough is 15 times the noise."""
    rng = np.random.default_rng(1)
    samples = rng.normal(0, 50, (FRAMES, 2))
    trains = [np.arange(500 + 50 * k, FRAMES - 500, 1900 - 13 * k) for k in range(2)]  # a few meet within 1.5 ms
    shape = np.exp(-(((np.arange(40.0) - 20) / 4) ** 2))
    for channel, train in enumerate(trains):
        samples[train[:, None] + np.arange(-20, 20), channel] -= 750 * shape
    return si.NumpyRecording([np.rint(samples).astype(np.int16)], RATE), trains


@pytest.fixture(scope="module")
def made():
    return recording()


def sorting(**trains):
    return si.NumpySorting.from_unit_dict([{k: np.sort(np.asarray(v, np.int64)) for k, v in trains.items()}], RATE)


def test_each_bad_unit_goes_for_its_own_reason(made):
    recorded, (a, b) = made
    noise = np.arange(1200, FRAMES - 1000, 1111)
    kept, dropped = curate(
        recorded,
        sorting(
            a=a,
            b=b,
            noise=noise,
            few=a[::10],
            early=a[: len(a) * 3 // 5] + 1,
            doubled=np.concatenate([b, b + 20]),
            both=np.concatenate([a, b]),
            again=np.delete(b, slice(0, 3)) + 2,
        ),
    )
    assert list(kept.unit_ids) == ["a", "b"]
    np.testing.assert_array_equal(kept.get_unit_spike_train("a"), a)
    said = {row["unit"]: row["reason"] for row in json.loads(json.dumps(dropped_rows(dropped)))}
    assert set(said) == {"noise", "few", "early", "doubled", "both", "again"}
    assert said["noise"].startswith("expected an SNR of 4 or more")
    assert said["few"] == "expected 30 spikes or more, found 11"
    assert said["early"] == "expected spikes in 0.9 of the recording's parts, found 0.60"
    assert said["doubled"].startswith("expected ISI violations of 0.5 at most")
    assert said["again"] == "expected spikes of its own, found more than 0.8 in common with unit b"
    measured = next(d.metrics for d in dropped if d.unit == "again")
    assert measured["spikes"] == len(b) - 3
    again = score(recorded, sorting(b=b), sorting(b=b))["units"]["b"]["snr"]
    assert measured["snr"] == pytest.approx(again, rel=0.05)


def test_a_unit_of_two_neurons_yields_to_them(made):
    recorded, (a, b) = made
    near = np.concatenate([a, b])
    kept, dropped = curate(recorded, sorting(b=b, both=near), Limits(isi_violations=1e9))
    assert (list(kept.unit_ids), [d.unit for d in dropped]) == (["b"], ["both"])


def test_of_two_alike_the_one_of_more_spikes_stays(made):
    recorded, (a, _) = made
    kept, dropped = curate(recorded, sorting(less=a[3:], more=a))
    assert (list(kept.unit_ids), [d.unit for d in dropped]) == (["more"], ["less"])


def test_nothing_worth_learning_is_an_error(made):
    recorded, (a, _) = made
    with pytest.raises(DataError, match=r"found none among 2; unit few: expected 30 spikes or more, found 10"):
        curate(recorded, sorting(few=a[:10], none=[]))
