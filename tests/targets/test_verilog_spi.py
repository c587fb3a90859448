"""es_spi_adc reads frames of samples from the model of an amplifier chip, and its mutants do not."""

import json
from array import array

import numpy as np
import pytest

from edgesort.share import share
from edgesort.targets.target import Options
from edgesort.targets.verilog import ICEBREAKER
from edgesort.targets.verilog.sim import run_cocotb, verilate
from tests.graphs import sorter
from tests.targets.cases_verilog import cell_files
from tests.targets.mutant import Mutant
from tests.targets.mutants_verilog import mutate

CHANNELS, PERIOD, LAST = 3, 200, 3000
TIMES = ICEBREAKER.accept(Options(clock=24e6, input="spi")).spi(sorter())
CABLE = 45.0  # ns there and back, more than half of SCLK's period

SETTINGS = {  # channels, DELAY, cable, when the stream that the master gives is taken
    "": (CHANNELS, 0, 0.0, "noise"),
    "cable": (1, 1, CABLE, "noise"),
    "slow": (CHANNELS, 0, 0.0, "(cycle[6:0] == 7'd0)"),
}


def spi(what, old, new, case=""):
    return Mutant("spi", what, old, new, "es_spi_adc.v", case)


MUTANTS = (
    spi("takes the answer a command early", "(slot > 1)", "(slot > 0)"),
    spi("MOSI changes when SCLK rises", "4'd15 - at[4:1]", "4'd15 - at[4:1] - {3'd0, at[0]}"),
    spi("the lowest bit first", "bits_in <= {bits_in[13:0], miso_i}", "bits_in <= {miso_i, bits_in[14:1]}"),
    spi("CS rises with the last edge", "(at < 33)", "(at < 32)"),
    spi("CS is high too short", "LENGTH = 33", "LENGTH = 32"),
    spi("15 bits", "busy & (at < 32)", "busy & (at < 30)"),
    spi("no calibration", "16'h5500", "16'hff00"),
    spi("a command too few for the calibration", "INITS    = 30", "INITS    = 29"),
    spi("offset binary", "16'h84c0", "16'h8480"),
    spi("amplifiers off", "16'h8eff", "16'h8e00"),
    spi("another bandwidth", "16'h8a17", "16'h8a00"),
    spi("ADC biased for slower samples", "16'h8204", "16'h8228"),
    spi("settles fast", "{2'b00, channel, 8'd0}", "{2'b00, channel, 8'd1}"),
    spi("frames as fast as they go", "due & set_up & ~in_frame", "set_up & ~in_frame"),
    spi("forgets what was taken", "- {{FA{1'b0}}, taken}", ""),
    spi("no time for the cable", "sample = rises[DELAY]", "sample = rises[0]", "cable"),
    spi("reads what has no room", "& (owed <= FRAME)", "", "slow"),
    spi("keeps a loss to itself", "overrun_o | (due", "overrun_o & (due", "slow"),
)
ALL = (*(("", name) for name in SETTINGS), *((f"_m{k}", mutant.case) for k, mutant in enumerate(MUTANTS)))


def bench():
    """The masters side by side, each with its own setting."""
    pins = " ".join(f"wire {pin}_{k} /* verilator public_flat_rd */;" for k in range(len(ALL)) for pin in PINS)
    parts = [TOP, f"    {pins}\n"]
    for k, (suffix, case) in enumerate(ALL):
        channels, delay, _, ready = SETTINGS[case]
        times = f".HALF({TIMES['SPI_HALF']}), .REST({TIMES['SPI_REST']}), .PERIOD({PERIOD})"
        parameters = f".CHANNELS({channels}), .DELAY({delay}), {times}"
        parts.append(MASTER.format(k=k, suffix=suffix, parameters=parameters, ready=ready))
    return "".join([*parts, "endmodule\n"])


