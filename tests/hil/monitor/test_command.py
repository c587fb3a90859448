"""`edgesort monitor`: how it begins, how it ends, and what it says then."""

import json
import os
import re
import signal
import socket
from threading import Timer

import pytest
from typer.testing import CliRunner

from edgesort.build import compile
from edgesort.cli import app
from edgesort.hil.errors import LineLost
from edgesort.hil.monitor.serve import monitor
from edgesort.hil.session import Plan
from tests.hil.monitor.watched import ENDLESS, GRAPH, noise
from tests.hil.on_socket import on_a_socket
from tests.hil.served import Served

SAMPLES = noise(2000)
URL = re.compile(r"monitor: http://127\.0\.0\.1:\d+/[\w-]{20,}/\n")


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    out = tmp_path_factory.mktemp("build") / "host"
    compile(GRAPH, "host", out, vectors={"noise": SAMPLES})
    return out


def interrupt():
    os.kill(os.getpid(), signal.SIGINT)


def test_once_ends_with_the_recording(build):
    done = CliRunner().invoke(app, ["monitor", str(build), "--link", "host:", "--once", "--json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert (found["equal"], found["checked"]) == (True, 2000) and found["seconds"] > 2000 / GRAPH.sampling_frequency
    assert URL.search(done.stderr)


def test_ctrl_c_ends_it_with_the_verdict(build):
    def source(start, end):
        if start > 4000:
            interrupt()
        return SAMPLES[start % 2000 :][: end - start]

    before = signal.getsignal(signal.SIGINT)
    found = monitor(build, "host:", Plan(GRAPH, source, ENDLESS, real_time=True))
    assert found.equal and found.frames > 4000 and found.verdict.startswith("EQUAL")
    assert signal.getsignal(signal.SIGINT) is before


def test_a_difference_stays_until_ctrl_c(build, capsys):
    timers = []

    def lie(records, at):
        if records and not timers:
            timers.append(Timer(0.5, interrupt))
            timers[0].start()
        return records[1:]

    with on_a_socket(Served(GRAPH, lie=lie)) as link:
        found = monitor(build, link, Plan(GRAPH, lambda start, end: SAMPLES[start:end], 2000, real_time=True))
    said = capsys.readouterr().err
    assert not found.equal and found.mismatch.node == "events"
    assert URL.search(said)


def test_a_port_that_is_taken_is_said(build):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LineLost, match=f"port {port}: expected it free on 127.0.0.1, found Address already in use"):
            monitor(build, "host:", Plan(GRAPH, lambda start, end: SAMPLES[start:end], 2000), port)
