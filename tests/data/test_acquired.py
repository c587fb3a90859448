"""Every system's files give the same samples as were written to them; what is wrong with one is said in a line."""

import numpy as np
import pytest
import spikeinterface.core as si
from scipy.io import wavfile

from edgesort.data.errors import DataError
from edgesort.data.recordings import frames, load_recording
from edgesort.data.sortings import load_sorting
from tests.data import systems

SAMPLES = (np.arange(1024)[:, None] * 7 % 2500 - 1250 + 100 * np.arange(3)).astype(np.int16)
RAW = {"sampling_frequency": systems.RATE, "channels": 3}


def raw(path, samples=SAMPLES):
    samples.tofile(path)
    return path


def wav(path):
    wavfile.write(path, int(systems.RATE), SAMPLES)
    return path


WRITTEN = {
    "intan": (lambda p: systems.intan(p / "a.rhd", SAMPLES), {}),
    "open ephys": (lambda p: systems.open_ephys(p / "a", SAMPLES), {}),
    "open ephys of old": (lambda p: systems.open_ephys_legacy(p / "a", SAMPLES), {}),
    "spikeglx file": (lambda p: systems.spikeglx(p / "a", SAMPLES), {}),
    "spikeglx folder": (lambda p: systems.spikeglx(p / "a", SAMPLES).parent, {}),
    "nwb": (lambda p: systems.nwb(p / "a.nwb", SAMPLES), {}),
    "nwb of two": (
        lambda p: systems.nwb(p / "a.nwb", SAMPLES, names=("AP", "LF")),
        {"stream": "acquisition/AP"},
    ),
    "wav": (lambda p: wav(p / "a.wav"), {}),
    "raw": (lambda p: raw(p / "a.bin"), RAW),
    "raw of 32 bits": (lambda p: raw(p / "a.dat", SAMPLES.astype(np.int32)), RAW | {"dtype": "int32"}),
    "raw unsigned": (
        lambda p: raw(p / "a.raw", (SAMPLES.astype(int) + 32768).astype(np.uint16)),
        RAW | {"dtype": "uint16"},
    ),
}


@pytest.mark.parametrize("case", WRITTEN)
def test_the_samples_are_those_written(case, tmp_path):
    write, options = WRITTEN[case]
    recording = load_recording(write(tmp_path), **options)
    assert recording.get_sampling_frequency() == systems.RATE
    assert np.array_equal(frames(recording), SAMPLES)


def test_a_neuropixels_recording_has_its_probe(tmp_path):
    recording = load_recording(systems.spikeglx(tmp_path / "a", SAMPLES))
    assert recording.get_probe().get_contact_count() == 3


def cut(path, length):
    path.write_bytes(path.read_bytes()[:length])
    return path


