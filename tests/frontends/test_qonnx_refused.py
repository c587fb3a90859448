"""What has no exact streaming meaning is refused in one line that names the node and says why."""

import numpy as np
import pytest

from edgesort.frontends.qonnx import ModelError, load
from tests.frontends.network import QUANT, Network


def one(op, *inputs, channels=2, frames=64, exponent=-6, **attributes):
    """One node behind the quantized samples; numpy arrays become constants."""

    def build():
        n = Network(channels, frames)
        x = n.input(exponent)
        names = [n.constant(f"c{k}", v, v.dtype) if isinstance(v, np.ndarray) else v or x for k, v in enumerate(inputs)]
        n.node(op, [x, *names], "y", "/y", **attributes)
        return n

    return build


def own(op, *inputs, frames="time", **attributes):
    def build():
        n = Network(2, frames)
        names = [n.weights(f"w{k}", shape) for k, shape in enumerate(inputs)]
        n.node(op, [n.input(), *names], "y", "/y", "edgesort.ops", **attributes)
        return n

    return build


def weighted(op, shape, channels=2, frames=64, **attributes):
    def build():
        n = Network(channels, frames)
        n.node(op, [n.input(), n.weights("w", shape)], "y", "/y", **attributes)
        return n

    return build


def curved(edit):
    def build():
        n = Network(1)
        edit(n, n.input())
        return n

    return build


def wide_tanh(n, x):
    y = n.quant(n.node("Conv", [x, n.weights("w", (1, 1, 9))], "conv"), "sum", 2.0**-9, 16)
    n.quant(n.node("Tanh", [y], "t"), "y", 2.0**-6, 8, "/y")


def fine_lif(n, x):
    w = n.weights("w", (1, 1), exponent=-9)
    n.node("Lif", [x, w], "y", "/y", "edgesort.ops", leak=[3], threshold=[1.0], bits=12)


def gru(n, x, exponent, grid=-10):
    w, h = n.weights("w", (6, 1), exponent), n.weights("h", (6, 2), exponent)
    n.constant("b", np.full(6, 2.0**grid)), n.constant("bn", np.zeros(2))
    b, bn = (n.quant(k, f"{k}q", 2.0**grid, 16) for k in ("b", "bn"))
    n.node("Gru", [x, w, h, b, bn], "y", "/y", "edgesort.ops", bits=16, gate_bits=8)


def lif(threshold):
    return curved(lambda n, x: n.node("Lif", [x], "y", "/y", "edgesort.ops", leak=[3], threshold=threshold, bits=12))


def lengths(n, x):
    n.node("Add", [x, n.node("Slice", [x, n.ints(1), n.ints(9), n.ints(2)], "part")], "y", "/y")


def rates(n, x):
    n.node("Add", [x, n.node("Slice", [x, n.ints(0), n.ints(64), n.ints(2), n.ints(2)], "half")], "y", "/y")


def over_time(n, x):
    mean = n.node("GlobalAveragePool", [x], "mean")
    n.node("Mul", [x, mean], "y", "/y")


def flat_border(n, x):
    y = n.node("ConvTranspose", [x, n.weights("w", (1, 1, 5))], "up", strides=[1])
    n.node("Flatten", [y], "y", "/y")


def two_scales(n, x):
    y = n.node("Mul", [n.node("Concat", [x, x], "pair", axis=1), n.constant("two", [[[1.0], [2.0]]])], "scaled")
    n.node("CommonAverage", [y], "y", "/y", "edgesort.ops")


def unnamed_trunc(n, x):
    inputs = [n.constant(f"t{k}", v) for k, v in enumerate([2.0**-6, 0, 8, 4, 5])]
    n.node("Trunc", [x, *inputs], "y", "/y", QUANT, rounding_mode="FLOOR")


def quantized(n, x, **more):
    n.quant(n.node("Conv", [x, n.weights("w", (1, 1, 9))], "conv"), "y", 2.0**-6, 8, "/y", **more)


