"""Small networks, one for each thing that the importer can do; every one must be exact."""

import numpy as np

from tests.frontends.network import QUANT, Network


def conv(**attributes):
    def build():
        groups = attributes.get("group", 1)
        n = Network(4)
        n.layer(n.input(), "conv", (8, 4 // groups, 3), **attributes)
        return n

    return build


def up(kernel, stride, groups=1, **attributes):
    """A ConvTranspose behind a stride, with a layer on top."""

    def build():
        n = Network(2, 48)
        x = n.layer(n.input(), "down", (4, 2, 3), strides=[stride], cut=-6)
        x = n.layer(x, "up", (4, 6 // groups, kernel), "ConvTranspose", strides=[stride], group=groups, **attributes)
        n.quant(n.node("Conv", [x, n.weights("head_w", (2, 6, 1))], "head"), "score", 2.0**-4, 8)
        return n

    return build


def unet():
    """Three levels, strides 2 and 3, skips by Concat with crops; the crops are what alignment must get right."""
    n = Network(2, 149)
    skips = [n.layer(n.input(), "enc0", (4, 2, 3))]
    for level, stride in ((1, 2), (2, 3)):
        skips.append(n.layer(skips[-1], f"enc{level}", (4, 4, 3), strides=[stride], cut=-4))
    sizes, x = (147, 73, 24), skips[-1]
    length = sizes[2]
    for level, stride in ((1, 3), (0, 2)):
        x = n.layer(x, f"up{level}", (4, 4, stride), "ConvTranspose", strides=[stride], cut=-4)
        length *= stride
        first = (sizes[level] - length) // 2
        skip = n.node("Slice", [skips[level], n.ints(first), n.ints(first + length), n.ints(2)], f"skip{level}")
        x = n.node("Concat", [skip, x], f"join{level}", axis=1)
        x = n.layer(x, f"dec{level}", (4, 8, 3), cut=-4)
        length -= 2
    n.quant(n.node("Conv", [x, n.weights("head_w", (2, 4, 1))], "head"), "score", 2.0**-4, 8, signed=0)
    return n


def residual(op="Add"):
    """x[2:-2] + conv(conv(x)), at two scales."""

    def build():
        n = Network(3, "time")
        x = n.input()
        y = n.layer(n.layer(x, "a", (3, 3, 3)), "b", (3, 3, 3), cut=-3)
        skip = n.node("Slice", [x, n.ints(2), n.ints(-2), n.ints(2)], "skip")
        n.quant(n.node(op, [skip, y], "join"), "out", 2.0**-3, 8)
        return n

    return build


def gate(function):
    """A curve of one branch times the other branch."""

    def build():
        n = Network(2)
        x = n.input()
        a = n.quant(n.node("Conv", [x, n.weights("a_w", (3, 2, 1))], "a"), "a_cut", 2.0**-6, 12)
        b = n.quant(n.node("Conv", [x, n.weights("b_w", (3, 2, 4))], "b"), "b_cut", 2.0**-4, 8)
        g = n.quant(function(n, a), "gate", 2.0**-8, 8, signed=0)
        g = n.node("Slice", [g, n.ints(3), n.ints(1 << 62), n.ints(2)], "late")
        n.quant(n.node("Mul", [g, b], "gated"), "out", 2.0**-5, 8)
        return n

    return build


def flat(time_first=False, gemm=True):
    """A classifier of windows of 12 frames."""

    def build():
        n = Network(2, 12)
        x = n.layer(n.input(), "conv", (4, 2, 3))
        if time_first:
            x = n.node("Transpose", [x], "turned", perm=[0, 2, 1])
        x = n.node("Flatten", [x], "flat") if gemm else n.node("Reshape", [x, n.ints(1, 40)], "flat")
        w = n.weights("w", (5, 40) if gemm else (40, 5))
        y = n.node("Gemm", [x, w], "fc", transB=1) if gemm else n.node("MatMul", [x, w], "fc")
        y = n.quant(n.node("Relu", [y]), "fc_act", 2.0**-3, 8, signed=0)
        y = n.node("MatMul", [y, n.weights("v", (5, 3))], "head")
        n.quant(n.node("Add", [y, n.constant("v_b", [0.5, -0.25, 1])], "biased"), "score", 2.0**-3, 8)
        return n

    return build


def pooled(op, **attributes):
    def build():
        n = Network(3, 61)
        x = n.node(op, [n.input()], "pool", **attributes)
        n.quant(x, "cut", 2.0**-5, 6)
        n.layer("cut", "conv", (4, 3, 3), bias=False)
        return n

    return build


def global_mean(op="GlobalAveragePool", **attributes):
    def build():
        n = Network(2, 18)
        axes = [n.ints(2)] if op == "ReduceMean" else []
        x = n.node(op, [n.layer(n.input(), "conv", (4, 2, 3)), *axes], "mean", **attributes)
        x = n.node("Flatten", [x], "flat")
        n.quant(n.node("Gemm", [x, n.weights("w", (4, 3))], "fc"), "score", 2.0**-4, 8)
        return n

    return build


def upsampled():
    n = Network(2, 50)
    x = n.node("MaxPool", [n.input()], "pool", kernel_shape=[2], strides=[2])
    scales = n.constant("scales", [1, 1, 2])
    x = n.node("Resize", [x, "", scales], "wide", mode="nearest")
    n.layer(x, "conv", (3, 2, 5), bias=False)
    return n


def odd_stride():
    """Two branches that reach a join at other phases: a stride behind a kernel of 2, and behind one of 1."""
    n = Network(1, 64)
    x = n.input()
    a = n.layer(x, "a", (2, 1, 2), strides=[2])
    b = n.layer(n.node("Slice", [x, n.ints(2), n.ints(1 << 62), n.ints(2)], "late"), "b", (2, 1, 1), strides=[2])
    a = n.node("Slice", [a, n.ints(0), n.ints(-1), n.ints(2)], "a_part")
    n.quant(n.node("Add", [a, b], "join"), "out", 2.0**-3, 8)
    return n


def batch_norm():
    n = Network(2)
    y = n.node("Conv", [n.input(), n.weights("w", (3, 2, 3))], "conv")
    values = {"scale": [2, -1, 0.5], "shift": [0.25, 0, -0.5], "mean": [0.5, -0.25, 0], "var": [4, 1, 0.25]}
    names = [n.constant(name, value) for name, value in values.items()]
    n.quant(n.node("BatchNormalization", [y, *names], "norm", epsilon=0.0), "out", 2.0**-4, 8)
    return n


def batch_norm_alone():
    n = Network(2)
    names = [n.constant(k, v) for k, v in (("scale", [2, -1]), ("shift", [0.25, 0]), ("mean", [0, 1]), ("var", [1, 1]))]
    y = n.node("BatchNormalization", [n.input(), *names], "norm", epsilon=0.0)
    n.layer(y, "conv", (2, 2, 3), bias=False)
    return n


def per_channel():
    """Weights, biases and activations with scales of their own, as HAWQ and brevitas can have them."""
    n = Network(2)
    n.input()
    n.constants["x_scale"] = np.float32([[[2.0**-6], [2.0**-4]]])
    y = n.layer("x", "conv", (4, 2, 3), bias=False, cut=-4)
    n.constants["conv_w_q_scale"] = np.float32(2.0 ** -np.array([3, 4, 5, 4])).reshape(4, 1, 1)
    n.constants["conv_act_scale"] = np.float32(2.0 ** -np.array([2, 3, 4, 3])).reshape(1, 4, 1)
    n.quant(n.node("Conv", [y, n.weights("v", (2, 4, 1))], "head"), "score", 2.0**-3, 8)
    return n


def hawq():
    """Integers through the layer, scales by Div before and Mul after it, bias added apart."""
    n = Network(3)
    x = n.node("Div", [n.input(), n.constant("sx", 2.0**-6)], "ints")
    y = n.node("Conv", [x, n.weights("w", (4, 3, 3), exponent=0, spread=9)], "conv")
    y = n.node("Add", [y, n.constant("b", np.float32([5, -70, 33, 0]).reshape(1, 4, 1))], "biased")
    y = n.node("Mul", [y, n.constant("sy", 2.0 ** -np.array([8.0, 9, 10, 9]).reshape(1, 4, 1))], "scaled")
    n.quant(y, "out", 2.0**-4, 8)
    return n


def bipolar():
    n = Network(2)
    x = n.node("BipolarQuant", [n.input(), n.constant("one", 1.0)], "sign", domain=QUANT)
    n.constant("w", n.rng.normal(0, 1, (3, 2, 5)))
    w = n.node("BipolarQuant", ["w", n.constant("half", 0.5)], "w_sign", domain=QUANT)
    n.quant(n.node("Conv", [x, w], "conv"), "out", 1.0, 4)
    return n


def truncated(version):
    def build():
        n = Network(2)
        x = n.node("AveragePool", [n.input()], "pool", kernel_shape=[4], strides=[4])
        x = n.node("Mul", [x, n.constant("four", 4.0)], "sum")
        inputs = [x, *(n.constant(f"t{k}", v) for k, v in enumerate([2.0**-6, 0, 10]))]
        rest, n.version = [8.0] if version == 1 else [2.0**-4, 7], version
        inputs += [n.constant(f"r{k}", v) for k, v in enumerate(rest)]
        n.node("Trunc", inputs, "cut", domain=QUANT, rounding_mode="FLOOR")
        return n

    return build


def clipped(low, high, **cut):
    def build():
        n = Network(2)
        n.constant("low", low), n.constant("high", high)
        n.quant(n.node("Clip", [n.input(), "low", "high"], "clip"), "out", 2.0**-6, 8, **cut)
        return n

    return build


def axes():
    """As tools that know two axes write a signal: [1, C, 1, T]; channels last; and back."""
    n = Network(shape=[1, 3, 1, 40])
    x = n.input()
    w = n.weights("w", (4, 3, 1, 3))
    y = n.quant(n.node("Conv", [x, w], "conv", kernel_shape=[1, 3]), "y", 2.0**-4, 8)
    y = n.node("Squeeze", [y, n.ints(2)], "squeezed")
    y = n.node("Transpose", [y], "last", perm=[0, 2, 1])
    y = n.quant(n.node("MatMul", [y, n.weights("v", (4, 5))], "fc"), "z", 2.0**-3, 8)
    y = n.node("Unsqueeze", [n.node("Transpose", [y], "first", perm=[0, 2, 1]), n.ints(3)], "wide")
    y = n.node("Dropout", [n.node("Cast", [y], "same", to=11)], "kept")
    n.node("Cast", [n.node("Reshape", [y, n.ints(1, 5, -1)], "out")], "back", to=1)
    return n


def parts():
    n = Network(4)
    x = n.input()
    n.node("Split", [x], outputs=["a", "b"], axis=1, num_outputs=2)
    c = n.node("Slice", [x, n.ints(1), n.ints(3), n.ints(1)], "c")
    y = n.node("Concat", [n.node("Sub", ["a", "b"], "difference"), c, "b"], "all", axis=1)
    n.layer(n.node("Neg", [n.node("Abs", [y], "size")], "below"), "conv", (2, 6, 2), bias=False)
    return n


def decimated():
    n = Network(2, 33)
    x = n.node("Slice", [n.input(), n.ints(1), n.ints(31), n.ints(2), n.ints(3)], "third")
    n.node("Pad", [n.layer(x, "conv", (2, 2, 2), bias=False), n.ints(0, 0, -1, 0, 0, -2)], "inner")
    return n


def affine():
    n = Network(2)
    x = n.node("Mul", [n.input(), n.constant("three", [[[3.0], [-0.5]]])], "scaled")
    x = n.node("Sub", [n.constant("one", 1.0), x], "flipped")
    n.quant(x, "out", 2.0**-3, 8)
    return n


def rounded():
    """A Quant that rounds to nearest, and a narrow one: a table where the input has few bits."""
    n = Network(2)
    x = n.quant(n.input(), "near", 2.0**-4, 5, rounding_mode="ROUND")
    n.quant(x, "narrow", 2.0**-4, 4, narrow=1, rounding_mode="HALF_UP")
    return n


def front_end():
    """Reference, noise, threshold, energy: the operators of edgesort.ops without weights."""
    n = Network(4, "time")
    x = n.own("CommonAverage", n.input())
    x = n.quant(x, "referenced", 2.0**-6, 8)
    energy = n.own("NonlinearEnergy", x)
    level = n.own("Noise", x, rise=3, fall=1, shift=4)
    above = n.own("AdaptiveThreshold", x, level, factor=5, shift=1)
    steps = n.own("Delta", n.own("Delay", x, frames=3), threshold=[6])
    median = n.own("Rectify", n.own("CommonMedian", x))
    state = n.own(
        "StateSpace", x, a=[14000, 500, -500, 15000], b=[900, 0, 40, -900, 0, 900, 900, 3], bits=16, fraction=14
    )
    neighbours = [0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0]
    peaks = n.own("LocalPeak", median, threshold=[5] * 4, neighbours=neighbours, reach=2, refractory=3)
    hits = n.own("Threshold", peaks, level=[9])
    gates = n.own("HardSigmoid", state, bits=6)
    best = n.own("ArgMax", x)
    n.outputs = [energy, above, steps, hits, gates, best]
    return n


def lif(recurrent=True):
    """Two layers of neurons behind a convolution: the state goes on from before the window."""

    def build():
        n = Network(2, "time")
        y = n.node("Conv", [n.input(), n.weights("w", (5, 2, 3))], "conv")
        inputs = [n.quant(y, "current", 2.0**-6, 12)] + ([n.weights("r", (5, 5))] if recurrent else [])
        s = n.own("Lif", *inputs, leak=[4], threshold=[1.5], bits=14, refractory=2)
        y = n.node("Conv", [s, n.weights("v", (3, 5, 1))], "head")
        n.own("Lif", y, leak=[3, 4, 5], threshold=[1.0, 0.5, 2.0], bits=12)
        return n

    return build


def gru():
    n = Network(2, "time")
    x = n.layer(n.input(), "conv", (3, 2, 3))
    for name, inputs in (("one", 3), ("two", 4)):
        w = n.weights(f"{name}_w", (12, inputs), exponent=-5, bits=8, spread=0.6)
        h = n.weights(f"{name}_h", (12, 4), exponent=-6, bits=8, spread=0.6)
        biases = []
        for part, size in (("b", 12), ("bn", 4)):
            n.constant(f"{name}_{part}", n.rng.normal(0, 0.3, size))
            biases.append(n.quant(f"{name}_{part}", f"{name}_{part}q", 2.0**-9, 16, rounding_mode="ROUND"))
        x = n.own("Gru", x, w, h, *biases, bits=8, gate_bits=8)
    n.quant(n.node("Conv", [x, n.weights("head_w", (2, 4, 1))], "head"), "score", 2.0**-4, 8)
    return n


def functions():
    """f(network, tensor) for gates."""
    return {
        "sigmoid": lambda n, x: n.node("Sigmoid", [x]),
        "tanh": lambda n, x: n.node("Tanh", [x]),
        "hard sigmoid": lambda n, x: n.node("HardSigmoid", [x], alpha=0.25, beta=0.5),
    }


def late():
    """A stride that fits one branch and not the join behind it: a Delay before the output, and late events."""
    n = Network(1, 64)
    x = n.input()
    half = n.layer(x, "half", (1, 1, 1), strides=[2], cut=-6)
    wide = n.node("Resize", [half, "", n.constant("scales", [1, 1, 2])], "wide", mode="nearest")
    y = n.quant(n.node("Add", [wide, x], "join"), "sum", 2.0**-5, 8)
    y = n.layer(y, "pair", (1, 1, 2), strides=[2])
    y = n.node("Resize", [y, "", "scales"], "again", mode="nearest")
    n.own("Peak", y, threshold=[3], reach=1, refractory=0)
    return n


NETWORKS = {
    "conv": conv(),
    "conv without bias": conv(bias=False),
    "conv dilated": conv(dilations=[3]),
    "conv strided": conv(strides=[2]),
    "conv of stride above kernel": conv(strides=[5]),
    "conv grouped": conv(group=2),
    "conv depthwise, strided, dilated": conv(group=4, strides=[2], dilations=[2]),
    "transposed, kernel = stride": up(2, 2),
    "transposed, kernel above stride": up(5, 2),
    "transposed, kernel below stride": up(2, 3),
    "transposed, padded": up(4, 2, pads=[2, 3]),
    "transposed, dilated, output padded": up(3, 2, dilations=[2], output_padding=[1]),
    "transposed, grouped": up(4, 2, groups=2),
    "transposed, stride 1": up(3, 1),
    "three-level U-Net": unet,
    "residual": residual(),
    "difference": residual("Sub"),
    "strides at two phases": odd_stride,
    "a late output": late,
    "flattened, Gemm": flat(),
    "flattened, channels last": flat(time_first=True),
    "reshaped, MatMul": flat(gemm=False),
    "max pool": pooled("MaxPool", kernel_shape=[3], strides=[2]),
    "average pool": pooled("AveragePool", kernel_shape=[4], strides=[3]),
    "global average": global_mean(),
    "global maximum": global_mean("GlobalMaxPool"),
    "mean over time": global_mean("ReduceMean", keepdims=1),
    "upsampled": upsampled,
    "batch norm in a layer": batch_norm,
    "batch norm alone": batch_norm_alone,
    "scales a channel": per_channel,
    "HAWQ-like": hawq,
    "bipolar": bipolar,
    "trunc 1": truncated(1),
    "trunc 2": truncated(2),
    "clipped to a type": clipped(0, 63 / 64, signed=0),
    "clipped by a quant": clipped(-8, 8, rounding_mode="FLOOR"),
    "clipped by a table": clipped(-0.3, 0.7),
    "axes": axes,
    "parts of channels": parts,
    "decimated, cropped": decimated,
    "affine": affine,
    "rounded": rounded,
    "front end": front_end,
    "LIF": lif(False),
    "LIF recurrent": lif(),
    "two-layer GRU": gru,
    **{f"gate: {name}": gate(function) for name, function in functions().items()},
}
