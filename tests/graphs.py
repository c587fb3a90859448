"""Small graphs with random constants, for tests: the shape of the demo network, without training."""

import numpy as np

from edgesort.fixed import Int
from edgesort.graph import Graph, Node, Op, Stream
from edgesort.ops import Biquad, Dense, Peak, Requant, Window


class Unknown(Op):
    """An op that no target knows; its values are its input's."""

    def infer(self, *inputs):
        return inputs[0]

    def step(self, state, *frames):
        return state, frames[0]

    def run(self, state, *frames):
        return state, frames[0]

    @classmethod
    def cases(cls):
        return []


HIGHPASS = (15305, -30611, 15305, -30537, 14300)


def sorter(seed: int = 0, units: int = 4, filters: int = 16, kernel: int = 32, channels: int = 1) -> Graph:
    """High-pass, scaling, three convolutions, peaks: the demo network with random weights."""
    rng = np.random.default_rng(seed)

    def dense(out: int, width: int) -> Dense:
        return Dense(rng.integers(-60, 61, (out, width)), rng.integers(-2000, 2000, out), 1, -6)

    u8, i8 = Int(8, False), Int(8)
    nodes = (
        Node("highpass", Biquad((HIGHPASS,)), ("adc",)),
        Node("scale", Requant((12,), i8), ("highpass",)),
        Node("conv1_window", Window(kernel), ("scale",)),
        Node("conv1", dense(filters, kernel * channels), ("conv1_window",)),
        Node("conv1_act", Requant((6,), u8), ("conv1",)),
        Node("conv2", dense(8, filters), ("conv1_act",)),
        Node("conv2_act", Requant((8,), u8), ("conv2",)),
        Node("head_window", Window(3), ("conv2_act",)),
        Node("head", dense(1 + units, 24), ("head_window",)),
        Node("score", Requant((7,), u8), ("head",)),
        Node("events", Peak((20,) * (1 + units), reach=5, refractory=12), ("score",)),
    )
    labels = ("any", *(f"unit{k}" for k in range(units)))
    return Graph("sorter", 19531.0, ("adc", Stream((channels,), Int(16))), nodes, ("events",), labels, 20).check()
