"""Devices that this computer plays: a process with the link on its standard input and output, or on a port."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

from edgesort.hil.errors import LineLost
from edgesort.hil.line import START_S, Descriptors, Line, socket_line
from edgesort.targets.target import Simulation


class Player(Protocol):
    """A device that this computer plays; called, it is a Connect."""

    def __call__(self) -> Line:
        """A new line to it."""

    def reset(self) -> None:
        """Press its button: it starts anew, without a word."""

    def end(self) -> None:
        """Let go of it, and of its line."""


@contextmanager
def simulated(made: Simulation) -> Iterator[Player]:
    """A device that this computer plays; it ends with the context."""
    player = _Piped(made) if made.port is None else _Listening(made)
    try:
        yield player
    finally:
        player.end()


class _Piped:
    """A process for each connection: what ends with the line begins anew with the next one."""

    def __init__(self, made: Simulation) -> None:
        self.command = made.command
        self.process: subprocess.Popen[bytes] | None = None

    def __call__(self) -> Line:
        self.end()
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        source, sink = self.process.stdout, self.process.stdin
        assert source is not None and sink is not None
        return Descriptors(source.fileno(), sink.fileno(), lambda: None)

    def reset(self) -> None:
        if self.process is not None:
            self.process.kill()

    def end(self) -> None:
        if self.process is not None:
            _end(self.process)


class _Listening:
    """One process, on whose port one connection follows the other. A process that waits for its input's end has one."""

    def __init__(self, made: Simulation) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(made.command, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT)
        self.word = made.reset
        self.port = made.port

    def __call__(self) -> Line:
        self.port = self.port or _announced(self.process)
        return _patient(self.process, self.port)

    def reset(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(self.word)
        self.process.stdin.flush()

    def end(self) -> None:
        _end(self.process)


def _announced(process: subprocess.Popen[bytes]) -> int:
    """The port of a program that chooses it and says so."""
    assert process.stdout is not None
    said = process.stdout.readline()
    if said.startswith(b"port "):
        return int(said.split()[1])
    raise LineLost(f"{process.args!r}: expected that it says its port, found {said!r}")


def _patient(process: subprocess.Popen[bytes], port: int) -> Line:
    """A connection to a process that may not listen yet."""
    until = time.monotonic() + START_S
    while True:
        if process.poll() is not None:
            said = process.stdout.read().decode(errors="replace").strip() if process.stdout else ""
            raise LineLost(f"device: expected it to run, found that it ended with {process.returncode}: {said}")
        try:
            return socket_line("127.0.0.1", port)
        except LineLost:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
    process.wait()
