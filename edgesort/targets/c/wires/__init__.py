"""What model.c says about each op: the constants, the fields of its params struct and its state.

The one place that knows the params structs of firmware/kernels/es_<kind>.h. A new op is one function in a file
here, named in WIRES, besides its kernel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from edgesort import ops
from edgesort.graph import Op, Stream
from edgesort.targets.c.wires import dsp, elementwise, linear, mve, signal, swar, time
from edgesort.targets.c.wires.layer import Layer
from edgesort.targets.c.wires.wire import Wire, ctype
from edgesort.targets.target import BuildError

WIRES: Mapping[type[Op], Callable[..., Wire]] = MappingProxyType(
    {
        ops.Requant: elementwise.requant,
        ops.Add: elementwise.aligned,
        ops.Slice: elementwise.slice,
        ops.Subtract: elementwise.aligned,
        ops.Multiply: elementwise.multiply,
        ops.Concat: elementwise.concat,
        ops.Reshape: elementwise.reshape,
        ops.Rectify: elementwise.rectify,
        ops.HardSigmoid: elementwise.hard_sigmoid,
        ops.Table: elementwise.table,
        ops.Threshold: elementwise.threshold,
        ops.AdaptiveThreshold: elementwise.adaptive_threshold,
        ops.ArgMax: elementwise.arg_max,
        ops.Window: time.window,
        ops.Delay: time.delay,
        ops.Upsample: time.upsample,
        ops.MaxPool: time.max_pool,
        ops.AveragePool: time.average_pool,
        ops.DepthToTime: time.depth_to_time,
        ops.Dense: linear.dense,
        ops.Lif: linear.lif,
        ops.Gru: linear.gru,
        ops.Attention: linear.attention,
        ops.Biquad: signal.biquad,
        ops.NonlinearEnergy: signal.nonlinear_energy,
        ops.CommonAverage: signal.common_average,
        ops.CommonMedian: signal.common_median,
        ops.Noise: signal.noise,
        ops.Delta: signal.delta,
        ops.StateSpace: linear.state_space,
        ops.Peak: signal.peak,
        ops.LocalPeak: signal.local_peak,
    }
)


# What one kernel computes of a whole layer, by the machine's feature: (kernel, its wire, which gives None for a layer
# that the kernel does not take), tried in this order. Where none takes a layer, its nodes run one by one.
LAYERS: Mapping[str, tuple[tuple[str, Callable[[Layer], Wire | None]], ...]] = MappingProxyType(
    {
        "dsp": (("taps_dsp", dsp.taps), ("conv_dsp", dsp.conv)),
        "mve": (
            ("fir_mve", mve.fir),
            ("depthwise_mve", mve.depthwise),
            ("channels_mve", mve.channels),
            ("conv_mve", mve.conv),
        ),
        "swar": (
            ("depthwise", swar.depthwise),
            ("conv_swar", swar.conv_swar),
            ("linear_swar", swar.linear_swar),
        ),
    }
)


def wire(op: Op, *streams: Stream) -> Wire:
    """The wire of an op between its input streams and its output stream (the last one)."""
    if type(op) not in WIRES:
        raise BuildError(f"expected an op that this target takes, found {op.kind}")
    return WIRES[type(op)](op, *streams)


__all__ = ["LAYERS", "WIRES", "Layer", "Wire", "ctype", "wire"]
