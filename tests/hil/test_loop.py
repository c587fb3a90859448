"""`edgesort hil` as a person runs it: builds of this computer and of QEMU, the same line but for the URL."""

import json
import signal
import subprocess
import sys
import time

import numpy as np
import psutil
import pytest
from typer.testing import CliRunner

from edgesort.build import compile
from edgesort.cli import app
from edgesort.data import catalog
from edgesort.data.errors import DataError
from edgesort.data.recordings import load_recording
from edgesort.frontends import qonnx
from edgesort.hil.errors import LineLost
from edgesort.loop import plan, run
from edgesort.share import share
from edgesort.targets.target import BuildError

DEVICES = [("host", "host:"), ("mps2-an386", "qemu:mps2-an386")]


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    """Half a second of N1 in which there are spikes."""
    path = tmp_path_factory.mktemp("n1") / "n1.npz"
    whole = load_recording(catalog.get("neuralink_n1")[11])
    np.savez(path, samples=whole.get_traces(end_frame=10_000), sampling_frequency=whole.get_sampling_frequency())
    return path


@pytest.fixture(scope="module", params=DEVICES, ids=lambda one: one[0])
def built(request, tmp_path_factory, recording):
    """A build of cnn_sorter, and its URL."""
    target, link = request.param
    graph = qonnx.load(share("models", "cnn_sorter", "model.onnx"))
    return compile(graph, target, tmp_path_factory.mktemp(target) / "build"), link


def test_the_same_line_says_equal(built, recording, tmp_path):
    build, link = built
    line = ["hil", str(build.path), "--link", link, "--recording", str(recording), "--report", str(tmp_path / "r.json")]
    done = CliRunner().invoke(app, line)
    assert done.exit_code == 0, done.output
    assert "EQUAL: 10000 frames" in done.output and "NOT" not in done.output
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["equal"] and report["checked"] == 10_000 and report["events"] > 0 and report["link"] == link


def test_a_flipped_weight_is_found_and_its_node_named(built, recording, tmp_path):
    build, link = built
    line = ["hil", str(build.path), "--link", link, "--recording", str(recording), "--flip-weight", "conv2"]
    done = CliRunner().invoke(app, [*line, "--report", str(tmp_path / "r.json")])
    assert done.exit_code == 1 and "NOT EQUAL: events" in done.output
    report = json.loads((tmp_path / "r.json").read_text())
    assert not report["equal"] and report["mismatch"]["node"] == "events"
    assert report["cause"]["node"] in ("conv2", "conv2_act") and report["cause"]["frame"] <= report["mismatch"]["frame"]


def test_only_a_weight_in_a_device_that_is_simulated_is_flipped(built, recording):
    build, link = built
    made = plan(build.graph, build.path, recording)
    with pytest.raises(BuildError, match="node events: expected one with weights in the device's memory: conv1"):
        run(build.path, link, made, flip="events")
    with pytest.raises(BuildError, match="--flip-weight: expected a device that is simulated here, found /dev/x"):
        run(build.path, "/dev/x", made, flip="conv2")


def test_the_build_s_own_samples_are_taken_if_there_is_no_recording(built, recording):
    build, _ = built
    with pytest.raises(DataError, match="expected recorded samples in the build, found none; give a --recording"):
        plan(build.graph, build.path)


@pytest.mark.parametrize("link", ["rtl:icebreaker", "qemu:mps2-an385", "host:x"])
def test_a_url_of_another_build_is_refused(built, recording, link):
    build, own = built
    with pytest.raises(BuildError, match=f"expected {own} for this build, found {link}"):
        run(build.path, link, plan(build.graph, build.path, recording))


@pytest.mark.parametrize("link", ["/dev/ttyNONE0", "socket://127.0.0.1:1", "socket://nowhere"])
def test_a_line_that_is_not_there_is_one_line(built, recording, link):
    build, _ = built
    done = CliRunner().invoke(app, ["hil", str(build.path), "--link", link, "--recording", str(recording)])
    assert isinstance(done.exception, LineLost) and len(str(done.exception).splitlines()) == 1


def test_a_soak_ends_when_its_time_is_over(built, recording):
    build, link = built
    found = run(build.path, link, plan(build.graph, build.path, recording, seconds=0.01, soak_hours=1 / 3600))
    assert found.equal and found.frames > 2 * 195


def test_what_is_told_to_end_takes_its_device_with_it(built, recording):
    build, link = built
    line = [sys.executable, "-m", "edgesort.cli", "hil", str(build.path), "--link", link, "--recording", str(recording)]
    with subprocess.Popen([*line, "--soak", "1"], stderr=subprocess.DEVNULL) as host:
        until = time.monotonic() + 60
        while not (devices := [p for p in psutil.Process(host.pid).children() if "link" in " ".join(p.cmdline())]):
            assert time.monotonic() < until and host.poll() is None
            time.sleep(0.1)
        host.terminate()
        assert host.wait(20) == 128 + signal.SIGTERM
        assert psutil.wait_procs(devices, 5)[1] == []
