"""The torch forward of a recurrent layer is the operator's `step` in every value, and the layer exports as one node."""

import warnings

import numpy as np
import onnx
import pytest
import torch
from brevitas.export import export_qonnx
from snntorch import surrogate
from torch import nn

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Gru, Lif
from edgesort.train import neurons
from edgesort.train.quantizers import signed

FRAMES = 300


def stepped(op, stream, frames):
    """Every value of the operator, frame by frame."""
    op.infer(stream)
    state, values = op.initial_state(stream), []
    for frame in frames:
        state, y = op.step(state, frame)
        values.append(y)
    return np.array(values)


def integers(tensor, exponent):
    scaled = tensor.detach().double().numpy() / 2.0**exponent
    assert np.array_equal(scaled, np.rint(scaled)), "a value off its grid"
    return scaled.astype(np.int64)


def given(seed, channels, dtype):
    """Integers [T, C] that dwell at both ends of the type, and the same as a tensor [1, C, T] of the layer's input."""
    rng = np.random.default_rng(seed)
    x = rng.integers(dtype.min, dtype.max + 1, (FRAMES, channels))
    x[rng.random(x.shape) < 0.2] = dtype.max
    x[rng.random(x.shape) < 0.2] = dtype.min
    x[100:150] //= 16
    tensor = torch.from_numpy(np.ldexp(x.T.astype(np.float32), dtype.exponent))[None]
    return x, signed(dtype.exponent, dtype.bits)(tensor)


def gru_op(layer, x):
    """The operator of a layer: both accumulators at the finer scale, as the importer makes them."""
    state = Int(layer.bits, True, 1 - layer.bits)
    h = signed(state.exponent, state.bits)(torch.zeros(1))
    wx, wh = layer.x.quant_weight(), layer.h.quant_weight()
    bx, bh = layer.x.bias_quant(layer.x.bias, x, wx), layer.h.bias_quant(layer.h.bias, h, wh)
    exponents = [round(np.log2(float(w.scale.detach()))) for w in (wx, wh)]
    e = min(round(np.log2(float(x.scale))) + exponents[0], state.exponent + exponents[1])
    weight_x = integers(wx.value, exponents[0]) << round(np.log2(float(x.scale))) + exponents[0] - e
    weight_h = integers(wh.value, exponents[1]) << state.exponent + exponents[1] - e
    shifts = 2 - layer.gate_bits - e, -(layer.bits - 1) - e
    return Gru(weight_x, weight_h, integers(bx.value, e), integers(bh.value, e), *shifts, layer.gate_bits, layer.bits)


