"""A short run of the whole-graph fuzz: the C under sanitizers, every value."""

import numpy as np
import pytest

from edgesort.ops import OPS
from tests import corners, fuzz


@pytest.mark.parametrize("seed", range(40))
def test_random_graph_in_c(seed, tmp_path):
    assert fuzz.check_c(seed, tmp_path) is None


def test_random_graphs_in_rtl(tmp_path):
    assert fuzz.check_rtl(range(100, 140), tmp_path) == {}


@pytest.mark.parametrize("seed", range(40))
def test_random_graph_runs_as_it_steps(seed):
    graph = fuzz.random_graph(seed)
    frames = corners.frames(graph.input[1], 150, seed)
    state, stepped = graph.initial_state(), {}
    for frame in frames:
        state, values = graph.step(state, frame)
        for name, value in values.items():
            stepped.setdefault(name, []).append(value)
    _, found = graph.run(graph.initial_state(), frames)
    for name, values in stepped.items():
        assert np.array_equal(found[name], np.array(values)), f"seed {seed}: {name}\n{graph.text()}"


def test_a_failure_shrinks_to_the_node_that_is_wrong():
    """Pretend that every delay is wrong: what is left is a delay on the input, and what makes it legal."""
    graph = next(g for g in map(fuzz.random_graph, range(300)) if len(g.nodes) > 5 and _kinds(g) & {"delay"})
    small = fuzz.shrink(graph, lambda g: "delay" in _kinds(g))
    assert [node.op.kind for node in small.nodes] == ["delay"]


def test_the_graphs_have_skips_rates_groups_and_recurrence():
    graphs = [fuzz.random_graph(seed) for seed in range(200)]
    ops = [node.op for graph in graphs for node in graph.nodes]
    assert {op.kind for op in ops} == {op.kind for op in OPS}
    assert sum(any(len(set(node.inputs)) > 1 for node in graph.nodes) for graph in graphs) > 20
    assert sum(any(graph.raises(node) for node in graph.nodes) for graph in graphs) > 5
    assert any(op.kind == "dense" and op.groups > 1 for op in ops)


def _kinds(graph):
    return {node.op.kind for node in graph.nodes}
