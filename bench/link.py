"""The link to simulated devices: a million frames, faults on the line, latency. `--only TEST` or TEST:LINK: a part.

soak: all events of recorded frames, over and over. faults: random ones on the line, the device's reset among them, with
a right build and with one in whose memory a weight has a wrong bit. latency: one message a millisecond of recording,
the next when it is answered; events in the FPGA's own time, answers on this computer's clock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import record

import edgesort
from edgesort.build import Build, compile
from edgesort.data import catalog
from edgesort.data.recordings import load_recording
from edgesort.fixed import Array
from edgesort.graph import Graph
from edgesort.hil import message
from edgesort.hil.connections import connections
from edgesort.hil.device import Device
from edgesort.hil.errors import LinkError
from edgesort.hil.faults import KINDS, Faults
from edgesort.hil.flip import flipped
from edgesort.hil.latency import Latencies
from edgesort.hil.message import Kind, Message, unpack
from edgesort.hil.player import simulated
from edgesort.hil.session import Plan, Source
from edgesort.hil.stream import stream
from edgesort.hil.verdict import Streamed
from edgesort.loop import around
from edgesort.share import share
from edgesort.targets.target import Options

Row = dict[str, Any]
MODEL, WRONG = "cnn_sorter", "conv2"
LINKS = {"host:": "host", "qemu:mps2-an386": "mps2-an386", "rtl:icebreaker": "icebreaker"}
FRAMES = 1_000_000
FAULTS = {None: 600, WRONG: 100}  # of a link, with the right build and with the wrong one: 2,100 of all links
EVERY, AT_ONCE, PART = 6, 10, 6000  # pieces of bytes a fault, faults, in one streaming, and of how many frames that is
LOUD = 11  # a recording in whose first second there are 144 events
LATE_S, MESSAGE_S = 5.0, 0.001  # of the recording, on which latencies are measured, and of it in a message
PATIENCE_S, STALL_S = 60.0, 0.25
LOG = np.dtype([("cycle", "<u8"), ("from_board", "u1"), ("value", "u1"), ("zero", "u1", 6)])  # sim/link_bridge.cpp
HEAD, FIRST = message.HEAD.size, message.FRAMES.size


def recorded() -> Array:
    """Recordings of neuralink_n1, one after the other: frames [n, 1]."""
    return np.concatenate([load_recording(path).get_traces() for path in catalog.get("neuralink_n1")[LOUD : LOUD + 40]])


def built(target: str, out: Path) -> Build:
    """The model for a target; an FPGA's with the link on its serial line."""
    model = share("models", MODEL, "model.onnx")
    options = Options(input="link") if target == "icebreaker" else Options()
    return compile(edgesort.load(model), target, out, model, options=options)


def soak(link: str, build: Build, samples: Array) -> Row:
    """FRAMES frames at full speed."""
    with connections(link, build) as connect:
        found = stream(Plan(build.graph, _again(samples), FRAMES), connect, link)
    return _row("soak", link, found)


def latency(link: str, build: Build, samples: Array) -> Row:
    """Percentiles from a message's last byte in to the last one of the answer, and of an event, if the clock tells."""
    graph, at = build.graph, 0
    each = round(MESSAGE_S * graph.sampling_frequency)
    with TemporaryDirectory() as folder:
        made, took = build.target.simulation(graph, build.path, Path(folder)), Latencies()
        log = Path(folder, "log")
        ticking = made.scheme == "rtl"
        made = replace(made, command=(*made.command, "--log", str(log))) if ticking else made
        with simulated(made) as connect:
            device = Device(connect, graph)
            clock = device.begin(PATIENCE_S).clock
            while at < LATE_S * graph.sampling_frequency:
                little = samples[at : at + each]
                device.send(Kind.FRAMES, message.frames(at, little))
                at += len(little)
                while device.room() < device.hello.window:
                    for found in device.heard(PATIENCE_S):
                        for seconds in device.took(message.events(found.payload).taken):
                            took.add(seconds)
            session = device.session
            device.close()
        events = _event_latencies(log, clock, session, graph) if ticking else Latencies()
    row: Row = {"test": "latency", "link": link, "model": MODEL, "frames": at, "events": events.counts.total()}
    answers = {f"answer_ms_{name}": ms for name, ms in took.milliseconds().items()}
    return row | answers | {f"event_ms_{name}": ms for name, ms in events.milliseconds().items()}


