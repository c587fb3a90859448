"""What a NIR file does not say: the samples' type and rate, the time step, and how the membrane is a number."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from edgesort.fixed import Int
from edgesort.frontends.errors import ModelError

DT = 1e-4  # seconds a step in the files that snnTorch, and most others, write
PREFIX = "edgesort_"  # of what edgesort writes into a NIR file's metadata
RESETS = ("subtract", "zero")


@dataclass(frozen=True)
class Terms:
    """None: not said. What the caller says goes before what edgesort wrote into the file's metadata.

    sampling_frequency: frames a second, in Hz. samples: the input's type; u1 is spikes, i16*2^-10 is integers of 16
    bits in units of 2^-10. membrane: its type, whose exponent is the grid that the membrane lives on; may be left out
    where there is no LIF. dt: seconds a step that the writer had in mind, 1e-4 unless said. reset: how the network was
    trained, "subtract" unless said. snap: bits of the weights; with it everything off the grid goes to the nearest
    value on it, and the graph's provenance says what that cost.
    """

    sampling_frequency: float | None = None
    samples: Int | None = None
    membrane: Int | None = None
    dt: float | None = None
    reset: str | None = None
    snap: int | None = None

    def __post_init__(self) -> None:
        if self.sampling_frequency is not None and not 0 < self.sampling_frequency < 1e9:
            raise ModelError(f"terms: expected a sampling_frequency of 0 to 1e9 Hz, found {self.sampling_frequency:g}")
        if self.samples is not None and self.samples.bits > 31 + self.samples.signed:
            raise ModelError(f"terms: expected samples of i32 or u31 at most, found {self.samples}")
        if self.membrane is not None and not (self.membrane.signed and 2 <= self.membrane.bits <= 32):
            raise ModelError(f"terms: expected a signed membrane of 2 to 32 bits, found {self.membrane}")
        if self.dt is not None and not 0 < self.dt < 1e3:
            raise ModelError(f"terms: expected dt above 0 and below 1000 s, found {self.dt:g}")
        if self.reset not in (None, *RESETS):
            raise ModelError(f"terms: expected reset of {' or '.join(RESETS)}, found {self.reset}")
        if self.snap is not None and not 2 <= self.snap <= 16:
            raise ModelError(f"terms: expected snap of 2 to 16 bits, found {self.snap}")

    @staticmethod
    def parse(texts: Iterable[str]) -> Terms:
        """From a command line: samples=u1 membrane=i24*2^-8 sampling_frequency=30000 ..."""
        pairs = {name: value for name, _, value in (text.partition("=") for text in texts)}
        unknown = set(pairs) - {f.name for f in fields(Terms)}
        if unknown:
            names = ", ".join(f.name for f in fields(Terms))
            raise ModelError(f"terms: expected NAME=VALUE with a name of {names}, found {min(unknown)}")
        return Terms.of(pairs)

    @staticmethod
    def of(texts: Mapping[str, Any]) -> Terms:
        """The terms among these texts; others are left alone."""
        readers: dict[str, Callable[[Any], Any]] = {"samples": integer, "membrane": integer, "reset": str, "snap": int}
        found: dict[str, Any] = {}
        for name in (f.name for f in fields(Terms) if f.name in texts):
            try:
                found[name] = readers.get(name, float)(texts[name])
            except (ValueError, TypeError):
                raise ModelError(f"terms: expected a value for {name}, found {str(texts[name])[:40]!r}") from None
        return Terms(**found)

    def over(self, other: Terms) -> Terms:
        """These terms, and the other's where these do not say."""
        own = {f.name: getattr(self, f.name) for f in fields(self)}
        return Terms(**{name: getattr(other, name) if value is None else value for name, value in own.items()})


def integer(text: str) -> Int:
    """The type that str(Int) writes: u1, i16, i24*2^-8."""
    match = re.fullmatch(r"([iu])(\d{1,2})(?:\*2\^(-?\d{1,3}))?", str(text))
    if match is None or not 1 <= int(match[2]) <= 32 or abs(int(match[3] or 0)) > 64:
        raise ModelError(f"terms: expected a type such as u1, i16 or i24*2^-8, found {str(text)[:40]!r}")
    return Int(int(match[2]), match[1] == "i", int(match[3] or 0))


def said(node: object) -> dict[str, str]:
    """What edgesort wrote into a NIR node's metadata."""
    metadata = node.get("metadata") if isinstance(node, dict) else None
    found = metadata if isinstance(metadata, dict) else {}
    return {name.removeprefix(PREFIX): str(value) for name, value in found.items() if name.startswith(PREFIX)}
