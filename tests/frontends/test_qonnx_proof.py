"""The proof at import notices an importer that is wrong, and its evaluation is ONNX's."""

import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto, helper

from edgesort.frontends import qonnx
from edgesort.frontends.qonnx import ModelError, layers, load, pointwise, proof, shapes
from edgesort.frontends.qonnx import time as alignment
from edgesort.frontends.qonnx.window import evaluator
from tests.frontends.network import Network
from tests.frontends.networks import NETWORKS

TIME, LAYERS, SHAPES, POINTS = alignment, layers, shapes, pointwise
MUTANTS = (
    ("a window forgets its span", TIME, "axis=0) + span", "axis=0)", "residual"),
    ("strides at another phase", TIME, "(stride - 1 - newest) % stride", "(stride - newest) % stride", "conv strided"),
    ("no delay before a stride", TIME, "waits.append([newest -", "waits.append([0 * newest -", "a late output"),
    ("repeated frames come early", TIME, "* factor - 1", "* factor - factor", "upsampled"),
    ("a crop counts nothing", TIME, "starts[name] + crop for", "starts[name] for", "residual"),
    ("joins do not wait", TIME, "inputs.append(made[name, wait] if wait else name)", "inputs.append(name)", "residual"),
    ("a delay too long", TIME, "Delay(wait)", "Delay(wait + 1)", "residual"),
    ("the kernel backwards", LAYERS, "part.transpose(0, 2, 1)", "part[..., ::-1].transpose(0, 2, 1)", "conv"),
    ("groups swapped", LAYERS, "Reshape((groups, channels // groups))", "Reshape((channels // groups, groups))",
     "conv depthwise, strided, dilated"),
    ("groups not side by side", LAYERS, "if groups == 1 or channels % groups:", "if True:",
     "conv depthwise, strided, dilated"),
    ("dilation forgotten", LAYERS, "Window(kernel, dilation, stride)", "Window(kernel, 1, stride)", "conv dilated"),
    ("no bias", LAYERS, "return np.broadcast_to(values.ravel(), out)", "return np.zeros(out)", "conv"),
    ("phases turned", LAYERS, "k * dilation % stride", "(k * dilation + 1) % stride", "transposed, kernel = stride"),
    ("taps backwards", LAYERS, "reach - k * dilation // stride,", "k * dilation // stride,",
     "transposed, kernel above stride"),
    ("pads forgotten", LAYERS, "front - reach * stride", "-reach * stride", "transposed, padded"),
    ("the window's start forgotten", LAYERS, "front - reach * stride", "front", "transposed, kernel above stride"),
    ("borders forgotten", LAYERS, "max(0, (reach + left) * stride - front)", "0", "transposed, kernel above stride"),
    ("phases not side by side", LAYERS, "if groups > 1:\n        tap = importer.add(f\"{name}_phases\"",
     "if False:\n        tap = importer.add(f\"{name}_phases\"", "transposed, grouped"),
    ("flattened in the stream's order", LAYERS, "if source.order:", "if False:", "flattened, Gemm"),
    ("flattened in the inverse order", LAYERS, "np.argsort(source.order)", "np.array(source.order)", "flattened, Gemm"),
    ("another transB", LAYERS, "if rows_are_outputs else (values.T", "if not rows_are_outputs else (values.T",
     "square Gemm"),
    ("a layer keeps its offset", LAYERS, "dense.bias * whole + added", "dense.bias * whole", "batch norm in a layer"),
    ("a layer keeps its factor", LAYERS, "dense.weight * whole[:, None]", "dense.weight", "batch norm in a layer"),
    ("scales of inputs ignored", LAYERS, "(inputs - rows[:, None])", "(0 * inputs - rows[:, None] + inputs.min())",
     "scales a channel"),
    ("a slice begins at 0", SHAPES, "crop=edge.crop + start", "crop=edge.crop", "decimated, cropped"),
    ("joined the other way round", SHAPES, "joined.tap, other.tap", "other.tap, joined.tap", "three-level U-Net"),
    ("a mean that is a sum", SHAPES, "kernel.bit_length() - 1", "0", "average pool"),
    ("a maximum of more", SHAPES, "AveragePool)(kernel, stride)", "AveragePool)(kernel + 1, stride)", "max pool"),
    ("other channels", SHAPES, "Slice(first, last)", "Slice(0, last - first)", "parts of channels"),
    ("a shift too many", POINTS, "Requant(shared(shifts), dtype)", "Requant(shared(shifts + 1), dtype)", "conv"),
    ("a ReLU that does nothing", POINTS, "Requant((0,), Int.holding(0, dtype.max",
     "Requant((0,), Int.holding(dtype.min, dtype.max", "signed ReLU"),
    ("a table from the other end", POINTS, "Table(values,", "Table(values[::-1].copy(),", "gate: tanh"),
    ("a gate twice as steep", POINTS, "HardSigmoid(2 - dtype.bits", "HardSigmoid(1 - dtype.bits", "gate: hard sigmoid"),
    ("scales of the other input", POINTS, "op(left)", "op(left[::-1])", "residual"),
    ("the other difference", POINTS, "made, _ = importer.add(name, op(left), a.tap, b.tap)",
     "made, _ = importer.add(name, op(left[::-1]), b.tap, a.tap)", "difference"),
    ("a sign of 0", POINTS, "np.full((channels, 1), 2), np.ones(", "np.full((channels, 1), 2), np.zeros(", "bipolar"),
    ("a sign turned", POINTS, "(channels, 1), 2), np.ones(", "(channels, 1), -2), -np.ones(", "bipolar"),
    ("trunc by one less", POINTS, "Requant((shift,), dtype)", "Requant((shift - 1,), dtype)", "trunc 2"),
    ("a constant taken away", POINTS, "offset * (sign if position == 1 else 1.0)", "offset * sign", "affine"),
)  # fmt: skip


