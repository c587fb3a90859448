"""Networks on FPGA boards with open tools: area, clock, cycles, latency, power (an estimate); proven on recorded data.

--only ROW measures that part alone: the name of a design, `channels` or `distributed`; the other rows stay as they are.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import channel_curve
import distributed
import numpy as np
import record
from designs import cnn_sorter, detector, recurrent
from recorded import raw_frames

import edgesort
from edgesort.fixed import Array
from edgesort.graph import Graph
from edgesort.passes.channels import channels
from edgesort.targets.target import DEFAULTS, BuildError, Options
from edgesort.verify import Verdict

SECONDS = {"rtl": 2.0, "netlist": 0.2}  # of each channel's share: of the recording, divided by the channels
Row = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A design on a board, whose serial line is in it."""

    design: str
    make: Callable[[], Graph]
    device: str
    channels: int = 1
    sampling_frequency: float | None = None
    options: Options = DEFAULTS

    def graph(self) -> Graph:
        graph = channels(self.make(), self.channels)
        return replace(graph, sampling_frequency=self.sampling_frequency or graph.sampling_frequency)


CASES = (
    Case("cnn_sorter", cnn_sorter, "icebreaker"),
    Case("cnn_sorter, 24 MHz", cnn_sorter, "icebreaker", options=Options(clock=24e6)),
    Case("cnn_sorter, least energy", cnn_sorter, "icebreaker", options=Options(least="energy")),
    Case("cnn_sorter 16 channels", cnn_sorter, "icebreaker", 16, 20e3),
    Case("detector 64 channels", detector, "ulx3s", 64, 30e3),
    Case("recurrent, 64 LIF", recurrent, "icebreaker", options=Options(clock=22.5e6)),
)
KEYS = (
    *("lut4", "ff", "ebr", "spram", "dsp", "fmax_mhz", "clock_mhz", "cycles_per_frame", "mac_utilisation"),
    *("latency_us", "power_mw_estimate"),
)


def measure(only: str | None = None) -> list[Row]:
    """One row for each design on its board; of each layer by distributed arithmetic; of each number of channels."""
    jobs: dict[str, Callable[[], list[Row]]] = {case.design: lambda case=case: [_row(case)] for case in CASES}
    jobs |= {"distributed": distributed.measure, "channels": channel_curve.measure}
    if only is not None and only not in jobs:
        raise SystemExit(f"--only: expected one of {', '.join(jobs)}, found {only}")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        made = pool.map(lambda job: job(), [job for name, job in jobs.items() if only in (None, name)])
        return [row for rows in made for row in rows]


def _row(case: Case) -> Row:
    graph = case.graph()
    row: Row = {
        "design": case.design,
        "device": case.device,
        "channels": case.channels,
        "sampling_frequency": graph.sampling_frequency,
    }
    samples = recorded(graph)
    with tempfile.TemporaryDirectory() as folder:
        try:
            out, vectors = Path(folder) / "build", {"raw N1 files": samples}
            build = edgesort.compile(graph, case.device, out, vectors=vectors, options=case.options)
        except BuildError as error:
            return row | {"short_of": str(error)}
        verdicts = {name: _verdict(build, name, samples, seconds) for name, seconds in SECONDS.items()}
    costs = build.manifest["costs"]
    return row | {
        **{key: costs.get(key) for key in KEYS},
        "build_s": build.manifest["build_s"],
        "exact": all(verdict.equal for verdict in verdicts.values()),
        **{f"exact_{name}": verdict.equal for name, verdict in verdicts.items()},
        "frames_checked": {name: verdict.frames for name, verdict in verdicts.items()},
    }


def _verdict(build: edgesort.Build, executor: str, samples: Array, seconds: float) -> Verdict:
    count = round(seconds * build.graph.sampling_frequency / samples.shape[1])
    (verdict,) = edgesort.verify(build, samples[:count], (executor,))
    return verdict


def recorded(graph: Graph) -> Array:
    """Raw N1 samples for each channel of a graph: one recording cut in as many pieces, int16 [T, channels]."""
    width = graph.input[1].size
    samples = raw_frames(cnn_sorter(), SECONDS["rtl"])
    return np.ascontiguousarray(samples[: len(samples) // width * width].reshape(width, -1).T)


if __name__ == "__main__":
    record.main("fpga", measure, __doc__ or "", ("design", "device", "layer", "channels"))
