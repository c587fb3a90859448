"""Frames through a device from its start on, until all are done, something differs, or the link has a fault."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from edgesort.fixed import Array
from edgesort.graph import Graph
from edgesort.hil import message
from edgesort.hil.device import Device
from edgesort.hil.errors import LinkError
from edgesort.hil.expected import Expected
from edgesort.hil.latency import Latencies
from edgesort.hil.message import ALL_NODES, Hello, Kind, Message, Stats
from edgesort.hil.watch import Nobody, Watcher
from edgesort.verify import Mismatch

BLOCK = 1 << 16  # samples that the reference takes at once
STALL_S = 5.0  # without a word from the device, after which a session is over
PATIENCE_S = 30.0  # in which a device has to answer RESET: time to put a cable back
REAL_TIME_S = 0.001  # of frames in a message, in real time
AHEAD_S = 0.05  # of a recording that the reference takes at once in real time
PAD_S = 0.05  # of silence after the last frame, until a pipeline gets another one; at most PADS times the graph's cycle
PADS = 64

Source = Callable[[int, int], Array]  # frames of what is streamed from a start to an end, or the first of these


@dataclass(frozen=True)
class Plan:
    """What to stream, and how. total: frames. real_time: as fast as they were recorded; else as the device takes them.

    trace: compare the nodes' values, too; of all nodes, or of the one with the number `node`.
    lasts: seconds after which to end, before all frames were streamed; stopped: whether to end now.
    patience, stall: seconds, see PATIENCE_S and STALL_S.
    """

    graph: Graph
    source: Source
    total: int
    real_time: bool = False
    trace: bool = False
    node: int = ALL_NODES
    lasts: float | None = None
    stopped: Callable[[], bool] = lambda: False
    patience: float = PATIENCE_S
    stall: float = STALL_S
    watch: Watcher = field(default_factory=Nobody)


class Session:
    """Frames from number `at` on through the device, until all are done; `until`: of time.monotonic, no more then."""

    def __init__(self, plan: Plan, device: Device, at: int, until: float, late: Latencies) -> None:
        self.plan, self.device, self.until, self.late = plan, device, until, late
        self.left = plan.total - at  # frames that are to be done
        self.expected = Expected(plan.graph, at, self.left, plan.trace)
        self.stats: Stats | None = None
        self.ready = np.zeros((0, *plan.graph.input[1].shape), plan.graph.input[1].dtype.container)
        self.passing = self.ready  # frames that were sent and are not done
        self.began = self.last = time.monotonic()  # of the session, and of the last word in either direction

    def run(self) -> Mismatch | None:
        """The first thing that differs; LinkError or LineLost for a fault."""
        if self.plan.trace:
            self.device.send(Kind.TRACE, message.NODE.pack(self.plan.node))
        while self.expected.done < self.left:
            if (wrong := self._turn()) is not None:
                return wrong
        self.device.send(Kind.STATS)
        while self.stats is None:
            if (wrong := self._listen(self.plan.stall)) is not None:
                return wrong
        return None

    def _turn(self) -> Mismatch | None:
        """Send a message if one is due and there is room, else listen."""
        count = self._count()
        wait = self._due(count) - time.monotonic()
        if self.device.room() > 0 and wait <= 0:
            self._send(count)
            return None
        return self._listen(min(self.plan.stall, wait) if wait > 0 else self.plan.stall)

    def _count(self) -> int:
        """Frames of the next message. When all were sent, a pipeline may need more to let the last ones out."""
        most = most_frames(self.device.hello, self.plan.graph)
        if time.monotonic() > self.until or self.plan.stopped():
            self.left = self.expected.left = min(self.left, max(self.expected.fed, 1))
        if self.expected.fed >= self.left:
            return min(most, self.plan.graph.cycle)
        if self.plan.real_time:
            most = min(most, max(1, round(REAL_TIME_S * self.plan.graph.sampling_frequency)))
        return min(most, self.left - self.expected.fed)

    def _due(self, count: int) -> float:
        """When the next message may go."""
        fed = self.expected.fed
        if fed >= self.left:
            more = fed < self.left + PADS * self.plan.graph.cycle and self.device.room() == self.device.hello.window
            return self.last + PAD_S if more else float("inf")
        return self.began + (fed + count) / self.plan.graph.sampling_frequency if self.plan.real_time else 0.0

    def _send(self, count: int) -> None:
        while len(self.ready) < count:
            self._read(count)
        samples, self.ready = self.ready[:count], self.ready[count:]
        self.device.send(Kind.FRAMES, message.frames(self.expected.fed, samples))
        self.expected.fed += count
        self.passing = np.concatenate([self.passing, samples])
        self.last = time.monotonic()

    def _read(self, count: int) -> None:
        """More frames of the recording, which the reference takes at once; after its end zeros."""
        graph, start = self.plan.graph, self.expected.fed + len(self.ready)
        block = BLOCK // graph.input[1].size
        if self.plan.real_time:
            block = min(block, round(AHEAD_S * graph.sampling_frequency))
        end = min(start + max(block, count), self.left)
        more = np.zeros((count, *graph.input[1].shape), graph.input[1].dtype.container)
        if end > start:
            more = self.plan.source(self.expected.at + start, self.expected.at + end)
        self.expected.expect(more)
        little = graph.input[1].dtype.container.newbyteorder("<")
        self.ready = np.concatenate([self.ready, more]).astype(little, copy=False)

    def _listen(self, timeout: float) -> Mismatch | None:
        for found in self.device.heard(timeout):
            self.last = time.monotonic()
            if (wrong := self._heard(found)) is not None:
                return wrong
        if time.monotonic() - self.last > self.plan.stall:
            raise LinkError(f"device: expected a word within {self.plan.stall:g} s, found none")
        return None

    def _heard(self, found: Message) -> Mismatch | None:
        if found.kind is Kind.TRACE:
            self.expected.trace(message.values(found.payload))
            return None
        if found.kind is Kind.STATS:
            self.stats = message.stats(found.payload)
            return None
        if found.kind is not Kind.EVENTS:
            raise LinkError(f"device: expected EVENTS, TRACE or STATS, found {found.kind.name}")
        events = message.events(found.payload)
        for seconds in self.device.took(events.taken):
            self.late.add(seconds)
            self.plan.watch.latency(seconds)
        before = self.expected.done
        wrong = self.expected.hear(events)
        count = self.expected.done - before
        self.plan.watch.passed(self.expected.at + before, self.passing[:count], events)
        self.passing = self.passing[count:]
        return wrong


def most_frames(hello: Hello, graph: Graph) -> int:
    """Frames that a message holds."""
    return int((hello.most - message.FRAMES.size) // (graph.input[1].size * hello.sample))
