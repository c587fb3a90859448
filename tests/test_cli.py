"""The command line: bad input is one line on stderr, exit code 2, nothing half-written, inputs untouched."""

import errno
import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import pytest
import spikeinterface.core as si
from scipy.io import wavfile
from spikeinterface.extractors import read_phy
from spikeinterface.postprocessing import template_similarity

from edgesort import cli
from edgesort.share import share
from tests.frontends.small_model import SmallModel

RATE = 19531
MODEL = share("models", "cnn_sorter", "model.onnx")


@pytest.fixture
def edgesort(monkeypatch, capsys):
    """Run a command in this process; returns (exit code, stdout, stderr)."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["edgesort", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            cli.main()
        out, err = capsys.readouterr()
        return stop.value.code, out, err

    return run


@pytest.fixture
def refused(edgesort, tmp_path):
    """Run a command that must be refused: exit 2, one line with `text`, and the folder as it was before."""

    def run(text, *arguments):
        before = _contents(tmp_path)
        code, out, err = edgesort(*arguments)
        assert code == 2 and text in err, (code, err)
        assert err.startswith("edgesort: ") and err.count("\n") == 1 and out == ""
        assert _contents(tmp_path) == before
        return err

    return run


def _contents(folder):
    return {p: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*")) if p.is_file()}


def _noise(frames=4000, channels=1):
    return np.random.default_rng(0).normal(0, 400, (frames, channels)).astype(np.int16)


def _wav(path, samples=None, rate=RATE):
    wavfile.write(path, rate, _noise() if samples is None else samples)
    return path


def _bytes(path, content):
    path.write_bytes(content)
    return path


RECORDINGS = {
    "missing": (lambda d: d / "none.wav", "expected a recording, found nothing there"),
    "empty": (lambda d: _bytes(d / "e.wav", b""), "expected a recording, found an empty file"),
    "truncated": (lambda d: _bytes(d / "t.wav", _wav(d / "w.wav").read_bytes()[:3000]), "truncated"),
    "short header": (lambda d: _bytes(d / "t.wav", _wav(d / "w.wav").read_bytes()[:30]), "expected a"),
    "not a WAV": (lambda d: _bytes(d / "x.wav", b"hello" * 100), "expected a WAV file"),
    "float": (lambda d: _wav(d / "f.wav", _noise().astype(np.float32)), "expected integer samples, found float32"),
    "NaN": (
        lambda d: _wav(d / "n.wav", np.full(4000, np.nan, np.float32)),
        "expected integer samples, found float32 with NaN",
    ),
    "channels": (lambda d: _wav(d / "c.wav", _noise(channels=2)), "expected 1 channels for cnn_sorter, found 2"),
    "rate": (lambda d: _wav(d / "r.wav", rate=30000), "expected a sampling frequency of 19531 Hz"),
    "short": (lambda d: _wav(d / "s.wav", _noise(10)), "expected 49 frames or more"),
}


@pytest.mark.parametrize("case", RECORDINGS)
def test_a_bad_recording_is_refused(refused, tmp_path, case):
    make, text = RECORDINGS[case]
    refused(text, "sort", MODEL, "--recording", make(tmp_path), "--out", tmp_path / "out")


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda d: d / "none.onnx", "none.onnx: expected a QONNX model file, found none"),
        (lambda d: _bytes(d / "m.onnx", b"x" * 99), "m.onnx: expected a valid ONNX file"),
        (lambda d: _bytes(d / "m.onnx", MODEL.read_bytes()[:-200]), "m.onnx: expected a valid ONNX file"),
    ],
    ids=["missing", "garbage", "truncated"],
)
def test_a_bad_model_is_refused(refused, tmp_path, make, text):
    refused(text, "compile", make(tmp_path), "--target", "host", "--out", tmp_path / "out")


def test_an_unsupported_node_is_named(refused, tmp_path):
    model = SmallModel()
    model.find("/conv1_act/Relu").op_type = "Elu"
    path = model.save(tmp_path / "m.onnx")
    refused("node /conv1_act/Relu (Elu)", "compile", path, "--target", "host", "--out", tmp_path / "out")


def test_an_unknown_target_is_refused(refused, tmp_path):
    refused("expected one of host", "compile", MODEL, "--target", "toaster", "--out", tmp_path / "out")


@pytest.mark.parametrize("command", ["compile", "sort"])
def test_an_output_that_exists_is_refused_and_kept(refused, tmp_path, command):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("mine")
    rest = ["--target", "host"] if command == "compile" else ["--recording", _wav(tmp_path / "w.wav")]
    refused("expected a path that does not exist yet", command, MODEL, *rest, "--out", tmp_path / "out")


@pytest.mark.parametrize("command", ["compile", "sort"])
def test_a_full_disk_leaves_nothing_behind(refused, monkeypatch, tmp_path, command):
    def full(*arguments, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    monkeypatch.setattr(si.NumpySorting, "save", full)
    rest = ["--target", "host"] if command == "compile" else ["--recording", _wav(tmp_path / "w.wav")]
    refused("found No space left on device; nothing was kept", command, MODEL, *rest, "--out", tmp_path / "out")


def test_a_folder_that_is_no_build_is_refused(refused, tmp_path):
    refused("expected a build", "verify", tmp_path)


def test_a_checksum_that_differs_is_refused(refused, monkeypatch, tmp_path):
    monkeypatch.setenv("EDGESORT_DATA", str(tmp_path))
    folder = tmp_path / "stark_templates"
    folder.mkdir()
    (folder / "units_000_099.npz").write_bytes(b"another")
    refused("expected SHA-256", "data", "get", "stark_templates")


def test_sort_writes_a_sorting_that_spikeinterface_loads(edgesort, tmp_path):
    wav = _wav(tmp_path / "w.wav")
    code, out, _ = edgesort("sort", MODEL, "--recording", wav, "--out", tmp_path / "sorting", "--json")
    sorting = si.load(tmp_path / "sorting")
    assert code == 0 and json.loads(out)["spikes"] == {
        str(u): len(sorting.get_unit_spike_train(u)) for u in sorting.unit_ids
    }
    assert "any" not in sorting.unit_ids and sorting.get_sampling_frequency() == RATE


def test_sort_writes_for_phy_and_spikeinterface_gui_too(edgesort, refused, monkeypatch, tmp_path):
    # SpikeInterface's plain form of a function that numba takes ten seconds to compile
    plain = template_similarity._compute_similarity_matrix_numpy
    monkeypatch.setattr(template_similarity, "_compute_similarity_matrix", plain)
    spikes = _noise(40000).astype(np.int64)
    at = np.arange(1000, 39000, 977)
    spikes[at[:, None] + np.arange(-4, 5), 0] -= np.rint(6000 * np.exp(-((np.arange(-4, 5) / 2) ** 2))).astype(int)
    wav = _wav(tmp_path / "w.wav", spikes.astype(np.int16))
    command = ("sort", MODEL, "--recording", wav, "--detector", "--json")
    also = ("--phy", tmp_path / "phy", "--analyzer", tmp_path / "gui")
    code, out, err = edgesort(*command, "--out", tmp_path / "sorting", *also)
    assert (code, err.count("assumed")) == (0, 2)
    counts = json.loads(out)["spikes"]
    analyzer, phy = si.load(tmp_path / "gui" / "analyzer"), read_phy(tmp_path / "phy")
    assert analyzer.has_recording()
    heard = {unit: count for unit, count in counts.items() if count}
    assert heard["any"] > 30
    for sorting, names in ((analyzer.sorting, analyzer.unit_ids), (phy, phy.get_property("unit"))):
        found = sorting.count_num_spikes_per_unit(outputs="array")
        assert dict(zip(map(str, names), map(int, found), strict=True)) == heard
    refused("expected a path that does not exist yet", *command, "--out", tmp_path / "new", *also)


def test_doctor_and_targets_and_data_speak_json(edgesort):
    for command, key in ((["doctor"], "tools"), (["targets"], "targets"), (["data", "list"], "recordings")):
        code, out, _ = edgesort(*command, "--json")
        assert code == 0 and json.loads(out)[key]


def test_verify_compares_and_a_broken_build_is_not_equal(edgesort, tmp_path):
    wav, build = _wav(tmp_path / "w.wav"), tmp_path / "host"
    code, out, err = edgesort("compile", MODEL, "--target", "host", "--out", build, "--recording", wav, "--json")
    assert code == 0, err
    assert json.loads(out)["target"] == "host"
    code, out, err = edgesort("verify", build, "--json")
    result = json.loads(out)
    assert code == 0 and result["equal"], err
    assert [e["name"] for e in result["executors"]] == ["c-host"] and result["executors"][0]["frames"] == 4000
    kernel = build / "es_fixed.h"
    text = kernel.read_text()
    assert "~(~x >> shift)" in text
    kernel.write_text(text.replace("~(~x >> shift)", "-(-x >> shift)"))
    code, out, err = edgesort("verify", build, "--json")
    (result,) = json.loads(out)["executors"]
    assert code == 1 and not result["equal"] and result["mismatches"] > 0, err
    assert result["first_mismatch"]["node"] == "highpass"