F = np.float32
SCALES = np.array([1, 1, 2.5], F)
REFUSED = {
    "kernel on another axis": (weighted("Conv", (2, 2, 3, 3)), "expected a 1-D convolution, found weights of shape"),
    "groups that do not fit": (weighted("Conv", (4, 1, 3), group=3), "expected 3 groups of"),
    "stride 0": (weighted("Conv", (2, 2, 3), strides=[0]), "expected kernel, stride and dilation of 1 or more"),
    "kernel_shape": (weighted("Conv", (2, 2, 3), kernel_shape=[4]), "expected attributes for 1 axes and a kernel of 3"),
    "a window too short": (weighted("Conv", (2, 2, 3), frames=2), "expected a window that is longer than the kernels"),
    "transposed, too many phases": (
        weighted("ConvTranspose", (2, 2, 3), strides=[2]),
        "expected a factor that divides",
    ),
    "transposed, output_shape": (
        weighted("ConvTranspose", (2, 2, 3), output_shape=[9]),
        "expected pads, found output_shape",
    ),
    "transposed, output_padding": (
        weighted("ConvTranspose", (2, 2, 3), output_padding=[4]),
        "expected output_padding below",
    ),
    "transposed, channels": (weighted("ConvTranspose", (3, 2, 3)), "expected weights for 2 channels, found 3"),
    "Gemm of a window": (weighted("Gemm", (2, 3)), "expected [1, channels], found axes n c t; flatten before"),
    "Gemm, alpha": (weighted("Gemm", (2, 3), alpha=0.5), "expected alpha 1, found 0.5"),
    "MatMul over time": (weighted("MatMul", (64, 3)), "expected a product over channels, found axes n c t"),
    "attention": (one("MatMul", ""), "expected a constant matrix, found two streams"),
    "Add of a constant a frame": (one("Add", np.zeros((1, 1, 64), F)), "expected one offset or one a channel"),
    "Add off the grid": (one("Add", np.array(0.01, F)), "expected an offset on the accumulator's grid of 2^-6"),
    "Div by 3": (one("Div", np.array(3, F)), "expected divisor to be a power of two, found 3"),
    "a constant divided": (
        curved(lambda n, x: n.node("Div", [n.constant("c", 1.0), x], "y", "/y")),
        "expected a stream divided",
    ),
    "other lengths": (curved(lengths), "expected tensors of one length, found 64 and 8 frames"),
    "other rates": (curved(rates), "expected inputs of one shape and period"),
    "a mean for all frames": (curved(over_time), "expected tensors of one length, found 64 and 1 frames"),
    "a border flattened": (curved(flat_border), "expected a window of stated length without borders"),
    "flattened without length": (one("Flatten", frames="time"), "expected a window of stated length"),
    "mean without length": (one("GlobalAveragePool", frames="time"), "expected a mean over a window of stated length"),
    "mean over 12": (one("GlobalAveragePool", frames=12), "expected a kernel that is a power of two, found 12"),
    "mean over channels": (one("ReduceMean", np.array([1])), "expected a mean over a window of stated length"),
    "pool with pads": (one("MaxPool", kernel_shape=[3], pads=[1, 1]), "expected no padding, no ceil_mode"),
    "pool with ceil_mode": (
        one("MaxPool", kernel_shape=[3], strides=[2], ceil_mode=1),
        "expected no padding, no ceil_mode",
    ),
    "resized by 2.5": (one("Resize", np.array([], F), SCALES, mode="nearest"), "expected an integer factor along time"),
    "resized, linear": (
        one("Resize", np.array([], F), SCALES.round(), mode="linear"),
        "expected mode nearest that repeats",
    ),
    "resized, corners": (
        one("Resize", np.array([], F), SCALES.round(), mode="nearest", coordinate_transformation_mode="align_corners"),
        "expected mode nearest that repeats",
    ),
    "faster than the samples": (
        one("Resize", np.array([], F), np.array([1, 1, 2], F), mode="nearest"),
        "expected a factor that",
    ),
    "joined in time": (one("Concat", "", axis=2), "expected channels to be joined, found axis 2"),
    "padded": (one("Pad", np.array([0, 0, 2, 0, 0, 0])), "expected no padding, found some"),
    "reversed": (one("Slice", *(np.array([v]) for v in (-1, -9, 2, -1))), "expected steps forward along time"),
    "the end of no length": (
        one("Slice", *(np.array([v]) for v in (-4, 1 << 62, 2)), frames="time"),
        "state the shape",
    ),
    "channels mixed": (one("Reshape", np.array([1, 4, 32])), "expected axes of one to come or go"),
    "split of time": (one("Split", axis=2, outputs=["y", "z"]), "expected a split of the channels in 2"),
    "cast to integers": (one("Cast", to=7), "expected a cast between float types"),
    "softmax": (one("Softmax"), "found Softmax, which is unsupported"),
    "a curve alone": (one("Sigmoid"), "expected outputs that depend on the input, found 0 of 1"),
    "a curve into a layer": (
        curved(lambda n, x: n.node("Relu", [n.node("Tanh", [x], "t")], "y", "/y")),
        "expected a Quant after Tanh, found none",
    ),
    "a curve of many bits": (
        curved(wide_tanh),
        "expected 12 bits at most before Tanh, found 16; put a Quant before it",
    ),
    "a gate on an edge": (
        curved(lambda n, x: n.quant(n.node("HardSigmoid", [x], "h"), "y", 2.0**-8, 8, "/y")),
        "expected one value for",
    ),
    "clip of a wide sum": (one("Clip", np.array(-0.3, F), np.array(0.3, F)), "expected outputs that depend"),
    "trunc of another version": (curved(unnamed_trunc), "expected its version's inputs"),
    "narrow sum": (curved(lambda n, x: quantized(n, x, narrow=1)), "expected narrow 0 for activations"),
    "rounded sum": (curved(lambda n, x: quantized(n, x, rounding_mode="HALF_UP")), "expected rounding_mode FLOOR"),
    "another rounding": (
        curved(lambda n, x: quantized(n, x, rounding_mode="WHATEVER")),
        "expected rounding_mode of ROUND",
    ),
    "batch norm in training": (
        one("BatchNormalization", *(np.ones(2, F) for _ in range(4)), epsilon=0.5),
        "expected it folded",
    ),
    "two scales in a reference": (curved(two_scales), "expected activations at one scale, found one a channel"),
    "LIF off the grid": (lif([0.3]), "expected thresholds on the membrane's grid of 2^-6"),
    "LIF without end": (lif([float("inf")]), "expected thresholds on the membrane's grid"),
    "LIF without leak": (
        own("Lif", bits=8, threshold=[1.0]),
        "expected attributes leak, threshold, bits, found no leak",
    ),
    "LIF, recurrence too fine": (curved(fine_lif), "expected constants on the grid of 2^-6"),
    "GRU too coarse": (
        curved(lambda n, x: gru(n, x, 3)),
        "expected an accumulator as fine as gates of 8 and states of 16 bits",
    ),
    "GRU, bias off the grid": (curved(lambda n, x: gru(n, x, -4, -25)), "expected constants on the grid of 2^-19"),
    "neighbours": (
        own("LocalPeak", threshold=[1, 1], neighbours=[0, 1, 1], reach=2, refractory=1),
        "of a square matrix",
    ),
    "state space": (
        own("StateSpace", a=[1, 0, 0, 1], b=[1, 1, 1], bits=8, fraction=2),
        "expected b of 2 by 2, found 3",
    ),
    "no op of ours": (own("Nothing"), "found Nothing, which is unsupported"),
    "fields": (own("Noise", rise=0, fall=1, shift=3), "expected rise and fall of 1 to"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(tmp_path, case):
    build, text = REFUSED[case]
    with pytest.raises(ModelError) as error:
        load(build().save(tmp_path / "m.onnx"))
    assert text in str(error.value) and "\n" not in str(error.value)
    assert "y" in str(error.value).split(":")[0] or text.startswith(("expected outputs", "found", "expected a valid"))
