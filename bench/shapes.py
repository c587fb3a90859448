"""The layers that CMSIS-NN was measured on, each as a graph of its own, and its input from recorded samples.

int8 in and out, bias and requantisation included. Weights are drawn like trained ones: normal, a standard deviation of
32, rounded, so that 1 in 10,000 clips at 8 bits; biases normal, with the accumulator's standard deviation; seed 0. The
shift is the least at which at most 1 output in 1,000 saturates on the input.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from recorded import raw_frames

import edgesort
from edgesort.fixed import Array, Int
from edgesort.graph import Graph, Node, Op, Stream
from edgesort.ops import Dense, Gru, Lif, Requant, Reshape, Window
from edgesort.share import share

SEED, SPREAD, SATURATED = 0, 32, 1e-3
I8 = Int(8)


@dataclass(frozen=True)
class Shape:
    """goal, cmsis_nn: instructions a MAC on a Cortex-M4 and on a Cortex-M55; none for recurrent layers."""

    name: str
    channels: int
    goal: tuple[float, float] | None = None
    cmsis_nn: tuple[float, float] | None = None
    kernel: int = 1
    outputs: int = 0
    groups: int = 1


SHAPES = (
    Shape("conv 1→8 K5", 1, (2.0, 0.8), (19.4, 7.6), 5, 8),
    Shape("depthwise K5, 32 channels", 32, (2.0, 0.6), (17.5, 3.3), 5, 32, 32),
    Shape("conv 4→16 K5", 4, (1.5, 0.5), (5.05, 1.03), 5, 16),
    Shape("conv 16→32 K5", 16, (1.2, 0.25), (2.41, 0.35), 5, 32),
    Shape("pointwise 32→32", 32, (1.3, 0.35), (2.76, 0.62), 1, 32),
    Shape("dense 256→64", 256, (1.2, 0.35), (2.08, 0.53), 1, 64),
    Shape("GRU 32", 32),
    Shape("LIF 64 recurrent", 64),
)


def recorded_int8(channels: int, count: int) -> Array:
    """int8 [count, channels]: N1 samples behind the demo network's own high-pass and scaling, stretch after stretch."""
    front = edgesort.load(share("models", "cnn_sorter", "model.onnx"))
    samples = raw_frames(front, channels * count / front.sampling_frequency + 1)
    _, values = front.run(front.initial_state(), samples)
    return values["scale"][: channels * count].reshape(channels, count).T.astype(np.int8)


def graph_of(shape: Shape, frames: Array) -> Graph:
    """The layer by itself, scaled for these frames."""
    rng = np.random.default_rng(SEED)
    nodes = _recurrent(shape, rng) if not shape.outputs else _linear(shape, rng, frames)
    return _graph(shape, nodes).check()


def _graph(shape: Shape, nodes: tuple[Node, ...]) -> Graph:
    source = ("x", Stream((shape.channels,), I8))
    return Graph(shape.name.replace("→", " to "), 19531.0, source, nodes, (nodes[-1].name,))


def _linear(shape: Shape, rng: np.random.Generator, frames: Array) -> tuple[Node, ...]:
    """As the QONNX importer builds a Conv1d: with groups, each one's channels side by side while it is windowed."""
    ops: list[tuple[str, Op]] = []
    if shape.kernel > 1:
        ops.append(("window", Window(shape.kernel)))
    if shape.groups > 1:
        sides = (shape.groups, shape.channels // shape.groups), (shape.kernel * shape.channels,)
        ops = [("groups", Reshape(sides[0])), *ops, ("taps", Reshape(sides[1]))]
    weight = _normal(rng, (shape.outputs, shape.kernel * shape.channels // shape.groups))
    layer = Dense(weight, np.zeros(shape.outputs, np.int64), shape.groups)
    spread = _run(shape, _chain([*ops, ("layer", layer)]), frames).std()
    layer = Dense(weight, np.rint(rng.normal(0, spread, shape.outputs)).astype(np.int64), shape.groups)
    made = np.abs(_run(shape, _chain([*ops, ("layer", layer)]), frames))
    shift = next(s for s in range(32) if ((made >> s) > I8.max).mean() <= SATURATED)
    return _chain([*ops, ("layer", layer), ("y", Requant((shift,), I8))])


def _recurrent(shape: Shape, rng: np.random.Generator) -> tuple[Node, ...]:
    """A GRU of 8 bits, whose sums use the gates' range; neurons that spike in 5 % of the frames."""
    units = shape.channels
    if "GRU" in shape.name:
        weight_x, weight_h = _normal(rng, (3 * units, units)), _normal(rng, (3 * units, units))
        zero = np.zeros(3 * units, np.int64)
        return _chain([("y", Gru(weight_x, weight_h, zero, zero[:units], 7, 7, 8, 8))])
    return _chain([("y", Lif((4,), (20,), 16, _normal(rng, (units, units)) // 8))])


def _normal(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return np.clip(np.rint(rng.normal(0, SPREAD, shape)), I8.min, I8.max).astype(np.int64)


def _chain(ops: list[tuple[str, Op]]) -> tuple[Node, ...]:
    names = ["x", *(name for name, _ in ops)]
    return tuple(Node(name, op, (source,)) for source, (name, op) in zip(names, ops, strict=False))


def _run(shape: Shape, nodes: tuple[Node, ...], frames: Array) -> Array:
    graph = _graph(shape, nodes)
    return graph.run(graph.initial_state(), frames)[1][nodes[-1].name].astype(np.int64)
