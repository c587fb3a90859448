"""A model is imported exactly as QONNX executes it, or refused in one line that names the node."""

import numpy as np
import pytest

from edgesort.frontends.qonnx import ModelError, load
from edgesort.frontends.qonnx.execute import executor
from edgesort.verify import compare
from tests import corners
from tests.frontends.small_model import SmallModel


def test_the_graph_is_what_the_model_says(tmp_path):
    graph = load(SmallModel().save(tmp_path / "m.onnx"))
    names = "highpass scale conv1_window conv1 conv1_act head head_act events"
    assert [n.name for n in graph.nodes] == names.split()
    assert graph.input[1].dtype.exponent == -10 and graph.node("scale").op.shift == (12,)
    assert graph.labels == ("any", "a", "b") and graph.event_delay == 9 and graph.sampling_frequency == 19531.0


@pytest.mark.parametrize("seed", range(4))
def test_import_equals_qonnx_execution(tmp_path, seed):
    model = SmallModel(seed)
    model.attribute("/conv1/Conv", "dilations", [1 + seed])
    path = model.save(tmp_path / "m.onnx")
    graph = load(path)
    verdict = compare(graph, executor(path), corners.frames(graph.input[1], 3000, seed))
    assert verdict.equal, verdict
    assert verdict.nodes == ("scale", "conv1", "conv1_act", "head", "head_act")


def test_weights_a_channel_may_have_scales_of_their_own(tmp_path):
    model = SmallModel()
    model.constants["conv1_w_scale"] = np.float32(2.0 ** -np.array([4, 5, 6, 5])).reshape(4, 1, 1)
    model.constants["conv1_b_scale"] = np.float32(2.0 ** -np.array([8, 9, 10, 9]))
    path = model.save(tmp_path / "m.onnx")
    graph = load(path)
    assert len(graph.node("conv1_act").op.shift) == 4
    assert compare(graph, executor(path), corners.frames(graph.input[1], 2000, 1)).equal


def test_a_changed_weight_in_the_file_is_not_equal_to_the_graph_before(tmp_path):
    model = SmallModel()
    graph = load(model.save(tmp_path / "a.onnx"))
    model.constants["head.weight"][0, 0, 0] += 0.25
    verdict = compare(graph, executor(model.save(tmp_path / "b.onnx")), corners.frames(graph.input[1], 2000, 1))
    assert not verdict.equal and verdict.first_mismatch.node == "head"


def _float_weights(m):
    m.find("/conv1/Conv").input[1] = "conv1.weight"


def _constant(name, value):
    def damage(m):
        m.constants[name] = np.asarray(value, np.float32)

    return damage


def _attribute(node, key, value):
    return lambda m: m.attribute(node, key, value)


def _replace_op(node, op):
    def damage(m):
        m.find(node).op_type = op

    return damage


def _cycle(m):
    m.find("/conv1/Conv").input[0] = "act"


def _metadata(key, value=None):
    def damage(m):
        m.metadata.pop(key) if value is None else m.metadata.__setitem__(key, value)

    return damage


def _wide(m):
    m.constants["conv1.weight"] = np.full((4, 1, 5), 2.0**20, np.float32)
    m.constants["conv1_w_bits"] = np.float32(30)


def _batch_norm(m):
    m.find("/conv1_act/Relu").op_type = "BatchNormalization"
    m.find("/conv1_act/Relu").input.extend(["adc_scale"] * 4)


REFUSED = {
    "float weights": (_float_weights, "node /conv1/Conv (Conv): expected quantized weights, found float ones"),
    "scale": (_constant("act_scale", 0.07), "node /conv1_act/Quant (Quant): expected scale to be a power of two"),
    "weight scale": (_constant("head_w_scale", 0.03), "node /head/weight (Quant): expected scale to be a power of two"),
    "negative scale": (_constant("act_scale", -0.5), "expected scale to be a power of two, found -0.5"),
    "NaN scale": (_constant("act_scale", np.nan), "expected scale to be a power of two, found nan"),
    "zero point": (_constant("act_zero", 3), "node /conv1_act/Quant (Quant): expected zero point 0, found 3"),
    "bits": (_constant("act_bits", 2.5), "expected a bit width of 1 to 32, found 2.5"),
    "rounding": (_attribute("/conv1_act/Quant", "rounding_mode", "ROUND"), "expected rounding_mode FLOOR"),
    "narrow": (_attribute("/conv1_act/Quant", "narrow", 1), "expected narrow 0 for activations"),
    "finer": (_constant("act_scale", 2.0**-12), "expected a scale no finer than its input's, 2^-9, found 2^-12"),
    "op": (_replace_op("/conv1_act/Relu", "Elu"), "node /conv1_act/Relu (Elu): expected one of Quant, Conv,"),
    "batch norm": (_batch_norm, "node /conv1_act/Relu (BatchNormalization): expected it folded"),
    "padding": (_attribute("/conv1/Conv", "pads", [2, 2]), "node /conv1/Conv (Conv): expected no padding"),
    "same": (_attribute("/conv1/Conv", "auto_pad", "SAME_UPPER"), "node /conv1/Conv (Conv): expected no padding"),
    "bias": (_constant("conv1_b_scale", 2.0**-11), "expected a bias on the accumulator's grid of 2^-9"),
    "overflow": (_wide, "node conv1 (dense): expected an accumulator of 32 bits at most, found"),
    "NaN": (_constant("head.weight", np.full((3, 4, 1), np.nan)), "expected finite constants, found NaN"),
    "rank": (_constant("head.weight", np.zeros((3, 4))), "node /head/Conv (Conv): expected a 1-D convolution"),
    "width": (_constant("head.weight", np.zeros((3, 5, 1))), "node head (dense): expected 1 groups of 5 inputs"),
    "cycle": (_cycle, "found a damaged one"),
    "no rate": (_metadata("sampling_frequency"), "expected metadata sampling_frequency (Hz)"),
    "bad labels": (_metadata("labels", "any"), "expected metadata sampling_frequency (Hz), labels (JSON list)"),
    "labels": (_metadata("labels", '["any"]'), "expected 3 labels, found 1"),
    "thresholds": (
        _attribute("/events/Peak", "threshold", [1, 2]),
        "node events (peak): expected a threshold for each",
    ),
    "coefficients": (_attribute("/highpass/Biquad", "sections", [1, 2]), "node highpass (biquad): expected sections"),
    "factor": (_constant("adc_scale", 0.3), "node /adc/Mul (Mul): expected factor to be a power of two, found 0.3"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_has_no_exact_meaning_is_refused_by_name(tmp_path, case):
    damage, text = REFUSED[case]
    model = SmallModel()
    damage(model)
    with pytest.raises(ModelError) as error:
        load(model.save(tmp_path / "m.onnx"))
    assert text in str(error.value) and "\n" not in str(error.value)


def test_missing_empty_truncated_and_foreign_files(tmp_path):
    whole = SmallModel().save(tmp_path / "m.onnx").read_bytes()
    for content in (b"", whole[: len(whole) // 2], b"RIFF" + bytes(200), whole[:-1]):
        (tmp_path / "bad.onnx").write_bytes(content)
        with pytest.raises(ModelError, match=r"bad\.onnx: expected a valid ONNX file"):
            load(tmp_path / "bad.onnx")
    with pytest.raises(ModelError, match="expected a QONNX model file, found none"):
        load(tmp_path / "none.onnx")
