"""The main job, short: everything that `make demo` does, on less data."""

import json

import pytest

from edgesort import demo
from edgesort.check import verify_folder
from edgesort.data.errors import DataError


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    out = tmp_path_factory.mktemp("demo") / "out"
    return out, demo.run(out, seconds=20.0)


def test_every_executor_is_equal_and_named(done):
    _, report = done
    names = {check["name"] for check in report["checks"]}
    assert names == {"torch", "qonnx", "c-host", "qemu-mps2-an386", "rtl", "netlist", "hls4ml"}
    assert report["equal"] is True and report["not_checked"] == {}
    frames = {check["name"]: check["frames"] for check in report["checks"]}
    assert frames["qemu-mps2-an386"] >= 5 * 19531 - 1 and frames["rtl"] >= 2 * 19531
    assert frames["netlist"] >= 0.2 * 19531 - 1 and frames["hls4ml"] >= 1000


def test_the_report_says_the_same_as_the_builds(done):
    out, report = done
    assert json.loads((out / "report.json").read_text())["equal"] is True
    assert "Hybrid on real background" in (out / "report.html").read_text()
    costs = json.loads((out / "icebreaker" / "manifest.json").read_text())["costs"]
    assert report["builds"]["icebreaker"] == costs
    assert costs["lut4"] <= 2800 and costs["dsp"] <= 7 and costs["fmax_mhz"] > costs["clock_mhz"]
    assert costs["latency_us"] <= 100 and costs["max_sampling_frequency"] >= 19531


def test_without_recordings_a_simulated_one_is_said_to_be_simulated(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(demo.hybrid, "demo", lambda *_: (_ for _ in ()).throw(demo.NotHere("none here")))
    made = demo.record(tmp_path / "out", 2.0, 0)
    assert made.facts["kind"] == "simulated" and "SIMULATED" in capfd.readouterr().err


def test_the_trained_run_verifies_by_itself(done):
    out, _ = done
    assert [v.name for v in verify_folder(out / "run", names=("torch",)) if v.equal] == ["torch"]


def test_a_damaged_file_is_refused_and_not_replaced_by_a_simulation(tmp_path, monkeypatch):
    folder = tmp_path / "stark_templates"
    folder.mkdir()
    (folder / "units_000_099.npz").write_bytes(b"another")
    monkeypatch.setenv("EDGESORT_DATA", str(tmp_path))
    with pytest.raises(DataError, match="expected SHA-256"):
        demo.record(tmp_path / "out", 2.0, 0)
