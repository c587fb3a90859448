"""The plugin in pytest runs of its own: a device that is right, wrong, another one, silent, or not there."""

import socket
import subprocess
import sys

import numpy as np
import pytest

import edgesort
from edgesort.hil import under_test  # here, since each run of pytest forgets what it imported
from tests.graphs import sorter
from tests.hil.on_socket import on_a_socket
from tests.hil.served import Served

pytest_plugins = ["pytester"]
GRAPH = sorter(seed=3)
TEST = """
def test_a_recording(device):
    found = device.stream()
    assert found.equal, found.verdict
    assert (found.link, found.checked, found.nodes) == (device.link, 2000, ())

def test_other_samples_and_every_value(device):
    import numpy as np
    samples = np.zeros((300, 1), np.int16)
    assert device.build.graph.name == "sorter"
    assert len(device.stream(samples, trace=True).nodes) == 12
"""


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    out = tmp_path_factory.mktemp("build") / "host"
    samples = np.random.default_rng(0).normal(0, 4000, (2000, 1)).astype(np.int16)
    edgesort.compile(GRAPH, "host", out, vectors={"noise": samples})
    return out


def outcomes(pytester, build, link, text=TEST):
    pytester.makepyfile(text)
    result = pytester.runpytest_inprocess("-rs", f"--edgesort-build={build}", f"--edgesort-link={link}")
    return result.parseoutcomes(), str(result.stdout)


class Silent(Served):
    def take(self, block):
        return b""


def test_a_right_device_passes_whatever_its_link(pytester, build):
    assert outcomes(pytester, build, "host:")[0] == {"passed": 2}
    with on_a_socket(Served(GRAPH)) as link:
        assert outcomes(pytester, build, link)[0] == {"passed": 2}


def test_a_wrong_device_fails_with_what_differs(pytester, build):
    with on_a_socket(Served(GRAPH, lie=lambda records, at: records[1:])) as link:
        found, said = outcomes(pytester, build, link)
    assert found == {"failed": 1, "passed": 1} and "NOT EQUAL: events, frame" in said


def test_another_network_is_an_error_and_no_skip(pytester, build):
    with on_a_socket(Served(sorter(seed=4))) as link:
        found, said = outcomes(pytester, build, link)
    assert found == {"errors": 2} and "device: expected graph" in said


def test_no_board_is_a_skip_with_its_reason(pytester, build, monkeypatch):
    monkeypatch.setattr(under_test, "ANSWER_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as gone:
        nobody = f"socket://127.0.0.1:{gone.getsockname()[1]}"
    with on_a_socket(Silent(GRAPH)) as silent:
        links = {"/dev/ttyNOBOARD": "expected a serial port", nobody: "expected a device", silent: "expected an answer"}
        for link, reason in links.items():
            found, said = outcomes(pytester, build, link)
            assert found == {"skipped": 2} and reason in said, said


def test_a_simulation_that_fails_is_an_error_and_no_skip(pytester, build, monkeypatch):
    assert outcomes(pytester, build, "qemu:mps2-an386")[0] == {"errors": 2}
    monkeypatch.setattr(under_test, "START_S", 0.0)
    found, said = outcomes(pytester, build, "host:")
    assert found == {"errors": 2} and "no device: device: expected an answer" in said


def test_without_the_options_only_tests_that_use_it_are_skipped(pytester):
    pytester.makepyfile(TEST + "\ndef test_another(): pass\n")
    result = pytester.runpytest_inprocess("-rs")
    assert result.parseoutcomes() == {"skipped": 2, "passed": 1}
    assert "expected --edgesort-build PATH and --edgesort-link URL" in str(result.stdout)


def test_the_plugin_itself_costs_nothing():
    own = "import sys; own = sys.modules['edgesort'] = type(sys)('edgesort'); own.__path__ = [sys.argv[1]]"
    light = "import edgesort.hil.pytest; assert not {'numpy', 'onnx', 'serial'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", f"{own}; {light}", edgesort.__path__[0]], check=True)
