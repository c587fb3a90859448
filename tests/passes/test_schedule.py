"""Queue depths: enough for no dead-lock, none of them one element too long, and what a short one does is named."""

import pytest

from edgesort.passes import schedule
from edgesort.targets.verilog.cells.grains import grains
from tests import fuzz
from tests.passes.networks import halves, held, lines, residual, unet

MET = [graph for graph in map(fuzz.random_graph, range(400)) if schedule.ports(graph)]


def frames(graph):
    """A frame of each input: what was proven to be enough without looking at the cells."""
    return {port: graph.streams[graph.node(port[0]).inputs[port[1]]].size for port in schedule.ports(graph)}


def test_the_fuzz_has_graphs_enough():
    assert len(MET) > 150


@pytest.mark.parametrize("graph", [*MET, residual(), residual(layers=3), unet()], ids=lambda graph: graph.name)
def test_each_depth_is_enough_and_the_least(graph):
    depths = schedule.queues(graph, grains(graph))
    assert schedule.stuck(graph, grains(graph), depths) is None
    assert schedule.stuck(graph, grains(graph), frames(graph)) is None
    for port, depth in depths.items():
        assert 1 <= depth <= frames(graph)[port]
        if depth > 1:
            assert schedule.stuck(graph, grains(graph), {**depths, port: depth - 1}) is not None, (port, graph.text())


def test_a_skip_holds_what_the_window_beside_it_takes():
    graph = residual(channels=6)
    assert schedule.queues(graph, grains(graph)) == {("sum", 0): 5, ("sum", 1): 1}
    assert schedule.stuck(graph, grains(graph), {("sum", 0): 4, ("sum", 1): 1}) == ("sum", 0)


def test_the_skips_of_a_u_net_and_its_order():
    graph = unet()
    depths = schedule.queues(graph, grains(graph))
    assert {port: depths[port] for port in depths if depths[port] > 2} == {
        ("join2", 1): 15,
        ("join1", 1): 7,
        ("join0", 1): 3,
    }
    assert schedule.stuck(graph, grains(graph), {**depths, ("join1", 1): 6}) == ("join1", 1)
    order = schedule.order(graph)
    assert len(order) == graph.cycle == 8
    assert "bottom" in order[7] and not any("bottom" in names for names in order[:7])
    assert [("down1" in names) for names in order] == [False, True] * 4


def test_depths_that_rtl_was_seen_to_need():
    """tests/targets/test_verilog_queues.py runs these, and each queue of 3 and more also an element shorter."""
    depths = {graph.name: schedule.queues(graph, grains(graph)) for graph in (halves(), lines(), held())}
    assert depths == {
        "halves": {("sum", 0): 2, ("sum", 1): 1},
        "lines": {("by_line", 0): 2, ("by_line", 1): 1, ("sum", 0): 2, ("sum", 1): 1},
        "held": {("sum", 0): 2, ("sum", 1): 1},
    }


def test_frames_wait_only_where_a_path_takes_longer_than_a_frame():
    graph = residual(layers=3)
    cycles = {node.name: 100 if node.name.startswith("conv") else 10 for node in graph.nodes}
    assert schedule.waits(graph, cycles, 1000) == {("sum", 0): 0, ("sum", 1): 0}
    assert schedule.waits(graph, cycles, 150) == {("sum", 0): 2, ("sum", 1): 0}