@pytest.mark.parametrize(
    ("dtype", "weight_bits", "gate_bits", "bits", "gain"),
    [
        (Int(8, True, -4), 6, 8, 8, 1.0),
        (Int(8, True, -7), 8, 8, 12, 4.0),
        (Int(4, True, -1), 4, 5, 6, 0.5),
        (Int(12, True, -8), 8, 10, 10, 2.0),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_gru_is_the_operator(dtype, weight_bits, gate_bits, bits, gain, seed):
    torch.manual_seed(seed)
    layer = neurons.Gru(3, 5, weight_bits, bits, gate_bits)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.copy_(gain * torch.randn(parameter.shape))
    frames, x = given(seed, 3, dtype)
    expected = stepped(gru_op(layer, x), Stream((3,), dtype), frames)
    found = integers(layer(x).value[0].T, 1 - bits)
    assert np.array_equal(found, expected)
    assert len(np.unique(expected)) > 8 or bits < 8, "a state that hardly moves shows nothing"


LIFS = {
    "feed forward": (4, 0.5, 12, False, 0),
    "recurrent": ((1, 2, 3, 4), (0.25, 0.5, 1.0, 0.75), 10, True, 0),
    "refractory": (2, (0.25, 0.125, 0.0625, 1.5), 9, True, 3),
    "saturated": (7, 1.0, 8, True, 1),
}


def lif_layer(name, exponent):
    leak, threshold, bits, recurrent, refractory = LIFS[name]
    return neurons.Lif(4, leak, threshold, bits, exponent, recurrent, refractory)


@pytest.mark.parametrize("name", LIFS)
@pytest.mark.parametrize("seed", range(3))
def test_lif_is_the_operator(name, seed):
    torch.manual_seed(seed)
    dtype = Int(8, True, -6)
    layer = lif_layer(name, dtype.exponent)
    weight = np.zeros((0, 0), np.int64)
    if layer.recurrent is not None:
        with torch.no_grad():
            layer.recurrent.weight.copy_(torch.randn(4, 4))
        weight = integers(layer.recurrent.quant_weight().value, dtype.exponent)
    frames, x = given(seed, 4, dtype)
    threshold = tuple(int(np.ldexp(t, -dtype.exponent)) for t in layer.threshold)
    op = Lif(layer.leak, threshold, layer.bits, weight, layer.refractory)
    expected = stepped(op, Stream((4,), dtype), frames)
    assert np.array_equal(integers(layer(x).value[0].T, 0), expected)
    assert 0.01 < expected.mean() < 0.9


def test_gradients_reach_every_weight_through_time():
    torch.manual_seed(0)
    dtype = Int(8, True, -5)
    layers = (neurons.Gru(4, 4, 6), lif_layer("recurrent", dtype.exponent))
    for layer in layers:
        _, x = given(0, 4, dtype)
        layer(x).value[..., -1].sum().backward()
        for name, parameter in layer.named_parameters():
            assert parameter.grad.abs().sum() > 0, name


def traced(x, weight, step, leak, threshold, bits, refractory):
    """The spikes of the layer's equation, written with snnTorch's surrogate gradient for autograd to trace."""
    fire, kept, level = surrogate.fast_sigmoid(neurons.SLOPE), 2.0 ** -torch.tensor(leak), torch.tensor(threshold)
    limit = step * 2.0 ** (bits - 1)
    u = s = torch.zeros(x.shape[:2])
    wait, frames = torch.zeros(x.shape[:2]), []
    for current in x.unbind(2):
        back = 0.0 if weight is None else nn.functional.linear(s, weight)
        u = (u - neurons.cut(u * kept, step) + current + back).clamp(-limit, limit - step)
        s = fire((u - level) / level) * (wait == 0)
        wait = torch.where(s.detach() > 0, refractory, (wait - 1).clamp(min=0))
        u = u - level * s.detach()
        frames.append(s)
    return torch.stack(frames, 2)


@pytest.mark.parametrize("name", LIFS)
def test_lifs_gradient_is_snntorchs(name):
    leak, threshold, bits, recurrent, refractory = LIFS[name]
    torch.manual_seed(0)
    start = torch.round(20 * torch.randn(3, 4, 60)) / 64
    fed = torch.round(20 * torch.randn(4, 4)) / 64 if recurrent else None
    threshold = threshold if isinstance(threshold, tuple) else (threshold,)
    settings = (2.0**-6, leak if isinstance(leak, tuple) else (leak,), threshold, bits, refractory)
    found = []
    for layer in (neurons.lif, traced):
        x, weight = start.clone().requires_grad_(), None if fed is None else fed.clone().requires_grad_()
        spikes = layer(x, weight, *settings)
        (spikes * torch.arange(spikes.numel()).reshape(spikes.shape).cos()).sum().backward()
        found.append((spikes, x.grad, *([] if weight is None else [weight.grad])))
    assert found[0][0].mean() > 0.01
    for by_hand, by_autograd in zip(*found, strict=True):
        torch.testing.assert_close(by_hand, by_autograd, rtol=1e-4, atol=1e-4)


def test_a_cut_passes_the_gradient_where_nothing_is_saturated():
    x = torch.tensor([-1.3, -0.6, 0.1, 0.9, 1.2], requires_grad=True)
    y = neurons.cut(x, 0.25, -1.0, 0.75)
    y.sum().backward()
    assert y.tolist() == [-1.0, -0.75, 0.0, 0.75, 0.75]
    assert x.grad.tolist() == [0, 1, 1, 1, 0]


class Layers(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = signed(-4)
        self.gru = neurons.Gru(3, 5, 6)
        self.current = signed(-6, 10)
        self.lif = neurons.Lif(5, (1, 2, 3, 2, 1), 0.5, 12, -6, recurrent=True, refractory=2)
        self.last = neurons.Lif(5, 3, 0.25, 8, 0)

    def forward(self, x):
        return self.last(self.lif(self.current(self.gru(self.scale(x)))))


def test_each_layer_exports_as_one_node_fed_by_quant_nodes(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        export_qonnx(Layers().eval(), torch.zeros(1, 3, 40), str(tmp_path / "m.onnx"), dynamo=False)
    model = onnx.load(str(tmp_path / "m.onnx"))
    makers = {output: node for node in model.graph.node for output in node.output}
    found = {node.name: node for node in model.graph.node if node.domain == neurons.DOMAIN}
    assert list(found) == ["/gru/Gru", "/lif/Lif", "/last/Lif"]
    constants = {t.name: onnx.numpy_helper.to_array(t) for t in model.graph.initializer}
    for name, count in (("/gru/Gru", 4), ("/lif/Lif", 1), ("/last/Lif", 0)):
        quants = [makers[source] for source in found[name].input[1:]]
        assert [q.op_type for q in quants] == ["Quant"] * count
        assert [constants[q.input[0]].shape for q in quants] == [(15, 3), (15, 5), (15,), (5,)][:count] or count == 1
    attributes = {
        name: {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute} for name, node in found.items()
    }
    assert attributes["/gru/Gru"] == {"bits": 8, "gate_bits": 8}
    assert attributes["/lif/Lif"] == {"leak": [1, 2, 3, 2, 1], "threshold": [0.5], "bits": 12, "refractory": 2}
    assert attributes["/last/Lif"] == {"leak": [3], "threshold": [0.25], "bits": 8, "refractory": 0}
    assert {d.domain for d in model.opset_import} >= {neurons.DOMAIN}


BROKEN = {
    "rounds to nearest": lambda x, step, *ends: neurons._Cut.apply(x + step / 2, step, *(ends or (-1e9, 1e9))),
    "never saturates": lambda x, step, *ends: neurons._Cut.apply(x, step, -1e9, 1e9),
    "one step finer": lambda x, step, *ends: neurons._Cut.apply(x, step / 2, *(ends or (-1e9, 1e9))),
}


@pytest.mark.parametrize("mutant", BROKEN)
def test_another_cut_is_noticed(mutant, monkeypatch):
    monkeypatch.setattr(neurons, "cut", BROKEN[mutant])
    with pytest.raises(AssertionError):
        test_gru_is_the_operator(Int(8, True, -4), 6, 8, 8, 1.0, 0)
    if mutant == "rounds to nearest":  # a half step of the membrane more or less rarely decides a spike
        with pytest.raises(AssertionError):
            test_lif_is_the_operator("recurrent", 0)
