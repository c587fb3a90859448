"""An HLS project, written by hls4ml, proven by its C simulation, synthesised where the vendor's tool is installed."""

from __future__ import annotations

import contextlib
import ctypes
import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from edgesort.fixed import Array
from edgesort.graph import Graph, Values
from edgesort.share import share
from edgesort.targets.hls4ml.backends import VITIS, Backend
from edgesort.targets.hls4ml.layers import layers, network, objections, receptive, skipped, windows
from edgesort.targets.target import BuildError, Executor, Target, ToolMissing

PROJECT = "network"
LIBRARY = Path("firmware", f"{PROJECT}-csim.so")
CHECKED_FRAMES = 10_000
PIECE = 1_000


@dataclass(frozen=True)
class Hls4ml(Target):
    """A project for one vendor's tool. io_type: hls4ml's name. clock_period: ns."""

    backend: Backend = VITIS
    io_type: str = "io_parallel"
    clock_period: float = 5.0

    def unsupported(self, graph: Graph) -> list[str]:
        return objections(graph, self.backend.least_bits)

    def emit(self, graph: Graph, out: Path) -> None:
        try:
            from hls4ml.model.graph import ModelGraph
            from hls4ml.utils.config import create_config
        except ImportError:
            raise ToolMissing("hls4ml: expected for target hls4ml, found none; pip install hls4ml==1.3.0") from None
        found, choice = layers(graph), self.backend
        config = create_config(
            ".", PROJECT, choice.name, part=choice.part, clock_period=self.clock_period, io_type=self.io_type
        )
        config["WriterConfig"] = {"WriteTar": False, "WriteWeightsTxt": False}  # csim reads what synthesis reads
        config["HLSConfig"] = {
            "Model": {"Precision": "fixed<16,6>", "ReuseFactor": 1, "Strategy": "latency"},
            "LayerName": {layer["name"]: {"Precision": layer.pop("precision")} for layer in found},
        }
        with contextlib.chdir(out), contextlib.redirect_stdout(io.StringIO()):
            model = ModelGraph.from_layer_list(config, found)
            model.write()
            stamp = model.config.get_config_value("Stamp")  # random: the same graph must emit the same files
            for path in (Path("build_lib.sh"), Path("hls4ml_config.yml")):
                path.write_text(re.sub(f"'?{stamp}'?", "csim", path.read_text()))  # YAML quotes one of digits alone
        choice.finish(out)
        shutil.copy(share("sim", "hls4ml", f"{PROJECT}_test.cpp"), out)
        (out / "tb_data").mkdir(exist_ok=True)
        write_vectors(graph, _corner_frames(graph), out)

    def build(self, graph: Graph, out: Path) -> dict[str, Any]:
        _compile(out)
        if (out / "vectors.npz").exists():
            with np.load(out / "vectors.npz") as recorded:
                write_vectors(graph, recorded[recorded.files[0]][:PIECE], out)
        products = [(v["weight_data"] != 0).sum() * v["out_width"] for v in layers(graph) if "weight_data" in v]
        costs = {"window_frames": receptive(graph), "multiplications_a_window": int(sum(products))}
        return costs | _synthesis(self.backend, out)

    def executors(self, graph: Graph, out: Path) -> tuple[Executor, ...]:
        seconds = CHECKED_FRAMES / graph.sampling_frequency
        shows = (network(graph)[-1].name,)
        return (Executor(self.name, seconds, lambda frames: _csim(graph, out, frames), shows, skipped(graph)),)


def write_vectors(graph: Graph, frames: Array, out: Path) -> None:
    """Write the test bench's windows and reference outputs (tb_data/) from raw frames [T, *shape]."""
    x, y = windows(graph, frames)
    np.savetxt(out / "tb_data" / "tb_input_features.dat", x.reshape(len(x), -1), "%d")
    np.savetxt(out / "tb_data" / "tb_output_predictions.dat", y, "%d")


def _corner_frames(graph: Graph) -> Array:
    """Raw frames for the emitted test bench: noise from one step to full scale, in blocks (fixed seed)."""
    rng, (_, stream) = np.random.default_rng(0), graph.input
    frames = rng.integers(stream.dtype.min, stream.dtype.max + 1, (16 * receptive(graph), *stream.shape))
    loudness = rng.integers(0, stream.dtype.bits, 16).repeat(receptive(graph))
    return (frames >> loudness.reshape(-1, *(1 for _ in stream.shape))).astype(stream.dtype.container)


def _compile(out: Path) -> None:
    if shutil.which("g++") is None:
        raise ToolMissing("g++: expected for the C simulation of target hls4ml, found none; apt-get install g++")
    (out / LIBRARY).unlink(missing_ok=True)
    result = subprocess.run(["bash", "build_lib.sh"], cwd=out, capture_output=True, text=True)
    if result.returncode or not (out / LIBRARY).exists():
        raise BuildError(f"hls4ml: expected the C simulation to compile, found: {result.stderr.strip()[-2000:]}")


def _synthesis(backend: Backend, out: Path) -> dict[str, Any]:
    """Run the vendor's synthesis if its tool is on PATH; what it reports, or why it was not run.

    BuildError if it fails, leaves no report, or reports more than the part has.
    """
    command = backend.found()
    if command is None:
        return {"synthesis": f"not run: {backend.commands[-1][0]} not found"}
    tool, log = command[0], out / "synthesis.log"
    with log.open("w") as stream:
        failed = subprocess.run(command, cwd=out, stdout=stream, stderr=stream).returncode
    if failed:
        raise BuildError(f"hls4ml: expected {tool} to succeed, found exit code {failed}; see {log.name} in the build")
    report = backend.report(out)
    if report is None:
        raise BuildError(f"hls4ml: expected a synthesis report from {tool}, found none; see {log.name} in the build")
    for name, available in report.items():
        used = report.get(name.removeprefix("available_"))
        if name.startswith("available_") and used and available is not None and used > available:
            needs = name.removeprefix("available_")
            raise BuildError(
                f"hls4ml: expected at most {available} {needs} on {backend.part}, found {used}, {used - available} too "
                "many; use fewer bits or channels, a smaller network, or target verilog, which folds to the sample rate"
            )
    return {"synthesis": f"run: {tool}", **report}


def _csim(graph: Graph, out: Path, frames: Array) -> Iterator[Values]:
    """The C simulation's outputs for every complete window of the frames, computed by the reference up to there."""
    if not (out / LIBRARY).exists():
        _compile(out)
    pointer = np.ctypeslib.ndpointer(np.float64, flags="C_CONTIGUOUS")
    call = getattr(ctypes.CDLL(str((out / LIBRARY).resolve())), f"{PROJECT}_double")
    call.argtypes, call.restype = [pointer, pointer], None
    last = network(graph)[-1].name
    complete, _ = windows(graph, frames)
    for start in range(0, len(complete), PIECE):
        x = np.ascontiguousarray(complete[start : start + PIECE], np.float64)
        y = np.empty((len(x), prod(graph.streams[last].shape)))
        for window, result in zip(x, y, strict=True):
            call(window, result)
        fractions = y[y % 1 != 0]
        if fractions.size:
            raise BuildError(f"{last}: expected integers from the C simulation, found {fractions[0]}; build again")
        yield {last: y.astype(np.int64)}
