"""A short run of the whole-graph fuzz: the C under sanitizers, every value."""

import numpy as np
import pytest

from tests import corners, fuzz


@pytest.mark.parametrize("seed", range(12))
def test_random_graph_in_c(seed, tmp_path):
    assert fuzz.check_c(seed, tmp_path) is None


def test_random_graphs_in_rtl(tmp_path):
    assert fuzz.check_rtl(range(100, 112), tmp_path) == {}


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


def test_a_failure_shrinks_to_the_first_wrong_node():
    graph = next(g for g in map(fuzz.random_graph, range(100)) if len(g.nodes) == 7)
    third = graph.nodes[2].name
    small = fuzz.shrink(graph, lambda g: any(n.name == third for n in g.nodes))
    assert [n.name for n in small.nodes] == [n.name for n in graph.nodes[:3]]
