"""Networks as brevitas' own tests and examples make them, on signals, and what must become of each.

The layers and quantizers are those of brevitas' export tests (QuantLinear, QuantConv1d, QuantConvTranspose1d under
each quantizer), of its tests of activations, element-wise layers and recurrences, and of its examples. Most of its
quantizers round to nearest and have float scales: those are refused; the same layers with fixed-point scales that
floor must be exact.
"""

import warnings

import brevitas.nn as qnn
import onnx
import torch
import torch.nn.functional as F
from brevitas.export import export_qonnx
from brevitas.inject.enum import FloatToIntImplType
from brevitas.quant import (
    Int8ActPerTensorFixedPoint,
    Int8ActPerTensorFloat,
    Int8WeightPerTensorFixedPoint,
    Int8WeightPerTensorFloat,
    Int16Bias,
    Int32Bias,
    SignedBinaryActPerTensorConst,
    SignedBinaryWeightPerTensorConst,
    Uint8ActPerTensorFixedPoint,
)
from brevitas.quant.fixed_point import Int8WeightPerChannelFixedPoint
from brevitas.quant.scaled_int import (
    Int8AccumulatorAwareWeightQuant,
    Int8BiasPerTensorFloatInternalScaling,
    Int8WeightPerChannelFloat,
)
from brevitas.quant.shifted_scaled_int import ShiftedUint8ActPerTensorFloat, ShiftedUint8WeightPerTensorFloat
from brevitas_examples.bnn_pynq.models.FC import FC
from brevitas_examples.text_to_speech.melgan.res_stack_brevitas import ResStack
from torch import nn

EXACT = ""  # what must become of a network: this, or the text of the refusal
SCALE, ROUND, ZERO = "expected scale to be a power of two", "expected rounding_mode FLOOR", "expected zero point 0"


class Floor(Int8ActPerTensorFixedPoint):
    float_to_int_impl_type = FloatToIntImplType.FLOOR


class UnsignedFloor(Uint8ActPerTensorFixedPoint):
    float_to_int_impl_type = FloatToIntImplType.FLOOR


QUANTIZERS = {
    "asymmetric": (ShiftedUint8WeightPerTensorFloat, ShiftedUint8ActPerTensorFloat, ZERO),
    "float": (Int8WeightPerTensorFloat, Int8ActPerTensorFloat, SCALE),
    "float a channel": (Int8WeightPerChannelFloat, Int8ActPerTensorFloat, SCALE),
    "a2q": (Int8AccumulatorAwareWeightQuant, Int8ActPerTensorFloat, SCALE),
    "float weights": (Int8WeightPerTensorFloat, Floor, SCALE),
    "fixed": (Int8WeightPerTensorFixedPoint, Int8ActPerTensorFixedPoint, ROUND),
    "fixed a channel": (Int8WeightPerChannelFixedPoint, Int8ActPerTensorFixedPoint, ROUND),
    "fixed, floor": (Int8WeightPerTensorFixedPoint, Floor, EXACT),
    "fixed a channel, floor": (Int8WeightPerChannelFixedPoint, Floor, EXACT),
}
LAYERS = {
    "QuantLinear": (qnn.QuantLinear, {"in_features": 8, "out_features": 16}, (1, 8)),
    "QuantConv1d": (qnn.QuantConv1d, {"in_channels": 8, "out_channels": 16, "kernel_size": 3}, (1, 8, 5)),
    "QuantConvTranspose1d": (
        qnn.QuantConvTranspose1d,
        {"in_channels": 8, "out_channels": 16, "kernel_size": 3},
        (1, 8, 5),
    ),
}


class Network(nn.Module):
    """Modules, and a function that puts them together."""

    def __init__(self, function, **modules):
        super().__init__()
        self.function = function
        for name, module in modules.items():
            setattr(self, name, module)

    def forward(self, x):
        y = self.function(self, x)
        return y.value if hasattr(y, "value") else y


def conv(*shape, **more):
    quantizers = {"weight_quant": Int8WeightPerTensorFixedPoint, "bias_quant": Int16Bias}
    return qnn.QuantConv1d(*shape, **quantizers, return_quant_tensor=True, **more)


