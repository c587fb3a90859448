"""Brevitas layers that obey the one arithmetic rule: power-of-two scales, zero point 0, floor rounding.

Activations are cut with a constant scale 2^exponent, so training never moves it; negative values of
an unsigned one clip at 0, which is the ReLU. A weight's scale follows its largest value, rounded up to
a power of two. Weights and biases are constants and are rounded to nearest before they are used.
"""

from __future__ import annotations

from typing import Any

import brevitas.nn as qnn
import torch
from brevitas.inject.enum import FloatToIntImplType, ScalingImplType
from brevitas.quant import (
    Int8ActPerTensorFixedPoint,
    Int8WeightPerTensorFixedPoint,
    Int16Bias,
    Uint8ActPerTensorFixedPoint,
)

from edgesort.data.errors import DataError


class SignedFloor(Int8ActPerTensorFixedPoint):
    float_to_int_impl_type = FloatToIntImplType.FLOOR
    scaling_impl_type = ScalingImplType.CONST


class UnsignedFloor(Uint8ActPerTensorFixedPoint):
    float_to_int_impl_type = FloatToIntImplType.FLOOR
    scaling_impl_type = ScalingImplType.CONST


def layer_bits(bits: int | tuple[int, ...], layers: int) -> tuple[int, ...]:
    """The bits of each layer's weights: one number for all, or one a layer."""
    each = (bits,) * layers if isinstance(bits, int) else tuple(bits)
    if len(each) != layers or not all(2 <= b <= 8 for b in each):
        raise DataError(f"weight bits: expected 2 to 8 of each of {layers} layers, found {each}")
    return each


def signed(exponent: int, bits: int = 8) -> qnn.QuantIdentity:
    """y = saturate(floor(x / 2^exponent)) * 2^exponent, two's complement of `bits` bits."""
    limit = 2.0 ** (exponent + bits - 1)
    return qnn.QuantIdentity(act_quant=SignedFloor, bit_width=bits, scaling_init=limit, return_quant_tensor=True)


def unsigned(exponent: int, bits: int = 8) -> qnn.QuantIdentity:
    """y = saturate(floor(x / 2^exponent)) * 2^exponent, unsigned: a ReLU."""
    limit = 2.0 ** (exponent + bits)
    return qnn.QuantIdentity(act_quant=UnsignedFloor, bit_width=bits, scaling_init=limit, return_quant_tensor=True)


def conv1d(
    inputs: int, outputs: int, kernel: int, weight_bits: int, stride: int = 1, groups: int = 1
) -> qnn.QuantConv1d:
    """Conv1d without padding, weights of `weight_bits` bits, bias of 16 bits at the accumulator's scale."""
    return qnn.QuantConv1d(inputs, outputs, kernel, stride, groups=groups, **_quantizers(weight_bits))


class SharedConv1d(qnn.QuantConv1d):
    """The same filters for each of `groups` groups of channels: [B, groups * I, T] -> [B, groups * O, T'].

    Trained with the groups as a batch, exported as a convolution with groups whose weights repeat, from which the
    importer makes one matrix again.
    """

    def __init__(self, groups: int, inputs: int, outputs: int, kernel: int, weight_bits: int, stride: int = 1) -> None:
        super().__init__(inputs, outputs, kernel, stride, **_quantizers(weight_bits))
        self.each = groups

    def _conv_forward(self, x: Any, weight: Any, bias: Any) -> Any:
        if torch.onnx.is_in_onnx_export():
            weight, bias = torch.cat([weight] * self.each, 0), torch.cat([bias] * self.each, 0)
            return torch.nn.functional.conv1d(x, weight, bias, self.stride, groups=self.each)
        batch, _, frames = x.shape
        made = super()._conv_forward(x.reshape(batch * self.each, -1, frames), weight, bias)
        return made.reshape(batch, -1, made.shape[2])


def _quantizers(weight_bits: int) -> dict[str, Any]:
    """Weights of `weight_bits` bits, biases of 16 at the accumulator's scale."""
    return {
        "weight_quant": Int8WeightPerTensorFixedPoint,
        "weight_bit_width": weight_bits,
        "bias_quant": Int16Bias,
        "return_quant_tensor": True,
    }
