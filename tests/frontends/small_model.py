"""A small QONNX model written node by node, so that tests can damage any part of it."""

import json

import numpy as np
from onnx import TensorProto, helper, numpy_helper

QUANT = "qonnx.custom_op.general"


class SmallModel:
    """adc -> Mul -> Biquad -> Quant -> Conv(k5, stride, dilation) -> Relu -> Quant -> Conv(1x1) -> Quant -> Peak."""

    def __init__(self, seed=0):
        rng = np.random.default_rng(seed)
        self.nodes, self.constants = [], {}
        self.metadata = {
            "name": "small",
            "sampling_frequency": "19531.0",
            "labels": '["any","a","b"]',
            "event_delay": "9",
        }
        self.constant("adc_scale", 2.0**-10)
        self.node("Mul", ["adc", "adc_scale"], "samples", "/adc/Mul")
        sections = [15303, -30606, 15303, -30535, 14294]
        self.node("Biquad", ["samples"], "filtered", "/highpass/Biquad", "edgesort.ops", sections=sections, bits=22,
                  fraction=14, guard=6)  # fmt: skip
        self.quant("filtered", "scaled", 2.0**-4, 8, "/scale/Quant")
        self.conv("scaled", "conv1", rng.normal(0, 0.3, (4, 1, 5)), rng.normal(0, 0.5, 4), 2.0**-5, 2.0**-9)
        self.node("Relu", ["conv1"], "relu", "/conv1_act/Relu")
        self.quant("relu", "act", 2.0**-4, 8, "/conv1_act/Quant", signed=0)
        self.conv("act", "head", rng.normal(0, 0.5, (3, 4, 1)), rng.normal(0, 0.5, 3), 2.0**-5, 2.0**-9)
        self.quant("head", "score", 2.0**-3, 8, "/head_act/Quant", signed=0)
        self.node(
            "Peak", ["score"], "events", "/events/Peak", "edgesort.ops", threshold=[9, 9, 9], reach=3, refractory=8
        )

    def constant(self, name, value):
        self.constants[name] = np.asarray(value, np.float32)
        return name

    def node(self, op, inputs, output, name, domain="", **attributes):
        self.nodes.append(helper.make_node(op, inputs, [output], name=name, domain=domain, **attributes))

    def quant(self, source, output, scale, bits, name, signed=1, narrow=0, rounding_mode="FLOOR"):
        scale = self.constant(f"{output}_scale", scale)
        inputs = [source, scale, self.constant(f"{output}_zero", 0), self.constant(f"{output}_bits", bits)]
        self.node("Quant", inputs, output, name, QUANT, signed=signed, narrow=narrow, rounding_mode=rounding_mode)

    def conv(self, source, name, weight, bias, weight_scale, bias_scale):
        self.constant(f"{name}.weight", weight)
        self.constant(f"{name}.bias", bias)
        self.quant(f"{name}.weight", f"{name}_w", weight_scale, 6, f"/{name}/weight", narrow=1, rounding_mode="ROUND")
        self.quant(f"{name}.bias", f"{name}_b", bias_scale, 16, f"/{name}/bias", rounding_mode="ROUND")
        self.node("Conv", [source, f"{name}_w", f"{name}_b"], name, f"/{name}/Conv", kernel_shape=weight.shape[2:])

    def find(self, name):
        return next(node for node in self.nodes if node.name == name)

    def attribute(self, name, key, value):
        """Replace one attribute of a node."""
        node = self.find(name)
        kept = [a for a in node.attribute if a.name != key]
        del node.attribute[:]
        node.attribute.extend([*kept, helper.make_attribute(key, value)])

    def save(self, path):
        inputs = [helper.make_tensor_value_info("adc", TensorProto.FLOAT, [1, 1, 64])]
        outputs = [helper.make_tensor_value_info(self.nodes[-1].output[0], TensorProto.FLOAT, [1, 3, "time"])]
        constants = [numpy_helper.from_array(value, name) for name, value in self.constants.items()]
        graph = helper.make_graph(self.nodes, "small", inputs, outputs, constants)
        domains = [helper.make_opsetid(d, v) for d, v in (("", 18), (QUANT, 1), ("edgesort.ops", 1))]
        model = helper.make_model(graph, opset_imports=domains)
        helper.set_model_props(model, self.metadata if isinstance(self.metadata, dict) else json.loads(self.metadata))
        path.write_bytes(model.SerializeToString())
        return path
