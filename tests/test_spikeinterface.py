"""edgesort as one of SpikeInterface's sorters, on the shipped model."""

import numpy as np
import pytest
import spikeinterface.core as si
from spikeinterface.sorters import available_sorters, get_default_sorter_params, get_sorter_description, run_sorter

import edgesort.spikeinterface  # noqa: F401  # puts itself on SpikeInterface's list
from edgesort.check import open_graph
from edgesort.data.errors import DataError
from edgesort.share import share
from edgesort.sort import sort

MODEL = share() / "models" / "cnn_sorter" / "model.onnx"


@pytest.fixture(scope="module")
def graph():
    return open_graph(MODEL)


@pytest.fixture(scope="module")
def recording(graph, tmp_path_factory):
    """Noise with a sharp trough every 50 ms; deep enough for the detector."""
    samples = np.random.default_rng(2).normal(0, 480, 40000)
    at = np.arange(1000, 39000, 977)
    samples[at[:, None] + np.arange(-4, 5)] -= 6000 * np.exp(-((np.arange(-4, 5) / 2) ** 2))
    made = si.NumpyRecording([np.rint(samples).astype(np.int16)[:, None]], graph.sampling_frequency)
    return made.save(folder=tmp_path_factory.mktemp("made") / "recording", verbose=False, progress_bar=False)


def test_run_sorter_gives_what_the_exact_graph_gives(graph, recording, tmp_path):
    found = run_sorter("edgesort", recording, folder=tmp_path / "out", model=str(MODEL), detector=True)
    expected = sort(graph, recording, detector=True)
    assert list(found.unit_ids) == list(expected.unit_ids)
    assert found.count_total_num_spikes() > 30
    for unit in expected.unit_ids:
        np.testing.assert_array_equal(found.get_unit_spike_train(unit), expected.get_unit_spike_train(unit))
    assert "any" in found.unit_ids
    assert "any" not in run_sorter("edgesort", recording, folder=tmp_path / "plain", model=MODEL).unit_ids


def test_it_is_listed_with_its_parameters():
    assert available_sorters().count("edgesort") == 1
    assert set(get_default_sorter_params("edgesort")) == {"model", "detector"}
    assert "finds no new units" in get_sorter_description("edgesort")


def test_bad_input_is_one_line(recording, tmp_path):
    with pytest.raises(DataError, match=r"edgesort: expected model="):
        run_sorter("edgesort", recording, folder=tmp_path / "a")
    with pytest.raises(DataError, match="expected integer samples, found float32"):
        run_sorter("edgesort", recording.astype("float32"), folder=tmp_path / "b", model=MODEL)
    two = si.aggregate_channels([recording, recording])
    with pytest.raises(DataError, match="expected 1 channels"):
        run_sorter("edgesort", two, folder=tmp_path / "c", model=MODEL)
