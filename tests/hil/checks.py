"""What a device in C has to do: checks, each of which raises AssertionError. Its mutants go through the same ones."""

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edgesort.fixed import Int
from edgesort.graph import Graph, Node, Stream
from edgesort.hil import message
from edgesort.hil.line import Descriptors
from edgesort.hil.message import ALL_NODES, LONGEST, Kind, Message, pack
from edgesort.ops import Requant
from edgesort.passes.gate import gate
from edgesort.targets.c.steps import shown
from tests import corners
from tests.graphs import sorter
from tests.hil.examples import EXAMPLES
from tests.hil.peer import SESSION, Peer, running, started
from tests.targets.test_c_emit import tiny


def wide() -> Graph:
    """A frame and its values are longer than a message would be, and it has more events than one holds."""
    nodes = (
        Node("up", Requant((0,), Int(32)), ("adc",)),
        Node("high", Requant((8,), Int(8, False)), ("adc",)),
        Node("low", Requant((4,), Int(16)), ("adc",)),
    )
    return Graph("wide", 1000.0, ("adc", Stream((300,), Int(16))), nodes, ("high", "low", "up")).check()


CLOCKS = {"mps2-an386": 25_000_000, "mps2-an505": 20_000_000, "riscv32-virt": 10_000_000}  # of the links, in Hz
GRAPHS = {"tiny": tiny, "wide": wide, "gated": lambda: gate(sorter(), "scale", (20,))}


@dataclass(frozen=True)
class Owed:
    """What the reference says, frame by frame: events in order; values by node and number, and when they are due."""

    events: list[tuple[int, int, int, int]]
    values: dict[tuple[int, int], np.ndarray]
    due: dict[tuple[int, int], int]


def owed(graph: Graph, data) -> Owed:
    state, order = graph.initial_state(), [graph.input[0], *(node.name for node in graph.nodes)]
    events, values, due = [], {}, {}
    made = dict.fromkeys(order, 0)
    for t, frame in enumerate(data):
        state, found = graph.step(state, frame)
        for output, name in enumerate(graph.outputs):
            flat = np.ravel(found.get(name, []))
            events += [(t, int(flat[unit]), int(unit), output) for unit in np.flatnonzero(flat)]
        for name, value in found.items():
            key = order.index(name), made[name]
            values[key], due[key] = np.ravel(value), t
            made[name] += 1
    return Owed(events, values, due)


@dataclass(frozen=True)
class Devices:
    """The programs under test. examples: by the frames in a message. programs: by a graph's name. patience: Peer's."""

    examples: dict[int, Path]
    programs: dict[str, Path]
    patience: float = 60.0

    def started(self, name: str):
        return started(self.programs[name], self.patience)


def examples(devices: Devices) -> None:
    """Every example of the specification: a device's are said byte by byte, a host's are taken."""
    said = {example.what.split()[0]: example.bytes for example in EXAMPLES}
    asked = {example.message.sequence: example.bytes for example in EXAMPLES if example.message.kind is Kind.FRAMES}
    hello, events, stats = (said[word] for word in ("an", "message", "3"))
    with running(devices.examples[126]) as line:
        peer = Peer(line, devices.patience)
        assert (peer.hello().target, peer.rest) == ("example", b"")
        for sent, expected in ((said["start"], hello), (said["who"], hello), (asked[0], events)):
            line.write(sent)
            assert peer.raw(len(expected)) == expected
        peer.session, peer.sent, peer.heard = SESSION, 1, 1
        peer.send(Kind.TRACE, message.NODE.pack(7))
        assert progress(peer.hear()) == (2, 3)
        peer.send(Kind.STATS)
        assert peer.raw(len(stats)) == stats
    with running(devices.examples[130]) as line:
        peer = Peer(line, devices.patience)
        peer.reset()
        line.write(asked[0] + asked[1])
        assert progress(peer.hear()) == (1, 3)
        assert fault(peer.hear()) == (4, 3, 0x01010103)
        peer.reset()
        for first in range(2):
            peer.frames(first, np.zeros((1, 1), np.int16))
        line.write(said["all"] + said["how"])
        assert progress(peer.hear()) == (3, 2)
        assert message.stats(peer.hear().payload).frames == 2
    with running(devices.examples[126], "say") as line:
        peer = Peer(line, devices.patience)
        peer.hello()
        expected = said["node"] + said["a"]
        assert peer.raw(len(expected)) == expected


