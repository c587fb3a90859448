"""The estimate of power: what is counted in a netlist, and that more of it, or more often, means more."""

from dataclasses import replace

import pytest

from edgesort.share import share
from edgesort.targets.target import BuildError
from edgesort.targets.verilog import ICEBREAKER, flow
from edgesort.targets.verilog.activity import ICE40, Activity, activity_bench, counted, read_activity
from edgesort.targets.verilog.power import ECP5_25F, ICE40_UP5K, estimate
from edgesort.targets.verilog.sim import run_cocotb, verilate
from tests import corners
from tests.graphs import sorter

GRAPH = sorter(seed=3, units=1, filters=2, kernel=4)
BOARD = replace(ICEBREAKER, fabric=replace(ICEBREAKER.fabric, engines=("mac",), worth=0))
QUIET = Activity(clocked=600, cycles=1000, lut=20_000, ff=9_000, ebr=3_000, spram=500, dsp=400)
PARTS = ("lut", "ff", "ebr", "spram", "dsp")


def power(activity, graph=GRAPH, figures=ICE40_UP5K):
    return estimate(graph, activity, 24e6, figures)


def test_half_the_sampling_frequency_needs_less_and_a_signal_more_than_silence(tmp_path):
    """The same clock and frames; of the engines' work there is half as much a second, and none is worth less."""
    BOARD.emit(GRAPH, tmp_path)
    family = BOARD.device.family
    flow._synthesise(tmp_path, family, BOARD.parameters(GRAPH))
    (tmp_path / "bench").mkdir()
    models, arguments = family.simulation()
    bench = activity_bench(tmp_path / "bench", tmp_path / "netlist.v", models, ICE40, GRAPH, arguments)
    frames, budget = corners.frames(GRAPH.input[1], 40, seed=6), ICEBREAKER.budget(GRAPH)
    full, half, still = (
        bench.run(f, pace) for f, pace in ((frames, budget), (frames, 2 * budget), (0 * frames, budget))
    )
    assert 1.9 < half.cycles / full.cycles < 2.1
    assert half.dsp == pytest.approx(full.dsp, rel=0.02) and full.dsp > still.dsp > 0
    assert full.lut > 1.2 * still.lut and full.ff > still.ff and full.ebr > 0
    assert power(still)["power_mw_estimate"] < power(full)["power_mw_estimate"]
    slow = replace(GRAPH, sampling_frequency=GRAPH.sampling_frequency / 2)
    assert power(half, slow)["power_mw_estimate"] < power(full)["power_mw_estimate"]


@pytest.mark.parametrize("part", PARTS)
def test_more_of_any_activity_means_more_power(part):
    more = power(replace(QUIET, **{part: 2 * getattr(QUIET, part)}))
    assert more["power_mw_estimate"] > power(QUIET)["power_mw_estimate"]


@pytest.mark.parametrize("figures", [ICE40_UP5K, ECP5_25F])
def test_the_parts_add_up_and_every_source_is_named(figures):
    made = power(QUIET, figures=figures)
    parts = made["power_estimate"]
    assert set(parts) == {f"{part}_mw" for part in ("static", "clock", "logic", "ebr", "spram", "dsp", "io")}
    assert sum(parts.values()) == pytest.approx(made["power_mw_estimate"], abs=2e-3)
    sources = " ".join(made["power_estimate_sources"])
    assert all(word in sources for word in ("static", "clock", "toggle", "multiplication", "EBR", "SPRAM", "pins"))
    assert made["power_estimate_cycles"] == 1000


def test_published_currents_come_out_of_the_figures():
    """An iCE40UP5K at 12 MHz with a multiplier of LUTs, and as one SB_MAC16: 996 and 882 uA of the core, measured.

    Their activity is that of the same circuit, simulated; the counter beside it has 24 bits and changes 4 outputs.
    """
    quiet = replace(ICE40_UP5K, pll=0.0, banks=0.0)
    still = replace(GRAPH, sampling_frequency=1e-9)
    for published, lut, dsp in ((996, 57.75 + 2, 0), (882, 9.8 + 2, 1)):
        activity = Activity(40, 100, round(100 * lut), round(100 * 8.44), 0, 0, 100 * dsp)
        found = estimate(still, activity, 12e6, quiet)["power_mw_estimate"] * 1e3 / quiet.volts
        assert found == pytest.approx(published, rel=0.05)


NETLIST = """
module toggler(clk_i);
  input clk_i;
  wire [2:0] q;
  wire d;
  SB_LUT4 #(
    .LUT_INIT(16'h00ff)
  ) \\not[0]  (
    .I3(q[0]),
    .O(d)
  );
  SB_DFF low (
    .C(clk_i),
    .D(d),
    .Q(q[0])
  );
  SB_DFF next (
    .C(clk_i),
    .D(q[0] ^ q[1]),
    .Q(q[1])
  );
  SB_RAM40_4K ram (
    .RE(q[0]),
    .RCLKE(1'h1),
    .WE(q[0]),
    .WCLKE(q[1]),
    .RDATA({ q[2] })
  );
  SB_MAC16 mac (
    .A({ q[1], 1'h0 }),
    .B(1'h1)
  );
endmodule
"""
CELLS = """
module SB_LUT4(input I3, output O); parameter LUT_INIT = 0; assign O = ~I3; endmodule
module SB_DFF(input C, D, output reg Q); initial Q = 0; always @(posedge C) Q <= D; endmodule
module SB_RAM40_4K(input RE, RCLKE, WE, WCLKE, output RDATA); assign RDATA = RE; endmodule
module SB_MAC16(input [1:0] A, input B); endmodule
module bench;
  wire clk, rst_n /* verilator public_flat_rd */, done /* verilator public_flat_rd */;
  wire [31:0] cycle /* verilator public_flat_rd */;
  es_control control (.clk_o(clk), .rst_no(rst_n), .cycle_o(cycle), .all_done_i(cycle > 400), .done_o(done));
  toggler one (.clk_i(clk));
endmodule
"""


def test_each_cell_is_counted_by_its_rule(tmp_path):
    """A counter of two bits: its low bit changes each cycle and reads a RAM every other one, and so on."""
    (tmp_path / "counted.v").write_text(counted(NETLIST, ICE40, "1'b1"))
    (tmp_path / "cells.sv").write_text(CELLS)
    verilate(tmp_path, "bench", [tmp_path / "counted.v", tmp_path / "cells.sv", share("sim", "es_control.sv")])
    run_cocotb(tmp_path, "bench", "cocotb_bench")
    found = read_activity(tmp_path / "activity", 2)
    n = found.cycles
    assert n > 400 and found.spram == 0
    for part, each in (("lut", 1), ("ff", 1.5), ("ebr", 0.75), ("dsp", 0.5)):
        assert getattr(found, part) == pytest.approx(each * n, abs=4), part
    (tmp_path / "nothing").write_text("")
    with pytest.raises(BuildError, match="activity: expected counts of 5 kinds of cells over some cycles, found"):
        read_activity(tmp_path / "nothing", 2)
