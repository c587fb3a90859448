"""Folding: the search is exact, its bounds hold, and an SB_MAC16 in two halves computes what the portable pair does."""

from dataclasses import replace
from itertools import product

import pytest

from edgesort.report.explain import explain
from edgesort.targets.target import BuildError
from edgesort.targets.verilog import ICEBREAKER
from edgesort.targets.verilog.fold import (
    UNKNOWN,
    Fabric,
    _keep_up,
    best_clock,
    busiest,
    cost,
    fold,
    latency,
    total,
    use,
)
from edgesort.targets.verilog.ice40 import ICE40
from edgesort.targets.verilog.sharing import load, shared
from tests.graphs import sorter
from tests.targets.mutant import Mutant
from tests.targets.mutants_verilog import killers

UP5K = ICEBREAKER.fabric
GRAPH = sorter(filters=6, kernel=8)


@pytest.mark.parametrize("within", [60e-6, 30e-6, 20e-6, 16e-6])
@pytest.mark.parametrize("multipliers", [0, 1, 2, 8])
def test_no_choice_within_the_bounds_is_cheaper(within, multipliers):
    fabric = replace(UP5K, within=within, multipliers=multipliers)
    found = fold(GRAPH, 1228, fabric)
    kept = _keep_up(GRAPH, 1228, fabric)
    engines = [name for name, several in kept.items() if len(several) > 1]
    assert len(engines) >= 3
    costs = {}
    for some in product(*(kept[name] for name in engines)):
        made = {name: several[0] for name, several in kept.items()} | dict(zip(engines, some, strict=True))
        if total(made)[1] <= multipliers and load(made) <= 1228 * (1 - fabric.spare):
            in_time = latency(GRAPH, made) <= within * GRAPH.sampling_frequency * 1228
            taken = cost(total(made), fabric)
            costs[in_time] = min(taken, costs.get(in_time, taken))
    assert cost(total(found), fabric) == costs.get(True, costs.get(False))
    assert total(found)[1] <= multipliers


def test_without_a_device_a_layer_gets_as_few_multipliers_as_keep_up():
    def lanes(budget):
        return [one.lanes for one in fold(sorter(), budget, Fabric(("mac",))).values() if one.engine]

    assert lanes(1228) == [1, 1, 1]
    assert lanes(400) == [2, 1, 1]


def test_layers_share_a_multiplier_if_it_has_the_time_for_all_of_them():
    """No more of them than it computes in a frame; the widest factors and sums set its widths."""
    dear = Fabric(("mac", "shared"), worth=500)
    for budget, layers in ((1228, 3), (286, 3), (285, 2), (133, 0)):
        made = fold(GRAPH, budget, dear)
        assert len(shared(made)) == layers and load(made) <= budget
    made = fold(GRAPH, 1228, dear)
    products = sum(node.op.macs(*GRAPH.ins(node)) for node in GRAPH.nodes if node.name in shared(made))
    assert busiest(GRAPH, made, 1228) == ("shared engine", pytest.approx(products / 1228))
    assert {one.parameters[-3:] for one in shared(made).values()} == {
        (("OPERAND_BITS", 9), ("FACTOR_BITS", 7), ("SUM_BITS", 19))
    }


def test_what_no_choice_can_do_is_refused():
    with pytest.raises(BuildError, match="expected 1 multipliers at most, found that it needs 3; use fewer channels"):
        fold(GRAPH, 1228, Fabric(("mac",), 1))
    with pytest.raises(
        BuildError, match="node events: expected 59 clock cycles a frame at most, found that it needs 70"
    ):
        fold(sorter(), 60, UP5K)
    with pytest.raises(BuildError, match=r"expected 200 clock cycles .* layers on one engine need 286; use fewer"):
        fold(GRAPH, 200, Fabric(("shared",)))


@pytest.mark.parametrize(("within", "clock"), [(1.0, 6e6), (20e-6, 12e6), (10e-6, 24e6), (7e-6, 48e6), (1e-9, 6e6)])
def test_the_least_energy_is_at_the_slowest_clock_that_is_fast_enough(within, clock):
    """Events that are never in time do not count."""
    fabric = replace(UP5K, within=within)
    assert best_clock(GRAPH, (12e6, 24e6, 48e6, 6e6), fabric, "energy") == clock


def test_the_least_area_is_at_a_clock_that_leaves_few_engines_much_time():
    fabric, clocks = replace(UP5K, within=50e-6), (3e6, 6e6, 12e6, 24e6)
    areas = {c: cost(total(fold(GRAPH, int(c / GRAPH.sampling_frequency), fabric)), fabric) for c in clocks}
    found = best_clock(GRAPH, clocks, fabric, "area")
    assert areas[found] == min(areas.values()) < areas[best_clock(GRAPH, clocks, fabric, "energy")]
    assert all(areas[c] > areas[found] for c in clocks if c < found)


def test_a_graph_that_no_clock_keeps_up_with_is_refused():
    with pytest.raises(BuildError, match="multipliers at most"):
        best_clock(GRAPH, (12e6, 24e6), Fabric(("mac",), 2), "area")


def test_explain_shows_the_budget():
    made = explain(sorter(), ICEBREAKER)
    rows = {row["node"]: row for row in made.folding()}
    conv1 = made.cells["conv1"]
    share = use(made.graph, made.graph.node("conv1"), conv1, 1228)
    assert rows["conv1"]["engine"] == f"{conv1.engine} x {conv1.lanes}"
    assert rows["conv1"]["lanes in use"] == f"{share:.0%}" and 0.1 < share <= 1
    assert rows["conv1"]["cycles used"] == str(conv1.cycles) and rows["conv1"]["free"] == str(1228 - conv1.cycles)
    assert any("busiest lanes: " in line for line in made.sums())
    assert explain(GRAPH).fabric is UNKNOWN


def test_an_ice40_multiplier_in_two_halves_equals_the_portable_pair(tmp_path):
    """The explicit instance, on Yosys' model of it, against `step`, and what is wrong if it is broken."""
    models, arguments = ICE40.simulation()
    killed = killers(HALVED, tmp_path, models, (*arguments, "-DES_MAC16=SB_MAC16"))
    assert [mutant.what for mutant, how in zip(HALVED, killed, strict=True) if how is None] == []


HALVED = tuple(
    Mutant("dense", what, old, new, "es_mac_pair.v", case)
    for what, old, new, case in (
        ("x has a sign", "(X_SIGNED != 0) ? 1'b1 : 1'b0", "1'b1", "dense-pair-odd"),
        ("x has none", "(X_SIGNED != 0) ? 1'b1 : 1'b0", "1'b0", "dense-pair"),
        ("lower sum goes on", ".OLOADBOT(clear_i)", ".OLOADBOT(1'b0)", "dense-pair"),
        ("weights swapped", ".B({w1, w0})", ".B({w0, w1})", "dense-pair"),
        (
            "wide sums go on",
            "es_sum #(.BITS(Y_BITS)) sum [1:0] (\n                .clk_i(clk_i), .clear_i(clear_i)",
            "es_sum #(.BITS(Y_BITS)) sum [1:0] (\n                .clk_i(clk_i), .clear_i(1'b0)",
            "dense-pair-odd",
        ),
        ("adds without being told", "~add_i & ~clear_i), .OHOLDBOT", "1'b0), .OHOLDBOT", "dense-pair"),
    )
)