def fault(found: Message) -> tuple[int, int, int]:
    """What ERROR says: its code, what was expected and what was found."""
    assert found.kind is Kind.ERROR, found
    code, expected, other = message.ERROR.unpack(found.payload)
    return code, expected, other


def progress(found: Message) -> tuple[int, int]:
    """What EVENTS says is taken and done."""
    assert found.kind is Kind.EVENTS, found
    said = message.events(found.payload)
    return said.taken, said.done


def compared(graph: Graph, peer: Peer, data, most: int, asked: int | None = None, nodes: frozenset[int] = frozenset()):
    """Stream frames in messages of different sizes. asked: the node in TRACE. nodes: those whose values are to come."""
    expected, events, values, at, done = owed(graph, data), [], {}, 0, 0
    sizes = [1, most, 2, 3, most]
    if asked is not None:
        peer.send(Kind.TRACE, message.NODE.pack(asked))
        assert progress(peer.hear()) == (1, 0)
    while at < len(data):
        part = data[at : at + min(most, sizes[peer.sent % len(sizes)])]
        for said in peer.frames(at, part):
            if said.kind is Kind.TRACE:
                collect(graph, message.values(said.payload), values)
                continue
            found = message.events(said.payload)
            assert len(said.payload) < LONGEST and found.done >= done
            done = found.done
            events += [tuple(map(int, record)) for record in found.records]
            assert [e for e in expected.events if e[0] < done] == [e for e in events if e[0] < done]
            due = [key for key, t in expected.due.items() if t < done and key[0] in nodes]
            assert all(len(values[key]) == len(expected.values[key]) for key in due)
        at += len(part)
    assert (done, events) == (len(data), expected.events) and events
    assert {key[0] for key in values} == nodes
    for key, found in values.items():
        assert np.array_equal(found, expected.values[key]), key
    return expected


def collect(graph: Graph, said: message.Values, values: dict) -> None:
    """A message's values behind those of the same frame that came before."""
    name = [graph.input[0], *(node.name for node in graph.nodes)][said.node]
    found = np.frombuffer(said.values, graph.streams[name].dtype.container.newbyteorder("<"))
    before = values.setdefault((said.node, said.frame), found[:0])
    assert len(before) == said.offset
    values[said.node, said.frame] = np.concatenate([before, found])


