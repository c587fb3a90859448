"""A causal, streaming 1-D U-Net with a class for every sample, with or without attention gates.

    x -> fine, coarse -> [conv, pool] down -> conv -> [repeat, gate, concat skip, conv] up -> head

fine: x less its moving average, at a small step, for spikes; coarse: x itself at a large one, for what is slow or
saturates; with a `baseline`, less its average over that long, so that the level of a recording says nothing. Nothing is
padded: a skip is cropped to the time that the longer path below it answers for, and the compiler turns what is left of
the difference into a delay.

A gate (Attention U-Net, Oktay et al. 2018) is one number between 0 and 1 a frame, made from the skip and the path
below it, by which the skip is multiplied; its sigmoid is the hard one, clip(v / 4 + 1 / 2, 0, 1).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any

import torch
from torch import Tensor, nn

from edgesort.data.errors import DataError
from edgesort.fixed import Array
from edgesort.train.frontend import ADC_EXPONENT
from edgesort.train.network import Network
from edgesort.train.quantizers import conv1d, signed, unsigned
from edgesort.train.timing import Timing

GATE_BITS = 8
FLOAT_UNIT = 2.0**-10  # of a float network's scores when they are compared with levels


@dataclass(frozen=True)
class Shape:
    """pools: of the levels, from the samples down; kernels: of the convolutions on the way down, the bottom's last, so
    long that each level begins with a whole pool; kernel: of those on the way up.

    average: samples of the moving average, a power of two. baseline: of that of the coarse samples, longer than
    `average`, in steps of baseline_stride; 0 for none. fine, coarse: exponents of the input's two steps, where
    1,024 counts of the ADC are 1. mean: the score is averaged over so many samples, in steps of mean_stride.
    """

    rows: int
    pools: tuple[int, ...]
    kernels: tuple[int, ...]
    average: int
    fine: int
    coarse: int
    width: int = 8
    kernel: int = 3
    bottom_width: int = 8
    gated: bool = True
    weight_bits: int = 6
    exponent: int = -4  # of activations and scores
    mean: int = 1
    mean_stride: int = 1
    baseline: int = 0
    baseline_stride: int = 1024

    @property
    def period(self) -> int:
        return max(prod(self.pools), self.baseline_stride if self.baseline else 1)

    @property
    def first(self) -> int:
        """The sample with which all averages are known."""
        return max(self.average, self.baseline) - 1


@dataclass(frozen=True)
class Layers:
    """What the network is made of: the device's arithmetic, or floating point."""

    conv: Callable[[int, int, int], Any]
    signed: Callable[[int], nn.Module]
    unsigned: Callable[[int], nn.Module]
    gate: Callable[[], nn.Module]


class HardSigmoid(torch.autograd.Function):
    """clip(v / 4 + 1 / 2, 0, 1), one node of ONNX."""

    @staticmethod
    def forward(ctx: Any, v: Tensor) -> Tensor:
        ctx.save_for_backward(v.abs() <= 2)
        return torch.clamp(v / 4 + 0.5, 0, 1)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        return gradients[0] * ctx.saved_tensors[0]

    @staticmethod
    def symbolic(g: Any, v: Any) -> Any:
        return g.op("HardSigmoid", v, alpha_f=0.25, beta_f=0.5).setType(v.type())


def integer_layers(weight_bits: int) -> Layers:
    return Layers(
        lambda inputs, outputs, kernel: conv1d(inputs, outputs, kernel, weight_bits),
        signed,
        unsigned,
        lambda: unsigned(-GATE_BITS, GATE_BITS),
    )


FLOAT = Layers(nn.Conv1d, lambda _: nn.Identity(), lambda _: nn.ReLU(), nn.Identity)


