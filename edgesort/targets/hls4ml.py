"""hls4ml: the network of a graph as a Vitis HLS project, one fully parallel call a window of samples.

hls4ml has no biquad and no peak, so the project is the part from the first Window or Dense through the
last Dense or Requant. It takes one window of `receptive(graph)` frames and computes the newest frame of
the last node. Every activation is an integer; a Dense followed by a Requant of `shift` holds its weights
and biases at scale 2^-shift, so that the shift is the cast to the next type:

    Requant   ->  ap_[u]fixed<bits, bits, AP_TRN, AP_SAT>         floor, then saturate
    Dense     ->  ap_[u]fixed<n, n - shift>                       exact: n bits hold every partial sum

hls4ml 1.3.0 ignores dilation and groups of an io_parallel Conv1D, so both become zeros in the kernel.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.linalg import block_diag

from edgesort.fixed import Array, Int
from edgesort.graph import Graph, Node, Values
from edgesort.ops import Dense, Requant, Window
from edgesort.passes.reach import gate_of
from edgesort.share import share
from edgesort.targets.target import BuildError, Executor, Target, ToolMissing

PROJECT = "network"
LIBRARY = Path("firmware", f"{PROJECT}-csim.so")
CHECKED_FRAMES = 10_000
PIECE = 1_000
Layer = dict[str, Any]


@dataclass(frozen=True)
class Hls4ml(Target):
    """A Vitis HLS project, checked by its C simulation. part: the vendor's name. clock_period: ns."""

    name: str = "hls4ml"
    description: str = "Vitis HLS project of the network (hls4ml, io_parallel), one window of samples a call"
    part: str = "xcvu13p-flga2577-2-e"
    clock_period: float = 5.0

    def unsupported(self, graph: Graph) -> list[str]:
        if gate := gate_of(graph):
            return [f"node {gate.name}: expected a graph without an event gate, found one; compile without --gate"]
        nodes = network(graph)
        if not nodes:
            return [f"graph {graph.name}: expected a dense node, found none"]
        before = (None, *nodes[:-1])
        after = (*nodes[1:], None)
        return [line for triple in zip(before, nodes, after, strict=True) for line in _objections(graph, *triple)]

    def emit(self, graph: Graph, out: Path) -> None:
        try:
            from hls4ml.model.graph import ModelGraph
            from hls4ml.utils.config import create_config
        except ImportError:
            raise ToolMissing("hls4ml: expected for target hls4ml, found none; pip install hls4ml==1.3.0") from None
        layers = _layers(graph)
        config = create_config(".", PROJECT, "Vitis", part=self.part, clock_period=self.clock_period)
        config["WriterConfig"]["WriteWeightsTxt"] = False  # csim reads the same headers as synthesis does
        config["HLSConfig"] = {
            "Model": {"Precision": "fixed<16,6>", "ReuseFactor": 1, "Strategy": "latency"},
            "LayerName": {layer["name"]: {"Precision": layer.pop("precision")} for layer in layers},
        }
        with contextlib.chdir(out), contextlib.redirect_stdout(io.StringIO()):
            model = ModelGraph.from_layer_list(config, layers)
            model.write()
            stamp = model.config.get_config_value("Stamp")  # random: the same graph must emit the same files
            for path in (Path("build_lib.sh"), Path("hls4ml_config.yml")):
                path.write_text(path.read_text().replace(stamp, "csim"))
        shutil.copy(share("sim", "hls4ml", f"{PROJECT}_test.cpp"), out)
        (out / "build_opt.tcl").write_text(BUILD_OPTIONS)
        write_vectors(graph, _corner_frames(graph), out)

    def build(self, graph: Graph, out: Path) -> dict[str, Any]:
        _compile(out)
        if (out / "vectors.npz").exists():
            with np.load(out / "vectors.npz") as recorded:
                write_vectors(graph, recorded[recorded.files[0]][:PIECE], out)
        products = [(v["weight_data"] != 0).sum() * v["out_width"] for v in _layers(graph) if "weight_data" in v]
        return {"window_frames": receptive(graph), "multiplications_a_window": int(sum(products)), **_synthesis(out)}

    def executors(self, graph: Graph, out: Path) -> tuple[Executor, ...]:
        seconds = CHECKED_FRAMES / graph.sampling_frequency
        shows = (network(graph)[-1].name,)
        return (Executor("hls4ml", seconds, lambda frames: _csim(graph, out, frames), shows, receptive(graph) - 1),)


