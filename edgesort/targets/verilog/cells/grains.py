"""How much of its input each cell takes before it sends: what the depths of the queues follow from.

A cell that claims more than it takes, or less, dead-locks somewhere: tests/targets/test_verilog_queues.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from edgesort import ops
from edgesort.graph import Graph, Op
from edgesort.passes.schedule import Grain

GRAINS: Mapping[type[Op], Grain] = MappingProxyType(
    {
        ops.Dense: "line",
        ops.CommonAverage: "line",
        ops.CommonMedian: "line",
        ops.Window: "frame",
        ops.Upsample: "frame",
        ops.DepthToTime: "frame",
        ops.MaxPool: "frame",
        ops.NonlinearEnergy: "frame",
        ops.LocalPeak: "frame",
        ops.StateSpace: "frame",
        ops.Gru: "frame",
    }
)


def grains(graph: Graph) -> dict[str, Grain]:
    """The grain of each node's cell; all others send each element as they take it."""
    return {node.name: GRAINS.get(type(node.op), "element") for node in graph.nodes}
