"""QONNX models written node by node, as tests need them: quantized constants, layers, and a file of them."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

QUANT = "qonnx.custom_op.general"
OWN = "edgesort.ops"


class Network:
    """Nodes of a network on an input [1, channels, frames]; each method adds one and returns its output's name."""

    def __init__(self, channels=1, frames=64, seed=0, shape=None):
        self.rng, self.nodes, self.constants, self.outputs = np.random.default_rng(seed), [], {}, []
        self.shape = shape or [1, channels, frames]
        self.version = 1  # of QONNX's operators
        self.metadata = {"name": "network", "sampling_frequency": "30000.0"}

    def constant(self, name, value, dtype=np.float32):
        self.constants[name] = np.asarray(value, dtype)
        return name

    def node(self, op, inputs, output="", name="", domain="", outputs=None, **attributes):
        output = output or name.strip("/").replace("/", "_") or f"{op.lower()}_{len(self.nodes)}"
        outputs = outputs or [output]
        self.nodes.append(helper.make_node(op, inputs, outputs, name=name or f"/{output}", domain=domain, **attributes))
        return outputs[0]

    def own(self, op, *inputs, **attributes):
        return self.node(op, list(inputs), domain=OWN, **attributes)

    def quant(self, source, output, scale, bits, name="", signed=1, narrow=0, rounding_mode="FLOOR"):
        scale = self.constant(f"{output}_scale", scale)
        inputs = [source, scale, self.constant(f"{output}_zero", 0), self.constant(f"{output}_bits", bits)]
        attributes = {"signed": signed, "narrow": narrow, "rounding_mode": rounding_mode}
        return self.node("Quant", inputs, output, name, QUANT, **attributes)

    def weights(self, name, shape, exponent=-4, bits=6, spread=0.5):
        """Quantized random weights, extremes among them."""
        values = self.rng.normal(0, spread, shape).astype(np.float32)
        values.flat[0] = 9
        self.constant(name, values)
        return self.quant(name, f"{name}_q", 2.0**exponent, bits, narrow=1, rounding_mode="ROUND")

    def input(self, exponent=-6, bits=8, signed=1):
        """The samples, worth 2^-10 each, cut to few bits."""
        self.constant("unit", 2.0**-10)
        return self.quant(self.node("Mul", ["adc", "unit"], "samples"), "x", 2.0**exponent, bits, signed=signed)

    def layer(self, source, name, shape, op="Conv", bias=True, cut=-4, bits=8, **attributes):
        """A layer with weights, ReLU and an unsigned Quant; its input must be at the scale 2^-6 or 2^-4."""
        out = shape[0] if op == "Conv" else shape[1] * attributes.get("group", 1)
        inputs = [source, self.weights(f"{name}_w", shape)]
        if bias:
            self.constant(f"{name}_b", self.rng.normal(0, 0.5, out))
            inputs.append(self.quant(f"{name}_b", f"{name}_bq", 2.0**-8, 16, rounding_mode="ROUND"))
        y = self.node(op, inputs, name, kernel_shape=[shape[2]], **attributes)
        return self.quant(self.node("Relu", [y]), f"{name}_act", 2.0**cut, bits, signed=0)

    def ints(self, *values):
        """A constant of integers."""
        return self.constant(f"ints_{len(self.constants)}", values, np.int64)

    def find(self, name):
        return next(node for node in self.nodes if node.name == name)

    def attribute(self, name, key, value):
        """Replace one attribute of a node."""
        node = self.find(name)
        kept = [a for a in node.attribute if a.name != key]
        del node.attribute[:]
        node.attribute.extend([*kept, helper.make_attribute(key, value)])

    def model(self):
        inputs = [helper.make_tensor_value_info("adc", TensorProto.FLOAT, self.shape)]
        names = self.outputs or [self.nodes[-1].output[0]]
        outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", "c", "t"]) for name in names]
        constants = [numpy_helper.from_array(value, name) for name, value in self.constants.items()]
        graph = helper.make_graph(self.nodes, "network", inputs, outputs, constants)
        domains = [helper.make_opsetid(d, v) for d, v in (("", 18), (QUANT, self.version), (OWN, 1))]
        model = helper.make_model(graph, opset_imports=domains)
        helper.set_model_props(model, self.metadata)
        return model

    def save(self, path):
        path.write_bytes(self.model().SerializeToString())
        return path