BUILD_OPTIONS = """\
array set opt {
    reset      0
    csim       1
    synth      1
    cosim      0
    validation 0
    export     0
    vsynth     0
    fifo_opt   0
}
"""


def network(graph: Graph) -> tuple[Node, ...]:
    """The nodes from the first Window or Dense through the last Dense or Requant; () if there is no Dense."""
    first = [i for i, node in enumerate(graph.nodes) if isinstance(node.op, Window | Dense)]
    last = [i for i, node in enumerate(graph.nodes) if isinstance(node.op, Dense | Requant)]
    has_dense = any(isinstance(node.op, Dense) for node in graph.nodes)
    return graph.nodes[first[0] : last[-1] + 1] if has_dense else ()


def receptive(graph: Graph) -> int:
    """Frames of the network's input that one of its outputs depends on: the window of a call."""
    return 1 + sum(node.op.span() for node in network(graph) if isinstance(node.op, Window))


def windows(graph: Graph, frames: Array) -> tuple[Array, Array]:
    """Raw frames [T, *shape] to the network's complete windows [N, W, C] and its reference outputs [N, O]."""
    nodes, width = network(graph), receptive(graph)
    _, values = graph.run(graph.initial_state(), frames)
    if len(frames) < width:
        return np.empty((0, width, *values[nodes[0].inputs[0]].shape[1:])), values[nodes[-1].name][:0]
    view = sliding_window_view(values[nodes[0].inputs[0]], width, axis=0)
    return view.swapaxes(1, 2), values[nodes[-1].name][width - 1 :]


def write_vectors(graph: Graph, frames: Array, out: Path) -> None:
    """Write the test bench's windows and reference outputs (tb_data/) from raw frames [T, *shape]."""
    x, y = windows(graph, frames)
    np.savetxt(out / "tb_data" / "tb_input_features.dat", x.reshape(len(x), -1), "%d")
    np.savetxt(out / "tb_data" / "tb_output_predictions.dat", y, "%d")


def _objections(graph: Graph, before: Node | None, node: Node, after: Node | None) -> Iterator[str]:
    """What hls4ml cannot take of one node of the network, given its neighbours."""
    where = f"node {node.name} ({node.op.kind})"
    if not isinstance(node.op, Window | Dense | Requant):
        yield f"{where}: hls4ml takes window, dense and requant here"
        return
    if before and node.inputs != (before.name,):
        yield f"{where}: expected a chain, with {before.name} as its input, found {', '.join(node.inputs)}"
    if len(graph.streams[node.name].shape) != 1:
        yield f"{where}: expected frames of one axis, found {graph.streams[node.name]}"
    if isinstance(node.op, Window) and node.op.stride != 1:
        yield f"{where}: expected stride 1, found {node.op.stride}"
    if isinstance(node.op, Window) and not (after and isinstance(after.op, Dense)):
        yield f"{where}: expected a dense after it, found {after.op.kind if after else 'none'}"
    if isinstance(node.op, Requant) and not (before and isinstance(before.op, Dense)):
        yield f"{where}: expected a dense before it, found {before.op.kind if before else 'none'}"


def _layers(graph: Graph) -> list[Layer]:
    """The network in hls4ml's layer list: Input, then Conv1D and a linear Activation (the cast) in turn."""
    nodes, width = network(graph), receptive(graph)
    source = graph.streams[nodes[0].inputs[0]]
    shape = [width, source.size]
    precision = {"result": _ap(source.dtype, 0)}
    layers: list[Layer] = [
        {"class_name": "Input", "name": f"{nodes[0].inputs[0]}_window", "input_shape": shape, "precision": precision}
    ]
    taps = Window(1)
    for node, after in zip(nodes, (*nodes[1:], None), strict=True):
        if isinstance(node.op, Window):
            taps = node.op
        elif isinstance(node.op, Dense):
            shift = after.op.shift if after and isinstance(after.op, Requant) else (0,)
            layers.append(_convolution(node.name, node.op, taps, shift, width, graph.ins(node)[0].dtype))
            width, taps = width - taps.span(), Window(1)
        elif isinstance(node.op, Requant):
            precision = {"result": _ap(node.op.dtype, 0, "TRN,SAT,0")}
            layers.append(
                {"class_name": "Activation", "name": node.name, "activation": "linear", "precision": precision}
            )
    return layers


