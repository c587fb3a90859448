"""Percentiles of any number of times in little memory: counted in steps of 1 %."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from math import floor, log

PERCENTILES = (50, 90, 99)
STEP = 1.01


@dataclass
class Latencies:
    """Seconds. most: the longest, exactly."""

    counts: Counter[int] = field(default_factory=Counter)
    most: float = 0.0

    def add(self, seconds: float) -> None:
        """One more."""
        self.counts[floor(log(max(seconds, 1e-9)) / log(STEP))] += 1
        self.most = max(self.most, seconds)

    def milliseconds(self) -> dict[str, float]:
        """{"p50", "p90", "p99"}: within a step, no less than the true ones; {"most"}; empty if nothing was added."""
        total, seen, found = self.counts.total(), 0, dict[str, float]()
        for step, count in sorted(self.counts.items()):
            seen += count
            reached = [p for p in PERCENTILES if f"p{p}" not in found and 100 * seen >= p * total]
            found |= {f"p{p}": round(1e3 * min(STEP ** (step + 1), self.most), 3) for p in reached}
        return found | ({"most": round(1e3 * self.most, 3)} if total else {})