class Segmenter(Network):
    """[B, channels, T] -> scores [B, rows, T'], a row a class but for the first (noise, the rest)."""

    def __init__(self, shape: Shape, channels: int = 1, layers: Layers | None = None) -> None:
        super().__init__()
        self.shape, self.made = shape, layers or integer_layers(shape.weight_bits)
        self.fine, self.coarse = self.made.signed(shape.fine), self.made.signed(shape.coarse)
        self.average = nn.AvgPool1d(shape.average, 1)
        if shape.baseline:
            self.slow_steps = nn.AvgPool1d(shape.baseline_stride)
            self.slow_mean = nn.AvgPool1d(shape.baseline // shape.baseline_stride, 1)
            self.slow = self.made.signed(shape.coarse)
            self.held = nn.Upsample(scale_factor=shape.baseline_stride)
        self.input_act = self.made.signed(shape.exponent)  # at the activations' step, else a network's start is dead
        for level, kernel in enumerate(shape.kernels):
            outputs = shape.width if level < len(shape.pools) else shape.bottom_width
            self._layer(f"down{level}", shape.width if level else 2 * channels, outputs, kernel)
        for level, pool in enumerate(shape.pools):
            self.add_module(f"pool{level}", nn.MaxPool1d(pool))
            self.add_module(f"repeat{level}", nn.Upsample(scale_factor=pool))
            self.add_module(f"join{level}", self.made.unsigned(shape.exponent))
            self._layer(f"up{level}", self._below(level) + shape.width, shape.width, shape.kernel)
            if shape.gated:
                self._gate(level)
        self.head = self.made.conv(shape.width, shape.rows, 1)
        self.head_act = self.made.signed(shape.exponent)
        self.unit = FLOAT_UNIT if layers is FLOAT else 2.0**shape.exponent
        if shape.mean > 1:
            self.steps = nn.AvgPool1d(shape.mean_stride)
            self.mean = nn.AvgPool1d(shape.mean // shape.mean_stride, 1)
            self.mean_act = self.made.signed(shape.exponent)
        self.crops, self.known = _alignment(shape, _firsts(shape))
        self.learning = Timing(self.known, period=shape.period)
        self.timing = self._answers()

    @staticmethod
    def inputs(frames: Array, sampling_frequency: float) -> Array:
        """int16 [T, C] -> float32 [T, C]: the samples as they are, 1,024 counts of the ADC being 1."""
        return (frames * 2.0**ADC_EXPONENT).astype("float32")

    def head_sum(self, x: Tensor) -> Any:
        shape, levels = self.shape, len(self.shape.pools)
        fine = _value(self.fine(x[:, :, shape.average - 1 :] - self.average(x)))
        fine = fine[:, :, shape.first + 1 - shape.average :]
        coarse = self._level(_value(self.coarse(x)))
        both = (fine * 2.0 ** (shape.exponent - shape.fine), coarse * 2.0 ** (shape.exponent - shape.coarse))
        y, skips = self.input_act(torch.cat(both, 1)), []
        for level in range(levels):
            skips.append(self._run(f"down{level}", y))
            y = self._module("pool", level)(skips[-1])
        y = self._run(f"down{levels}", y)
        for level in reversed(range(levels)):
            below = _value(self._module("repeat", level)(y))
            skip = _value(skips[level])[:, :, self.crops[level] :][:, :, : below.shape[2]]
            y = self._run(f"up{level}", self._joined(level, below[:, :, : skip.shape[2]], skip))
        return self.head(y)

    def forward(self, x: Tensor) -> Any:
        score = self.head_act(self.head_sum(x))
        if self.shape.mean == 1:
            return score
        aligned = _value(score)[:, :, -self.known % self.shape.mean_stride :]
        return self.mean_act(self.mean(self.steps(aligned)))

    def logits(self, x: Tensor) -> Tensor:
        return _value(self.head_sum(x))

    def score(self, x: Tensor) -> Tensor:
        return _value(self(x)) / self.unit

    def _level(self, coarse: Tensor) -> Tensor:
        """Coarse samples, less the newest baseline that is known, from the frame on in which all averages are known."""
        shape = self.shape
        late = coarse[:, :, shape.first :]
        if not shape.baseline:
            return late
        slow = self.held(_value(self.slow(self.slow_mean(self.slow_steps(coarse)))))
        return late - slow[:, :, : late.shape[2]]

    def _joined(self, level: int, below: Tensor, skip: Tensor) -> Any:
        """Both paths as one; behind the gate, if there is one, the skip is let through as far as it is open."""
        join = self._module("join", level)
        both = join(torch.cat([below, skip], 1))
        if not self.shape.gated:
            return both
        opening = self._module("opening", level)(self._run(f"attend{level}", both))
        gate = self._module("gate", level)(HardSigmoid.apply(_value(self._module("opening_act", level)(opening))))
        gated = self._module("gated", level)(skip * _value(gate))
        return join(torch.cat([below, _value(gated)], 1))

    def _gate(self, level: int) -> None:
        shape = self.shape
        self._layer(f"attend{level}", self._below(level) + shape.width, shape.width // 2, 1)
        self.add_module(f"opening{level}", self.made.conv(shape.width // 2, 1, 1))
        self.add_module(f"opening_act{level}", self.made.signed(2 - GATE_BITS))
        self.add_module(f"gate{level}", self.made.gate())
        self.add_module(f"gated{level}", self.made.unsigned(shape.exponent))

    def _below(self, level: int) -> int:
        """Channels that come up to a level."""
        return self.shape.width if level + 1 < len(self.shape.pools) else self.shape.bottom_width

    def _layer(self, name: str, inputs: int, outputs: int, kernel: int) -> None:
        self.add_module(name, self.made.conv(inputs, outputs, kernel))
        self.add_module(f"{name}_act", self.made.unsigned(self.shape.exponent))

    def _module(self, name: str, level: int) -> Any:
        return getattr(self, f"{name}{level}")

    def _run(self, name: str, x: Any) -> Any:
        return getattr(self, f"{name}_act")(getattr(self, name)(x))

    def _answers(self) -> Timing:
        """Of the averaged score: its first frame is known `mean - stride` samples after that of the first step."""
        shape, stride = self.shape, self.shape.mean_stride
        first = self.known + -self.known % stride + (shape.mean if shape.mean > 1 else 1) - 1
        return Timing(first + 1 - stride, stride, max(shape.period, stride))


def _firsts(shape: Shape) -> list[int]:
    """The first frame of each level's skip and of the bottom, counted in its stream."""
    firsts, first = [], shape.first
    for level, (kernel, pool) in enumerate(zip(shape.kernels, (*shape.pools, 1), strict=True)):
        firsts.append(first + kernel - 1)
        if firsts[-1] % pool:
            raise DataError(
                f"level {level}: expected a first frame that is a multiple of its pool of {pool}, found {firsts[-1]}; "
                f"make its kernel longer by {-firsts[-1] % pool}"
            )
        first = firsts[-1] // pool
    return firsts


def _alignment(shape: Shape, firsts: list[int]) -> tuple[list[int], int]:
    """The frame of each skip that is joined with the first of the path below; the sample known with the first answer.

    A frame below belongs to the `pool` frames that it was made of, and is known with the last of them.
    """
    own = known = firsts[-1]
    crops = []
    for pool, first in zip(shape.pools[::-1], firsts[-2::-1], strict=True):
        crops.append(own * pool - first)
        own, known = own * pool + shape.kernel - 1, (known + 1) * pool - 1 + shape.kernel - 1
    return crops[::-1], known


def _value(x: Any) -> Tensor:
    return x.value if hasattr(x, "value") else x