BAD = {
    "raw without facts": (lambda p: raw(p / "a.bin"), {}, "expected a sampling frequency and a number of channels"),
    "raw of other width": (lambda p: raw(p / "a.bin"), RAW | {"channels": 7}, "expected frames of 7 channels of int16"),
    "intan cut": (lambda p: cut(systems.intan(p / "a.rhd", SAMPLES), 100), {}, "expected a recording of intan that"),
    "no spikeglx meta": (
        lambda p: cut(systems.spikeglx(p / "a", SAMPLES).with_suffix(".meta"), 14).parent,
        {},
        "expected a recording of spikeglx that SpikeInterface reads, found no '(nSavedChans|fileName)'",
    ),
    "another stream": (
        lambda p: systems.spikeglx(p / "a", SAMPLES),
        {"stream": "imec1.ap"},
        r"expected a stream of imec0.ap, imec0.ap-SYNC, found none named imec1.ap",
    ),
    "two series": (
        lambda p: systems.nwb(p / "a.nwb", SAMPLES, names=("AP", "LF")),
        {},
        "expected an NWB file that SpikeInterface reads, found Multiple ElectricalSeries",
    ),
    "no series": (lambda p: systems.nwb(p / "a.nwb", SAMPLES, names=()), {}, "expected an NWB file that"),
    "oebin broken": (
        lambda p: cut(next(systems.open_ephys(p / "a", SAMPLES).rglob("*.oebin")), 9).parents[3],
        {},
        "expected a recording of openephysbinary that",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_is_one_line(case, tmp_path):
    write, options, message = BAD[case]
    path = write(tmp_path)
    with pytest.raises(DataError, match=message) as caught:
        load_recording(path, **options)
    assert str(caught.value).startswith(str(path)) and "\n" not in str(caught.value)


TIMES, CLUSTERS = [100, 200, 250, 400, 900], [3, 5, 3, 7, 5]


def recording(rate=systems.RATE):
    return si.NumpyRecording([SAMPLES], rate)


def trains(sorting):
    return {int(unit): sorting.get_unit_spike_train(unit).tolist() for unit in sorting.unit_ids}


def test_kilosort_and_phy_folders_are_read_without_noise(tmp_path):
    labels = {"cluster_KSLabel.tsv": {3: "good", 5: "mua", 7: "good"}}
    plain = systems.kilosort(tmp_path / "ks", TIMES, CLUSTERS, tables=labels)
    assert trains(load_sorting(plain, recording())) == {3: [100, 250], 5: [200, 900], 7: [400]}
    groups = {"cluster_group.tsv": {3: "good", 5: "mua", 7: "noise", 9: "good"}}
    curated = systems.kilosort(tmp_path / "phy", TIMES, CLUSTERS, tables=groups)
    assert trains(load_sorting(curated, recording())) == {3: [100, 250], 5: [200, 900]}
    assert trains(load_sorting(curated, recording(), groups=["good"])) == {3: [100, 250]}
    with pytest.raises(DataError, match="phy: expected units of fair, found good, mua, noise"):
        load_sorting(curated, recording(), groups=["fair"])


def test_units_of_nwb_are_on_the_recordings_clock(tmp_path):
    path = systems.nwb(tmp_path / "a.nwb", SAMPLES, trains=([2.01, 2.05], [2.02]), start=2.0)
    assert trains(load_sorting(path, load_recording(path))) == {0: [200, 1000], 1: [400]}
    with pytest.raises(DataError, match=r"a\.nwb: expected spikes within 1024 frames, found unit 0 at 41000"):
        load_sorting(path, recording())


BAD_SORTINGS = {
    "nothing": (lambda p: p / "none", "expected a sorting, found nothing there"),
    "no units": (lambda p: systems.nwb(p / "a.nwb", SAMPLES), "expected a sorting that SpikeInterface loads"),
    "another rate": (
        lambda p: systems.kilosort(p / "ks", TIMES, CLUSTERS, rate=30000.0),
        "expected spike times at 20000 Hz, the recording's, found 30000 Hz",
    ),
    "outside": (
        lambda p: systems.kilosort(p / "ks", [*TIMES[:4], 1024], CLUSTERS),
        "expected spikes within 1024 frames, found unit 5 at 1024",
    ),
    "before": (
        lambda p: systems.kilosort(p / "ks", [-4, *TIMES[1:]], CLUSTERS),
        "expected spikes within 1024 frames, found unit 3 at -4",
    ),
    "no params": (
        lambda p: (systems.kilosort(p / "ks", TIMES, CLUSTERS) / "params.py").unlink() or p / "ks",
        "expected a sorting that SpikeInterface loads",
    ),
    "a recording": (
        lambda p: recording().save(folder=p / "r", verbose=False) and p / "r",
        "expected a sorting, found a BinaryFolderRecording",
    ),
}


@pytest.mark.parametrize("case", BAD_SORTINGS)
def test_what_is_wrong_with_a_sorting_is_one_line(case, tmp_path):
    write, message = BAD_SORTINGS[case]
    path = write(tmp_path)
    with pytest.raises(DataError, match=message) as caught:
        load_sorting(path, recording())
    assert str(caught.value).startswith(str(path)) and "\n" not in str(caught.value)
