"""The graphs that bench/fpga.py builds: the shipped sorter and detector, and recurrent spiking neurons."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import edgesort
from edgesort import ops
from edgesort.fixed import Array, Int
from edgesort.graph import Graph, Node
from edgesort.share import share

NEURONS, KERNEL, STRIDE, HEAD_KERNEL, UNITS = 64, 24, 4, 6, 5  # the form of models/snn_sorter
SEED = 7


def cnn_sorter() -> Graph:
    return edgesort.load(share("models", "cnn_sorter", "model.onnx"))


def detector() -> Graph:
    return edgesort.load(share("models", "detector", "model.onnx"))


def recurrent() -> Graph:
    """64 recurrent LIF neurons behind the shipped high-pass, with weights of 6 bits drawn from a seed, not trained."""
    draw = np.random.default_rng(SEED)
    whole = cnn_sorter()

    def weights(rows: int, columns: int, width: float) -> Array:
        return np.clip(np.rint(draw.normal(0, width, (rows, columns))), -32, 31).astype(np.int64)

    def zeros(count: int) -> Array:
        return np.zeros(count, np.int64)

    leaks = tuple(1 + neuron % 4 for neuron in range(NEURONS))
    lif = ops.Lif(leaks, (64,), 12, weights(NEURONS, NEURONS, 4.0))
    added = (
        Node("window", ops.Window(KERNEL, stride=STRIDE), ("scale",)),
        Node("conv", ops.Dense(weights(NEURONS, KERNEL, 8.0), zeros(NEURONS)), ("window",)),
        Node("current", ops.Requant((2,), Int(10)), ("conv",)),
        Node("lif", lif, ("current",)),
        Node("head_window", ops.Window(HEAD_KERNEL), ("lif",)),
        Node("head", ops.Dense(weights(UNITS, HEAD_KERNEL * NEURONS, 10.0), zeros(UNITS)), ("head_window",)),
        Node("head_act", ops.Requant((1,), Int(8, False)), ("head",)),
        Node("events", ops.Peak((40,) * UNITS, 2, 4), ("head_act",)),
    )
    front = tuple(node for node in whole.nodes if node.name in ("highpass", "scale"))
    made = replace(whole, name="recurrent", nodes=(*front, *added), outputs=("events",), event_delay=0)
    return made.check()