def linear(*shape, bias=False):
    return qnn.QuantLinear(*shape, bias=bias, weight_quant=Int8WeightPerTensorFixedPoint)


def cut():
    return qnn.QuantIdentity(act_quant=Floor, return_quant_tensor=True)


def relu():
    return qnn.QuantReLU(act_quant=UnsignedFloor, return_quant_tensor=True)


def behind(act, channels=4):
    """An activation behind a convolution."""
    return Network(lambda n, x: n.act(n.conv(n.cut(x))), cut=cut(), conv=conv(2, channels, 3), act=act), (1, 2, 18)


def after(function, **modules):
    """Anything behind cut, conv and relu: function(network, tensor with its scale)."""

    def run(n, x):
        return function(n, n.relu(n.conv(n.cut(x))))

    return Network(run, cut=cut(), conv=conv(2, 4, 3), relu=relu(), **modules), (1, 2, 18)


def pooled(n, y):
    return F.max_pool1d(y.value, 2)


def wide(mode):
    return lambda n, y: F.interpolate(pooled(n, y), scale_factor=2, mode=mode)


def flat(n, y):
    return n.fc(torch.flatten(y.value, 1))


def mean(n, y):
    return n.fc(F.adaptive_avg_pool1d(y.value, 1).squeeze(-1))


def gated(n, y):
    return n.out(n.gate(torch.sigmoid(y.value[:, :2])) * y.value[:, 2:])


def recurrent():
    lstm = qnn.QuantLSTM(4, 3, batch_first=True)
    return Network(lambda n, x: n.lstm(x.transpose(1, 2))[0], lstm=lstm), (1, 4, 12)


def melgan():
    return Network(lambda n, x: n.stack(n.cut(x)), cut=cut(), stack=ResStack(4, 8)), (1, 4, 64)


def added():
    add = qnn.QuantEltwiseAdd(input_quant=Floor, output_quant=Floor, return_quant_tensor=True)
    return after(lambda n, y: n.add(y, n.second(y)), second=conv(4, 4, 1), add=add)


def separable():
    return after(lambda n, y: n.two(n.act(n.one(y))), one=conv(4, 4, 5, groups=4), act=cut(), two=conv(4, 6, 1))


def binary():
    act = qnn.QuantIdentity(act_quant=SignedBinaryActPerTensorConst, return_quant_tensor=True)
    return nn.Sequential(act, qnn.QuantConv1d(2, 4, 3, weight_quant=SignedBinaryWeightPerTensorConst)), (1, 2, 16)


def unet():
    def run(n, x):
        x = n.cut(x)
        up = n.up(n.relu(n.down(x)))
        return n.out(torch.cat([up.value, x.value[:, :, 1:-1]], 1))

    up = qnn.QuantConvTranspose1d(4, 2, 2, stride=2, weight_quant=Int8WeightPerTensorFixedPoint, bias_quant=Int16Bias,
                                  return_quant_tensor=True)  # fmt: skip
    return Network(run, cut=cut(), down=conv(2, 4, 4, stride=2), relu=relu(), up=up, out=cut()), (1, 2, 32)


def residual():
    def run(n, x):
        x = n.cut(x)
        return n.out(x.value[:, :, 2:-2] + n.second(n.relu(n.first(x))).value)

    return Network(run, cut=cut(), first=conv(2, 2, 3), relu=relu(), second=conv(2, 2, 3), out=cut()), (1, 2, 32)


def layer(kind, sizes, shape, weight, act, bias=Int32Bias):
    """One layer between quantizers of its input and its output, as the export tests have them."""
    quantizers = {"weight_quant": weight, "input_quant": act, "output_quant": act, "bias_quant": bias}
    return lambda: (kind(**sizes, bias=True, **quantizers), shape)


