"""Every kind of bad recording is refused with one line that says what to do."""

import numpy as np
import pytest
import spikeinterface.core as si
from scipy.io import wavfile

from edgesort.data.errors import DataError
from edgesort.data.recordings import check_recording, chunks, frames, load_recording
from edgesort.data.sortings import load_sorting
from tests.graphs import sorter

SAMPLES = (np.arange(3000) % 251 - 125).astype(np.int16)


def write(path, content):
    path.write_bytes(content)
    return path


def wav(path, samples=SAMPLES, rate=19531):
    wavfile.write(path, rate, samples)
    return path


def saved(path, samples):
    si.NumpyRecording([samples.reshape(len(samples), -1)], 19531.0).save(folder=path, verbose=False)
    return path


def truncated(path):
    return write(path, wav(path).read_bytes()[:2000])


def text(path):
    return write(path, b"this is no recording, whatever its name says")


def nan(path):
    return saved(path, np.where(np.arange(3000) == 7, np.nan, 0.5).astype(np.float32))


BAD = {
    "missing": (lambda p: p / "none.wav", "expected a recording, found nothing there"),
    "empty": (lambda p: write(p / "a.wav", b""), "found an empty file"),
    "truncated": (lambda p: truncated(p / "a.wav"), "found a truncated file"),
    "cut header": (lambda p: write(p / "a.wav", wav(p / "a.wav").read_bytes()[:21]), "a.wav: expected a"),
    "no wav": (lambda p: text(p / "a.wav"), "expected a WAV file of integers"),
    "float wav": (lambda p: wav(p / "a.wav", SAMPLES.astype(np.float32)), r"found float32; divide by the ADC step"),
    "nan": (lambda p: nan(p / "folder"), "found float32 with NaN; divide by the ADC step"),
    "no samples": (lambda p: wav(p / "a.wav", SAMPLES[:0]), "expected"),
    "no recording": (lambda p: text(p / "a.txt"), r"expected a SpikeInterface folder .* found .txt"),
    "plain folder": (lambda p: p, "expected a recording that SpikeInterface loads"),
    "no numpy": (lambda p: text(p / "a.npz"), "expected a whole numpy file"),
    "no nwb": (lambda p: text(p / "a.nwb"), "expected an NWB file"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_line_and_stays_untouched(case, tmp_path):
    make, message = BAD[case]
    path = make(tmp_path)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    with pytest.raises(DataError, match=message) as caught:
        load_recording(path)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert before == {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}


def test_good_input_of_every_kind_gives_the_same_samples(tmp_path):
    np.save(tmp_path / "a.npy", SAMPLES)
    np.savez(tmp_path / "a.npz", samples=SAMPLES, sampling_frequency=19531.0)
    opened = [
        load_recording(wav(tmp_path / "a.wav")),
        load_recording(tmp_path / "a.npy", 19531.0),
        load_recording(tmp_path / "a.npz"),
        load_recording(saved(tmp_path / "folder", SAMPLES)),
    ]
    for recording in opened:
        assert recording.get_sampling_frequency() == 19531
        assert frames(recording).dtype == np.int16
        assert np.array_equal(frames(recording)[:, 0], SAMPLES)
        assert np.array_equal(np.concatenate(list(chunks(recording, 700)))[:, 0], SAMPLES)
        assert np.array_equal(frames(recording, 100, 200)[:, 0], SAMPLES[100:200])


def test_numpy_files_must_say_enough(tmp_path):
    np.save(tmp_path / "a.npy", SAMPLES)
    with pytest.raises(DataError, match="expected a sampling frequency with a"):
        load_recording(tmp_path / "a.npy")
    np.savez(tmp_path / "b.npz", traces=SAMPLES)
    with pytest.raises(DataError, match="expected arrays samples and sampling_frequency, found traces"):
        load_recording(tmp_path / "b.npz")
    np.save(tmp_path / "c.npy", SAMPLES.reshape(10, 10, 30))
    with pytest.raises(DataError, match=r"expected samples of shape \[frames\] or \[frames, channels\]"):
        load_recording(tmp_path / "c.npy", 19531.0)


def test_a_recording_must_fit_the_graph():
    graph = sorter()

    def recording(shape=(3000, 1), rate=19531.0):
        return si.NumpyRecording([np.zeros(shape, np.int16)], rate)

    check_recording(recording(), graph)
    with pytest.raises(DataError, match="expected 1 channels for sorter, found 2"):
        check_recording(recording((3000, 2)), graph)
    with pytest.raises(DataError, match="expected a sampling frequency of 19531 Hz for sorter, found 30000 Hz"):
        check_recording(recording(rate=30000.0), graph)
    with pytest.raises(DataError, match=rf"expected {graph.receptive_field} frames or more .*, found 20"):
        check_recording(recording((20, 1)), graph)


def test_several_segments_are_refused(tmp_path):
    two = si.NumpyRecording([SAMPLES[:, None]] * 2, 19531.0)
    two.save(folder=tmp_path / "two", verbose=False)
    with pytest.raises(DataError, match="expected one segment, found 2"):
        load_recording(tmp_path / "two")


def test_a_sorting_must_fit_the_recording(tmp_path):
    recording = si.NumpyRecording([SAMPLES[:, None]], 19531.0)
    good = si.NumpySorting.from_unit_dict([{"a": np.array([10, 20])}], 19531.0)
    good.save(folder=tmp_path / "good")
    assert list(load_sorting(tmp_path / "good", recording).unit_ids) == ["a"]
    si.NumpySorting.from_unit_dict([{"a": np.array([10, 4000])}], 19531.0).save(folder=tmp_path / "late")
    with pytest.raises(DataError, match="expected spikes within 3000 frames, found unit a at 4000"):
        load_sorting(tmp_path / "late", recording)
    with pytest.raises(DataError, match="expected a sorting, found nothing there"):
        load_sorting(tmp_path / "none", recording)
    with pytest.raises(DataError, match="expected a sorting that SpikeInterface loads"):
        load_sorting(tmp_path, recording)
