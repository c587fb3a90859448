"""A conversation with a device: a session, its sequence numbers and its credits. Whatever is wrong ends the session.

device = Device(connect, graph)
device.begin(30.0)                      # RESET, HELLO
device.send(Kind.FRAMES, payload)       # while device.room()
for message in device.heard(1.0): …
"""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Iterator

from edgesort.graph import Graph
from edgesort.hil import message
from edgesort.hil.errors import DeviceError, LineLost, LinkError, Unanswered
from edgesort.hil.line import Connect, Line
from edgesort.hil.message import LONGEST, SESSIONLESS, Hello, Kind, Message, pack, unpack

ANSWER_S = 1.0  # in which a device answers RESET; a simulated one, whose clock is slow, has more attempts
PAUSE_S = 0.2  # between two attempts to open a line


class Silent(LinkError):
    """No answer to one RESET."""


class Device:
    """The host's end. hello: what the device said at the start of this session. sent, taken: messages in it."""

    hello: Hello

    def __init__(self, connect: Connect, graph: Graph) -> None:
        self.connect, self.graph = connect, graph
        self.session = secrets.randbits(31) + 1
        self.line: Line | None = None
        self.met = False  # there was a line
        self._forget()

    def begin(self, patience: float) -> Hello:
        """Start a session: the device's network is as at the start. LineLost if there never was a line.

        Unanswered if that takes more than `patience` seconds, DeviceError for another network than the graph.
        """
        until = time.monotonic() + patience
        why: Exception | None = None
        while time.monotonic() < until:
            try:
                return self._begun()
            except (LineLost, Silent) as error:
                why = error
                if isinstance(error, LineLost):
                    if not self.met:
                        raise
                    self.close()
                    time.sleep(min(PAUSE_S, max(0.0, until - time.monotonic())))
        raise Unanswered(
            f"device: expected an answer to RESET within {patience:g} s, found none ({why}); check the line"
        )

    def send(self, kind: Kind, payload: bytes = b"") -> None:
        """A message of this session; LineLost if the line is gone."""
        self._write(pack(Message(kind, self.sent, payload), self.session))
        if kind is Kind.FRAMES:
            self._flying.append((self.sent, time.monotonic()))
        self.sent += 1

    def room(self) -> int:
        """Messages of frames that may be sent now."""
        return self.hello.window - len(self._flying)

    def heard(self, timeout: float) -> Iterator[Message]:
        """The device's messages so far, or what comes within `timeout` seconds; none if nothing does.

        LinkError for bytes that are no message of this session, for one that is missing or comes twice, for ERROR, and
        for a HELLO that was not asked for: the device started anew.
        """
        for block in self._blocks(timeout):
            found = unpack(block, self.session)
            if found.kind in SESSIONLESS:
                raise LinkError(f"device: expected no {found.kind.name}, found one: it started anew")
            if found.sequence != self.hears & 0xFFFF:
                raise LinkError(f"device: expected its message {self.hears & 0xFFFF}, found {found.sequence}")
            self.hears += 1
            if found.kind is Kind.ERROR:
                raise LinkError(f"device: {message.error(found.payload)}")
            yield found

    def took(self, taken: int) -> list[float]:
        """EVENTS says that so many messages were taken, modulo 65536: for each of frames, seconds since it was sent.

        LinkError if that cannot be.
        """
        more = (taken - self.taken) & 0xFFFF
        if self.taken + more > self.sent:
            raise LinkError(f"device: expected {self.sent & 0xFFFF} messages taken at most, found {taken}")
        self.taken += more
        took = []
        while self._flying and self._flying[0][0] < self.taken:
            took.append(time.monotonic() - self._flying.popleft()[1])
        return took

    def close(self) -> None:
        """Let go of the line."""
        if self.line is not None:
            self.line.close()
        self.line = None

    def _begun(self) -> Hello:
        if self.line is None:
            self.line, self.met = self.connect(), True
        self._forget()
        self.session = self.session % 0xFFFFFFFF + 1
        self._write(b"\0" + pack(Message(Kind.RESET, 0, message.SESSION.pack(self.session)), 0))
        until = time.monotonic() + ANSWER_S
        while (left := until - time.monotonic()) > 0:
            for block in self._blocks(left):
                if (hello := _answer(block, self.session)) is not None:
                    self.hello = checked(hello, self.graph)
                    return hello
        raise Silent(f"device: expected HELLO within {ANSWER_S:g} s, found none")

    def _forget(self) -> None:
        self.sent = self.taken = self.hears = 0
        self.rest = b""
        self._flying: deque[tuple[int, float]] = deque()  # messages of frames that were not taken: number, when sent

    def _write(self, data: bytes) -> None:
        if self.line is None:
            raise LineLost("line: expected it open, found it closed")
        self.line.write(data)

    def _blocks(self, timeout: float) -> Iterator[bytes]:
        """Whole messages without their zero. What begins with this and never ends is no message: LinkError."""
        if self.line is None:
            raise LineLost("line: expected it open, found it closed")
        *blocks, self.rest = (self.rest + self.line.read(timeout)).split(b"\0")
        if len(self.rest) > LONGEST:
            raise LinkError(f"device: expected a message of {LONGEST} bytes at most, found no end of one")
        yield from filter(None, blocks)


def checked(hello: Hello, graph: Graph) -> Hello:
    """The same, if a device that says it runs this graph; DeviceError with what to do."""
    stream, itemsize = graph.input[1], graph.input[1].dtype.container.itemsize
    if hello.digest != graph.digest():
        expected, found = graph.digest()[:16], hello.digest[:16]
        raise DeviceError(f"device: expected graph {expected}, found {found}; write this build to it (edgesort flash)")
    if (hello.channels, hello.sample) != (stream.size, itemsize):
        found = f"{hello.channels} of {hello.sample} bytes"
        raise DeviceError(f"device: expected frames of {stream.size} samples of {itemsize} bytes, found {found}")
    if hello.window < 1 or hello.most < message.FRAMES.size + stream.size * itemsize:
        raise DeviceError(f"device: expected room for a frame, found {hello.window} messages of {hello.most} bytes")
    return hello


def _answer(block: bytes, session: int) -> Hello | None:
    """HELLO of this session; None for anything else, since a line may still hold what came before."""
    try:
        found = unpack(block, session)
        said = message.hello(found.payload) if found.kind is Kind.HELLO else None
    except LinkError:
        return None
    return said if said is not None and said.session == session else None
