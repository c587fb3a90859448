"""The shipped models on emulated microcontrollers: instructions a sample on recorded data, and memory."""

from __future__ import annotations

from typing import Any

import record
from recorded import built

MODELS = ("cnn_sorter",)
MACHINES = ("mps2-an386",)
SECONDS = 5.0


def measure() -> list[dict[str, Any]]:
    """One row for each model on each machine."""
    return [_row(model, machine) for model in MODELS for machine in MACHINES]


def _row(model: str, machine: str) -> dict[str, Any]:
    build, (verdict,) = built(model, machine, SECONDS)
    graph = build.graph
    macs = sum(node.op.macs(*graph.ins(node)) for node in graph.nodes)
    costs = build.manifest["costs"]
    return {
        "model": model,
        "machine": machine,
        "macs_per_sample": macs,
        "instructions_per_sample": costs["instructions_per_sample"],
        "instructions_per_sample_worst": costs["instructions_per_sample_worst"],
        "instructions_per_mac": round(costs["instructions_per_sample"] / macs, 2),
        "flash_bytes": costs["flash_bytes"],
        "ram_bytes": costs["ram_bytes"],
        "stack_bytes": costs["stack_used_bytes"],
        "exact": verdict.equal,
        "frames_checked": verdict.frames,
    }


if __name__ == "__main__":
    record.main("mcu", measure, __doc__ or "")
