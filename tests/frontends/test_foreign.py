"""Models that no one here wrote compile exactly or are refused with the node and the reason."""

import numpy as np
import onnx
import pytest
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.transformation.batchnorm_to_affine import BatchNormToAffine
from qonnx.transformation.extract_conv_bias import ExtractBiasFromConv
from qonnx.transformation.extract_quant_scale_zeropt import ExtractQuantScaleZeroPt
from qonnx.transformation.fold_constants import FoldConstants
from qonnx.transformation.gemm_to_matmul import GemmToMatMul
from qonnx.transformation.infer_shapes import InferShapes
from qonnx.transformation.qonnx_to_qcdq import QuantToQCDQ
from qonnx.util.cleanup import cleanup_model

from edgesort.frontends.qonnx import ModelError, load
from edgesort.frontends.qonnx.execute import executor
from edgesort.verify import compare
from tests import corners
from tests.frontends import brevitas_networks
from tests.frontends.networks import NETWORKS


@pytest.mark.parametrize("name", brevitas_networks.NETWORKS)
def test_brevitas_networks(tmp_path, name):
    path = brevitas_networks.export(name, tmp_path / "m.onnx")
    _, wanted = brevitas_networks.NETWORKS[name]
    if wanted:
        with pytest.raises(ModelError) as error:
            load(path)
        assert wanted in str(error.value) and str(error.value).startswith("node ") and "\n" not in str(error.value)
        return
    graph, run = load(path), executor(path)
    assert run.shows
    assert compare(graph, run, corners.frames(graph.input[1], 300, 4)).equal


TRANSFORMATIONS = {
    "cleanup": (cleanup_model, ""),
    "bias apart": (lambda m: m.transform(ExtractBiasFromConv()), ""),
    "Gemm to MatMul": (lambda m: m.transform(GemmToMatMul()), ""),
    "constants folded": (lambda m: m.transform(FoldConstants(exclude_op_types=[])), ""),
    "scales apart": (lambda m: m.transform(ExtractQuantScaleZeroPt()), ""),
    "batch norm to Mul and Add": (lambda m: m.transform(BatchNormToAffine()), ""),
    "QCDQ": (lambda m: m.transform(QuantToQCDQ()), "found QuantizeLinear, which is unsupported"),
}
CASES = {
    "conv without bias": TRANSFORMATIONS,
    "conv depthwise, strided, dilated": {k: v for k, v in TRANSFORMATIONS.items() if k != "bias apart"},
    "batch norm in a layer": TRANSFORMATIONS,
    "global average": {k: v for k, v in TRANSFORMATIONS.items() if k not in ("bias apart", "Gemm to MatMul")},
    "three-level U-Net": {k: v for k, v in TRANSFORMATIONS.items() if k != "bias apart"},
}


@pytest.mark.parametrize(("name", "tool"), [(name, tool) for name, tools in CASES.items() for tool in tools])
def test_what_qonnxs_transformations_make_is_the_same_graph_or_refused(tmp_path, name, tool):
    network, (transform, wanted) = NETWORKS[name](), TRANSFORMATIONS[tool]
    graph = load(network.save(tmp_path / "before.onnx"))
    model = transform(ModelWrapper(network.model()).transform(InferShapes())).model
    onnx.helper.set_model_props(model, network.metadata)
    path = tmp_path / "after.onnx"
    path.write_bytes(model.SerializeToString())
    if wanted:
        with pytest.raises(ModelError, match=wanted):
            load(path)
        return
    frames = corners.frames(graph.input[1], 500, 6)
    outputs = [g.run(g.initial_state(), frames)[1][g.outputs[0]] for g in (graph, load(path))]
    assert np.array_equal(*outputs)
