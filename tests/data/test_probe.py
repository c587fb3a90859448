"""Probes from files fit their recordings or are refused; neighbours are what distances say."""

import numpy as np
import probeinterface
import pytest
import spikeinterface.core as si

from edgesort.data.errors import DataError
from edgesort.data.generated import generated
from edgesort.data.probe import FAR, located, neighbours, with_probe


def recording(channels=4):
    return si.NumpyRecording([np.arange(100 * channels, dtype=np.int16).reshape(100, channels)], 20000.0)


def line_probe(contacts=4, wiring=None):
    probe = probeinterface.generate_linear_probe(contacts, ypitch=20)
    if wiring is not None:
        probe.set_device_channel_indices(wiring)
    return probe


def written(path, *probes):
    group = probeinterface.ProbeGroup()
    for probe in probes:
        group.add_probe(probe)
    writers = {".json": probeinterface.write_probeinterface, ".prb": probeinterface.write_prb}
    writers[path.suffix](path, group)
    return path


@pytest.mark.parametrize("suffix", [".json", ".prb"])
def test_the_wiring_of_the_file_places_the_channels(suffix, tmp_path):
    plain = recording()
    placed = with_probe(plain, written(tmp_path / f"a{suffix}", line_probe(4, [2, 0, 3, 1])))
    assert placed.get_channel_locations()[:, 1].tolist() == [20, 60, 0, 40]
    assert np.array_equal(placed.get_traces(), plain.get_traces())
    assert located(placed) and not located(plain)


def test_a_probe_without_wiring_has_the_channels_order(tmp_path):
    placed = with_probe(recording(), written(tmp_path / "a.json", line_probe()))
    assert placed.get_channel_locations()[:, 1].tolist() == [0, 20, 40, 60]


def test_what_does_not_fit_is_one_line(tmp_path):
    with pytest.raises(DataError, match="expected a contact for each of 5 channels, found 4 contacts"):
        with_probe(recording(5), written(tmp_path / "a.json", line_probe(4, [0, 1, 2, 3])))
    with pytest.raises(DataError, match="expected contacts wired to channels 0 to 3, found 0, 1, 3, 7"):
        with_probe(recording(), written(tmp_path / "b.json", line_probe(4, [0, 7, 3, 1])))
    with pytest.raises(DataError, match=r"none\.prb: expected a file \.json or \.prb with a probe, found none"):
        with_probe(recording(), tmp_path / "none.prb")
    (tmp_path / "c.json").write_text("{}")
    with pytest.raises(DataError, match=r"c\.json: expected a probe that probeinterface reads, found no"):
        with_probe(recording(), tmp_path / "c.json")


def test_neighbours_are_the_nearest_contacts_itself_first():
    made = generated(32, 2, 1.0).recording
    where = made.get_channel_locations()
    table = neighbours(made, 5)
    assert table.shape == (32, 5) and table.dtype == np.int64
    for channel, row in enumerate(table):
        apart = np.hypot(*(where - where[channel]).T)
        assert row[0] == channel and len(set(row)) == 5
        assert np.allclose(apart[row], np.sort(apart)[:5])
    near = neighbours(made, 5, radius_um=21.0)
    assert np.array_equal(near != FAR, np.take_along_axis(_apart(where), table, 1) <= 21.0)
    assert (near == FAR).any() and np.array_equal(near[near != FAR], table[near != FAR])


def _apart(where):
    return np.linalg.norm(where[:, None] - where, axis=-1)


def test_without_a_probe_it_is_the_channels_order_and_said():
    with pytest.warns(UserWarning, match="no probe; neighbours are those in the order of the channels"):
        table = neighbours(recording(5), 3)
    assert table.tolist() == [[0, 1, 2], [1, 0, 2], [2, 1, 3], [3, 2, 4], [4, 3, 2]]
    with pytest.raises(DataError, match="expected a count of 1 to 5, the channels, found 6"):
        neighbours(recording(5), 6)
