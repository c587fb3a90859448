"""A kernel call of model.c."""

from __future__ import annotations

from dataclasses import dataclass

from edgesort.graph import Graph, Node
from edgesort.targets.c.wires.wire import Wire


@dataclass(frozen=True)
class Step:
    """One call of es_<kernel>. It reads the values of `inputs` and writes those of the last of `nodes`.

    awake: it computes only while the network behind the gate has been awake for more than this many frames; None where
    it always does. takes: asleep, it still takes each frame, with NULL for y.
    """

    nodes: tuple[str, ...]
    inputs: tuple[str, ...]
    kernel: str
    wire: Wire
    awake: int | None = None
    takes: bool = False

    @property
    def name(self) -> str:
        return self.nodes[-1]


def only_reader(graph: Graph, name: str) -> Node | None:
    """The node that alone reads a stream, once, if it is no output."""
    readers = [node for node in graph.nodes for source in node.inputs if source == name]
    return readers[0] if len(readers) == 1 and name not in graph.outputs else None
