"""Can the part keep up: the worst sample against the cycles from one sample to the next."""

from __future__ import annotations

from typing import Any

from edgesort.graph import Graph
from edgesort.targets.c.build import Part
from edgesort.targets.c.count import Counts
from edgesort.targets.target import BuildError

ESTIMATE, INSTRUCTIONS = "cycles estimated from the core's timing table", "instructions, taken as a cycle each"


def costs(counts: Counts, graph: Graph, part: Part) -> dict[str, Any]:
    """What a sample takes, mean and worst, beside the cycles that the part has for it.

    Instructions are counted. Cycles are an estimate, None for a core without a published timing table; the judgement
    is then on instructions, and real_time_by says so. margin_percent: of the available cycles, what the worst sample
    leaves; below 0, the part cannot keep up.
    """
    available = part.clock / graph.sampling_frequency
    worst = counts.instructions_worst if counts.cycles_worst is None else counts.cycles_worst
    return {
        "instructions_per_sample": round(counts.instructions / counts.calls, 1),
        "instructions_per_sample_worst": counts.instructions_worst,
        "cycles_per_sample_estimate": None if counts.cycles is None else round(counts.cycles / counts.calls, 1),
        "cycles_per_sample_estimate_worst": counts.cycles_worst,
        "clock_mhz": part.clock / 1e6,
        "cycles_per_sample_available": int(available),
        "margin_percent": round(100 * (1 - worst / available), 1),
        "real_time": worst <= available,
        "real_time_by": INSTRUCTIONS if counts.cycles is None else ESTIMATE,
    }


def judge(name: str, part: Part, rate: float, found: dict[str, Any]) -> None:
    """BuildError with the figures if the part cannot keep up. rate: samples a second. found: see `costs`."""
    if found["real_time"]:
        return
    estimate = found["cycles_per_sample_estimate_worst"]
    worst = found["instructions_per_sample_worst"] if estimate is None else estimate
    raise BuildError(
        f"{name} on {part.name}: expected at most {found['cycles_per_sample_available']} cycles a sample "
        f"({found['clock_mhz']:g} MHz, {rate:g} samples/s), found {worst} in the worst ({found['real_time_by']}); "
        "use a smaller network, a lower sampling frequency, a higher --clock or a larger part, "
        "or --allow-overrun to build it all the same"
    )
