"""An estimate of a board's power: switching activity of its netlist on recorded data, and published device figures.

Nothing here was measured on this design: the figures of others (`sources`) times what its cells did in simulation.
The board's serial line and queue are not in the model's netlist and not in the figure; its clock and PLL are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from edgesort.graph import Graph
from edgesort.targets.verilog.activity import Activity

BITS = 20  # on the serial line for each sample: two bytes of ten bits


@dataclass(frozen=True)
class Figures:
    """What a device needs. Currents in uA; energies in pJ: an edge of a flip-flop's clock, a change of an output of a
    LUT or flip-flop with the wires behind it, an access to a RAM, a multiplication of new operands.

    pins: a change of a pin, in pJ. banks: of the pins' supplies, in uW. sources: where each figure is from.
    """

    volts: float
    static: float
    clock_per_mhz: float
    pll: float
    ff_clock: float
    toggle: float
    ebr: float
    spram: float
    dsp: float
    pin: float
    banks: float
    sources: tuple[str, ...]


ICE40_UP5K = Figures(
    volts=1.219,
    static=85.6,
    clock_per_mhz=(613.5 - 92.1) / 12,
    pll=138.6 + 524,
    ff_clock=0.0144,
    toggle=0.552,
    ebr=4.4,
    spram=8.9,
    dsp=14.9,
    pin=0.5 * 10 * 3.3**2,
    banks=3.283 * (1.3 + 3.4 + 1.5),
    sources=(
        "static, clock, PLL, pins' supplies: tinyVision.ai, ice40_power, currents of an iCE40UP5K-SG48 by Joulescope "
        "(github.com/tinyvision-ai-inc/ice40_power): blank design 85.6 uA; halted 92.1 and 12 MHz 613.5 uA; PLL rail "
        "138.6 uA, and 395 to 631 uA more of the core, mean 524",
        "flip-flop's clock: the same, 196 bits of counters more take 27.8 uA at 12 MHz, all of it taken for the clock",
        "toggle: the same, an 8 x 8 multiplier of LUTs takes 351 uA at 12 MHz; its netlist, made again with Yosys, "
        "changes 64.2 outputs a cycle in a simulation without delays: glitches are in this figure",
        "multiplication: the same, the same multiplier as an SB_MAC16 takes 237 uA at 12 MHz, less its counters",
        "EBR, SPRAM: Horowitz, ISSCC 2014, 10.1109/ISSCC.2014.6757323: 64 bits of an SRAM of 8 KB 10 pJ and of 32 KB "
        "20 pJ at 45 nm and 0.9 V, for 16 bits at 1.2 V; not of this device, nobody has published its own",
        "pins: 10 pF at 3.3 V; the line's bits counted as if every other one changed",
    ),
)


LOWER = (1.1 / ICE40_UP5K.volts) ** 2  # energies at the lower voltage
ECP5_25F = replace(
    ICE40_UP5K,
    volts=1.1,
    static=77e3,
    **{name: getattr(ICE40_UP5K, name) * LOWER for name in ("ff_clock", "toggle", "ebr", "spram", "dsp")},
    sources=(
        "static: Lattice, FPGA-DS-02012, ECP5 family data sheet, standby current of the core: 77 mA typical at 1.1 V",
        "all else: an iCE40UP5K's figures at 1.1 V, not of this device: both are made at 40 nm; they are:",
        *ICE40_UP5K.sources,
    ),
)


def estimate(graph: Graph, activity: Activity, clock: float, figures: Figures) -> dict[str, Any]:
    """Costs `power_mw_estimate`, its parts, the cycles it was counted over and its sources. clock: in Hz."""
    mhz = clock / 1e6
    toggles = activity.a_cycle("lut") + activity.a_cycle("ff")
    changes = graph.sampling_frequency * graph.input[1].size * BITS / 2
    tree = figures.volts * (figures.clock_per_mhz * mhz + figures.pll)
    parts = {  # in uW
        "static": figures.volts * figures.static,
        "clock": tree + figures.ff_clock * activity.clocked * mhz,
        "logic": toggles * figures.toggle * mhz,
        "ebr": activity.a_cycle("ebr") * figures.ebr * mhz,
        "spram": activity.a_cycle("spram") * figures.spram * mhz,
        "dsp": activity.a_cycle("dsp") * figures.dsp * mhz,
        "io": figures.banks + changes * figures.pin * 1e-6,
    }
    return {
        "power_mw_estimate": round(sum(parts.values()) / 1e3, 3),
        "power_estimate": {f"{name}_mw": round(value / 1e3, 4) for name, value in parts.items()},
        "power_estimate_cycles": activity.cycles,
        "power_estimate_sources": list(figures.sources),
    }
