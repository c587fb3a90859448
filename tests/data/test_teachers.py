"""A teacher for real on ten seconds, and every way in which one can fail."""

import sys

import numpy as np
import pytest
import spikeinterface.core as si

from edgesort.data import teachers
from edgesort.data.errors import DataError
from edgesort.data.generated import generated
from edgesort.data.scoring import score
from edgesort.data.teachers import TEACHERS, read_taught, settings_of, teach, with_fallback_probe
from edgesort.folders import FolderError


def child(monkeypatch, program):
    """Put another program in the place of the teacher's process; it finds the folder in argv[1]."""
    real = teachers.subprocess.run

    def run(command, **options):
        return real([sys.executable, "-c", program, command[-1]], **options)

    monkeypatch.setattr(teachers.subprocess, "run", run)


@pytest.fixture(scope="module")
def noise():
    samples = np.random.default_rng(0).normal(0, 50, (20000, 2))
    return si.NumpyRecording([np.rint(samples).astype(np.int16)], 20000.0)


def test_mountainsort5_labels_a_recording(tmp_path):
    made = generated(4, 2, 10.0, seed=2)
    taught = teach("mountainsort5", made.recording, tmp_path)
    rows = score(made.recording, made.sorting, taught.sorting)["units"].values()
    assert max(row["accuracy"] for row in rows) > 0.9
    assert 0 < taught.seconds < 600
    assert 50e6 < taught.peak_bytes < 20e9
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mountainsort5"]
    kept = sorted(path.name for path in (tmp_path / "mountainsort5").iterdir())
    assert kept == ["job.json", "log.txt", "sorting", "taught.json"]
    again = read_taught(tmp_path / "mountainsort5")
    assert again.sorting.count_total_num_spikes() == taught.sorting.count_total_num_spikes()
    with pytest.raises(FolderError, match="found something"):
        teach("mountainsort5", made.recording, tmp_path)


def test_a_teacher_that_finds_nothing_says_so(noise, tmp_path):
    with pytest.raises(DataError, match="teacher mountainsort5: expected a sorting, found no spikes; see") as caught:
        teach("mountainsort5", noise, tmp_path)
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["mountainsort5.log"]


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("raise ValueError('no spikes here\\nsecond line')", "found ValueError: no spikes here; see"),
        ("import os; os.kill(os.getpid(), 9)", "ended by signal 9"),
        ("import time; time.sleep(60)", "not finished after 0.5 s"),
        ("import sys; sys.exit(3)", "found no message"),
        ("pass", "found no spikes"),
    ],
)
def test_a_failed_teacher_is_one_line_and_leaves_its_log(program, said, noise, tmp_path, monkeypatch):
    child(monkeypatch, program)
    (tmp_path / "earlier").write_text("kept")
    with pytest.raises(DataError) as caught:
        teach("tridesclous2", noise, tmp_path, limit_s=0.5 if "sleep" in program else 60)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["earlier", "tridesclous2.log"]
    assert (tmp_path / "earlier").read_text() == "kept"


def test_the_innermost_error_of_a_sorter_is_the_one_told():
    log = (
        'Traceback (most recent call last):\n  File "run.py", line 1, in run\n    go()\n'
        'SpikeSortingError: Spike sorting error trace:\nTraceback (most recent call last):\n  File "ks.py", line 9\n'
        "    fit(clips)\n    ^^^^^^\nValueError: 0 samples\nmore\n\nSpike sorting failed."
    )
    assert teachers._first_line(log) == "ValueError: 0 samples"


def test_an_unknown_or_missing_teacher_is_refused(noise, tmp_path, monkeypatch):
    with pytest.raises(DataError, match="teacher klusta: expected one of kilosort4, mountainsort5"):
        teach("klusta", noise, tmp_path)
    monkeypatch.setitem(teachers.PACKAGES, "kilosort4", "no_such_package")
    with pytest.raises(DataError, match=r"found none; pip install edgesort\[teachers\]"):
        teach("kilosort4", noise, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_recording_without_a_probe_gets_one_that_is_said(noise, capsys):
    probed = with_fallback_probe(noise)
    assert "2 contacts in a line, 20 um apart, are assumed" in capsys.readouterr().err
    np.testing.assert_array_equal(probed.get_channel_locations(), [[0, 0], [0, 20]])
    assert not noise.has_probe()
    assert with_fallback_probe(probed) is probed
    assert capsys.readouterr().err == ""


def test_every_teacher_takes_the_settings_that_it_gets():
    from spikeinterface.sorters import get_default_sorter_params

    for name in TEACHERS[1:]:
        assert set(settings_of(name, 4, 1, 0)) <= set(get_default_sorter_params(name))
