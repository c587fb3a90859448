"""The shipped models on FPGA boards with open tools: area, clock, cycles, latency; checked on recorded data."""

from __future__ import annotations

from typing import Any

import record
from recorded import built

MODELS = ("cnn_sorter",)
BOARDS = ("icebreaker",)
SECONDS = 2.0


def measure() -> list[dict[str, Any]]:
    """One row for each design on each board."""
    return [_row(model, board) for model in MODELS for board in BOARDS]


def _row(model: str, board: str) -> dict[str, Any]:
    build, verdicts = built(model, board, SECONDS)
    graph = build.graph
    costs = build.manifest["costs"]
    return {
        "design": model,
        "device": board,
        "channels": graph.input[1].size,
        "sampling_frequency": graph.sampling_frequency,
        **{key: costs[key] for key in KEYS},
        "build_s": build.manifest["build_s"],
        "exact": all(v.equal for v in verdicts),
        "frames_checked": {v.name: v.frames for v in verdicts},
    }


KEYS = (
    "lut4",
    "ff",
    "ebr",
    "spram",
    "dsp",
    "fmax_mhz",
    "clock_mhz",
    "cycles_per_frame",
    "mac_utilisation",
    "latency_us",
)

if __name__ == "__main__":
    record.main("fpga", measure, __doc__ or "")