HARD = {"act_quant": Floor, "min_val": -1.0, "max_val": 1.0, "return_quant_tensor": True}
NETWORKS = (
    {  # what builds the network and the shape of its input, and what must become of it
        f"{kind}, {name}": (layer(*LAYERS[kind], weight, act), wanted)
        for kind in LAYERS
        for name, (weight, act, wanted) in QUANTIZERS.items()
    }
    | {
        f"{kind}, float bias": (
            layer(*LAYERS[kind], Int8WeightPerTensorFixedPoint, Floor, Int8BiasPerTensorFloatInternalScaling),
            SCALE,
        )
        for kind in LAYERS
    }
    | {
        "QuantReLU": (lambda: behind(relu()), EXACT),
        "QuantReLU, default": (lambda: behind(qnn.QuantReLU()), SCALE),
        "QuantHardTanh": (lambda: behind(qnn.QuantHardTanh(**HARD)), EXACT),
        "QuantSigmoid": (lambda: behind(nn.Sequential(cut(), qnn.QuantSigmoid(act_quant=UnsignedFloor))), EXACT),
        "QuantTanh": (lambda: behind(nn.Sequential(cut(), qnn.QuantTanh(act_quant=Floor))), EXACT),
        "QuantTanh of a sum": (lambda: behind(qnn.QuantTanh(act_quant=Floor)), "expected 12 bits at most before Tanh"),
        "QuantEltwiseAdd": (added, EXACT),
        "binary": (binary, SCALE),
        "max pool": (lambda: after(pooled), EXACT),
        "average pool": (lambda: after(lambda n, y: n.out(F.avg_pool1d(y.value, 4)), out=cut()), EXACT),
        "average pool of 3": (lambda: after(lambda n, y: F.avg_pool1d(y.value, 3)), "a kernel that is a power of two"),
        "upsample": (lambda: after(wide("nearest")), EXACT),
        "upsample, linear": (lambda: after(wide("linear")), "expected mode nearest"),
        "flatten, linear": (lambda: after(flat, fc=linear(64, 5)), EXACT),
        "linear, float bias": (lambda: after(flat, fc=linear(64, 5, bias=True)), "expected a bias on the"),
        "channels last": (lambda: after(lambda n, y: n.fc(y.value.transpose(1, 2)), fc=linear(4, 5)), EXACT),
        "global average": (lambda: after(mean, fc=linear(4, 5)), EXACT),
        "mean": (lambda: after(lambda n, y: n.fc(y.value.mean(2)), fc=linear(4, 5)), EXACT),
        "softmax": (lambda: after(lambda n, y: torch.softmax(y.value, 1)), "found Softmax, which is unsupported"),
        "leaky ReLU": (lambda: after(lambda n, y: F.leaky_relu(y.value)), "found LeakyRelu, which is unsupported"),
        "gate": (lambda: after(gated, gate=qnn.QuantIdentity(act_quant=UnsignedFloor), out=cut()), EXACT),
        "depthwise, separable": (separable, EXACT),
        "dilated": (lambda: behind(nn.Sequential(cut(), conv(4, 2, 3, dilation=2))), EXACT),
        "padding": (lambda: after(lambda n, y: n.two(y), two=conv(4, 2, 3, padding=1)), "expected no padding"),
        "batch norm": (lambda: after(lambda n, y: n.norm(y.value), norm=nn.BatchNorm1d(4)), "expected it folded"),
        "residual": (residual, EXACT),
        "U-Net": (unet, EXACT),
        "QuantLSTM": (recurrent, SCALE),
        "MelGAN's residual stack": (melgan, "found LeakyRelu, which is unsupported"),
        "BNN-PYNQ's FC": (lambda: (FC(3, 2, 2, 8, 1, [16], (1, 64)), (1, 64)), SCALE),
    }
)


def export(name, path):
    """Write a network, calibrated on noise, for samples worth 2^-12 each."""
    torch.manual_seed(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network, shape = NETWORKS[name][0]()
        network.train()
        network(2 * torch.randn(shape if len(shape) == 3 else (8, *shape[1:])))
        export_qonnx(network.eval(), torch.randn(shape), str(path), dynamo=False)
    model = onnx.load(str(path))
    onnx.helper.set_model_props(model, {"sampling_frequency": "30000", "adc_exponent": "-12"})
    path.write_bytes(model.SerializeToString())
    return path
