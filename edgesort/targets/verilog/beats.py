"""When each cell of hw/cells takes and sends its beats, by its header; and so how many cycles a frame takes.

No value changes a cell's times, so that they are known before anything is simulated: `pace` is what a simulation of the
RTL measures, for graphs of the cells whose processes are written out here. Of the others a frame takes as long as its
cell says, spread over what they send.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, count, repeat

import numpy as np

from edgesort import ops
from edgesort.graph import Graph, Node
from edgesort.passes.flow import ENDLESS, Flow, Phase, Port
from edgesort.passes.flow import Cell as Order
from edgesort.targets.verilog.cells import Cell
from edgesort.targets.verilog.cells.grains import grains
from edgesort.targets.verilog.cells.linear import SHARED
from edgesort.targets.verilog.clockwork import Clockwork, Process, Tokens

REGISTERS = (ops.Table, ops.Delay, ops.AveragePool, ops.Lif)  # a beat is sent while the next one is taken
SERIAL = (ops.Biquad, ops.Peak, ops.Noise, ops.NonlinearEnergy, ops.MaxPool)  # the next one is taken when it is sent
BUFFERS = (ops.Window, ops.Upsample, ops.DepthToTime)  # read ahead: the last beat waits while others are taken
FRAMES, CYCLES = 64, 8  # input frames and cycles of the graph that are carried through at least, half at a given pace


@dataclass(frozen=True)
class Beats:
    """cycles: from one input frame to the next, when all are taken as soon as can be. late: cycles by which each output
    frame comes later after its input frame than the one before. held: elements that each queue held at most."""

    cycles: int
    late: float
    held: dict[Port, int]


@dataclass
class Queue:
    """The processes of an es_fifo and its reader tell each other: room in RAM, what is in it, what can be taken."""

    room: Tokens
    full: Tokens
    valid: Tokens
    gone: Tokens


def keeps_up(graph: Graph, cells: Mapping[str, Cell], budget: int) -> bool:
    """True if the design takes a frame every `budget` cycles, if its queues have the room."""
    return not close(graph, cells, budget) or pace(graph, cells, every=budget).late < 1


def close(graph: Graph, cells: Mapping[str, Cell], budget: int) -> bool:
    """False if cells that work one after the other, and as long again, have time for it in `budget` cycles."""
    return 2 * sum(cells[node.name].cycles / graph.rate(node.inputs[0]) for node in graph.nodes) > budget


def pace(graph: Graph, cells: Mapping[str, Cell], depths: Mapping[Port, int] | None = None, every: int = 0) -> Beats:
    """Carry frames through the design as fast as it takes them, or one in `every` cycles.

    depths: elements in the queues; without them there is no end of room.
    """
    cycles = max(CYCLES, FRAMES // graph.cycle) // (2 if every else 1)
    clock, queues, begun = _design(graph, cells, depths or {}, cycles * graph.cycle, every)
    span = cycles // 2 * graph.cycle
    behind = [
        (ends[-1] - ends[-1 - span // graph.rate(name)]) / span - every
        for name, ends in ((name, clock.ends(sender, size)) for name, sender, size in _senders(graph, clock))
    ]
    held = {port: _most(queue) for port, queue in queues.items()}
    return Beats(-(-(begun[-1] - begun[-1 - span]) // span), max(behind), held)


def _design(
    graph: Graph, cells: Mapping[str, Cell], depths: Mapping[Port, int], frames: int, every: int
) -> tuple[Clockwork, dict[Port, Queue], list[int]]:
    """The design after so many input frames: its queues, and the cycle in which each of the frames began."""
    timed = (*REGISTERS, *SERIAL)
    kinds = {name: "line" if isinstance(graph.node(name).op, timed) else grain for name, grain in grains(graph).items()}
    flow = Flow(graph, kinds, {})
    clock = Clockwork({name: order.leaves for name, order in flow.cells.items()})
    queues = {port: Queue(Tokens(), Tokens(), Tokens(), Tokens()) for port in flow.held}
    engines = [name for name, one in cells.items() if one.engine == SHARED]
    begun: list[int] = []
    made: list[Process] = [_source(clock, graph, frames, every, begun)]
    for port, queue in queues.items():
        made += [_fill(clock, port, queue, depths.get(port, ENDLESS)), _empty(clock, queue)]
    for node in graph.nodes:
        if node.name in flow.cells:
            rank = engines.index(node.name) if node.name in engines else -1
            inputs = [queues[node.name, k] for k in range(len(node.inputs)) if (node.name, k) in queues]
            made += _processes(clock, graph, node, cells[node.name], flow.cells[node.name], inputs, rank)
    clock.run(*made)
    return clock, queues, begun


def _processes(
    clock: Clockwork, graph: Graph, node: Node, cell: Cell, order: Order, queues: list[Queue], rank: int
) -> Iterator[Process]:
    """A cell's: one, or two where it takes a line while it computes another."""
    name, x, y = node.name, graph.ins(node)[0], graph.streams[node.name]
    if isinstance(node.op, ops.Dense):
        yield from _layer(clock, name, cell, x.size // x.shape[-1], rank)
    elif isinstance(node.op, BUFFERS):
        yield _buffer(clock, name, order)
    elif isinstance(node.op, ops.Lif) and node.op.recurrent.size:
        yield _serial(clock, name, x.size, 1, cell.cycles // x.size - 1)
    elif isinstance(node.op, REGISTERS):
        yield _register(clock, name, x.size, y.period // x.period, int(isinstance(node.op, ops.Lif) and x.size == 1))
    elif isinstance(node.op, SERIAL):
        yield _serial(clock, name, x.size, y.period // x.period, _alone(node, cell, x.size))
    elif all(phase.inputs and phase.sends for phase in order.phases):
        yield _join(clock, name, order, queues)
    else:
        gap, step = _spread(node, cell, order)
        yield _phases(clock, name, order, queues, gap, step)


def _alone(node: Node, cell: Cell, size: int) -> int:
    """Cycles from an element into a cell that takes the next one afterwards to the element out of it."""
    if isinstance(node.op, ops.MaxPool):
        return node.op.kernel + 2
    return cell.cycles // size - 1


def _spread(node: Node, cell: Cell, order: Order) -> tuple[int, int]:
    """Cycles from the last element taken to the first one sent, and from one sent to the next."""
    repeated = order.phases[order.start :]
    takes = sum(phase.count for phase in repeated if not phase.sends)
    sends = sum(phase.count for phase in repeated if phase.sends)
    lines = sum(1 for phase in repeated if phase.sends)
    if isinstance(node.op, ops.Delta):
        return 1, 1
    if isinstance(node.op, (ops.CommonAverage, ops.CommonMedian)):
        return (cell.cycles - takes - sends) // lines + 1, 1
    step = max(1, (cell.cycles - takes) // sends)
    return max(1, -(-(cell.cycles - takes - step * (sends - lines)) // lines)), step


def _senders(graph: Graph, clock: Clockwork) -> Iterator[tuple[str, str, int]]:
    """Each output, the cell that sends it, through those that are only logic, and the elements of that one's frame."""
    for name in graph.outputs:
        sender = name
        while sender not in clock.senders:
            sender = graph.node(sender).inputs[0]
        yield name, sender, graph.streams[sender].size


def _source(clock: Clockwork, graph: Graph, frames: int, every: int, begun: list[int]) -> Process:
    name, stream = graph.input
    then = -1
    for frame in range(frames):
        clock.offer(name, max(then + 1, frame * every))
        then = yield clock.passed(name)
        begun.append(then)
        if stream.size > 1:
            clock.offer(name, then + 1, stream.size - 1)
            then = yield clock.passed(name)


def _fill(clock: Clockwork, port: Port, queue: Queue, depth: int) -> Process:
    """es_fifo takes what it has room for, besides what waits at its output."""
    ready = 0
    for k in count():
        if k >= depth - 1:
            ready = max(ready, (yield clock.get(queue.room)))
        ready = 1 + (yield clock.take(port, ready))
        clock.put(queue.full, ready)


def _empty(clock: Clockwork, queue: Queue) -> Process:
    """es_fifo reads a word when its output is free: it is valid a cycle later."""
    gone = 0
    while True:
        read = max(gone, (yield clock.get(queue.full)))
        clock.put(queue.room, read + 1)
        clock.put(queue.valid, read + 1)
        gone = yield clock.get(queue.gone)


def _join(clock: Clockwork, name: str, order: Order, queues: list[Queue]) -> Process:
    """A beat passes when its inputs' beats are there."""
    then = -1
    for phase in chain.from_iterable(repeat(order.phases)):
        for _ in range(phase.count):
            at = then + 1
            for k in phase.inputs:
                at = max(at, (yield clock.get(queues[k].valid)))
            clock.offer(name, at)
            then = yield clock.passed(name)
            for k in phase.inputs:
                clock.put(queues[k].gone, then)


def _register(clock: Clockwork, name: str, size: int, frames: int, pause: int) -> Process:
    """The next beat is taken when this one is sent, or with a pause; one frame of `frames` is sent."""
    ready = 0
    while True:
        for frame in range(frames):
            for _ in range(size):
                then = yield clock.take((name, 0), ready)
                ready = then + 1
                if frame == frames - 1:
                    clock.offer(name, ready)
                    ready = pause + (yield clock.passed(name))


def _serial(clock: Clockwork, name: str, size: int, frames: int, gap: int) -> Process:
    """A beat is sent `gap` cycles after it was taken, then the next one is taken; one frame of `frames` is sent."""
    ready = 0
    while True:
        for frame in range(frames):
            for _ in range(size):
                then = yield clock.take((name, 0), ready)
                if frame == frames - 1:
                    clock.offer(name, then + gap)
                    then = yield clock.passed(name)
                ready = then + 1


def _buffer(clock: Clockwork, name: str, order: Order) -> Process:
    """A word is read in one cycle and sent from the next one on; others are taken when the last one is read."""
    ready = then = 0
    for phase in _rounds(order):
        if not phase.sends:
            then = 1 + (yield clock.take((name, 0), ready, phase.count))
            ready = then
            continue
        read = max(then, (yield clock.passed(name)))
        if phase.count > 1:
            clock.offer(name, read + 1, phase.count - 1)
            read = yield clock.passed(name)
        clock.offer(name, read + 1)
        ready = then = read + 1


def _phases(clock: Clockwork, name: str, order: Order, queues: list[Queue], gap: int, step: int) -> Process:
    """Takes all, computes, sends all."""
    then, after = -1, 1
    for phase in _rounds(order):
        if phase.sends:
            clock.offer(name, then + after, phase.count, step)
            then, after = (yield clock.passed(name)), step
            continue
        (k,) = phase.inputs
        if queues:
            for _ in range(phase.count):
                then = max(then + 1, (yield clock.get(queues[k].valid)))
                clock.put(queues[k].gone, then)
        else:
            then = yield clock.take((name, k), then + 1, phase.count)
        after = gap


def _rounds(order: Order) -> Iterator[Phase]:
    return chain(order.phases, chain.from_iterable(repeat(order.phases[order.start :])))


def _layer(clock: Clockwork, name: str, cell: Cell, lines: int, rank: int) -> Iterator[Process]:
    """es_dense or es_dense_shared: one process fills its line or lines, one computes."""
    has = {key: int(value) for key, value in cell.parameters if isinstance(value, int)}
    full, room = Tokens(), Tokens()
    for _ in range(has.get("HALVES", 1)):
        clock.put(room, 0)
    yield _fill_line(clock, name, has["GROUPS"] * has["INPUTS"], full, room)
    if rank >= 0:
        yield _shared(clock, name, has["INPUTS"], has["OUTPUTS"], rank, full, room)
        return
    steps, group = has.get("PLANES", 1) * has["INPUTS"], has["OUTPUTS"] // has["GROUPS"]
    if cell.lanes == 1:
        yield _one_lane(clock, name, steps, has["OUTPUTS"], full, room)
        return
    blocks = [min(cell.lanes, group - first) for first in range(0, group, cell.lanes)] * has["GROUPS"]
    yield _lanes(clock, name, steps, blocks, full, room)


def _fill_line(clock: Clockwork, name: str, size: int, full: Tokens, room: Tokens) -> Process:
    ready = 0
    while True:
        ready = max(ready, (yield clock.get(room)))
        ready = 1 + (yield clock.take((name, 0), ready, size))
        clock.put(full, ready)


def _one_lane(clock: Clockwork, name: str, steps: int, outputs: int, full: Tokens, room: Tokens) -> Process:
    """A sum stands in its lane until it is sent: the next one begins in that cycle."""
    while True:
        begin = max((yield clock.get(full)), (yield clock.passed(name)))
        if outputs > 1:
            clock.offer(name, begin + steps + 1, outputs - 1, steps + 1)
            begin = yield clock.passed(name)
        clock.put(room, begin + steps)
        clock.offer(name, begin + steps + 1)


def _lanes(clock: Clockwork, name: str, steps: int, blocks: list[int], full: Tokens, room: Tokens) -> Process:
    """Sums move out of their lanes when those before them are sent: the next ones begin in that cycle."""
    begin = 0
    while True:
        begin = max(begin, (yield clock.get(full)))
        for k, outputs in enumerate(blocks):
            done = begin + steps
            if k == len(blocks) - 1:
                clock.put(room, done)
            begin = max(done + 1, (yield clock.passed(name)))
            clock.offer(name, begin + 1, outputs)


def _shared(clock: Clockwork, name: str, steps: int, outputs: int, rank: int, full: Tokens, room: Tokens) -> Process:
    while True:
        begin = yield clock.get(full)
        for k in range(outputs):
            begin = max(begin, (yield clock.passed(name)))
            begin = yield clock.ask(rank, begin, steps)
            if k == outputs - 1:
                clock.put(room, begin + steps)
            clock.offer(name, begin + steps + 2)


def _most(queue: Queue) -> int:
    """Elements that a queue held at most, of which one waits at its output."""
    filled, room = np.array(queue.full.given), np.array(queue.room.given)
    free = np.searchsorted(room, filled - 1, side="right")  # by the cycle of each write
    return int((np.arange(len(filled)) - free).max(initial=0)) + 2
