"""Whole networks with skips, random weights: what the passes are tried on."""

import numpy as np

from edgesort.fixed import Int
from edgesort.graph import Graph, Node, Stream
from edgesort.ops import (
    Add,
    Concat,
    Delay,
    Dense,
    DepthToTime,
    MaxPool,
    Peak,
    Requant,
    Slice,
    Subtract,
    Upsample,
    Window,
)


def unet(levels: int = 3, width: int = 4, channels: int = 2, kernel: int = 3) -> Graph:
    """A U-Net: at each level a convolution, then half the rate; up again by a transposed convolution, joined with the
    delayed skip of its level."""
    rng = np.random.default_rng(levels)
    nodes: list[Node] = []

    def add(name, op, *inputs):
        nodes.append(Node(name, op, inputs))
        return name

    def dense(name, source, out, fan_in):
        weight = rng.integers(-30, 31, (out, fan_in))
        add(name, Dense(weight, rng.integers(-300, 300, out), 1, -5), source)
        return add(f"{name}_act", Requant((6,), Int(8, False)), name)

    def conv(name, source, out, fan_in):
        return dense(name, add(f"{name}_window", Window(kernel), source), out, kernel * fan_in)

    x, size, skips = "adc", channels, []
    for level in range(levels):
        x = conv(f"down{level}", x, width << level, size)
        size = width << level
        skips.append((x, size))
        x = add(f"pool{level}", MaxPool(2, 2), x)
    x = conv("bottom", x, size, size)
    for level in reversed(range(levels)):
        skip, size_there = skips[level]
        up = dense(f"up{level}", x, 2 * size_there, size)
        up = add(f"up{level}_time", DepthToTime(2), up)
        held = add(f"skip{level}", Delay(1 << level), skip)
        joined = add(f"join{level}", Concat(), up, held)
        x, size = conv(f"merge{level}", joined, size_there, 2 * size_there), size_there
    x = dense("score", x, 3, size)
    add("events", Peak((20, 20, 20), reach=3, refractory=5), x)
    return Graph("unet", 1000.0, ("adc", Stream((channels,), Int(16))), tuple(nodes), ("events",)).check()


def residual(channels: int = 6, kernel: int = 3, layers: int = 1) -> Graph:
    """Layers around which their input goes."""
    rng = np.random.default_rng(layers)
    nodes = [Node("in", Requant((8,), Int(8)), ("adc",))]
    x = "in"
    for layer in range(layers):
        weight = rng.integers(-20, 21, (channels, kernel * channels))
        nodes += [
            Node(f"window{layer}", Window(kernel), (x,)),
            Node(f"conv{layer}", Dense(weight, rng.integers(-90, 90, channels)), (f"window{layer}",)),
            Node(f"act{layer}", Requant((7,), Int(8)), (f"conv{layer}",)),
        ]
        x = f"act{layer}"
    nodes.append(Node("sum", Add(), ("in", x)))
    return Graph("residual", 1000.0, ("adc", Stream((channels,), Int(16))), tuple(nodes), ("sum",)).check()


def saturating() -> Graph:
    """Every op that range analysis narrows, at ends that its values reach."""
    u8, i8 = Int(8, False), Int(8)
    nodes = (
        Node("a", Requant((12,), i8), ("adc",)),
        Node("b", Requant((14,), u8), ("adc",)),
        Node("sum", Add((0, 2)), ("a", "b")),
        Node("difference", Subtract((1, 0)), ("b", "a")),
        Node("small", Dense(np.array([[1, -3], [2, 0]]), np.array([40, 3])), ("sum",)),
        Node("act", Requant((2,), u8), ("small",)),
        Node("window", Window(3), ("act",)),
        Node("large", Dense(np.array([[7, 0, 0, -7, 1, 1]]), np.array([-500])), ("window",)),
        Node("out", Requant((1,), Int(16)), ("large",)),
    )
    return Graph("saturating", 1000.0, ("adc", Stream((2,), Int(16))), nodes, ("out", "difference")).check()


def halves() -> Graph:
    """The first half of each line meets the second."""
    nodes = (Node("a", Slice(0, 2), ("x",)), Node("b", Slice(2, 4), ("x",)), Node("sum", Add(), ("a", "b")))
    return Graph("halves", 1000.0, ("x", Stream((4,), Int(8))), nodes, ("sum",)).check()


def lines() -> Graph:
    """Two cells that take a line of two, one behind the other."""
    nodes = (
        Node("dense", Dense(np.arange(9).reshape(3, 3), np.arange(3)), ("x",)),
        Node("by_line", Add(), ("x", "dense")),
        Node("window", Window(2), ("by_line",)),
        Node("part", Slice(0, 3), ("window",)),
        Node("sum", Add(), ("by_line", "part")),
    )
    return Graph("lines", 1000.0, ("x", Stream((2, 3), Int(8))), nodes, ("sum",)).check()


def held() -> Graph:
    """A stream meets every second of its own frames, held."""
    nodes = (Node("slow", Window(1, stride=2), ("x",)), Node("hold", Upsample(2), ("slow",)))
    join = Node("sum", Add(), ("x", "hold"))
    return Graph("held", 1000.0, ("x", Stream((3,), Int(8))), (*nodes, join), ("sum",)).check()