@contextmanager
def mutated(module, old, new):
    """The importer with a piece of one module's text replaced."""
    text, kept, handlers, align = (
        Path(module.__file__).read_text(),
        dict(vars(module)),
        dict(qonnx.HANDLERS),
        qonnx.align,
    )
    assert old in text, f"{module.__name__} holds no {old!r}; bring the mutant up to date"
    users = [m for name, m in sys.modules.items() if name.startswith("edgesort.frontends.qonnx") and m is not module]
    shared = [(user, name, value) for user in users for name, value in vars(user).items()
              if getattr(value, "__module__", "") == module.__name__ and callable(value)]  # fmt: skip
    try:
        exec(compile(text.replace(old, new), module.__file__, "exec"), vars(module))
        for user, name, value in shared:
            setattr(user, name, getattr(module, value.__name__))
        for key, handler in handlers.items():
            if handler.__module__ == module.__name__:
                qonnx.HANDLERS[key] = getattr(module, handler.__name__)
        yield
    finally:
        vars(module).update(kept)
        for user, name, value in shared:
            setattr(user, name, value)
        qonnx.HANDLERS.update(handlers)
        assert qonnx.align is align


def survives(module, old, new, name):
    """True if a network is still imported with the mutant."""
    with TemporaryDirectory() as folder, mutated(module, old, new):
        path = (NETWORKS | MORE)[name]().save(Path(folder) / "m.onnx")
        try:
            load(path)
        except ModelError:
            return False
    return True


def results():
    """Where, what was broken, and what noticed it (None: it lives): for `make mutants`."""
    for what, module, old, new, name in MUTANTS:
        where = module.__name__.replace(".", "/") + ".py"
        yield where, what, None if survives(module, old, new, name) else "the proof at import"


def square():
    n = Network(shape=[1, 4])
    n.quant(n.node("Gemm", [n.input(), n.weights("w", (4, 4))], "fc", transB=1), "y", 2.0**-4, 8)
    return n


def signed_relu():
    n = Network(2)
    n.quant(n.node("Relu", [n.input()]), "out", 2.0**-5, 8)
    return n


MORE = {"square Gemm": square, "signed ReLU": signed_relu}


@pytest.mark.parametrize(("what", "module", "old", "new", "name"), MUTANTS, ids=[m[0] for m in MUTANTS])
def test_a_wrong_importer_refuses_what_the_right_one_takes(tmp_path, what, module, old, new, name):
    path = (NETWORKS | MORE)[name]().save(tmp_path / "m.onnx")
    load(path)
    with mutated(module, old, new), pytest.raises(ModelError) as error:
        load(path)
    assert "\n" not in str(error.value)
    load(path)