PINS = ("cs", "sclk", "mosi", "overrun")
TOP = """module spi_bench;
    logic clk, rst_n /* verilator public_flat_rd */, done, noise;
    logic [31:0] cycle;
    es_control control (.clk_o(clk), .rst_no(rst_n), .cycle_o(cycle), .all_done_i(1'b0), .done_o(done));
    es_sink sink (.clk_i(clk), .ready_o(noise));
"""
MASTER = """
    logic miso_{k} /* verilator public_flat_rw */ = 0;
    wire valid_{k};
    wire [15:0] data_{k};
    es_spi_adc{suffix} #({parameters}) adc_{k} (
        .clk_i(clk), .rst_ni(rst_n), .cs_no(cs_{k}), .sclk_o(sclk_{k}), .mosi_o(mosi_{k}), .miso_i(miso_{k}),
        .y_valid_o(valid_{k}), .y_ready_i({ready}), .y_data_o(data_{k}), .overrun_o(overrun_{k})
    );
    es_probe #(.FILE("samples_{k}"), .BITS(16)) probe_{k} (
        .clk_i(clk), .rst_ni(rst_n), .cycle_i(cycle), .valid_i(valid_{k}), .ready_i({ready}), .data_i(data_{k}),
        .complete_o(), .active_o(), .excess_o()
    );
"""


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    return judge(tmp_path_factory.mktemp("spi"))


def judge(work, arguments=()):
    """What is wrong with each of ALL, None if nothing is. arguments: for Verilator."""
    (work / "spi_bench.sv").write_text(bench())
    for k, mutant in enumerate(MUTANTS):
        (work / f"mutant{k}.v").write_text(mutate(mutant, f"_m{k}")[0])
    sources = [
        *cell_files(),
        *sorted(work.glob("*.v")),
        *(share("sim", f"es_{name}.sv") for name in ("control", "sink", "probe")),
    ]
    verilate(work, "spi_bench", [*sources, work / "spi_bench.sv"], 0, arguments)
    draw = np.random.default_rng(3)
    analog = draw.integers(-(1 << 15), 1 << 15, (64, CHANNELS)).astype("<i2")
    analog[1], analog[2] = -(1 << 15), (1 << 15) - 1
    (work / "analog.bin").write_bytes(array("h", analog.tobytes()).tobytes())
    cables = ",".join(str(SETTINGS[case][2]) for _, case in ALL)
    numbers = {"chips": len(ALL), "clock": 24_000_000, "channels": CHANNELS, "last": LAST, "stalls": 64}
    plusargs = [*(f"+{name}={value}" for name, value in numbers.items()), f"+cable={cables}"]
    run_cocotb(work, "spi_bench", "cocotb_chip", [*plusargs, "+verilator+rand+reset+2", "+verilator+seed+5"])
    told = json.loads((work / "chips.json").read_text())
    read = [np.fromfile(work / f"samples_{k}", "<u8").astype("<u2").view("<i2") for k in range(len(ALL))]
    return [wrong(case, *one, analog) for (_, case), *one in zip(ALL, told, read, strict=True)]


def wrong(case, told, samples, analog):
    """The first thing that is not as it must be: a whole frame every PERIOD, or, if nobody takes them, fewer."""
    if told["fault"]:
        return told["fault"]
    converted = analog[: told["frames"], : SETTINGS[case][0]].ravel()
    if not np.array_equal(samples, converted[: len(samples)]) or len(converted) - len(samples) > 2 * CHANNELS:
        return f"expected the samples of {told['frames']} frames, found {len(samples)} others"
    if told["overrun"] != (case == "slow"):
        return f"overrun: found {told['overrun']}"
    steady = set(told["apart"]) == {PERIOD}
    fewer = all(cycles % PERIOD == 0 for cycles in told["apart"]) and max(told["apart"], default=0) > PERIOD
    return None if (fewer if case == "slow" else steady) else f"frames came {told['apart']} cycles apart"


def test_the_samples_are_those_of_the_chip(judged):
    assert judged[: len(SETTINGS)] == [None] * len(SETTINGS)


def test_every_mutant_is_noticed(judged):
    found = judged[len(SETTINGS) :]
    assert [mutant.what for mutant, how in zip(MUTANTS, found, strict=True) if how is None] == []
