"""Layers (Window, Dense, Requant) that corner the kernels which compute them in one call: a graph holds them all.

Each layer is a branch of the graph, so that a machine runs once for a hundred cases. A case's node has its name.
"""

from dataclasses import dataclass
from zlib import crc32

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.graph import Graph, Node, Op, Stream
from edgesort.ops import Dense, Requant, Reshape, Slice, Window
from tests import corners

I8, U8, I4, U4, I16, U16 = Int(8), Int(8, False), Int(4), Int(4, False), Int(16), Int(16, False)
SOURCE = Stream((64,), Int(17))  # every type of 16 bits or less is cut from it, with its extremes


@dataclass(frozen=True)
class LayerCase:
    """A chain of ops on a stream x. read_again: the op (its place in the chain) whose values another node reads too."""

    name: str
    x: Stream
    ops: tuple[Op, ...]
    read_again: int | None = None


def conv(
    name: str,
    x: Int,
    channels: int,
    outputs: int,
    kernel: int = 1,
    *,
    bits: int = 8,
    fill: int | None = None,
    extreme_bias: bool = False,
    sum_bits: int = 32,
    groups: int = 1,
    rows: int = 1,
    dilation: int = 1,
    stride: int = 1,
    period: int = 1,
    y: Int | None = I8,
    shift: tuple[int, ...] | None = None,
    read_again: int | None = None,
) -> LayerCase:
    """channels, outputs: of all groups. bits: of the weights, which are random with both extremes, or all `fill`.

    rows: that share the weights. y: None for the accumulator itself. shift: by default one that lets outputs saturate
    now and then.
    """
    rng = np.random.default_rng(crc32(name.encode()))
    low, high = -(1 << bits - 1), (1 << bits - 1) - 1
    weight = rng.integers(low, high + 1, (outputs, channels // groups * kernel))
    weight.flat[0], weight.flat[-1] = low, high
    if fill is not None:
        weight[:] = fill
    dense = Dense(weight, biases(rng, weight, x, sum_bits if extreme_bias else None), groups)
    lead, own = ((rows,) if rows > 1 else ()), channels // groups
    stream = Stream((*lead, channels), x, period)
    window = [Window(kernel, dilation, stride)] if (kernel, stride) != (1, 1) else []
    if groups > 1 and window:
        window = [Reshape((*lead, groups, own)), *window, Reshape((*lead, channels * kernel))]
    tail = [] if y is None else [Requant(shift or (spread(dense, x, y),), y)]
    return LayerCase(name, stream, (*window, dense, *tail), read_again)


def biases(rng: np.random.Generator, weight: Array, x: Int, sum_bits: int | None) -> Array:
    """Biases of 14 bits at most; sum_bits: those that let the accumulator reach the bounds of so many bits."""
    products = np.stack([weight * x.min, weight * x.max])
    rising, falling = np.maximum(products, 0).max(0).sum(1), np.minimum(products, 0).min(0).sum(1)
    if sum_bits is None:
        top = min(9000, 1 + int((rising - falling).max()) // 4)
        return rng.integers(-top, top, len(weight))
    top = 1 << sum_bits - 1
    return np.where(np.arange(len(weight)) % 2, top - 1 - rising, -top - falling)


def spread(dense: Dense, x: Int, y: Int) -> int:
    """A shift after which sums use y's range and exceed it sometimes."""
    return max(0, Int.holding(*dense.bounds(x.min, x.max)).bits - y.bits - 2)


GOALS = (
    conv("goal-1-8-k5", I8, 1, 8, 5),
    conv("goal-1-8-k5-u8", U8, 1, 8, 5, y=U8),
    conv("goal-depthwise-k5", I8, 32, 32, 5, groups=32),
    conv("goal-depthwise-k5-u8", U8, 32, 32, 5, groups=32, y=U8),
    conv("goal-4-16-k5", I8, 4, 16, 5),
    conv("goal-4-16-k5-u8", U8, 4, 16, 5, y=U8),
    conv("goal-16-32-k5", I8, 16, 32, 5),
    conv("goal-16-32-k5-u8", U8, 16, 32, 5, y=U8),
    conv("goal-32-32", I8, 32, 32),
    conv("goal-32-32-u8", U8, 32, 32, y=U8),
    conv("goal-256-64", I8, 64, 64, 4),
    conv("goal-256-64-u8", U8, 64, 64, 4, y=U8),
)
EXTREMES = tuple(
    conv(f"extreme-{channels}-{outputs}-k{kernel}-{x}-{fill}", x, channels, outputs, kernel, fill=fill, groups=groups)
    for x in (I8, U8)
    for fill in (-128, 127)
    for channels, outputs, kernel, groups in ((1, 8, 5, 1), (16, 5, 3, 1), (16, 16, 5, 16), (64, 4, 1, 1))
)
SHAPES = (
    *(conv(f"kernel-{k}-{x}", x, 3, 5, k) for k in (1, 2, 3, 5, 31) for x in (I8, U8)),
    *(conv(f"channels-{c}", U8 if c % 2 else I8, c, 4, 3) for c in (1, 2, 3, 4, 5, 16, 17, 32, 33)),
    *(conv(f"outputs-{n}", I8 if n % 2 else U8, 4, n, 2) for n in (1, 2, 3, 4, 5, 7, 8, 16, 17)),
    *(conv(f"one-channel-{n}", U8 if n % 2 else I8, 1, n, 3) for n in (1, 2, 3, 4, 5, 8, 9, 17)),
    *(conv(f"dense-{n}-{o}", U8 if n % 2 else I8, n, o) for n in (1, 2, 5, 15, 31, 64) for o in (1, 4, 17)),
    *(conv(f"square-{n}", U8 if n % 16 else I8, n // k, n, k) for n, k in ((16, 1), (40, 5), (64, 1), (144, 9))),
    conv("long-31-16", I8, 1, 16, 31, bits=6, y=U8),
    conv("pointwise-16-8", U8, 16, 8, bits=6, y=U8),
    conv("window-3x8-5", U8, 8, 5, 3, bits=6, y=U8),
)
TIMES = (
    *(conv(f"dilation-{d}-{x}", x, 4, 6, 3, dilation=d) for d in (2, 3) for x in (I8, U8)),
    *(conv(f"stride-{s}-{x}", x, 4, 6, 5, stride=s) for s in (2, 3) for x in (I8, U8)),
    conv("stride-dilation", U8, 2, 5, 2, stride=3, dilation=4),
    conv("stride-above-kernel", U8, 2, 4, 2, stride=3),
    conv("stride-pointwise", U8, 5, 4, 1, stride=2),
    conv("one-channel-dilation", U8, 1, 8, 5, dilation=3),
    conv("one-channel-stride", I8, 1, 8, 5, stride=2),
    conv("depthwise-dilation", U8, 16, 16, 3, groups=16, dilation=2),
    conv("depthwise-stride", I8, 17, 17, 3, groups=17, stride=3),
    conv("depthwise-stride-2", U8, 17, 17, 5, groups=17, stride=2, dilation=3),
    conv("period-2", U8, 4, 8, 3, period=2),
    conv("period-3-dense", I8, 16, 8, period=3),
    conv("period-2-stride-2", I8, 4, 8, 3, period=2, stride=2),
)
GROUPS = (
    *(conv(f"depthwise-{c}-{x}", x, c, c, 5, groups=c) for c in (2, 3, 4, 5, 8, 16, 17, 33) for x in (I8, U8)),
    *(conv(f"depthwise-k{k}", U8 if k % 2 else I8, 16, 16, k, groups=16) for k in (1, 2, 3, 31)),
    conv("depthwise-multiplier", I8, 4, 8, 3, groups=4),
    conv("grouped-2", I8, 8, 8, 3, groups=4),
    conv("grouped-2-u8", U8, 8, 12, 3, groups=4),
    conv("grouped-dense", U8, 32, 10, groups=2),
    conv("rows", I8, 4, 8, 3, rows=4),
    conv("rows-u8", U8, 1, 8, 5, rows=4),
    conv("rows-dense", U8, 16, 5, rows=3),
    conv("rows-depthwise", U8, 8, 8, 3, groups=8, rows=2),
)
TYPES = (
    *(conv(f"input-{x}", x, 4, 8, 3) for x in (I4, U4, Int(1), Int(1, False), Int(7), Int(7, False), Int(9), Int(12))),
    *(conv(f"input-{x}", x, 4, 8, 3) for x in (Int(12, False), Int(15, False), I16, U16)),
    *(conv(f"input-{x}-low", x, 4, 8, 3, fill=-128) for x in (I4, U4, I16, U16)),
    *(conv(f"output-{y}", I8, 4, 8, 3, y=y) for y in (U8, I4, U4, Int(1), Int(1, False), Int(12), I16, U16)),
    *(conv(f"output-{y}-1", I8, 1, 8, 5, y=y) for y in (U8, I4, Int(1, False), I16, U16, Int(24))),
    *(conv(f"output-{y}-depthwise", U8, 16, 16, 5, groups=16, y=y) for y in (U8, I4, Int(1, False), I16, U16)),
    conv("output-i32", I8, 4, 8, 3, bits=16, y=Int(32), shift=(0,)),
    *(conv(f"weights-{b}-{x}", x, 4, 8, 3, bits=b) for b in (1, 2, 4, 9, 16) for x in (I8, U8)),
    conv("weights-16-one-channel", I8, 1, 8, 5, bits=16),
    conv("weights-16-depthwise", U8, 16, 16, 3, bits=16, groups=16),
    conv("weights-16-low", I8, 64, 4, fill=-32768, bits=16),
    conv("weights-16-low-u8", U8, 64, 4, fill=-32768, bits=16),
    conv("weights-16-input-i16", I16, 1, 3, 1, bits=16),
    conv("weights-16-input-i16-low", Int(16), 1, 4, 1, bits=16, fill=-32768),
    conv("weights-20", I8, 2, 4, 2, bits=20),
    conv("weights-0", U8, 5, 4, 3, fill=0),
)
ARITHMETIC = (
    *(conv(f"shift-{s}-small", U4 if s % 2 else I4, 4, 8, 3, bits=3, shift=(s,)) for s in (0, 1, 2)),
    *(conv(f"shift-{s}-small-1", U4 if s % 2 else I4, 1, 8, 5, bits=3, shift=(s,)) for s in (0, 1, 2)),
    *(conv(f"shift-{s}-small-depthwise", I4, 16, 16, 5, bits=3, groups=16, shift=(s,)) for s in (0, 1, 2)),
    *(conv(f"shift-{s}", U8 if s % 2 else I8, 4, 8, 3, shift=(s,)) for s in (0, 1, 7, 8, 15, 16, 20, 31, 32, 47)),
    *(conv(f"shift-{s}-1", I8 if s % 2 else U8, 1, 8, 5, shift=(s,)) for s in (0, 1, 8, 15, 16, 20, 31, 32, 47)),
    *(conv(f"shift-{s}-depthwise", I8, 16, 16, 5, groups=16, shift=(s,)) for s in (0, 1, 8, 9, 15, 16, 20, 31, 47)),
    conv("shifts", I8, 4, 8, 3, shift=(0, 1, 5, 8, 9, 16, 20, 47)),
    conv("shifts-1", U8, 1, 8, 5, shift=(47, 0, 8, 7, 9, 12, 3, 31)),
    conv("shifts-depthwise", U8, 17, 17, 3, groups=17, shift=tuple(range(17))),
    conv("shifts-rows", I8, 4, 5, 3, rows=3, shift=(3, 6, 7, 8, 12)),
    conv("bias-extreme", I8, 4, 8, 3, extreme_bias=True, shift=(24,)),
    conv("bias-extreme-u8", U8, 4, 8, 3, extreme_bias=True, shift=(24,)),
    conv("bias-extreme-shift-0", U8, 5, 4, 3, extreme_bias=True, shift=(0,), y=I16),
    conv("bias-extreme-1", U8, 1, 8, 5, extreme_bias=True, shift=(24,)),
    conv("bias-extreme-1-shift-0", I8, 1, 8, 5, extreme_bias=True, shift=(0,)),
    conv("bias-extreme-depthwise", U8, 16, 16, 5, groups=16, extreme_bias=True, shift=(24,)),
    conv("bias-extreme-weights-16", U8, 4, 4, 3, bits=16, extreme_bias=True, shift=(23,)),
    conv("accumulator", I8, 4, 8, 3, y=None),
    conv("accumulator-u8", U8, 4, 8, 3, y=None),
    conv("accumulator-i16", I4, 4, 8, 3, bits=4, y=None),
    conv("accumulator-1", U8, 1, 8, 5, y=None),
    conv("accumulator-depthwise", U8, 16, 16, 5, groups=16, y=None),
    conv("accumulator-rising", U8, 4, 4, 3, fill=127, extreme_bias=True, y=None),
)
CHAINS = (  # for kernels that multiply by two outputs' weights at once
    conv("chain-long", U8, 64, 17, 4, bits=7),
    conv("chain-groups", I8, 32, 20, 3, bits=7, groups=2),
    *(conv(f"chain-{b}-bits", I4, 8, 9, 3, bits=5, extreme_bias=True, sum_bits=b, shift=(b - 9,)) for b in (16, 17)),
    *(
        conv(f"chain-{b}-bits", I8, 8, 9, 3, bits=7, extreme_bias=True, sum_bits=b, shift=(b - 9,))
        for b in (21, 22, 24, 25)
    ),
    *(
        conv(f"chain-six-{b}-bits", U8, 8, 16, 3, bits=5, extreme_bias=True, sum_bits=b, shift=(b - 9,))
        for b in (20, 21)
    ),
    conv("chain-six-groups", I8, 16, 12, 5, bits=5, groups=2, y=U8, shift=(3,)),
    conv("chain-six-shifts", I8, 4, 6, 5, bits=5, shift=(0, 21, 22, 47, 3, 5)),
    conv("chain-shift-31", U8, 8, 8, 3, bits=7, extreme_bias=True, sum_bits=24, shift=(31,)),
    conv("chain-shifts", I8, 8, 9, 3, bits=7, shift=(0, 22, 23, 24, 31, 47, 8, 1, 3)),
)
HALVES = (  # sums of 16 bits, or of two parts of 16 bits
    *(conv(f"half-1-8-k{k}-{x}", x, 1, 8, k, bits=b) for k, b in ((2, 8), (3, 7), (5, 7), (8, 6)) for x in (I8, U8)),
    *(conv(f"half-1-{n}", U8 if n % 2 else I8, 1, n, 5, bits=7, y=U8) for n in (3, 16, 17)),
    *(conv(f"half-1-{y}", U8, 1, 8, 5, bits=7, y=y) for y in (I4, U4, Int(1, False), Int(7), Int(7, False))),
    *(conv(f"half-1-shift-{s}", I8, 1, 8, 5, bits=7, shift=(s,)) for s in (1, 2, 8, 9, 16, 17)),
    conv("half-1-period-2", U8, 1, 8, 5, bits=7, period=2),
    conv("half-1-bias-extreme", U8, 1, 8, 5, bits=7, extreme_bias=True, sum_bits=17, shift=(9,)),
    conv("half-1-bias-16", I8, 1, 8, 5, bits=6, extreme_bias=True, sum_bits=16, shift=(8,)),
    *(conv(f"half-1-low-{w}", I8, 1, 8, 4, fill=w, shift=(9,)) for w in (-127, -128)),
    *(conv(f"half-depthwise-{c}-{x}", x, c, c, 5, bits=7, groups=c) for c in (3, 16, 17, 33, 48) for x in (I8, U8)),
    *(conv(f"half-depthwise-k{k}", U8, 16, 16, k, bits=b, groups=16) for k, b in ((2, 8), (3, 7), (8, 6), (12, 5))),
    *(conv(f"half-depthwise-{y}", U8, 16, 16, 5, bits=7, groups=16, y=y) for y in (U8, I4, U4, Int(1, False), Int(7))),
    *(conv(f"half-depthwise-shift-{s}", I8, 16, 16, 5, bits=7, groups=16, shift=(s,)) for s in (1, 2, 9, 16, 17)),
    conv("half-depthwise-shifts", I8, 16, 16, 5, bits=7, groups=16, shift=tuple(range(1, 17))),
    conv("half-depthwise-shifts-u8", U8, 17, 17, 3, bits=7, groups=17, y=U8, shift=(*range(1, 17), 8)),
    *(conv(f"half-depthwise-low-{w}", I8, 16, 16, 4, fill=w, groups=16) for w in (-127, -128)),
    conv("half-depthwise-bias-16", U8, 16, 16, 5, bits=6, groups=16, extreme_bias=True, sum_bits=16, shift=(8,)),
    conv("half-depthwise-rows", U8, 5, 5, 3, bits=7, groups=5, rows=4, shift=(4, 5, 6, 7, 8)),
    conv("half-depthwise-dilation", U8, 17, 17, 3, bits=7, groups=17, dilation=3),
    conv("half-depthwise-dilation-i8", I8, 32, 32, 3, bits=7, groups=32, dilation=2),
    conv("half-depthwise-stride", U8, 32, 32, 5, bits=7, groups=32, stride=2),
    conv("half-depthwise-stride-dilation", I8, 17, 17, 3, bits=7, groups=17, stride=3, dilation=2),
    conv("half-depthwise-bias-extreme", U8, 16, 16, 5, bits=7, groups=16, extreme_bias=True, sum_bits=17, shift=(9,)),
)
WIRING = (
    conv("window-read-twice", I8, 4, 8, 3, read_again=0),
    conv("dense-read-twice", U8, 4, 8, 3, read_again=1),
    conv("depthwise-read-twice", U8, 4, 4, 3, groups=4, read_again=2),
    LayerCase("groups-of-taps", Stream((4,), U8), (Window(2), conv("", U8, 8, 6, groups=2).ops[0], Requant((7,), I8))),
    LayerCase(
        "rows-joined",
        Stream((6,), U8),
        (Reshape((2, 3)), Window(3), Reshape((18,)), conv("", U8, 18, 5).ops[0], Requant((9,), I8)),
    ),
    LayerCase(
        "rows-joined-by-pairs",
        Stream((8,), I8),
        (Reshape((4, 2)), Window(3), Reshape((2, 12)), conv("", I8, 12, 5).ops[0], Requant((9,), U8)),
    ),
)
LASTS = (  # behind the last of a kernel's values lie flags, which writing too much would show
    conv("last-1", I8, 1, 3, 5, bits=6),
    conv("last-depthwise", U8, 5, 5, 3, bits=7, groups=5),
    conv("last-depthwise-wide", U8, 5, 5, 5, fill=127, groups=5),
    conv("last", I8, 4, 5, 3),
)
LAYERS = (*GOALS, *EXTREMES, *SHAPES, *TIMES, *GROUPS, *TYPES, *ARITHMETIC, *CHAINS, *HALVES, *WIRING, *LASTS)


def layers_graph(cases: tuple[LayerCase, ...] = LAYERS) -> Graph:
    """The cases side by side. Streams that are alike are cut from the input once. One output: the values tell all."""
    nodes: dict[str, Node] = {}
    for case in cases:
        name = _source(case.x, nodes)
        for k, op in enumerate(case.ops):
            source, name = name, case.name if k + 1 == len(case.ops) else f"{case.name}.{k}"
            nodes[name] = Node(name, op, (source,))
            if k == case.read_again:
                nodes[f"{name}.again"] = Node(f"{name}.again", Requant((1,), Int(8)), (name,))
    return Graph("layers", 1000.0, ("x", SOURCE), tuple(nodes.values()), (cases[-1].name,)).check()


def _source(x: Stream, nodes: dict[str, Node]) -> str:
    """The name of a stream like x, which is made of the input's first elements where there is none yet."""
    last = "x"
    shift = (16 if x.dtype.signed else 15) - x.dtype.bits + (SOURCE.dtype.bits - 16)
    for what, op in (
        (f"{x.period}", Window(1, stride=x.period)),
        (f"{x.size}", Slice(0, x.size)),
        (f"{x.dtype}", Requant((shift,), x.dtype)),
        ("x".join(map(str, x.shape)), Reshape(x.shape)),
    ):
        source, last = last, f"{last}-{what}"
        nodes.setdefault(last, Node(last, op, (source,)))
    return last


def layers_frames(count: int, seed: int) -> Array:
    """Frames for `layers_graph`: the corners of `corners.frames`, then extremes that alternate in time and in place."""
    low, high = SOURCE.dtype.min, SOURCE.dtype.max
    parity = np.arange(40)[:, None] + np.array([0, 1])[np.arange(SOURCE.size) % 2]
    in_time = np.where(np.arange(40)[:, None] % 2, high, low) + np.zeros(SOURCE.size, np.int64)
    in_both = np.where(parity % 2, high, low)
    return np.concatenate([corners.frames(SOURCE, count - 80, seed), in_time, in_both]).astype(SOURCE.dtype.container)
