"""What a device's events are called and how they are drawn: a unit a name and a colour, the report's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgesort.fixed import Array
from edgesort.graph import Graph
from edgesort.report.results import coloured

ANY, GREY = "any", "#6B7280"


@dataclass(frozen=True)
class Units:
    """names, colours: of each element of each output, output after output. first: each output's first one."""

    names: tuple[str, ...]
    colours: tuple[str, ...]
    sizes: Array
    first: Array

    @staticmethod
    def of(graph: Graph) -> Units:
        """Labels belong to the first output's last axis; what has none is called by its output and index."""
        sizes = [graph.streams[output].size for output in graph.outputs]
        names = [_name(graph, number, index) for number in range(len(sizes)) for index in range(int(sizes[number]))]
        known = [name for name in names if not unsorted(name)] or names
        colours = dict.fromkeys(names, GREY) | coloured(known)
        first = np.cumsum([0, *sizes[:-1]])
        return Units(tuple(names), tuple(colours[name] for name in names), np.array(sizes), first)

    def numbers(self, records: Array) -> Array:
        """Of each record its unit's number, -1 for one that the graph does not have."""
        output, unit = records["output"].astype(np.int64), records["unit"].astype(np.int64)
        place = np.minimum(output, len(self.sizes) - 1)
        known = (output < len(self.sizes)) & (unit < self.sizes[place])
        return np.where(known, self.first[place] + unit, -1)


def unsorted(name: str) -> bool:
    """True for a spike of any unit: "any", and a channel's own, "3.any"."""
    return name.rpartition(".")[2] == ANY


def _name(graph: Graph, number: int, index: int) -> str:
    output, labels = graph.outputs[number], graph.labels
    if number or not labels:
        return f"{output} {index}"
    if graph.streams[output].size == len(labels):
        return labels[index]
    return f"{index // len(labels)}.{labels[index % len(labels)]}"
