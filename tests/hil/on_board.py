"""A host for tests: a Verilated board as a process, messages to it, and what is wrong with its answers."""

import socket
import struct
import subprocess
import zlib

import numpy as np
from cobs import cobs

from edgesort.hil import message
from edgesort.hil.message import HEAD, SESSIONLESS, Kind, Message, pack, unpack

TIMEOUT_S = 20.0


class Board:
    """A running program of edgesort.targets.verilog.bridge. sent: messages of this session; heard: of the device."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline().split()[1])
        self.session = self.sent = self.heard = 0
        self.connect()

    def connect(self):
        self.line = socket.create_connection(("127.0.0.1", self.port), TIMEOUT_S)
        self.rest = b""

    def close(self):
        """The program ends with its standard input."""
        self.line.close()
        self.process.stdin.close()
        code = self.process.wait(TIMEOUT_S)
        self.process.stdout.close()
        return code

    def raw(self, data):
        self.line.sendall(data)

    def send(self, kind, payload=b""):
        self.raw(pack(Message(kind, self.sent, payload), self.session))
        self.sent += 1

    def block(self):
        while b"\0" not in self.rest:
            came = self.line.recv(1 << 16)
            assert came, "the line ended"
            self.rest += came
        block, self.rest = self.rest.split(b"\0", 1)
        return block or self.block()

    def hear(self):
        """The next message of this session, in its order."""
        found = unpack(self.block(), self.session)
        if found.kind not in SESSIONLESS:
            assert found.sequence == self.heard & 0xFFFF, f"expected message {self.heard}, found {found}"
            self.heard += 1
        return found

    def begin(self, session):
        """RESET, and the HELLO that answers it; what still comes of the session before is left out."""
        self.raw(b"\0" + pack(Message(Kind.RESET, 0, struct.pack("<I", session)), 0))
        before = []
        while True:
            block = self.block()
            hello = hello_of(block)
            if hello is not None and hello.session == session:
                self.session, self.sent, self.heard = session, 0, 0
                return before
            before.append(block)


def hello_of(block):
    """HELLO, None for anything else."""
    try:
        found = unpack(block, 0)
    except message.LinkError:
        return None
    return message.hello(found.payload) if found.kind is Kind.HELLO else None


def framed(kind, sequence, payload, session, wrong=0):
    """A message of any type, whose check differs from the right one by `wrong`."""
    body = HEAD.pack(kind, sequence) + payload
    return cobs.encode(body + struct.pack("<I", zlib.crc32(body, session) ^ wrong)) + b"\0"


def records(graph, frames):
    """What the reference finds in frames, from the start: records as EVENTS has them."""
    events = graph.run(graph.initial_state(), frames)[1][graph.outputs[0]]
    return [(int(t), int(events[t, u]), int(u), 0) for t, u in np.argwhere(events)]


def stream(board, graph, frames, size, window):
    """All frames, `size` to a message: AssertionError unless every event is the reference's, and told in time."""
    expected, at, taken, done, found = records(graph, frames), 0, 0, 0, []
    while done < len(frames):
        while at < len(frames) and board.sent - taken < window:
            part = frames[at : at + size]
            board.send(Kind.FRAMES, message.frames(at, part))
            at += len(part)
        heard = board.hear()
        assert heard.kind is Kind.EVENTS, f"expected EVENTS, found {told(heard)}"
        events = message.events(heard.payload)
        new = [tuple(map(int, one)) for one in events.records.tolist()]
        assert taken <= events.taken <= board.sent and done <= events.done <= at, (
            f"found {events} after {taken}, {done}"
        )
        late = [one for one in new if one[0] < done]
        assert not late, f"expected no more events of the {done} frames that are done, found {late[0]}"
        taken, done, found = events.taken, events.done, found + new
        due = [one for one in expected if one[0] < done]
        assert found[: len(due)] == due == expected[: len(due)], f"events of {done} frames: found {found[-3:]}"
    while taken < board.sent:
        taken = message.events(board.hear().payload).taken
    assert found == expected, "events of no frame"


def trace(board, graph, frames, node, window):
    """A session's first message asks for the values of a node: AssertionError unless those of all frames but the
    last ones are the reference's, in their order, and each is there when its frame is called done."""
    name = list(graph.streams)[node]
    stream, at, taken, done = graph.streams[name], 0, 0, 0
    expected = graph.run(graph.initial_state(), frames)[1][name].ravel()
    found = expected[:0]
    board.send(Kind.TRACE, message.NODE.pack(node))
    while done < len(frames) - graph.cycle:
        while at < len(frames) and board.sent - taken < window:
            part = frames[at : at + 30]
            board.send(Kind.FRAMES, message.frames(at, part))
            at += len(part)
        heard = board.hear()
        if heard.kind is Kind.TRACE:
            said = message.values(heard.payload)
            place, values = (node, *divmod(len(found), stream.size)), np.frombuffer(said.values, expected.dtype)
            assert (said.node, said.frame, said.offset) == place, f"expected the values of {place}, found {said}"
            assert len(values) <= stream.size - said.offset, f"expected values of one frame, found {said}"
            found = np.concatenate([found, values])
            assert len(found) <= len(expected) + graph.cycle * stream.size, "expected no values of frames to come"
            continue
        assert heard.kind is Kind.EVENTS, f"expected EVENTS, found {told(heard)}"
        events = message.events(heard.payload)
        taken, done = events.taken, events.done
        assert len(found) >= done // graph.rate(name) * stream.size, f"{name}: values missing of {done} frames"
    least = min(len(expected), len(found))
    assert np.array_equal(found[:least], expected[:least]), f"{name}: expected other values"


def told(found):
    return message.error(found.payload) if found.kind is Kind.ERROR else found