def events(devices: Devices) -> None:
    """A slow node behind a stride, and a frame wider than a message with three outputs: every event, once, in order."""
    for name, count in (("tiny", 900), ("wide", 6)):
        graph = GRAPHS[name]()
        data = corners.frames(graph.input[1], count, seed=5)
        with devices.started(name) as peer:
            said = peer.reset()
            itemsize = graph.input[1].dtype.container.itemsize
            assert (said.digest, said.frequency, said.target) == (graph.digest(), graph.sampling_frequency, "host")
            assert (said.channels, said.sample, said.window, said.traces) == (graph.input[1].size, itemsize, 1, True)
            most, rest = divmod(said.most - 4, said.channels * said.sample)
            assert (most, rest) == (max(1, 508 // (said.channels * said.sample)), 0)
            expected = compared(graph, peer, data, most)
            peer.send(Kind.STATS)
            stats = message.stats(peer.hear().payload)
            assert (stats.frames, stats.events, stats.overruns) == (count, len(expected.events), 0)
            peer.silent()


def trace(devices: Devices) -> None:
    """Every value of every node that is held and not old, and of no other; then of one node alone."""
    for name, count in (("tiny", 120), ("wide", 3), ("gated", 400)):
        graph = GRAPHS[name]()
        data = corners.frames(graph.input[1], count, seed=5)
        nodes = numbers(graph)
        with devices.started(name) as peer:
            most = (peer.reset().most - 4) // (2 * graph.input[1].size)
            compared(graph, peer, data, most, ALL_NODES, nodes)
            assert max(nodes) > 2 and (name == "gated") == (len(nodes) < len(graph.streams))
            peer.silent()
            for node in (max(nodes), 0):
                peer.reset(SESSION + 1 + node)
                compared(graph, peer, data, most, node, frozenset({node}))


def full_blocks(devices: Devices) -> None:
    """Messages with more than 254 bytes in a row that are not 0."""
    graph = wide()
    with devices.started("wide") as peer:
        peer.reset()
        compared(graph, peer, np.full((2, 300), 0x0101, np.int16), 1, 0, frozenset({0}))


def numbers(graph: Graph, features: tuple[str, ...] = ()) -> frozenset[int]:
    """Of the input and of what a build for a machine with these features shows."""
    order = [graph.input[0], *(node.name for node in graph.nodes)]
    return frozenset({0, *(order.index(name) for name in shown(graph, features))})


def late_trace(devices: Devices) -> None:
    """Values that are asked for later: of the next frames, by their numbers; of no node that is not there."""
    graph = tiny()
    data = corners.frames(graph.input[1], 21, seed=5)
    last, at = len(graph.nodes), 11
    due = owed(graph, data).due
    with devices.started("tiny") as peer:
        peer.reset()
        peer.frames(0, data[:at])
        peer.send(Kind.TRACE, message.NODE.pack(last))
        peer.hear()
        found = [message.values(one.payload) for one in peer.frames(at, data[at:]) if one.kind is Kind.TRACE]
        assert [one.frame for one in found] == [frame for (node, frame), t in due.items() if node == last and t >= at]
        for more, node in enumerate((last + 1, 60000, ALL_NODES - 1)):
            peer.send(Kind.TRACE, message.NODE.pack(node))
            peer.hear()
            assert all(one.kind is Kind.EVENTS for one in peer.frames(len(data) + more, data[:1]))


FRAME = struct.Struct("<Ih")


def wrong(peer: Peer, data: bytes, code: int, expected: int, found: int) -> None:
    """Bytes that are a fault: ERROR, once, then nothing but HELLO until RESET, after which all is as at the start."""
    peer.line.write(data)
    assert fault(peer.hear()) == (code, expected, found)
    peer.line.write(data)
    for sequence in range(3):
        peer.line.write(pack(Message(Kind.FRAMES, sequence, FRAME.pack(sequence, 5)), peer.session))
        peer.line.write(pack(Message(Kind.STATS, sequence), peer.session))
    peer.silent()


def said(kind: int, payload: bytes = b"", sequence: int = 1, session: int = SESSION) -> bytes:
    """A message behind one that was taken."""
    return pack(Message(kind, sequence, payload), session)


def errors(devices: Devices) -> None:
    """Each error's code and numbers, in a session in which a frame was taken; then a session like any other."""
    graph = tiny()
    data = corners.frames(graph.input[1], 40, seed=5)
    frame = said(Kind.FRAMES, FRAME.pack(1, 5))
    body = struct.pack("<BH", Kind.STATS, 1)
    check = zlib.crc32(body, SESSION)
    other = zlib.crc32(body, SESSION + 1)
    most = 4 + 2 * 254
    faults = [
        (b"\x05\x06\x01\x00", 1, 2, 0),
        (frame[:-3] + b"\x00", 1, 2, 0),
        (b"\xff\x01\x00", 1, 253, 0),
        (b"\x01\x00", 5, 0, 0),
        (b"\x06" + b"\x06" * 5 + b"\x00", 5, 0, 0),
        (said(Kind.STATS, session=SESSION + 1), 2, check, other),
        (said(Kind.STATS, sequence=2), 3, 1, 2),
        (said(Kind.STATS, sequence=0), 3, 1, 0),
        (said(Kind.STATS, sequence=0x101), 3, 1, 0x101),
        (said(Kind.HELLO, sequence=1), 3, 0, 1),
        (said(Kind.RESET, message.SESSION.pack(9), sequence=3), 3, 0, 3),
        (said(Kind.FRAMES, FRAME.pack(2, 5)), 4, 1, 2),
        (said(Kind.FRAMES, FRAME.pack(0, 5)), 4, 1, 0),
        (said(Kind.FRAMES, FRAME.pack(0x10001, 5)), 4, 1, 0x10001),
        (said(Kind.FRAMES, FRAME.pack(1, 5)[:4]), 5, most, 4),
        (said(Kind.FRAMES, FRAME.pack(1, 5)[:5]), 5, most, 5),
        (said(Kind.FRAMES, FRAME.pack(1, 5)[:3]), 5, most, 3),
        (said(Kind.FRAMES, FRAME.pack(1, 5)[:4] + bytes(2 * 255)), 5, most, 4 + 2 * 255),
        (said(Kind.FRAMES, FRAME.pack(1, 5)[:4] + bytes(9000)), 5, most, 9004),
        (said(Kind.TRACE, b"\1"), 5, 2, 1),
        (said(Kind.STATS, b"\1"), 5, 0, 1),
        (said(Kind.HELLO, b"\1", sequence=0), 5, 0, 1),
        (said(Kind.RESET, b"\1\2\3", sequence=0), 5, 4, 3),
        (said(Kind.FRAMES, FRAME.pack(1, 2048)), 6, 0, 0),
        (said(Kind.FRAMES, FRAME.pack(1, 2047) + struct.pack("<3h", 0, -2048, -2049)), 6, 0, 3),
        (said(Kind.EVENTS, bytes(6)), 7, 0, Kind.EVENTS),
        (said(Kind.ERROR, bytes(9)), 7, 0, Kind.ERROR),
        (said(Kind.LOAD), 7, 0, Kind.LOAD),
        (said(0), 7, 0, 0),
        (said(255), 7, 0, 255),
    ]
    with devices.started("tiny") as peer:
        for k, (sent, *fault) in enumerate(faults):
            peer.reset()
            peer.frames(0, data[:1])
            wrong(peer, sent, *fault)
            if k % 8 == 0:
                peer.reset()
                compared(graph, peer, data, 17)


def without_session(devices: Devices) -> None:
    """Before the first RESET, and after one to 0, all but HELLO is an error; a check is not even looked at."""
    for kind, payload in ((Kind.FRAMES, FRAME.pack(0, 5)), (Kind.STATS, b""), (Kind.EVENTS, bytes(6))):
        for session in (0, SESSION):
            with devices.started("tiny") as peer:
                peer.silent()
                wrong(peer, said(kind, payload, 0, session), 8, 0, kind)
    with devices.started("tiny") as peer:
        peer.reset()
        peer.line.write(said(Kind.RESET, message.SESSION.pack(0), 0))
        peer.session = 0
        assert peer.hello().session == 0, "expected that RESET to 0 ends the session"
        wrong(peer, said(Kind.STATS, b"", 0), 8, 0, Kind.STATS)


def resets(devices: Devices) -> None:
    """RESET in the middle, of a message too: network, counters and what is asked for are as at the start."""
    graph = tiny()
    data = corners.frames(graph.input[1], 120, seed=6)
    with devices.started("tiny") as peer:
        for k in range(3):
            peer.reset(SESSION + k)
            compared(graph, peer, data, 50, ALL_NODES, numbers(graph))
            peer.line.write(said(Kind.FRAMES, FRAME.pack(len(data), 5), peer.sent, peer.session)[:-3] + b"\0")
            assert peer.hear().kind is Kind.ERROR
        peer.reset(SESSION + 9)
        peer.send(Kind.STATS)
        assert message.stats(peer.hear().payload) == message.Stats(0, 0, 0, 0)
        assert all(one.kind is Kind.EVENTS for one in peer.frames(0, data[:9]))


class Drip(Descriptors):
    """Each byte by itself, and zeros before each message."""

    def write(self, data: bytes) -> None:
        for byte in b"\0\0" + data:
            super().write(bytes([byte]))


def single_bytes(devices: Devices) -> None:
    """How the line cuts messages changes nothing, nor do zeros between them."""
    graph = tiny()
    data = corners.frames(graph.input[1], 120, seed=7)
    with devices.started("tiny") as peer:
        peer.line = Drip(peer.line.source, peer.line.sink, peer.line.close)
        peer.reset()
        compared(graph, peer, data, 20, ALL_NODES, numbers(graph))


CHECKS = (examples, events, trace, full_blocks, late_trace, errors, without_session, resets, single_bytes)
