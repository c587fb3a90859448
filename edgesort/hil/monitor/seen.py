"""What the stream leaves for the page. Its counts are exact; samples wait in a bounded queue, the oldest go first."""

from __future__ import annotations

import time
from bisect import bisect
from collections import deque
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np

from edgesort.fixed import Array
from edgesort.graph import Graph
from edgesort.hil.message import Events, Hello
from edgesort.hil.monitor.units import Units
from edgesort.hil.verdict import Streamed
from edgesort.verify import Mismatch

PIECES = 4096  # that wait for the page
FAULTS = 50  # that are listed
RECENT = 5000  # answers that percentiles are of
EDGES_MS = tuple(round(float(ms), 6) for ms in np.logspace(-2, 3, 51))  # of the latency histogram
HALF = 1 << 31  # of the numbers that a frame of a record can have


@dataclass(frozen=True)
class Piece:
    """Frames [n, channels] from number `at` on, and spikes: the frames of their peaks, and their units' numbers."""

    at: int
    frames: Array
    peaks: Array
    units: Array


class Seen:
    """A watcher: each call takes the lock for some microseconds."""

    def __init__(self, graph: Graph) -> None:
        self.graph, self.units, self.channels = graph, Units.of(graph), graph.input[1].size
        self.lock = Lock()
        self.pieces: deque[Piece] = deque(maxlen=PIECES)
        self.late: deque[float] = deque(maxlen=RECENT)
        self.histogram = [0] * (len(EDGES_MS) + 1)
        self.counts = np.zeros(len(self.units.names), np.int64)
        self.faults: deque[dict[str, Any]] = deque(maxlen=FAULTS)
        self.began = time.monotonic()
        self.target = ""
        self.start = self.done = self.checked = self.unchecked = self.events = 0
        self.sessions = self.faulted = self.undrawn = 0
        self.lag = 0.0
        self.mismatch: Mismatch | None = None
        self.result: Streamed | None = None

    def started(self, hello: Hello, at: int) -> None:
        with self.lock:
            self.unchecked += at - self.done
            self.start = self.done = at
            self.target, self.began = hello.target, time.monotonic()
            self.sessions += 1

    def passed(self, at: int, frames: Array, found: Events) -> None:
        peaks, units = self._spikes(at, found.records)
        with self.lock:
            self.done = at + len(frames)
            self.checked += len(frames)
            self.lag = time.monotonic() - self.began - (self.done - self.start) / self.graph.sampling_frequency
            self.events += len(found.records)
            self.counts += np.bincount(units, minlength=len(self.counts))
            if len(self.pieces) == PIECES:
                self.undrawn += len(self.pieces[0].frames)
            self.pieces.append(Piece(at, frames.reshape(len(frames), self.channels), peaks, units))

    def latency(self, seconds: float) -> None:
        with self.lock:
            self.late.append(seconds)
            self.histogram[bisect(EDGES_MS, 1e3 * seconds)] += 1

    def fault(self, what: str) -> None:
        with self.lock:
            self.faulted += 1
            self.faults.append({"frame": self.done, "what": what})

    def differs(self, found: Mismatch) -> None:
        with self.lock:
            self.mismatch = found

    def over(self, result: Streamed) -> None:
        """The stream has ended, and what came of it."""
        with self.lock:
            self.result = result

    def take(self) -> list[Piece]:
        """The pieces since the last call."""
        with self.lock:
            pieces = list(self.pieces)
            self.pieces.clear()
        return pieces

    def so_far(self) -> tuple[int, Array]:
        """Frames that are done, and events of each unit."""
        with self.lock:
            return self.done, self.counts.copy()

    def facts(self) -> dict[str, Any]:
        """All but the samples, as JSON takes it."""
        with self.lock:
            late, counts = list(self.late), self.counts.tolist()
            found = {
                "target": self.target,
                "frames": self.done,
                "checked": self.checked,
                "unchecked": self.unchecked,
                "events": self.events,
                "counts": counts,
                "sessions": self.sessions,
                "lag_ms": round(1e3 * self.lag, 2),
                "undrawn": self.undrawn,
                "histogram": list(self.histogram),
                "faulted": self.faulted,
                "faults": list(self.faults),
                **_judged(self.mismatch, self.result),
            }
        percentiles: Array = np.percentile(late, (50, 99, 100)) if late else np.zeros(0)
        return found | {"latency_ms": [round(1e3 * float(seconds), 3) for seconds in percentiles]}

    def _spikes(self, at: int, records: Array) -> tuple[Array, Array]:
        """Peaks' frames and units' numbers of known units; a record's frame counts from the session's start."""
        if not len(records):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        numbers = self.units.numbers(records)
        behind = (records["frame"].astype(np.int64) - (at - self.start) + HALF) % (2 * HALF) - HALF
        return (at + behind - self.graph.event_delay)[numbers >= 0], numbers[numbers >= 0]


def _judged(mismatch: Mismatch | None, result: Streamed | None) -> dict[str, Any]:
    """What is known of the verdict by now."""
    cause = result.cause if result else None
    return {
        "mismatch": None if mismatch is None else vars(mismatch) | {"text": str(mismatch)},
        "cause": None if cause is None else vars(cause) | {"text": str(cause)},
        "over": None if result is None else {"equal": result.equal, "verdict": result.verdict},
    }
