"""What a device owes: the reference runs on the same frames, and what the device says is compared as it comes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from edgesort.fixed import Array
from edgesort.graph import Graph, State, Values
from edgesort.hil import message
from edgesort.hil.errors import LinkError
from edgesort.hil.message import RECORD
from edgesort.verify import Mismatch

Key = tuple[int, int, int]  # an event's frame, output and unit


@dataclass
class Expected:
    """From the start of a session. at: the first frame's number in the recording; left: frames from there to its end.

    fed, done: frames since, which the device was given, and is through with.

    traced: the device sends values, too. events, values: compared and equal, by now. shown: nodes whose values came.
    """

    graph: Graph
    at: int
    left: int
    traced: bool = False
    fed: int = 0
    done: int = 0
    events: int = 0
    values: int = 0
    shown: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        graph = self.graph
        self._state: dict[str, State] = graph.initial_state()
        self._made = dict.fromkeys(graph.streams, 0)  # frames of each node that the reference made
        self._due, self._heard = np.zeros(0, RECORD), np.zeros(0, RECORD)
        self._owed: Values = {}
        self._from = dict.fromkeys(graph.streams, 0)  # the number of the first frame in _owed
        self._order = [graph.input[0], *(node.name for node in graph.nodes)]
        self._wrong: list[Mismatch] = []
        self._seen: dict[str, int] = {}  # values of each node that the device sent
        self._early: list[message.Values] = []  # of frames that the reference has not made

    def expect(self, frames: Array) -> None:
        """What the reference makes of the next frames, before the device is fed them."""
        self._state, values = self.graph.run(self._state, frames)
        due = _records(self.graph, values, self._made)
        for name, value in values.items():
            self._made[name] += len(value)
        self._due = np.concatenate([self._due, due])
        if self.traced:
            self._owed = {
                name: np.concatenate([self._owed.get(name, value[:0]), value]) for name, value in values.items()
            }
            early, self._early = self._early, []
            for found in early:
                self.trace(found)

    def hear(self, found: message.Events) -> Mismatch | None:
        """EVENTS: the first thing that differs in the frames that are done by now. LinkError for what cannot be.

        In hardware a node that raises the rate is ahead of the frames it was given, by less than the graph's cycle.
        """
        done, most = self.done + ((found.done - self.done) & 0xFFFFFFFF), self.fed + self.graph.cycle - 1
        if done > most:
            raise LinkError(f"device: expected {self.fed & 0xFFFFFFFF} frames done at most, found {found.done}")
        if _before(found.records, most) < len(found.records):
            raise LinkError(f"device: expected events of the {self.fed} frames it was given, found later ones")
        done = min(done, self.fed)
        self._heard = np.concatenate([self._heard, found.records])
        due, heard = _before(self._due, done), _before(self._heard, done)
        first = self._first_event(self._due[:due], self._heard[:heard])
        if first is None:
            self.events += _before(self._due[:due], min(done, self.left))
        self._due, self._heard, self.done = self._due[due:], self._heard[heard:], done
        wrong = [*self._wrong, *(self._unshown() if self.traced else []), *([first] if first else [])]
        return min(wrong, key=lambda m: (m.frame, self._order.index(m.node)), default=None)

    def trace(self, found: message.Values) -> None:
        """TRACE: values of a node, compared; `hear` says what differs. LinkError for what cannot be."""
        if found.node >= len(self._order):
            raise LinkError(f"device: expected values of the nodes 0 to {len(self._order) - 1}, found {found.node}")
        name = self._order[found.node]
        stream, owed = self.graph.streams[name], self._owed.get(name)
        at = found.frame - self._from[name]
        count, rest = divmod(len(found.values), stream.dtype.container.itemsize)
        fits = not rest and 0 < count <= stream.size - found.offset
        if owed is None or not fits or not 0 <= at < len(owed) + self.graph.cycle:
            raise LinkError(f"device: expected values of {name} that are due, found {count} of its frame {found.frame}")
        if at >= len(owed):
            self._early.append(found)
            return
        values = np.frombuffer(found.values, stream.dtype.container.newbyteorder("<"))
        expected = owed[at].reshape(-1)[found.offset : found.offset + count]
        self.shown.add(name)
        self._seen[name] = self._seen.get(name, 0) + count
        wrong = np.flatnonzero(values != expected)
        self.values += count - len(wrong)
        if len(wrong):
            k = int(wrong[0])
            frame = self.at + (found.frame + 1) * self.graph.rate(name) - 1
            self._wrong.append(Mismatch(name, frame, found.offset + k, int(expected[k]), int(values[k])))

    def _first_event(self, due: Array, heard: Array) -> Mismatch | None:
        """Both are in the order of frames, outputs and units."""
        if np.array_equal(due, heard):
            return None
        n = min(len(due), len(heard))
        k = int(np.argmax(np.append(due[:n] != heard[:n], True)))
        wanted, found = (part[k] if k < len(part) else None for part in (due, heard))
        first = min(_key(one) for one in (wanted, found) if one is not None)
        score, other = (int(one["score"]) if one is not None and _key(one) == first else 0 for one in (wanted, found))
        frame, output, unit = first
        node = self.graph.outputs[output] if output < len(self.graph.outputs) else self.graph.outputs[0]
        return Mismatch(node, self.at + self.done + ((frame - self.done) & 0xFFFFFFFF), unit, score, other)

    def _unshown(self) -> list[Mismatch]:
        """Of each node that is shown, whether all values came that are due; forgets what was compared."""
        missing = []
        for name in self.shown:
            due, size = self.done // self.graph.rate(name), self.graph.streams[name].size
            if self._seen[name] < due * size:
                frame, index = divmod(self._seen[name], size)
                expected = int(self._owed[name][frame - self._from[name]].reshape(-1)[index])
                missing.append(Mismatch(name, self.at + (frame + 1) * self.graph.rate(name) - 1, index, expected, 0))
        for name in self._owed:
            old = self.done // self.graph.rate(name) - self._from[name]
            self._owed[name], self._from[name] = self._owed[name][old:], self._from[name] + old
        return missing


def _records(graph: Graph, values: Values, made: dict[str, int]) -> Array:
    """The events of the outputs' next frames as records, in their order. made: frames of each node that came before."""
    parts = []
    for output, name in enumerate(graph.outputs):
        flat = values[name].reshape(-1, graph.streams[name].size).astype(np.int64)
        frame, unit = np.nonzero(flat)
        due = (made[name] + frame + 1) * graph.rate(name) - 1
        parts.append(np.stack([due, np.full_like(due, output), unit, flat[frame, unit]]))
    frame, output, unit, score = np.concatenate(parts, axis=1)
    order = np.lexsort((unit, output, frame))
    records = np.zeros(len(order), RECORD)
    for name, column in zip(("frame", "output", "unit", "score"), (frame, output, unit, score), strict=True):
        records[name] = column[order] & 0xFFFFFFFF if name == "frame" else column[order]
    return records


def _before(records: Array, done: int) -> int:
    """How many of the records, in order, are of frames before `done`; their frames are modulo 2^32."""
    behind = (records["frame"].astype(np.int64) - done) & 0xFFFFFFFF
    later = behind < 1 << 31
    return int(np.argmax(later)) if later.any() else len(records)


def _key(record: Array) -> Key:
    return int(record["frame"]), int(record["output"]), int(record["unit"])