def _convolution(name: str, dense: Dense, taps: Window, shift: tuple[int, ...], width: int, x: Int) -> Layer:
    """A Dense over a Window as a Conv1D on `width` frames of type `x`, output o at scale 2^-shift[o]."""
    fraction = max(shift)
    raised = np.broadcast_to(fraction - np.array(shift), dense.bias.shape)
    weight = block_diag(*np.split(dense.weight.astype(np.int64), dense.groups)) << raised[:, None]
    bias = dense.bias.astype(np.int64) << raised
    filters, kernel = len(weight), taps.span() + 1
    spread = np.zeros((kernel, weight.shape[1] // taps.kernel, filters), np.int64)
    spread[:: taps.dilation] = weight.reshape(filters, taps.kernel, -1).transpose(1, 2, 0)
    accumulator = _ap(Int.holding(*Dense(weight, bias).bounds(x.min, x.max)), fraction)
    return {
        "class_name": "Conv1D",
        "name": name,
        "data_format": "channels_last",
        "in_width": width,
        "out_width": width - taps.span(),
        "n_chan": spread.shape[1],
        "n_filt": filters,
        "filt_width": kernel,
        "stride_width": 1,
        "pad_left": 0,
        "pad_right": 0,
        "weight_data": spread / (1 << fraction),
        "bias_data": bias / (1 << fraction),
        "precision": {
            "weight": _ap(Int.holding(int(weight.min()), int(weight.max())), fraction),
            "bias": _ap(Int.holding(int(bias.min()), int(bias.max())), fraction),
            "accum": accumulator,
            "result": accumulator,
        },
    }


def _ap(dtype: Int, fraction: int, mode: str = "TRN,WRAP,0") -> str:
    """`dtype` read at scale 2^-fraction, in hls4ml's notation."""
    return f"{'' if dtype.signed else 'u'}fixed<{dtype.bits},{dtype.bits - fraction},{mode}>"


def _corner_frames(graph: Graph) -> Array:
    """Raw frames for the emitted test bench: noise from one step to full scale, in blocks (fixed seed)."""
    rng, (_, stream) = np.random.default_rng(0), graph.input
    frames = rng.integers(stream.dtype.min, stream.dtype.max + 1, (16 * receptive(graph), *stream.shape))
    loudness = rng.integers(0, stream.dtype.bits, 16).repeat(receptive(graph))
    return (frames >> loudness.reshape(-1, *(1 for _ in stream.shape))).astype(stream.dtype.container)


def _compile(out: Path) -> None:
    if shutil.which("g++") is None:
        raise ToolMissing("g++: expected for the C simulation of target hls4ml, found none; apt-get install g++")
    result = subprocess.run(["bash", "build_lib.sh"], cwd=out, capture_output=True, text=True)
    if result.returncode:
        raise BuildError(f"hls4ml: expected the C simulation to compile, found: {result.stderr.strip()[-2000:]}")


def _synthesis(out: Path) -> dict[str, Any]:
    """Run the vendor's synthesis if its tool is on PATH; what it reports, or why it was not run."""
    runs = {"vitis-run": ["--mode", "hls", "--tcl", "build_prj.tcl"], "vitis_hls": ["-f", "build_prj.tcl"]}
    tool = next((tool for tool in runs if shutil.which(tool)), None)
    if tool is None:
        return {"synthesis": "not run: vitis_hls not found"}
    log = out / "synthesis.log"
    with log.open("w") as stream:
        failed = subprocess.run([tool, *runs[tool]], cwd=out, stdout=stream, stderr=stream).returncode
    if failed:
        raise BuildError(f"hls4ml: expected {tool} to succeed, found exit code {failed}; see {log.name} in the build")
    from hls4ml.report import parse_vivado_report

    with contextlib.redirect_stdout(io.StringIO()):
        report = parse_vivado_report(str(out)).get("CSynthesisReport")
    if not report:
        raise BuildError(f"hls4ml: expected a synthesis report from {tool}, found none; see {log.name} in the build")
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
