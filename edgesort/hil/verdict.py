"""What came of a recording's way through a device: equal or not, on which frames, how fast."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from edgesort.hil.message import Stats
from edgesort.verify import Mismatch

SILENT = "no event on either side, so little was compared: take a recording with spikes, or --trace"
FEW = 8  # of what a line names one by one


@dataclass(frozen=True)
class Unchecked:
    """Frames first to last that were on their way when the link had a fault."""

    first: int
    last: int
    fault: str


@dataclass(frozen=True)
class Streamed:
    """frames: asked for; checked: whose events were compared and equal; values: of the traced `nodes`.

    cause: the first value that differs, where only an event's was known before the device traced its nodes.
    latency_ms: percentiles, from the last byte of a message of frames to the answer.
    """

    link: str
    target: str
    graph: str
    frames: int
    checked: int
    events: int
    values: int
    nodes: tuple[str, ...]
    mismatch: Mismatch | None
    cause: Mismatch | None
    unchecked: tuple[Unchecked, ...]
    sessions: int
    seconds: float
    latency_ms: dict[str, float]
    stats: Stats | None

    @property
    def equal(self) -> bool:
        """True only if every frame that was asked for was compared, and nothing differed."""
        return self.mismatch is None and self.checked == self.frames > 0

    @property
    def verdict(self) -> str:
        """One line."""
        if self.mismatch is not None:
            cause = f"; it begins in {self.cause}" if self.cause else ""
            return f"NOT EQUAL: {self.mismatch}{cause}"
        if self.equal:
            return f"EQUAL: {self.frames} frames, {self.events} events"
        parts = ", ".join(f"{one.first} to {one.last}" for one in self.unchecked[:FEW])
        more = f" and {len(self.unchecked) - FEW} more" if len(self.unchecked) > FEW else ""
        return f"INCOMPLETE: equal on {self.checked} of {self.frames} frames; not checked: frames {parts}{more}"

    def text(self) -> str:
        """What a person reads."""
        late = ", ".join(f"{name} {ms:g} ms" for name, ms in self.latency_ms.items())
        lines = [f"{self.link}  {self.target}  graph {self.graph[:16]}"]
        lines += [f"fault at frame {one.last + 1}: {one.fault}" for one in self.unchecked[:FEW]]
        lines += [f"values compared in {', '.join(self.nodes)}: {self.values:,}"] if self.nodes else []
        lines += [f"{self.frames_per_second:,.0f} frames/s; message to answer: {late}"]
        lines += [SILENT] if self.equal and not self.events and not self.values else []
        return "\n".join([*lines, self.verdict])

    @property
    def frames_per_second(self) -> float:
        """On this computer's clock."""
        return round(self.checked / self.seconds, 1) if self.seconds else 0.0

    def to_json(self) -> dict[str, Any]:
        more = {"frames_per_second": self.frames_per_second, **asdict(self)}
        return {"equal": self.equal, "verdict": self.verdict, **more}
