"""Faults on a line, at random: to see that a device, or a program of one's own, notices every one."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from edgesort.hil.errors import LineLost
from edgesort.hil.line import Line

KINDS = ("drop", "flip", "repeat", "split", "swap", "stall", "hang", "disconnect", "reset")
MOST_BYTES = 8  # that one fault drops, repeats or exchanges
STALL_S, SPLIT_S = 0.02, 0.002


class Faults:
    """Between a host and a device: about one fault in `every` pieces of bytes that pass, until `most` happened.

    drop, flip, repeat, swap: bytes that are lost, have a wrong bit, come twice, or change places. split: a piece in
    two. stall, hang: nothing passes for a moment, or for `hang_s` and is lost. disconnect: the line is lost. reset:
    calls `reset`, which has to reset the device. happened: how many of each kind.
    """

    def __init__(
        self,
        seed: int,
        every: int = 20,
        most: int = 10,
        reset: Callable[[], None] | None = None,
        hang_s: float = 0.3,
    ) -> None:
        self.rng = np.random.default_rng(seed)
        self.every, self.most, self.hang_s = every, most, hang_s
        self.reset = reset or (lambda: None)
        self.kinds = KINDS if reset else tuple(kind for kind in KINDS if kind != "reset")
        self.happened = dict.fromkeys(KINDS, 0)
        self.mute_until = 0.0

    def between(self, line: Line) -> Line:
        """The line, with faults."""
        return _Faulty(line, self)

    def fault(self) -> str | None:
        """A kind of fault, or None: all is well."""
        if sum(self.happened.values()) >= self.most or self.rng.random() > 1 / self.every:
            return None
        kind = self.kinds[self.rng.integers(len(self.kinds))]
        self.happened[kind] += 1
        return kind

    def spoil(self, kind: str, piece: bytes) -> bytes:
        """The bytes that arrive in their place; LineLost if none ever will."""
        if kind == "hang":
            self.mute_until = time.monotonic() + self.hang_s
        if kind == "stall":
            time.sleep(STALL_S)
        if kind == "reset":
            self.reset()
        if kind == "disconnect":
            raise LineLost("line: the cable was pulled")
        data, k, n = bytearray(piece), int(self.rng.integers(len(piece))), int(self.rng.integers(1, MOST_BYTES + 1))
        if kind == "drop":
            del data[k : k + n]
        if kind == "flip":
            data[k] ^= 1 << int(self.rng.integers(8))
        if kind == "repeat":
            data[k:k] = data[k : k + n]
        if kind == "swap":
            data[k : k + 2 * n] = data[k + n : k + 2 * n] + data[k : k + n]
        return bytes(data)

    def halves(self, data: bytes) -> tuple[bytes, bytes]:
        """A piece in two."""
        k = int(self.rng.integers(len(data)))
        return data[:k], data[k:]


@dataclass
class _Faulty:
    """A line whose bytes go through `faults`. kept: came, and was held back."""

    line: Line
    faults: Faults
    kept: bytes = b""

    def close(self) -> None:
        self.line.close()

    def read(self, timeout: float) -> bytes:
        kept, self.kept = self.kept, b""
        if kept:
            return kept
        data = self.line.read(timeout)
        if time.monotonic() < self.faults.mute_until:
            return b""
        kind = self.faults.fault() if data else None
        if kind == "split":
            data, self.kept = self.faults.halves(data)
            return data
        return self.faults.spoil(kind, data) if kind else data

    def write(self, data: bytes) -> None:
        kind = self.faults.fault()
        if kind == "split":
            first, data = self.faults.halves(data)
            self.line.write(first)
            time.sleep(SPLIT_S)
        elif kind:
            data = self.faults.spoil(kind, data)
        if time.monotonic() >= self.faults.mute_until:
            self.line.write(data)
