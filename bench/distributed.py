"""The same layers twice through the same Yosys: folded engines as edgesort emits them, and da4ml's adder graphs.

da4ml (Sun et al., ACM TRETS 2025, doi 10.1145/3777387) computes a whole frame in one go by distributed arithmetic. Its
logic is counted without the line buffer before it; ours with the line buffer and all that a stream needs.
"""

from __future__ import annotations

import json
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from synthesis import cells

import edgesort
from edgesort import ops
from edgesort.fixed import Array, Int
from edgesort.graph import Graph, Node, Stream
from edgesort.share import share
from edgesort.targets.verilog import ICEBREAKER
from edgesort.targets.verilog.emit import copy_cells, emit_model

FREQUENCY = 30e3


def layers() -> dict[str, tuple[Array, Int, int]]:
    """Weights [outputs, inputs], type of the inputs, and kernel: of the shipped network, and one at random."""
    graph = edgesort.load(share("models", "cnn_sorter", "model.onnx"))
    conv1, conv2 = (np.asarray(graph.node(name).op.weight, np.int64) for name in ("conv1", "conv2"))
    drawn = np.random.default_rng(5).integers(-8, 8, (16, 40))
    return {
        "conv 1 to 16, kernel 37, 6 bits": (conv1, Int(8), 37),
        "conv 16 to 8, kernel 1, 6 bits": (conv2, Int(8, False), 1),
        "conv 8 to 16, kernel 5, 4 bits": (drawn, Int(8, False), 5),
    }


def measure() -> list[dict[str, Any]]:
    """One row a layer: LUT4 of both."""
    return [_row(name, *layer) for name, layer in layers().items()]


def _row(name: str, weight: Array, dtype: Int, kernel: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        mine = ours(Path(folder) / "ours", weight, dtype, kernel)
        others = theirs(Path(folder) / "theirs", weight, dtype)
    return {
        "layer": name,
        "lut4": mine["lut4"],
        "dsp": mine["dsp"],
        "ebr": mine["ebr"],
        "lut4_da4ml": others["lut4"],
        "ratio": round(others["lut4"] / mine["lut4"], 1),
        "sampling_frequency": FREQUENCY,
        "da4ml": version("da4ml"),
    }


def ours(out: Path, weight: Array, dtype: Int, kernel: int) -> dict[str, int]:
    """Cells of line buffer and layer, folded for 24 MHz."""
    channels = weight.shape[1] // kernel
    dense = ops.Dense(weight, np.zeros(len(weight), np.int64))
    window = [Node("window", ops.Window(kernel), ("x",))] if kernel > 1 else []
    source = "window" if window else "x"
    nodes = (*window, Node("layer", dense, (source,)))
    graph = Graph("layer", FREQUENCY, ("x", Stream((channels,), dtype)), nodes, ("layer",)).check()
    out.mkdir()
    emit_model(graph, out, ICEBREAKER.budget(graph), stock=ICEBREAKER.stock())
    copy_cells(out)
    return cells(out, [path.name for path in sorted(out.glob("*.v"))], "model", ICEBREAKER.device.family)


def theirs(out: Path, weight: Array, dtype: Int) -> dict[str, int]:
    """Cells of da4ml's adder graph; it is asked for the products first, and must give them."""
    from da4ml.codegen import VerilogModel
    from da4ml.trace import FixedVariableArrayInput, comb_trace

    x = FixedVariableArrayInput(weight.shape[1]).quantize(int(dtype.signed), dtype.bits - dtype.signed, 0)
    logic = comb_trace(x, x @ weight.T.astype(np.float32))
    frames = np.random.default_rng(1).integers(dtype.min, dtype.max + 1, (50, weight.shape[1]))
    if any((logic(list(map(float, frame))) != weight @ frame).any() for frame in frames):
        sys.exit("da4ml: expected the products of the weights, found others")
    VerilogModel(logic, "adders", out).write()
    sources = [path for path in sorted(out.glob("src/**/*.v")) if "wrapper" not in path.name]
    return cells(out, [str(path.relative_to(out)) for path in sources], "adders", ICEBREAKER.device.family)


if __name__ == "__main__":
    print(json.dumps({"rows": measure()}))
