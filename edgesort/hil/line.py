"""A line of bytes to a device: a serial port, a socket, or two pipes."""

from __future__ import annotations

import os
import select
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import serial

from edgesort.hil.errors import LineLost

BAUD = 1_000_000
PIECE = 1 << 16
WRITE_S = 5.0  # without progress, after which a line is taken as lost
START_S = 20.0  # in which a simulated device has to listen


class Line(Protocol):
    """Bytes to and from a device."""

    def read(self, timeout: float) -> bytes:
        """What came; waits at most `timeout` seconds for the first byte, and then returns none. LineLost at its end."""

    def write(self, data: bytes) -> None:
        """All of `data`; LineLost if the other end takes none for long."""

    def close(self) -> None:
        """Let go of it."""


@dataclass(frozen=True)
class Descriptors:
    """A line through two descriptors, which may be one; writing gives up after WRITE_S seconds without progress."""

    source: int
    sink: int
    close: Callable[[], None]

    def read(self, timeout: float) -> bytes:
        with _lost():
            ready, _, _ = select.select([self.source], [], [], timeout)
            if not ready:
                return b""
            if found := os.read(self.source, PIECE):
                return found
        raise LineLost("line: expected bytes, found its end")

    def write(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            with _lost():
                _, ready, _ = select.select([], [self.sink], [], WRITE_S)
                rest = rest[os.write(self.sink, rest) :] if ready else rest
            if not ready:
                raise LineLost(f"line: expected that {len(rest)} bytes are taken within {WRITE_S:g} s, found none")


Connect = Callable[[], Line]


def open_line(url: str) -> Line:
    """A serial port or a socket; LineLost for a URL that nobody can open."""
    if url.startswith("socket://"):
        host, _, port = url.removeprefix("socket://").rpartition(":")
        if not port.isdecimal():
            raise LineLost(f"{url}: expected socket://HOST:PORT, found no port")
        return socket_line(host, int(port))
    path, _, baud = url.partition("?baud=")
    try:
        port = serial.serial_for_url(path, baudrate=int(baud or BAUD), timeout=0)
        return Descriptors(port.fileno(), port.fileno(), port.close)
    except (ValueError, OSError) as error:
        raise LineLost(f"{url}: expected a serial port, found {error}") from None


def socket_line(host: str, port: int) -> Line:
    """A connection over TCP; LineLost if nobody listens."""
    try:
        made = socket.create_connection((host, port), timeout=START_S)
    except OSError as error:
        raise LineLost(f"socket://{host}:{port}: expected a device, found {error}") from None
    made.setblocking(False)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Descriptors(made.fileno(), made.fileno(), made.close)


@contextmanager
def _lost() -> Iterator[None]:
    try:
        yield
    except BlockingIOError:
        pass
    except (OSError, ValueError) as error:  # ValueError: a descriptor that was closed
        if isinstance(error, LineLost):
            raise
        raise LineLost(f"line: expected it open, found {error}") from None