def _event_latencies(log: Path, clock: int, session: int, graph: Graph) -> Latencies:
    """From the last byte of the frame with which an event was due to the last byte that tells of it, on the device."""
    said = np.fromfile(log, LOG)
    found, came = Latencies(), list[int]()
    for block in _blocks(said[said["from_board"] == 0]):
        one = _message(block, session)
        if one is None or one.kind is not Kind.FRAMES:
            continue
        size = graph.input[1].size * graph.input[1].dtype.container.itemsize
        ends = HEAD + FIRST + size * np.arange(1, (len(one.payload) - FIRST) // size + 1)  # COBS adds a byte in front
        came += [int(block["cycle"][end]) for end in ends]
    for block in _blocks(said[said["from_board"] == 1]):
        one = _message(block, session)
        if one is not None and one.kind is Kind.EVENTS:
            for frame in message.events(one.payload).records["frame"]:
                found.add((int(block["cycle"][-1]) - came[frame]) / clock)
    return found


def _blocks(said: Array) -> list[Array]:
    """Bytes between zeros, with the zero."""
    ends = np.flatnonzero(said["value"] == 0)
    return [said[start:end] for start, end in pairwise([0, *(ends + 1).tolist()])]


def _message(block: Array, session: int) -> Message | None:
    """None for what is no message of the session."""
    try:
        return unpack(block["value"][:-1].tobytes(), session)
    except LinkError:
        return None


def faults(link: str, build: Build, samples: Array) -> list[Row]:
    """A row for the right build and one for the wrong; both must be told from each other, whatever the line does."""
    return [
        _faults(link, build, samples, None, lambda one: one.mismatch is None and _counts(one)),
        _faults(link, build, samples, WRONG, lambda one: not one.equal and _counts(one)),
    ]


def _faults(link: str, build: Build, samples: Array, wrong: str | None, fine: Callable[[Streamed], bool]) -> Row:
    happened, found, fair, seed = dict.fromkeys(KINDS, 0), list[Streamed](), list[bool](), 0
    with TemporaryDirectory() as folder:
        work = Path(folder)
        made = flipped(build, wrong, work) if wrong else build.target.simulation(build.graph, build.path, work)
        with simulated(made) as connect:
            while sum(happened.values()) < FAULTS[wrong]:
                line = Faults(seed, EVERY, AT_ONCE, reset=connect.reset)
                plan = Plan(build.graph, _again(samples), PART, patience=PATIENCE_S, stall=STALL_S)
                found.append(stream(plan, lambda line=line: line.between(connect()), link))
                happened = {kind: count + line.happened[kind] for kind, count in happened.items()}
                fair.append(fine(found[-1]))
                seed += 1
    row: Row = {"test": "faults", "link": link, "build": f"wrong bit in {wrong}" if wrong else "right"}
    row |= {"faults": sum(happened.values()), **happened, "streams": len(found)}
    row |= {"sessions": sum(one.sessions for one in found), "frames": sum(one.frames for one in found)}
    row |= {"checked": sum(one.checked for one in found), "equal": sum(one.equal for one in found)}
    row |= {"not_equal": sum(one.mismatch is not None for one in found)}
    return row | {"incomplete": len(found) - row["equal"] - row["not_equal"], "wrong_verdicts": fair.count(False)}


def _counts(found: Streamed) -> bool:
    """True if each frame is either checked or said not to be, up to a mismatch if there is one."""
    missing = sum(one.last - one.first + 1 for one in found.unchecked)
    whole = found.checked + missing == found.frames
    return found.mismatch is not None or (whole and found.equal == (missing == 0))


def _row(test: str, link: str, found: Streamed) -> Row:
    row: Row = {"test": test, "link": link, "model": MODEL, "frames": found.frames, "checked": found.checked}
    row |= {"events": found.events, "equal": found.equal, "sessions": found.sessions}
    return row | {"seconds": found.seconds, "frames_per_second": found.frames_per_second}


def _again(samples: Array) -> Source:
    return around(lambda start, end: samples[start:end], len(samples))


TESTS = {"soak": soak, "faults": faults, "latency": latency}


def measure(only: str | None = None) -> list[Row]:
    """All tests over all links, or one."""
    test, _, link = (only or "").partition(":")
    samples, rows = recorded(), []
    for chosen in [link] if link else LINKS:
        with TemporaryDirectory() as folder:
            build = built(LINKS[chosen], Path(folder) / "build")
            for name in [test] if test else TESTS:
                made = TESTS[name](chosen, build, samples)
                rows += made if isinstance(made, list) else [made]
    return rows


if __name__ == "__main__":
    record.main("link", measure, __doc__ or "", keys=("test", "link", "build"))
