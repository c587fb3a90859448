"""Speed on one core of this machine: the exact reference, the host's C, and the compiler itself."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import record
import spikeinterface.core as si
import torch
from recorded import raw_frames
from threadpoolctl import threadpool_limits

import edgesort
from edgesort.fixed import Array
from edgesort.frontends.qonnx import load
from edgesort.graph import Graph, Op
from edgesort.share import share
from edgesort.sort import save, sort
from edgesort.targets import find
from edgesort.train.export import export
from edgesort.train.frontend import ADC_EXPONENT, highpass
from edgesort.train.network import Network
from edgesort.train.quantizers import conv1d, signed, unsigned
from edgesort.train.recipe import load as recipe
from edgesort.train.timing import Timing

SECONDS = 60.0
CHANNELS, FREQUENCY = 4, 30_000.0  # of the runs that memory is measured on
RUNS = ((60.0, 1 << 14), (30.0, 1 << 14), (60.0, 1 << 16))  # seconds of recording, frames a chunk
Took = tuple[float, float]  # seconds by the clock, and of this process on the processor


class Clock:
    """Runs from when it is made."""

    def __init__(self) -> None:
        self.began = time.perf_counter(), time.process_time()

    def read(self) -> Took:
        return time.perf_counter() - self.began[0], time.process_time() - self.began[1]


def measure() -> list[dict[str, Any]]:
    """One row a job: seconds by the clock and on the processor, times real time, MAC/s, the most memory it has had."""
    path = share("models", "cnn_sorter", "model.onnx")
    graph = edgesort.load(path)
    samples = raw_frames(graph, SECONDS)
    macs = _macs(graph) * len(samples)
    with tempfile.TemporaryDirectory() as folder, threadpool_limits(1):
        clock = Clock()
        save(sort(graph, si.NumpyRecording([samples], graph.sampling_frequency)), Path(folder) / "sorting")
        rows = [_row("sort: the reference, and a SpikeInterface folder", macs, clock.read())]
        clock = Clock()
        build = edgesort.compile(graph, "host", Path(folder) / "host", path)
        rows.append(_row("compile for host, gcc included", 0, clock.read()))
        clock = Clock()
        (executor,) = build.executors()
        values = sum(value.size for piece in executor.run(samples) for value in piece.values())
        rows.append(_row(f"host C, all {values:,} values traced", macs, clock.read()))
        rows.append(_compiled(Path(folder)))
        rows += _chunked(Path(folder), graph)
    return rows


class Large(Network):
    """About 20,000 parameters, the largest that an implant is likely to hold."""

    timing = Timing(history=30 + 14 + 8)

    def __init__(self) -> None:
        super().__init__()
        self.scale = signed(-4)
        self.conv1 = conv1d(CHANNELS, 16, 31, 6)
        self.conv1_act = unsigned(-4)
        self.conv2 = conv1d(16, 32, 15, 6)
        self.conv2_act = unsigned(-4)
        self.conv3 = conv1d(32, 32, 9, 6)
        self.conv3_act = unsigned(-4)
        self.head = conv1d(32, 17, 1, 6)
        self.head_act = unsigned(-4)

    def head_sum(self, x: torch.Tensor) -> Any:
        x = self.conv1_act(self.conv1(self.scale(x)))
        return self.head(self.conv3_act(self.conv3(self.conv2_act(self.conv2(x)))))


def _compiled(folder: Path) -> dict[str, Any]:
    """From a QONNX file to the sources in C and in Verilog, the proof at import included."""
    torch.manual_seed(0)
    network = Large()
    parameters = sum(p.numel() for name, p in network.named_parameters() if name.startswith(("conv", "head.")))
    path = _exported(network, folder, 17, {})
    clock = Clock()
    graph = load(path)
    for target in ("host", "verilog"):
        (folder / target / "sources").mkdir(parents=True)
        find(target).emit(graph, folder / target / "sources")
    return _row(f"QONNX to C and Verilog, {parameters:,} parameters", 0, clock.read())


def _chunked(folder: Path, graph: Graph) -> list[dict[str, Any]]:
    """The vectorised reference of the demo's network for four channels, each run in a process of its own."""
    torch.manual_seed(0)
    network = recipe("cnn_sorter").NETWORK(CHANNELS, len(graph.labels) - 1)
    path = _exported(network, folder, len(graph.labels), {"events": graph.node("events").op})
    count = round(SECONDS * FREQUENCY)
    samples = raw_frames(graph, CHANNELS * count / graph.sampling_frequency)[: CHANNELS * count]
    samples.reshape(CHANNELS, count).T.tofile(folder / "samples")
    rows = []
    for seconds, chunk in RUNS:
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            took, megabytes, macs = pool.submit(_reference, path, folder / "samples", seconds, chunk).result()
        job = f"reference, {CHANNELS} channels at {FREQUENCY / 1000:g} kHz, {seconds:g} s in chunks of {chunk:,} frames"
        rows.append(_row(job, macs, took, seconds) | {"max_rss_mb": megabytes})
    return rows


def _reference(path: Path, samples: Path, seconds: float, chunk: int) -> tuple[Took, int, int]:
    """Seconds, megabytes and multiplications of the graph on a file of int16 samples, read chunk by chunk."""
    with threadpool_limits(1):
        graph = load(path)
        clock, count = Clock(), round(seconds * FREQUENCY)
        state = graph.initial_state()
        for piece in _pieces(samples, count, chunk):
            state, _ = graph.run(state, piece)
        took = clock.read()
    return took, _megabytes(), round(_macs(graph) * count)


def _pieces(samples: Path, count: int, chunk: int) -> Iterator[Array]:
    for start in range(0, count, chunk):
        values = min(chunk, count - start) * CHANNELS
        yield np.fromfile(samples, np.int16, values, offset=2 * CHANNELS * start).reshape(-1, CHANNELS)


def _exported(network: Network, folder: Path, rows: int, after: dict[str, Op]) -> Path:
    path = folder / f"{type(network).__name__}.onnx"
    export(
        network,
        path,
        name=type(network).__name__.lower(),
        channels=CHANNELS,
        timing=network.timing,
        sampling_frequency=FREQUENCY,
        adc_exponent=ADC_EXPONENT,
        before={"highpass": highpass(FREQUENCY)},
        after=after,
        event_delay=0,
        labels=tuple(map(str, range(rows))),
        provenance={},
    )
    return path


def _macs(graph: Graph) -> float:
    """Multiplications an input frame."""
    return sum(node.op.macs(*graph.ins(node)) / graph.rate(node.name) for node in graph.nodes)


def _megabytes() -> int:
    """The most memory this process has had: not getrusage's, in which a process begins with its parent's."""
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) // 1024


def _row(job: str, macs: float, took: Took, recorded: float = SECONDS) -> dict[str, Any]:
    seconds, cpu_seconds = took
    return {
        "job": job,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu_seconds, 2),
        "times_real_time": round(recorded / seconds, 1) if macs else None,
        "mac_per_s": round(macs / seconds) if macs else None,
        "max_rss_mb": _megabytes(),
    }


if __name__ == "__main__":
    record.main("host", measure, __doc__ or "")
