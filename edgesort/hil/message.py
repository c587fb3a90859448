"""The link's messages as bytes: docs/link.md.

message = COBS( type u8 | sequence u16 | payload | check u32 ) 00
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from cobs import cobs

from edgesort.fixed import Array
from edgesort.hil.errors import LinkError

PROTOCOL = 1
LONGEST = 4096  # bytes of a message; a device's are shorter
ALL_NODES = 0xFFFF
TRACES, TRACES_ONE = 1, 2  # of HELLO's flags: has TRACE; of one node at a time
RECORD = np.dtype([("frame", "<u4"), ("score", "<i4"), ("unit", "<u2"), ("output", "<u2")])
HEAD, CHECK = struct.Struct("<BH"), struct.Struct("<I")
HELLO, EVENTS = struct.Struct("<BBHI32sIIHBB"), struct.Struct("<HI")
SESSION, NODE = struct.Struct("<I"), struct.Struct("<H")
FRAMES, TRACE, STATS, ERROR = struct.Struct("<I"), struct.Struct("<HHI"), struct.Struct("<4I"), struct.Struct("<BII")


class Kind(IntEnum):
    """A message's type."""

    HELLO = 1
    RESET = 2
    FRAMES = 3
    EVENTS = 4
    TRACE = 5
    STATS = 6
    ERROR = 7
    LOAD = 8


SESSIONLESS = (Kind.HELLO, Kind.RESET)
ERRORS = {
    1: "framing: {expected} bytes of a block missing",
    2: "check: expected {expected:08x}, found {found:08x}",
    3: "sequence: expected message {expected}, found {found}",
    4: "frames: expected frame {expected}, found {found}",
    5: "length: expected {expected} bytes of payload, found {found}",
    6: "sample {found} of the message: expected it in the network's range",
    7: "type: expected a known one, found {found}",
    8: "session: expected a RESET before type {found}",
    9: "window: expected at most {expected} messages, found {found}",
}


@dataclass(frozen=True)
class Message:
    """sequence: 0 for HELLO and RESET."""

    kind: Kind
    sequence: int
    payload: bytes = b""


@dataclass(frozen=True)
class Hello:
    """What a device says of itself; see docs/link.md. frequency and clock in Hz."""

    protocol: int
    flags: int
    channels: int
    session: int
    digest: str
    frequency: float
    clock: int
    most: int
    window: int
    sample: int
    target: str

    @property
    def traces(self) -> bool:
        """It sends the values of nodes."""
        return bool(self.flags & (TRACES | TRACES_ONE))

    @property
    def traces_one(self) -> bool:
        """Of one node in a session."""
        return self.flags & (TRACES | TRACES_ONE) == TRACES_ONE


@dataclass(frozen=True)
class Events:
    """taken: messages of the host; done: frames modulo 2^32; records: of RECORD."""

    taken: int
    done: int
    records: Array


@dataclass(frozen=True)
class Values:
    """Values of a node's frame, from the index `offset` on, in bytes of its container."""

    node: int
    offset: int
    frame: int
    values: bytes


@dataclass(frozen=True)
class Stats:
    """worst: the longest time of a frame, in ticks of the device's clock."""

    frames: int
    events: int
    overruns: int
    worst: int


def pack(message: Message, session: int) -> bytes:
    """The message's bytes, the zero at their end included."""
    body = HEAD.pack(message.kind, message.sequence & 0xFFFF) + message.payload
    start = 0 if message.kind in SESSIONLESS else session
    block: bytes = cobs.encode(body + CHECK.pack(zlib.crc32(body, start)))
    return block + b"\0"


def unpack(block: bytes, session: int) -> Message:
    """The message in `block`, which has no zero at its end; LinkError if it is none of this session."""
    try:
        body = cobs.decode(block)
    except cobs.DecodeError as error:
        raise LinkError(f"message of {len(block)} bytes: expected COBS, found that {error}") from None
    if len(body) < HEAD.size + CHECK.size:
        raise LinkError(f"message: expected {HEAD.size + CHECK.size} bytes at least, found {len(body)}")
    kind, sequence = HEAD.unpack_from(body)
    expected = zlib.crc32(body[: -CHECK.size], 0 if kind in SESSIONLESS else session)
    (found,) = CHECK.unpack(body[-CHECK.size :])
    if expected != found:
        raise LinkError(f"message of type {kind}: expected the check {expected:08x}, found {found:08x}")
    if kind not in set(Kind):
        raise LinkError(f"message: expected a known type, found {kind}")
    return Message(Kind(kind), sequence, body[HEAD.size : -CHECK.size])


def frames(first: int, samples: Array) -> bytes:
    """The payload of FRAMES; samples [n, *shape] in the input's container, little-endian."""
    return FRAMES.pack(first & 0xFFFFFFFF) + samples.tobytes()


def hello(payload: bytes) -> Hello:
    """What HELLO of a device says; LinkError for another protocol."""
    if payload[:1] != bytes([PROTOCOL]):
        raise LinkError(f"HELLO: expected the link's protocol {PROTOCOL}, found {payload[:1].hex() or 'none'}")
    fields = _fields(HELLO, payload, "HELLO")
    protocol, flags, channels, session, digest, frequency, clock, most, window, sample = fields
    target = payload[HELLO.size :].decode("ascii", "replace")
    return Hello(
        protocol, flags, channels, session, digest.hex(), frequency / 1000, clock, most, window, sample, target
    )


def events(payload: bytes) -> Events:
    """What EVENTS says; LinkError for a part of a record."""
    taken, done = _fields(EVENTS, payload, "EVENTS")
    if (len(payload) - EVENTS.size) % RECORD.itemsize:
        raise LinkError(f"EVENTS: expected whole records of {RECORD.itemsize} bytes, found {len(payload)} in all")
    return Events(taken, done, np.frombuffer(payload, RECORD, offset=EVENTS.size))


def values(payload: bytes) -> Values:
    """What TRACE of a device says."""
    node, offset, frame = _fields(TRACE, payload, "TRACE")
    return Values(node, offset, frame, payload[TRACE.size :])


def stats(payload: bytes) -> Stats:
    """What STATS of a device says."""
    return Stats(*_fields(STATS, payload, "STATS"))


def error(payload: bytes) -> str:
    """What ERROR says, in words."""
    code, expected, found = _fields(ERROR, payload, "ERROR")
    return ERRORS.get(code, "error {code}: expected {expected}, found {found}").format(
        code=code, expected=expected, found=found
    )


def _fields(layout: struct.Struct, payload: bytes, name: str) -> tuple[Any, ...]:
    if len(payload) < layout.size:
        raise LinkError(f"{name}: expected {layout.size} bytes at least, found {len(payload)}")
    return layout.unpack_from(payload)
