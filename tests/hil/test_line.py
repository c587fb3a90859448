"""A serial port: the same device behind a pseudo-terminal, whose name is the URL."""

import os
import tty
from functools import partial
from threading import Thread

import numpy as np
import pytest

from edgesort.hil.errors import LineLost
from edgesort.hil.line import open_line
from edgesort.hil.session import Plan
from edgesort.hil.stream import stream
from tests.graphs import sorter
from tests.hil.served import Served, answer

GRAPH = sorter(seed=3)


@pytest.fixture
def port():
    """A device's serial port."""
    end, other = os.openpty()
    tty.setraw(end)
    Thread(target=answer, args=(Served(GRAPH), partial(os.read, end), partial(os.write, end)), daemon=True).start()
    yield os.ttyname(other)
    os.close(end)
    os.close(other)


@pytest.mark.parametrize("baud", ["", "?baud=115200"])
def test_a_serial_port_is_a_line(port, baud):
    samples = np.random.default_rng(0).normal(0, 4000, (3000, 1)).astype(np.int16)
    plan = Plan(GRAPH, lambda start, end: samples[start:end], len(samples))
    found = stream(plan, lambda: open_line(port + baud), port)
    assert found.equal and found.events > 20 and found.sessions == 1


def test_a_rate_that_is_no_number_is_one_line(port):
    with pytest.raises(LineLost, match="expected a serial port, found"):
        open_line(f"{port}?baud=fast")
