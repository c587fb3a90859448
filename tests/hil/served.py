"""A device in Python on the other end of a socket: docs/link.md once more, for tests of the host."""

import socket
import threading
from contextlib import contextmanager, suppress

import numpy as np

from edgesort.hil import message
from edgesort.hil.errors import LinkError
from edgesort.hil.line import Descriptors
from edgesort.hil.message import ALL_NODES, Kind, Message, pack, unpack


class Served:
    """most: frames in a message. lie: what the device says of events (records -> records) or values (name, values).

    flags: HELLO's, 1 for TRACE of all nodes or of one, 2 for one alone, 0 for none.
    """

    def __init__(self, graph, most=50, window=1, lie=lambda records, at: records, tamper=None, batch=1, flags=1):
        self.graph, self.most, self.window, self.lie, self.tamper, self.batch = graph, most, window, lie, tamper, batch
        self.session, self.deaf, self.flags = 0, False, flags
        self.forget()

    def forget(self):
        self.state, self.sequence, self.hears, self.frames, self.events = self.graph.initial_state(), 0, 0, 0, 0
        self.made, self.traces = dict.fromkeys(self.graph.streams, 0), ()

    def say(self, kind, payload):
        sequence = 0 if kind is Kind.HELLO else self.sequence
        self.sequence += kind is not Kind.HELLO
        return pack(Message(kind, sequence, payload), self.session)

    def hello(self):
        stream = self.graph.input[1]
        size = stream.dtype.container.itemsize
        digest = bytes.fromhex(self.graph.digest())
        most = message.FRAMES.size + self.most * stream.size * size
        said = (1, self.flags, stream.size, self.session, digest, 30_000_000, 1000, most, self.window, size)
        return self.say(Kind.HELLO, message.HELLO.pack(*said) + b"python")

    def take(self, block):
        """The answer to a message."""
        try:
            found = unpack(block, self.session)
        except LinkError:
            return self.error(2, 0, 0)
        if found.kind is Kind.HELLO:
            return self.hello()
        if found.kind is Kind.RESET:
            (self.session,), self.deaf = message.SESSION.unpack(found.payload), False
            self.forget()
            return self.hello()
        if self.session == 0:
            return self.error(8, 0, found.kind)
        if found.sequence != self.hears & 0xFFFF:
            return self.error(3, self.hears & 0xFFFF, found.sequence)
        self.hears += 1
        if self.deaf:
            return b""
        return {Kind.FRAMES: self.push, Kind.TRACE: self.trace, Kind.STATS: self.stats}[found.kind](found.payload)

    def error(self, code, expected, found):
        if self.deaf:
            return b""
        self.deaf = True
        return self.say(Kind.ERROR, message.ERROR.pack(code, expected, found))

    def trace(self, payload):
        nodes = range(len(self.graph.streams))
        (node,) = message.NODE.unpack(payload)
        if self.flags == 0:
            return self.error(7, 0, Kind.TRACE)
        if self.flags == 2 and self.frames:
            return self.error(4, 0, self.frames)
        self.traces = nodes if node == ALL_NODES and self.flags == 1 else {node} & set(nodes)
        return b""

    def stats(self, payload):
        return self.say(Kind.STATS, message.STATS.pack(self.frames, self.events, 0, 7))

    def push(self, payload):
        (first,), stream = message.FRAMES.unpack_from(payload), self.graph.input[1]
        if first != self.frames & 0xFFFFFFFF:
            return self.error(4, self.frames, first)
        frames = np.frombuffer(payload, stream.dtype.container, offset=4).reshape(-1, *stream.shape)
        self.state, values = self.graph.run(self.state, frames)
        if self.tamper:
            values = self.tamper(values, dict(self.made))
        said, records = b"", []
        for number, name in enumerate([self.graph.input[0], *(node.name for node in self.graph.nodes)]):
            for frame in values[name] if number in self.traces else []:
                head = message.TRACE.pack(number, 0, self.made[name])
                said += self.say(Kind.TRACE, head + frame.tobytes())
                self.made[name] += 1
            if number not in self.traces:
                self.made[name] += len(values[name])
            if name in self.graph.outputs:
                flat, rate = values[name].reshape(-1, self.graph.streams[name].size), self.graph.rate(name)
                start = self.made[name] - len(flat)
                records += [
                    ((start + frame + 1) * rate - 1, int(flat[frame, unit]), unit, self.graph.outputs.index(name))
                    for frame, unit in zip(*np.nonzero(flat), strict=True)
                ]
        records = sorted(records, key=lambda r: (r[0], r[3], r[2]))
        records = np.array(self.lie(records, self.frames), message.RECORD)
        self.frames, self.events = self.frames + len(frames), self.events + len(records)
        return said + self.say(Kind.EVENTS, message.EVENTS.pack(self.hears & 0xFFFF, self.frames) + records.tobytes())


def answer(device, read, write):
    """What the device says to messages until the line ends. read: at most so many bytes; write: all bytes."""
    rest = b""
    with suppress(OSError):
        while data := read(65536):
            *blocks, rest = (rest + data).split(b"\0")
            for block in filter(None, blocks):
                write(device.take(block))


@contextmanager
def served(device, between=lambda line: line):
    """A function that connects to the device; between: what stands in a connection's way."""
    ends = []

    def connect():
        own, other = socket.socketpair()
        ends.extend((own, other))
        thread = threading.Thread(target=answer, args=(device, other.recv, other.sendall), daemon=True)
        thread.start()
        own.setblocking(False)
        return between(Descriptors(own.fileno(), own.fileno(), own.close))

    try:
        yield connect
    finally:
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
