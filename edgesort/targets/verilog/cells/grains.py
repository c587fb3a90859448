"""How much of its input each cell takes before it sends: what the depths of the queues follow from.

A cell that claims more than it takes, or less, dead-locks somewhere: tests/targets/test_verilog_queues.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from edgesort import ops
from edgesort.graph import Graph, Op
from edgesort.passes.schedule import Grain

ELEMENT = (
    *(ops.Requant, ops.Add, ops.Subtract, ops.Multiply, ops.Concat, ops.Slice, ops.Reshape, ops.Rectify),
    *(ops.HardSigmoid, ops.Table, ops.Threshold, ops.AdaptiveThreshold, ops.ArgMax, ops.Delay, ops.AveragePool),
    *(ops.Lif, ops.Biquad, ops.Noise, ops.Delta, ops.Peak, ops.NonlinearEnergy, ops.MaxPool),
)
LINE = (ops.Window, ops.Dense, ops.CommonAverage, ops.CommonMedian)
FRAME = (ops.Upsample, ops.DepthToTime, ops.LocalPeak, ops.StateSpace, ops.Gru, ops.Attention)
GRAINS: Mapping[type[Op], Grain] = MappingProxyType(
    {
        **dict.fromkeys(ELEMENT, "element"),
        **dict.fromkeys(LINE, "line"),
        **dict.fromkeys(FRAME, "frame"),
    }
)


def grains(graph: Graph) -> dict[str, Grain]:
    """The grain of each node's cell."""
    return {node.name: GRAINS[type(node.op)] for node in graph.nodes}
