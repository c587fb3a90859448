"""A simulation of a graph's streams beat by beat, without values: who can take and send an element, and who is stuck.

Cells that send each element as they take it hold none, and are wires here: what they take is what the cells after
them can take. All others take a part of a frame and then send a part, a phase after the other. A stream that several
read hands each element to each of them in its own time and moves on when all have it, as hw/cells/es_fork.v does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import lcm

import numpy as np

from edgesort.fixed import Array
from edgesort.graph import Graph, Node
from edgesort.ops import Concat, Slice

Port = tuple[str, int]  # a node, and which of its inputs
ENDLESS = 1 << 62
CYCLES = 64  # more than any network takes to come round
SUPPLY = 4  # cycles of input that settle the first two of any stream


@dataclass(frozen=True)
class Phase:
    """`count` elements that a cell takes from inputs, sends, or sends as it takes them."""

    count: int
    inputs: tuple[int, ...] = ()
    sends: bool = False


@dataclass
class Leaf:
    """Where elements of a stream end: at an input of a node with phases. keeps: which of them reach it, in turn."""

    port: Port
    keeps: Array | None
    has_it: bool = False

    def passes(self, element: int) -> bool:
        return self.keeps is None or bool(self.keeps[element % len(self.keeps)])


@dataclass
class Cell:
    """A node with phases, once the first `start` of them over and over; or the source, which only sends."""

    phases: list[Phase]
    start: int = 0
    leaves: list[Leaf] = field(default_factory=list)
    at: int = 0
    left: int = 0
    sent: int = 0

    @property
    def phase(self) -> Phase:
        return self.phases[self.at]

    def did(self, count: int) -> None:
        """`count` elements of the phase are done."""
        self.left -= count
        if self.left == 0:
            self.at = self.at + 1 if self.at + 1 < len(self.phases) else self.start
            self.left = self.phase.count


class Flow:
    """The network and where its elements are. depths: of the queues; one that is not named has no bound."""

    def __init__(self, graph: Graph, grains: Mapping[str, str], depths: Mapping[Port, int]) -> None:
        self.depths = depths
        self.readers: dict[str, list[Port]] = {name: [] for name in graph.streams}
        for node in graph.nodes:
            for k, name in enumerate(node.inputs):
                self.readers[name].append((node.name, k))
        self.masks: dict[str, Array | None] = {}
        self.cells: dict[str, Cell] = {}
        self.held: dict[Port, int] = {}
        self.most: dict[Port, int] = {}
        source = graph.input[0]
        self.source = self.cells[source] = Cell([Phase(0, (), True)])
        self.cycle = graph.cycle * graph.input[1].size
        for node in graph.nodes:
            if len(node.inputs) == 1 and grains[node.name] == "element" and not _adds(graph, node):
                self.masks[node.name] = _mask(graph, node)
                continue
            self.cells[node.name] = _cell(graph, node, grains[node.name])
            self.held |= {(node.name, k): 0 for k in range(len(node.inputs)) if len(node.inputs) > 1}
        feeder: dict[Port, str] = {}
        for name, cell in self.cells.items():
            cell.leaves = self._leaves(name, None)
            cell.left = cell.phase.count
            feeder |= {leaf.port: name for leaf in cell.leaves}
        self.feeder = {
            (n.name, k): feeder[n.name, k] for n in graph.nodes for k in range(len(n.inputs)) if n.name in self.cells
        }
        self.reluctant: Port | None = None
        self.permits = 0

    def _leaves(self, name: str, keeps: Array | None) -> list[Leaf]:
        found: list[Leaf] = []
        for reader, k in self.readers[name]:
            if reader in self.masks:
                found += self._leaves(reader, _chained(keeps, self.masks[reader]))
            else:
                found.append(Leaf((reader, k), keeps))
        return found

    def least(self, port: Port, elements: int) -> int:
        """The most that this queue holds of its first `elements` if it is filled only where nothing else can move."""
        self.reluctant, self.most = port, {port: 0}
        self.source.left += SUPPLY * self.cycle
        self._settle()
        for _ in range(elements):
            if not self._permit(port):
                break
        return self.most[port]

    def stuck(self) -> Port | None:
        """A queue that is full for ever; None once a cycle ends as the one before did."""
        before = None
        for _ in range(CYCLES):
            self.source.left += self.cycle
            self._settle()
            if self.source.left:
                return self._full()
            if self._where() == before:
                return None
            before = self._where()
        raise AssertionError("a network of fixed rates comes round")

    def _where(self) -> object:
        cells = tuple((c.at, c.left, tuple(leaf.has_it for leaf in c.leaves)) for c in self.cells.values())
        return cells, tuple(self.held.values())

    def _full(self) -> Port:
        """A full queue among those that wait for each other in a circle."""
        name, queue = next(iter(self.cells)), None
        for _ in range(len(self.cells)):
            name, queue = self._waits_for(name)
        while queue is None:
            name, queue = self._waits_for(name)
        return queue

    def _waits_for(self, name: str) -> tuple[str, Port | None]:
        """The cell that a stuck one waits for, and the full queue between them, if that is why."""
        cell = self.cells[name]
        if self._offers(name, cell):
            port = next(leaf.port for leaf in cell.leaves if not leaf.has_it)
            return port[0], port if port in self.held else None
        ports = [(name, k) for k in cell.phase.inputs if not self.held.get((name, k))]
        return self.feeder[ports[0]], None

    def _permit(self, port: Port) -> bool:
        """Let one element into the reluctant queue; False if none is there."""
        self.permits = 1
        self._settle(self.feeder[port])
        used, self.permits = self.permits == 0, 0
        return used

    def _settle(self, *first: str) -> None:
        """Move until nothing can, beginning with these cells, or all."""
        waiting = list(first or self.cells)
        while waiting:
            name = waiting.pop()
            self._advance(name, self.cells[name], waiting)

    def _advance(self, name: str, cell: Cell, waiting: list[str]) -> None:
        """Move this cell as far as it goes; `waiting` gets the cells that may move now."""
        while True:
            phase = cell.phase
            if not phase.sends and len(phase.inputs) > 0 and (name, 0) in self.held:
                if not self._pull(name, cell, waiting):
                    return
            elif not self._offers(name, cell) or not self._hand_out(name, cell, waiting):
                return

    def _pull(self, name: str, cell: Cell, waiting: list[str]) -> bool:
        """Take from a queue what is there."""
        port = (name, cell.phase.inputs[0])
        count = min(self.held[port], cell.left)
        if count == 0:
            return False
        self.held[port] -= count
        cell.did(count)
        waiting.append(self.feeder[port])
        return True

    def _offers(self, name: str, cell: Cell) -> bool:
        """True if the cell has an element to send."""
        if not cell.phase.sends or cell.left == 0:
            return False
        return all(self.held[name, k] for k in cell.phase.inputs)

    def _hand_out(self, name: str, cell: Cell, waiting: list[str]) -> bool:
        """Send an element, or many where one cell alone takes them; False if someone has no room."""
        count = 1
        if len(cell.leaves) == 1 and not cell.phase.inputs and cell.leaves[0].port not in self.held:
            (leaf,) = cell.leaves
            taker = self.cells[leaf.port[0]]
            if leaf.keeps is None and not taker.phase.sends:
                count = min(cell.left, taker.left)
        for leaf in cell.leaves:
            leaf.has_it = leaf.has_it or not leaf.passes(cell.sent) or self._accepts(leaf.port, count, waiting)
        if not all(leaf.has_it for leaf in cell.leaves):
            return False
        for leaf in cell.leaves:
            leaf.has_it = False
        cell.sent += count
        for k in cell.phase.inputs:
            self.held[name, k] -= 1
            waiting.append(self.feeder[name, k])
        cell.did(count)
        if cell.phase.inputs and (name, 0) not in self.held:
            waiting.append(self.feeder[name, 0])
        return True

    def _accepts(self, port: Port, count: int, waiting: list[str]) -> bool:
        """True if there is room for `count` elements at this input, which then hold them."""
        name = port[0]
        if port not in self.held:
            taker = self.cells[name]
            if taker.phase.sends:
                return False
            taker.did(count)
        elif self.held[port] >= self.depths.get(port, ENDLESS) or (port == self.reluctant and not self.permits):
            return False
        else:
            self.held[port] += 1
            self.permits -= port == self.reluctant
            if port == self.reluctant:
                self.most[port] = max(self.most[port], self.held[port])
        waiting.append(name)
        return True


def _cell(graph: Graph, node: Node, grain: str) -> Cell:
    """The phases of a node that takes a part of a frame before it sends, or that has several inputs."""
    y, xs = graph.streams[node.name], graph.ins(node)
    every = tuple(range(len(xs)))
    if grain == "element" and isinstance(node.op, Concat):
        return Cell([Phase(x.shape[-1], (k,), True) for k, x in enumerate(xs)])
    if grain == "element" and len(xs) > 1:
        return Cell([Phase(y.size, every, True)])
    if grain == "element":
        each = [Phase(1, (0,)), Phase(1, (), True)] * xs[0].shape[-1]
        return Cell([*each, Phase(y.shape[-1] - xs[0].shape[-1], (), True)])
    if graph.raises(node):
        factor = xs[0].period // y.period
        zeros = [Phase((factor - 1) * y.size, (), True)]
        return Cell([*zeros, Phase(xs[0].size, (0,)), Phase(factor * y.size, (), True)], start=1)
    if grain == "line":
        skipped = [Phase((y.period // xs[0].period - 1) * x.size, (k,)) for k, x in enumerate(xs)]
        lines = y.size // y.shape[-1]
        line = [*(Phase(x.shape[-1], (k,)) for k, x in enumerate(xs)), Phase(y.shape[-1], (), True)]
        return Cell([*(phase for phase in skipped if phase.count), *line * lines])
    frames = y.period // xs[0].period
    return Cell([*(Phase(frames * x.size, (k,)) for k, x in enumerate(xs)), Phase(y.size, (), True)])


def _adds(graph: Graph, node: Node) -> bool:
    """True if the node's lines are longer than its input's: it sends an element for each, and then the rest."""
    return graph.streams[node.name].size > graph.ins(node)[0].size


def _mask(graph: Graph, node: Node) -> Array | None:
    """The elements that a node hands on, in turn, or at which it sends; None if all."""
    (x,), y = graph.ins(node), graph.streams[node.name]
    if y.size < x.size:
        start, stop = (node.op.start, node.op.stop) if isinstance(node.op, Slice) else (x.shape[-1] - 1, x.shape[-1])
        at = np.arange(x.shape[-1])
        kept: Array = (start <= at) & (at < stop)
        return kept
    frames = y.period // x.period
    return None if frames == 1 else np.repeat(np.arange(frames) == frames - 1, x.size)


def _chained(first: Array | None, then: Array | None) -> Array | None:
    """What a node keeps of what the one before it keeps."""
    if first is None or then is None:
        return then if first is None else first
    count = int(first.sum())
    both = np.tile(first, lcm(count, len(then)) // count)
    kept = np.flatnonzero(both)
    both[kept] = np.tile(then, len(kept) // len(then))
    return both
