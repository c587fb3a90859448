"""Recurrent layers whose forward is the device's arithmetic, value for value, and whose backward can be trained.

Values are scaled integers, as everywhere in quantization-aware training; `edgesort.ops.Gru` and
`edgesort.ops.Lif` define them, and here stand the same equations with gradients: floor passes the gradient
on, saturation stops it, a spike has snnTorch's surrogate gradient. Sums that may take more than the 24 bits of
a float32 are computed in float64. Exported, a layer is one node of the domain `edgesort.ops`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log2
from typing import Any

import brevitas.nn as qnn
import torch
from brevitas.inject.enum import ScalingImplType
from brevitas.quant import Int8WeightPerTensorFixedPoint, Int16Bias
from brevitas.quant_tensor import IntQuantTensor
from torch import Tensor, nn

DOMAIN = "edgesort.ops"
SLOPE = 3.0  # of snnTorch's surrogate gradient, 1 / (1 + SLOPE |u - threshold| / threshold)^2


class ConstantScale(Int8WeightPerTensorFixedPoint):
    """Weights on a grid that training never moves."""

    scaling_impl_type = ScalingImplType.CONST


class Gru(nn.Module):
    """y = h, [B, I, T] -> [B, H, T] of `bits` bits in [-1, 1): PyTorch's GRU with hard gates, see edgesort.ops.Gru.

    Weights of `weight_bits` bits, their scale a power of two that follows the largest; biases of 16 bits.
    The state starts at 0 in each window.
    """

    def __init__(self, inputs: int, hidden: int, weight_bits: int, bits: int = 8, gate_bits: int = 8) -> None:
        super().__init__()
        self.hidden, self.bits, self.gate_bits = hidden, bits, gate_bits
        quantizers = {"weight_quant": Int8WeightPerTensorFixedPoint, "bias_quant": Int16Bias}
        self.x = qnn.QuantLinear(inputs, 3 * hidden, bias=True, weight_bit_width=weight_bits, **quantizers)
        self.h = qnn.QuantLinear(hidden, 3 * hidden, bias=True, weight_bit_width=weight_bits, **quantizers)
        self.h.bias = nn.Parameter(torch.zeros(hidden))  # only n has one here: those of r and z would only add up

    def forward(self, x: IntQuantTensor) -> IntQuantTensor:
        state = scaled(torch.zeros(1, device=x.value.device), 2.0 ** (1 - self.bits), self.bits, True)
        weight_x, weight_h = self.x.quant_weight(x), self.h.quant_weight(state)
        bias, bias_n = self.x.bias_quant(self.x.bias, x, weight_x), self.h.bias_quant(self.h.bias, state, weight_h)
        weights = (weight_x.value, weight_h.value, bias.value, bias_n.value)
        if torch.onnx.is_in_onnx_export():
            return scaled(_GruNode.apply(x.value, *weights, self.bits, self.gate_bits), state.scale, self.bits, True)
        finer = min(_exponent(x) + _exponent(weight_x), _exponent(state) + _exponent(weight_h))
        y = gru(x.value.double(), [weight.double() for weight in weights], finer, self.bits, self.gate_bits)
        return scaled(y.float(), state.scale, self.bits, True)


def gru(x: Tensor, weights: Sequence[Tensor], exponent: int, bits: int, gate_bits: int) -> Tensor:
    """The GRU of float64 [B, I, T] -> [B, H, T]; both accumulators at scale 2^exponent.

    weights: weight_x, weight_h, bias and bias_n, as edgesort.ops.Gru names them.
    """
    weight_x, weight_h, bias, bias_n = weights
    size, step, part = len(bias_n), 2.0 ** (1 - bits), 2.0**-gate_bits
    h = x.new_zeros(len(x), size)
    frames = []
    for sums in nn.functional.linear(x.permute(2, 0, 1), weight_x, bias):
        own = nn.functional.linear(h, weight_h)
        gates = cut((sums + own)[:, : 2 * size] / 4 + 0.5, part, 0.0, 1.0 - part)
        r, z = gates[:, :size], gates[:, size:]
        gated = cut(r * (own[:, 2 * size :] + bias_n), 2.0**exponent)
        n = cut(sums[:, 2 * size :] + gated, step, -1.0, 1.0 - step)
        h = n + cut(z * (h - n), step)
        frames.append(h)
    return torch.stack(frames, 2)


class Lif(nn.Module):
    """y = 1 where a neuron spikes, [B, C, T] -> [B, C, T]: leaky integrate-and-fire, see edgesort.ops.Lif.

    leak: the membrane keeps 1 - 2^-leak of itself. threshold: in the unit of x. recurrent: the neurons' spikes
    come back in the next frame, with weights of `weight_bits` bits at the scale of x (of exponent `exponent`).
    bits: of the membrane. refractory: frames without a spike after one.
    """

    def __init__(
        self,
        neurons: int,
        leak: int | Sequence[int],
        threshold: float | Sequence[float],
        bits: int,
        exponent: int,
        recurrent: bool = False,
        refractory: int = 0,
        weight_bits: int = 8,
    ) -> None:
        super().__init__()
        self.leak = (leak,) if isinstance(leak, int) else tuple(leak)
        self.threshold = (threshold,) if isinstance(threshold, int | float) else tuple(threshold)
        self.bits, self.exponent, self.refractory, self.recurrent = bits, exponent, refractory, None
        if recurrent:
            self.recurrent = qnn.QuantLinear(
                neurons,
                neurons,
                bias=False,
                weight_quant=ConstantScale,
                weight_bit_width=weight_bits,
                weight_scaling_init=2.0**exponent * (2 ** (weight_bits - 1) - 1),
            )

    def forward(self, x: IntQuantTensor) -> IntQuantTensor:
        weight = None if self.recurrent is None else self.recurrent.quant_weight().value
        if torch.onnx.is_in_onnx_export():
            tensors = (x.value,) if weight is None else (x.value, weight)
            spikes = _LifNode.apply(self.leak, self.threshold, self.bits, self.refractory, *tensors)
        else:
            step = 2.0 ** _exponent(x)
            spikes = lif(x.value, weight, step, self.leak, self.threshold, self.bits, self.refractory)
        return scaled(spikes, 1.0, 1, False)


def lif(
    x: Tensor,
    weight: Tensor | None,
    step: float,
    leak: Sequence[int],
    threshold: Sequence[float],
    bits: int,
    refractory: int,
) -> Tensor:
    """The spikes of currents [B, C, T], a membrane of `bits` bits in steps of `step`."""
    kept, level = 2.0 ** -x.new_tensor(leak), x.new_tensor(threshold)
    made: Tensor = _Spikes.apply(x, weight, step, kept, level, step * 2.0 ** (bits - 1), refractory)
    return made


class _Spikes(torch.autograd.Function):
    """The membrane frame by frame, and its gradient by hand, which takes less time than one that autograd traces.

    The gradient passes through the leak, the currents and the recurrent weights, not through the reset, and stops
    where the membrane is saturated. That of a spike is the one of snnTorch's fast_sigmoid.
    """

    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        weight: Tensor | None,
        step: float,
        kept: Tensor,
        level: Tensor,
        limit: float,
        refractory: int,
    ) -> Tensor:
        drive, level = x.permute(2, 0, 1).contiguous(), level.expand(x.shape[1])
        reached, spikes, free = torch.empty_like(drive), torch.empty_like(drive), torch.ones_like(drive[:1], dtype=bool)
        if refractory:
            free = free.repeat(len(drive), 1, 1)
        u, wait = torch.zeros_like(drive[0]), torch.zeros_like(drive[0])
        for t, current in enumerate(drive):
            u = (u - cut(u * kept, step)).add_(current)
            if weight is not None and t:
                u.addmm_(spikes[t - 1], weight.T)
            reached[t] = u
            s = torch.gt(u.clamp_(-limit, limit - step), level, out=spikes[t])
            if refractory:
                free[t] = wait == 0
                s *= free[t]
                wait = torch.where(s > 0, refractory, (wait - 1).clamp_(min=0))
            u.addcmul_(s, level, value=-1)
        ctx.save_for_backward(reached, spikes, free, weight, kept, level)
        ctx.ends = -limit, limit - step
        return spikes.permute(1, 2, 0)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        reached, spikes, free, weight, kept, level = ctx.saved_tensors
        inside = ((reached >= ctx.ends[0]) & (reached <= ctx.ends[1])).to(reached.dtype)
        steep = free / (SLOPE * ((reached.clamp(*ctx.ends) - level) / level).abs() + 1) ** 2 / level
        given = gradients[0].permute(2, 0, 1)
        found, later, after = torch.empty_like(reached), torch.zeros_like(reached[0]), None
        for t in range(len(reached) - 1, -1, -1):
            back = given[t] if weight is None or after is None else torch.addmm(given[t], after, weight)
            after = torch.mul(torch.addcmul(later, back, steep[t]), inside[t], out=found[t])
            later = after * (1 - kept)
        of_weight = None if weight is None else torch.einsum("tbi,tbj->ij", found[1:], spikes[:-1])
        return found.permute(1, 2, 0), of_weight, None, None, None, None, None


class _Cut(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, step: float, low: float, high: float) -> Tensor:
        ctx.save_for_backward((x >= low) & (x <= high + step))
        return torch.floor(x / step).mul_(step).clamp_(low, high)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        return gradients[0] * ctx.saved_tensors[0], None, None, None


def cut(x: Tensor, step: float, low: float = -float("inf"), high: float = float("inf")) -> Tensor:
    """saturate(floor(x / step)) * step in [low, high]; the gradient passes where nothing is saturated."""
    result: Tensor = _Cut.apply(x, step, low, high)
    return result


class _GruNode(torch.autograd.Function):
    """What the exporter sees in place of the loop: one node."""

    @staticmethod
    def forward(ctx: Any, *tensors: Any) -> Tensor:
        x, bias_n = tensors[0], tensors[4]
        return x.new_zeros(x.shape[0], len(bias_n), x.shape[2])

    @staticmethod
    def symbolic(g: Any, *tensors: Any) -> Any:
        *inputs, bits, gate_bits = tensors
        batch, _, frames = inputs[0].type().sizes()
        hidden = inputs[4].type().sizes()[0]
        made = g.op(f"{DOMAIN}::Gru", *inputs, bits_i=bits, gate_bits_i=gate_bits)
        return made.setType(inputs[0].type().with_sizes([batch, hidden, frames]))


class _LifNode(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, leak: Any, threshold: Any, bits: int, refractory: int, x: Tensor, *weight: Tensor) -> Tensor:
        return torch.zeros_like(x)

    @staticmethod
    def symbolic(g: Any, leak: Any, threshold: Any, bits: int, refractory: int, *inputs: Any) -> Any:
        attributes = {"leak_i": leak, "threshold_f": threshold, "bits_i": bits, "refractory_i": refractory}
        return g.op(f"{DOMAIN}::Lif", *inputs, **attributes).setType(inputs[0].type())


def scaled(value: Tensor, scale: float | Tensor, bits: int, signed: bool) -> IntQuantTensor:
    return IntQuantTensor(
        value,
        scale=torch.as_tensor(scale, dtype=torch.float32, device=value.device),
        zero_point=torch.tensor(0.0, device=value.device),
        bit_width=torch.tensor(float(bits), device=value.device),
        signed=signed,
        training=False,
    )


def _exponent(tensor: IntQuantTensor) -> int:
    return round(log2(float(tensor.scale.detach())))
