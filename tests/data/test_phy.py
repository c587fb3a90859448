"""What Phy and spikeinterface-gui are given reads back as the same spike trains."""

import numpy as np
import pytest
import spikeinterface.core as si
from spikeinterface.extractors import read_phy
from spikeinterface.postprocessing import template_similarity

from edgesort.data.errors import DataError
from edgesort.data.phy import export_analyzer, export_phy
from edgesort.folders import FolderError

RATE = 20000.0


@pytest.fixture(scope="module")
def made():
    rng = np.random.default_rng(3)
    samples = rng.normal(0, 50, (60000, 2))
    trains = {"left": np.arange(500, 59000, 700), "silent": np.empty(0, np.int64), "right": np.arange(900, 59000, 800)}
    shape = 600 * np.exp(-((np.arange(-15, 15) / 4) ** 2))
    for channel, unit in enumerate(("left", "right")):
        samples[trains[unit][:, None] + np.arange(-15, 15), channel] -= shape
    recording = si.NumpyRecording([np.rint(samples).astype(np.int16)], RATE)
    return recording, si.NumpySorting.from_unit_dict([trains], RATE)


@pytest.fixture(autouse=True)
def without_compiling(monkeypatch):
    """SpikeInterface's own plain form of a function that numba takes ten seconds to compile."""
    plain = template_similarity._compute_similarity_matrix_numpy
    monkeypatch.setattr(template_similarity, "_compute_similarity_matrix", plain)


def test_phy_reads_the_same_spike_trains(made, tmp_path):
    recording, sorting = made
    export_phy(recording, sorting, tmp_path / "phy")
    moved = (tmp_path / "phy").rename(tmp_path / "moved")
    found = read_phy(moved)
    names = found.get_property("unit")
    assert sorted(names) == ["left", "right"]
    for unit, name in zip(found.unit_ids, names, strict=True):
        np.testing.assert_array_equal(found.get_unit_spike_train(unit), sorting.get_unit_spike_train(name))
    text = (moved / "params.py").read_text()
    assert "dat_path = r'recording.dat'" in text
    assert f"sample_rate = {RATE}" in text
    assert (moved / "recording.dat").stat().st_size == recording.get_num_frames() * 2 * 2
    for name in ("templates", "amplitudes", "pc_features", "channel_positions", "similar_templates"):
        assert np.isfinite(np.load(moved / f"{name}.npy")).all(), name
    assert np.load(moved / "templates.npy").min() < -300
    with pytest.raises(FolderError, match="found something"):
        export_phy(recording, sorting, moved)


@pytest.mark.parametrize("saved", [False, True])
def test_an_analyzer_folder_finds_its_recording(saved, made, tmp_path):
    recording, sorting = made
    if saved:
        recording = recording.save(folder=tmp_path / "saved", verbose=False, progress_bar=False)
    export_analyzer(recording, sorting, tmp_path / "out")
    analyzer = si.load(tmp_path / "out" / "analyzer")
    assert (tmp_path / "out" / "recording").exists() is not saved
    assert analyzer.has_recording()
    assert list(analyzer.unit_ids) == ["left", "right"]
    for unit in analyzer.unit_ids:
        np.testing.assert_array_equal(analyzer.sorting.get_unit_spike_train(unit), sorting.get_unit_spike_train(unit))
    wanted = {"templates", "spike_amplitudes", "unit_locations", "correlograms", "quality_metrics", "waveforms"}
    assert wanted <= set(analyzer.get_loaded_extension_names())
    np.testing.assert_array_less(5, analyzer.get_extension("quality_metrics").get_data()["snr"].astype(float))


def test_nothing_to_export_is_an_error_and_leaves_nothing(made, tmp_path):
    recording, sorting = made
    for export in (export_phy, export_analyzer):
        with pytest.raises(DataError, match="expected spikes to export, found none"):
            export(recording, sorting.select_units(["silent"]), tmp_path / "out")
    assert not list(tmp_path.iterdir())