def test_recorded_windows_take_part(tmp_path, monkeypatch):
    """Silence does not show that a kernel is backwards; a recording with something in it does."""
    path = NETWORKS["conv"]().save(tmp_path / "m.onnx")
    graph = load(path)
    silence = np.zeros((3000, 4), np.int16)
    recording = silence.copy()
    recording[2000] = 20_000, -9_000, 31, 5_000
    monkeypatch.setattr(proof, "samples", lambda stream, count, seed: silence[:count])
    with mutated(LAYERS, "part.transpose(0, 2, 1)", "part[..., ::-1].transpose(0, 2, 1)"):
        load(path)
        load(path, windows=[silence, silence[:3]])
        with pytest.raises(ModelError, match="node conv: expected"):
            load(path, windows=[silence, recording])
    assert load(path, windows=[recording, recording[:1990]]).digest() == graph.digest()


def test_attributes_of_own_operators_are_the_fields():
    """The proof takes the operators of edgesort.ops from the importer, so what it reads is held here."""
    n = Network(2, "time")
    x = n.input()
    n.constant("r", [[0.25, -0.5], [0, 0.125]])
    r = n.quant("r", "rq", 2.0**-3, 4, rounding_mode="ROUND")
    n.own("Lif", x, r, leak=[4, 5], threshold=[0.5, 0.25], bits=14, refractory=2)
    importer = qonnx.convert(n.model(), Path("m.onnx"))
    (lif,) = importer.custom.values()
    assert (lif.leak, lif.threshold, lif.bits, lif.refractory) == ((4, 5), (32, 16), 14, 2)
    assert lif.recurrent.tolist() == [[16, -32], [0, 8]]
    imported = qonnx.convert(NETWORKS["two-layer GRU"]().model(), Path("m.onnx"))
    first, second = imported.custom.values()
    # x at 2^-4 and weights at 2^-5, h at 2^-7 and weights at 2^-6: sums at 2^-13, so Wx is shifted left by 4.
    assert (first.shift, first.shift_n, first.gate_bits, first.bits) == (7, 6, 8, 8)
    assert np.abs(first.weight_x).max() == 127 << 4 and (first.weight_x % 16 == 0).all()
    assert np.abs(first.weight_h).max() == 127 and (first.bias % 16 == 0).all()
    assert second.weight_x.shape == (12, 4) and np.abs(second.weight_x).max() == 127 << 1


def layers():
    """Nodes whose evaluation is written out here, with inputs of small integers, which float32 holds exactly."""
    rng = np.random.default_rng(2)

    def ints(*shape):
        return rng.integers(-8, 8, shape).astype(np.float32)

    x, plane = ints(1, 4, 23), ints(1, 2, 7, 9)
    yield "Conv", [x, ints(6, 2, 3), ints(6)], {"group": 2, "strides": [2], "dilations": [3], "pads": [2, 1]}
    yield "Conv", [plane, ints(3, 2, 2, 3)], {"strides": [2, 1]}
    yield "ConvTranspose", [x, ints(4, 3, 5), ints(6)], {"group": 2, "strides": [3], "dilations": [2], "pads": [1, 2]}
    yield "ConvTranspose", [x, ints(4, 2, 3)], {"strides": [2], "output_padding": [1]}
    yield "MaxPool", [x], {"kernel_shape": [3], "strides": [2]}
    yield "AveragePool", [x], {"kernel_shape": [4], "strides": [3]}
    yield "GlobalMaxPool", [x], {}
    yield "Pad", [x, np.array([0, 0, -2, 0, 0, 3])], {}
    for mode in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil"):
        for place in ("half_pixel", "asymmetric"):
            extra = {"nearest_mode": mode, "coordinate_transformation_mode": place, "mode": "nearest"}
            yield "Resize", [x, None, np.array([1, 1, 3], np.float32)], extra
    yield "Resize", [x, None, None, np.array([1, 4, 46])], {"mode": "nearest"}


@pytest.mark.parametrize("index", range(len(list(layers()))))
def test_the_evaluation_is_onnxruntimes(index):
    op, inputs, attributes = list(layers())[index]
    names = [f"i{k}" if x is not None else "" for k, x in enumerate(inputs)]
    given = {name: x for name, x in zip(names, inputs, strict=True) if name}
    types = {name: TensorProto.FLOAT if x.dtype.kind == "f" else TensorProto.INT64 for name, x in given.items()}
    node = helper.make_node(op, names, ["y"], **attributes)
    infos = [helper.make_tensor_value_info(name, types[name], x.shape) for name, x in given.items()]
    graph = helper.make_graph([node], "one", infos, [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    wanted = onnxruntime.InferenceSession(model.SerializeToString()).run(None, given)[0]
    found = evaluator(model)(given, None)["y"]
    assert np.array_equal(found, wanted)
