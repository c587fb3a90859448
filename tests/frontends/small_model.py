"""A small QONNX model of a sorter, so that tests can damage any part of it."""

from tests.frontends.network import Network


class SmallModel(Network):
    """adc -> Mul -> Biquad -> Quant -> Conv(k5, stride, dilation) -> Relu -> Quant -> Conv(1x1) -> Quant -> Peak."""

    def __init__(self, seed=0):
        super().__init__(seed=seed)
        rng = self.rng
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

    def conv(self, source, name, weight, bias, weight_scale, bias_scale):
        self.constant(f"{name}.weight", weight)
        self.constant(f"{name}.bias", bias)
        self.quant(f"{name}.weight", f"{name}_w", weight_scale, 6, f"/{name}/weight", narrow=1, rounding_mode="ROUND")
        self.quant(f"{name}.bias", f"{name}_b", bias_scale, 16, f"/{name}/bias", rounding_mode="ROUND")
        self.node("Conv", [source, f"{name}_w", f"{name}_b"], name, f"/{name}/Conv", kernel_shape=weight.shape[2:])
