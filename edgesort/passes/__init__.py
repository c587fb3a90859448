"""Graph in, graph out. Each pass keeps every output value; the graph is checked after each."""

from edgesort.graph import Graph
from edgesort.passes.fold import fold
from edgesort.passes.prune import prune

PASSES = (fold, prune)


def simplify(graph: Graph) -> Graph:
    """All passes in order."""
    for run in PASSES:
        graph = run(graph).check()
    return graph


__all__ = ["PASSES", "fold", "prune", "simplify"]
