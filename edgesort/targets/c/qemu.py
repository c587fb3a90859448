"""Run a build for mps2-an386 in QEMU: its trace, and the instructions that a sample takes."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from edgesort.fixed import Array
from edgesort.graph import Graph, Values
from edgesort.targets.c.build import Part, tool
from edgesort.targets.c.run import head, read_trace, samples
from edgesort.targets.target import BuildError

INSTRUCTIONS_A_TICK = 40  # -icount shift=0 takes 1 ns an instruction; the timer ticks at 25 MHz


def run_qemu(graph: Graph, out: Path, frames: Array, timeout: float | None = None) -> Iterator[Values]:
    """Every node's values of the firmware in `out`. timeout: seconds, by default a minute and 2 ms a frame."""
    with _firmware(graph, out, frames, "trace", timeout) as work, (work / "trace.bin").open("rb") as trace:
        yield from read_trace(graph, trace)


def instructions(graph: Graph, out: Path, frames: Array, part: Part, timeout: float | None = None) -> dict[str, Any]:
    """Instructions that model_push takes for each of these frames, the mean and the worst, counted by QEMU.

    Instructions are not cycles. instructions_per_sample_available: how many a core that takes one cycle an
    instruction has from one sample to the next, at the part's clock. The worst one is known to 40
    instructions. stack_used_bytes: the deepest stack since reset.
    """
    with _firmware(graph, out, frames, "count", timeout) as work:
        count, ticks, worst, stack = np.fromfile(work / "count.bin", "<u8").tolist()
    if count != len(frames) or not count:
        raise BuildError(f"qemu: expected a count of {len(frames)} frames, found {count}")
    mean = ticks * INSTRUCTIONS_A_TICK / count
    return {
        "instructions_per_sample": round(mean, 1),
        "instructions_per_sample_available": int(part.clock / graph.sampling_frequency),
        "instructions_per_sample_worst": worst * INSTRUCTIONS_A_TICK,
        "stack_used_bytes": stack,
    }


@contextmanager
def _firmware(graph: Graph, out: Path, frames: Array, mode: str, timeout: float | None) -> Iterator[Path]:
    """The folder in which the firmware has run on these frames to its end."""
    program = tool("qemu-system-arm", "run a Cortex-M4", "qemu-system-arm")
    limit = 60 + 2e-3 * len(frames) if timeout is None else timeout
    command = [program, "-M", "mps2-an386", "-display", "none", "-monitor", "none", "-serial", "stdio"]
    command += [
        "-semihosting-config",
        f"enable=on,target=native,arg={mode}",
        "-kernel",
        str((out / "model.elf").resolve()),
    ]
    command += ["-icount", "shift=0"] if mode == "count" else []
    with TemporaryDirectory() as work:
        samples(graph, frames).tofile(Path(work, "frames.bin"))
        try:
            done = subprocess.run(
                command, cwd=work, stdin=subprocess.DEVNULL, capture_output=True, timeout=limit, check=False
            )
        except subprocess.TimeoutExpired:
            raise BuildError(f"qemu {mode}: expected {len(frames)} frames within {limit:g} s, killed it") from None
        if done.returncode or not done.stdout.startswith(head(graph)):
            said = (done.stdout + done.stderr).decode(errors="replace").strip()
            raise BuildError(f"qemu {mode}: expected {head(graph)!r} and exit code 0, found {done.returncode}: {said}")
        yield Path(work)
