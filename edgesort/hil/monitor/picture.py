"""What the page shows, as bytes: everything that is newer than what it has. Old parts are forgotten, not saved up.

message = length u32 | JSON of that length | arrays, each from a multiple of 8 bytes on, as the JSON's "parts" list them
"""

from __future__ import annotations

import json
import struct
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np

from edgesort.fixed import Array
from edgesort.hil.monitor.columns import Columns, HighPass
from edgesort.hil.monitor.seen import EDGES_MS, Piece, Seen
from edgesort.hil.monitor.units import GREY
from edgesort.hil.monitor.waveforms import Waveforms

SPIKES = 20_000  # that are kept for the raster
RATE_S, STEP_S = 5.0, 0.25  # rates are of the last RATE_S, in steps of STEP_S
WAVES_S = 0.5  # between two messages with waveforms


@dataclass
class Page:
    """What a page has: columns and spikes before these numbers. waves: when it got waveforms.

    ready: for an update. sent, dropped: updates, and those that came and went while it was not.
    """

    columns: int = 0
    spikes: int = 0
    waves: float = -WAVES_S
    ready: bool = False
    sent: int = 0
    dropped: int = 0


class Picture:
    """The present state, for any number of pages. Of one thread alone."""

    def __init__(self, seen: Seen, about: dict[str, Any], microvolts: float | None = None) -> None:
        graph = seen.graph
        frequency, channels = graph.sampling_frequency, graph.input[1].size
        self.seen, self.frequency = seen, frequency
        self.filter = HighPass(frequency)
        self.columns = Columns(frequency, channels)
        self.waveforms = Waveforms(len(seen.units.names), channels, frequency, graph.event_delay)
        self.peaks, self.units, self.spikes = np.zeros(0), np.zeros(0, np.int32), 0  # of the last; how many in all
        self.history: deque[tuple[float, int, Array]] = deque(maxlen=round(RATE_S / STEP_S) + 1)
        self.facts: dict[str, Any] = {}
        self.about = about | {
            "model": graph.name,
            "digest": graph.digest(),
            "channels": channels,
            "frequency": frequency,
            "highpass_hz": self.filter.hertz,
            "microvolts": microvolts,
            "column_frames": self.columns.frames,
            "columns": self.columns.most,
            "units": [
                {"name": name, "colour": colour, "unsorted": colour == GREY}
                for name, colour in zip(seen.units.names, seen.units.colours, strict=True)
            ],
            "edges_ms": EDGES_MS,
            "before": self.waveforms.before,
        }

    def advance(self) -> None:
        """Take what came since."""
        for run in _runs(self.seen.take()):
            self._add(run)
        self.facts = self.seen.facts() | self._rates(time.monotonic())

    def since(self, page: Page, now: float | None = None) -> bytes:
        """The update that brings the page up to date; it then has all of it."""
        now = time.monotonic() if now is None else now
        first, columns = self.columns.since(page.columns)
        new = min(self.spikes - page.spikes, len(self.peaks))
        parts = {"columns": columns, "peaks": self.peaks[-new:] if new else self.peaks[:0]}
        parts["units"] = self.units[-new:] if new else self.units[:0]
        head = self.facts | {"first": first, "sent": page.sent + 1, "dropped": page.dropped}
        if page.sent == 0:
            head["about"] = self.about
        if now - page.waves >= WAVES_S:
            head["waves"], parts["waves"] = self._waves()
            page.waves = now
        page.columns, page.spikes, page.sent = self.columns.made, self.spikes, page.sent + 1
        return packed(head, parts)

    def _add(self, piece: Piece) -> None:
        samples = self.filter.push(piece.frames, piece.at != self.columns.next)
        self.columns.push(piece.at, samples)
        self.waveforms.push(piece.at, samples, piece.peaks, piece.units)
        self.peaks = np.concatenate([self.peaks, piece.peaks.astype(np.float64)])[-SPIKES:]
        self.units = np.concatenate([self.units, piece.units.astype(np.int32)])[-SPIKES:]
        self.spikes += len(piece.peaks)

    def _rates(self, now: float) -> dict[str, Any]:
        """Of each unit the events a second of what was streamed lately, and the frames a second of this computer's."""
        at, counts = self.seen.so_far()
        due = not self.history or now - self.history[-1][0] >= STEP_S
        if due and self.seen.result is None:
            self.history.append((now, at, counts))
        if len(self.history) > 1 and self.history[1][1] == 0:
            self.history.popleft()  # nothing was streamed yet
        began, first, old = self.history[0] if self.history else (now, at, counts)
        now, at, counts = self.history[-1] if self.history else (now, at, counts)
        seconds, passed = (at - first) / self.frequency, now - began
        rates = (counts - old) / seconds if seconds else 0.0 * counts
        return {"rates": rates.round(2).tolist(), "frames_per_second": round((at - first) / passed) if passed else 0}

    def _waves(self) -> tuple[list[dict[str, Any]], Array]:
        """Of each unit its channels and how many waveforms follow, the mean first."""
        head, lines = [], [np.zeros((0, self.waveforms.length), np.float32)]
        for unit, shown in enumerate(self.waveforms.shown):
            head.append({"channels": self.waveforms.near(unit), "lines": len(shown) + 1})
            lines += [self.waveforms.means[unit, :, self.waveforms.channels[unit]][None], *(one[None] for one in shown)]
        return head, np.concatenate(lines)


def packed(head: dict[str, Any], parts: dict[str, Array]) -> bytes:
    """An update's bytes. parts: of float32, float64 and int32."""
    named = [{"name": name, "type": str(part.dtype), "shape": part.shape} for name, part in parts.items()]
    text = json.dumps(head | {"parts": named}).encode()
    data = struct.pack("<I", len(text)) + text
    for part in parts.values():
        data += bytes(-len(data) % 8) + part.tobytes()
    return data


def _runs(pieces: list[Piece]) -> list[Piece]:
    """Pieces that follow each other as one."""
    cuts = [k for k in range(1, len(pieces)) if pieces[k].at != pieces[k - 1].at + len(pieces[k - 1].frames)]
    found = []
    for start, end in zip([0, *cuts], [*cuts, len(pieces)], strict=True):
        run = pieces[start:end]
        if run:
            joined = (np.concatenate([getattr(p, part) for p in run]) for part in ("frames", "peaks", "units"))
            found.append(Piece(run[0].at, *joined))
    return found
