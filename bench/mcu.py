"""Layers and the demo network on every microcontroller that QEMU has: instructions a sample, memory, and equality."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import record
from recorded import raw_frames
from shapes import SHAPES, Shape, graph_of, recorded_int8
from windowed import WHOLE, windowed

import edgesort
from edgesort.fixed import Array
from edgesort.graph import Graph
from edgesort.share import share
from edgesort.targets.c import EMULATED, duty, realtime
from edgesort.targets.c.count import MODEL as MODEL_ITSELF
from edgesort.targets.c.count import Counts, count
from edgesort.targets.c.machines import Machine
from edgesort.targets.c.steps import steps
from edgesort.verify import compare

FRAMES = 2_000  # that a layer is counted and verified on
SECONDS = 60.0  # of recording that the demo network is counted and verified on
WINDOWS = 300  # frames that streaming and fixed windows are counted on
STATED = {"cortex-m4": 0, "cortex-m55": 1}  # the cores for which there are goals and figures of CMSIS-NN
GATE = 4  # times the noise
MODEL, NETWORK = "cnn_sorter", ("conv1_window", "head_act")


def measure(frames: int = FRAMES, seconds: float = SECONDS, windows: int = WINDOWS) -> list[dict[str, Any]]:
    """A row for each layer on each core, and for the demo network on each machine: as it is, in fixed windows
    and behind a gate."""
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        jobs = [pool.submit(_shape, shape, machine, frames) for shape in SHAPES for machine in EMULATED]
        jobs += [pool.submit(_model, machine, seconds) for machine in EMULATED]
        jobs += [pool.submit(_windows, machine, windows) for machine in EMULATED]
        jobs += [pool.submit(_gated, machine, seconds) for machine in EMULATED]
        return [job.result() for job in jobs]


@contextmanager
def _built(graph: Graph, machine: Machine) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The folder of a build, and what it costs."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        machine.emit(graph, out)
        yield out, machine.build(graph, out)


def _counts(graph: Graph, machine: Machine, out: Path, frames: Array) -> tuple[Counts, int]:
    return count(machine.program(graph, out), machine.core.prefix, machine.core.cpu, frames)


def _exact(graph: Graph, machine: Machine, out: Path, frames: Array) -> dict[str, Any]:
    (executor,) = machine.executors(graph, out)
    verdict = compare(graph, executor, frames)
    return {"exact": verdict.equal, "frames_checked": verdict.frames}


def _macs(graph: Graph) -> int:
    return sum(node.op.macs(*graph.ins(node)) for node in graph.nodes)


def _shape(shape: Shape, machine: Machine, count: int) -> dict[str, Any]:
    """The layer's own kernels, what they call included, a MAC; and all of model_push: its copies and events, too."""
    frames = recorded_int8(shape.channels, count)
    graph, core = graph_of(shape, frames), machine.core.cpu
    macs = _macs(graph) or shape.channels**2  # a Lif's are sums of weights
    with _built(graph, machine) as (out, costs):
        found, _ = _counts(graph, machine, out, frames)
        kernels = [step.kernel for step in steps(graph, machine.features)]
        own = {name: sums for name, sums in found.kernels.items() if name != MODEL_ITSELF}
        inlined = [kernel for kernel in kernels if not any(name.startswith(f"es_{kernel}") for name in own)]
        assert not inlined, f"expected kernels that are functions, found {inlined} inlined into model.c's own"
        instructions, cycles = (sum(part) / found.calls for part in zip(*own.values(), strict=True))
        return {
            "shape": shape.name,
            "core": core,
            "macs": macs,
            "instructions_per_mac": round(instructions / macs, 2),
            "goal": shape.goal[STATED[core]] if shape.goal and core in STATED else None,
            "cmsis_nn": shape.cmsis_nn[STATED[core]] if shape.cmsis_nn and core in STATED else None,
            "cycles_per_mac_estimate": None if found.cycles is None else round(cycles / macs, 2),
            "layer_instructions": round(instructions, 1),
            "push_instructions": round(found.instructions / found.calls, 1),
            "kernels": ", ".join(kernels),
            "flash_bytes": costs["flash_bytes"],
            "ram_bytes": costs["ram_bytes"],
            **_exact(graph, machine, out, frames),
        }


def _model(machine: Machine, seconds: float) -> dict[str, Any]:
    graph = edgesort.load(share("models", MODEL, "model.onnx"))
    frames = raw_frames(graph, seconds)
    with _built(graph, machine) as (out, costs):
        found, used = _counts(graph, machine, out, frames)
        timing = realtime.costs(found, graph, machine.part)
        return {
            "model": MODEL,
            "machine": machine.name,
            "core": machine.core.cpu,
            "macs_per_sample": _macs(graph),
            **timing,
            "instructions_per_mac": round(timing["instructions_per_sample"] / _macs(graph), 2),
            **costs,
            "stack_used_bytes": used,
            **_exact(graph, machine, out, frames),
        }


def _windows(machine: Machine, count: int) -> dict[str, Any]:
    """The same outputs from a line buffer a layer, and from a whole window a sample."""
    streaming = edgesort.load(share("models", MODEL, "model.onnx"))
    fixed = windowed(streaming, *NETWORK)
    frames = raw_frames(streaming, count / streaming.sampling_frequency)
    filled = streaming.receptive_field
    ends = [graph.run(graph.initial_state(), frames)[1][NETWORK[1]][filled:] for graph in (streaming, fixed)]
    assert len(ends[0]) and (ends[0] == ends[1]).all(), "expected the same outputs, found others"
    counted, exact = [], []
    for graph in (streaming, fixed):
        with _built(graph, machine) as (out, _):
            counted.append(_counts(graph, machine, out, frames)[0].instructions / count)
            exact.append(_exact(graph, machine, out, frames)["exact"])
    return {
        "network": MODEL,
        "machine": machine.name,
        "core": machine.core.cpu,
        "window_samples": fixed.streams[WHOLE].size,
        "streaming_macs": _macs(streaming),
        "windowed_macs": _macs(fixed),
        "streaming_instructions": round(counted[0], 1),
        "windowed_instructions": round(counted[1], 1),
        "ratio": round(counted[1] / counted[0], 2),
        "exact": all(exact),
        "frames_checked": count,
    }


def _gated(machine: Machine, seconds: float) -> dict[str, Any]:
    """The demo network behind a gate, beside itself without one: what a sample takes, mean and worst."""
    plain = edgesort.load(share("models", MODEL, "model.onnx"))
    frames = raw_frames(plain, seconds)
    gated = edgesort.gate(plain, GATE, frames)
    with _built(plain, machine) as (out, _):
        without, _ = _counts(plain, machine, out, frames)
    with _built(gated, machine) as (out, _):
        found, _ = _counts(gated, machine, out, frames)
        return {
            "gated": MODEL,
            "machine": machine.name,
            "core": machine.core.cpu,
            "gate": f"{GATE} x noise",
            **duty.duty(gated, frames),
            "instructions_gated": round(found.instructions / found.calls, 1),
            "instructions_without": round(without.instructions / without.calls, 1),
            "worst_gated": found.instructions_worst,
            "worst_without": without.instructions_worst,
            **_exact(gated, machine, out, frames),
        }


if __name__ == "__main__":
    record.main("mcu", measure, __doc__ or "")
