"""The memories in each cell of hw/cells, in the order of its STYLES, by the cell's own parameters.

tests/targets/test_verilog_memory.py compares them with those that Yosys finds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from edgesort import ops
from edgesort.graph import Op
from edgesort.targets.verilog.cells.cell import Cell


@dataclass(frozen=True)
class Memory:
    """`words` of `bits`. rom: of constants. single: never read in the cycle of a write, so that one port does."""

    name: str
    words: int
    bits: int
    rom: bool = False
    single: bool = False

    def __str__(self) -> str:
        return f"{self.name} {self.words}x{self.bits}"


Parameters = Mapping[str, int]


def memories(op: Op, cell: Cell) -> tuple[Memory, ...]:
    """A cell's memories, the first one's style lowest; ROMs come last. None for a cell without STYLES."""
    if type(op) not in MEMORIES:
        return ()
    numbers = {name: value for name, value in cell.parameters if isinstance(value, int)}
    roms = (Memory(r.parameter.removesuffix("_FILE").lower(), len(r.words), r.bits, rom=True) for r in cell.roms)
    return (*MEMORIES[type(op)](numbers), *roms)


def ring(words: int) -> int:
    """Words of a RAM that has at least so many: a power of two, two or more."""
    return max(2, 1 << (words - 1).bit_length())


def delay(p: Parameters) -> tuple[Memory, ...]:
    return (Memory("ring", ring(p["ELEMENTS"] + 1), p["BITS"]),)


def window(p: Parameters) -> tuple[Memory, ...]:
    reach = (p["KERNEL"] - 1) * p["DILATION"] + 1
    return (Memory("ring", ring(reach * p["LINES"] * p["CHANNELS"]), p["BITS"], single=True),)


def upsample(p: Parameters) -> tuple[Memory, ...]:
    return (Memory("frame", ring(p["SIZE"]), p["BITS"], single=True),)


def depth_to_time(p: Parameters) -> tuple[Memory, ...]:
    return (Memory("frame", ring(p["LINES"] * p["FACTOR"] * p["CHANNELS"]), p["BITS"], single=True),)


def max_pool(p: Parameters) -> tuple[Memory, ...]:
    return (Memory("ring", ring(p["KERNEL"] * p["SIZE"]), p["BITS"], single=True),)


def nonlinear_energy(p: Parameters) -> tuple[Memory, ...]:
    return (Memory("ring", ring(3 * p["SIZE"]), p["X_BITS"], single=True),)


def average_pool(p: Parameters) -> tuple[Memory, ...]:
    past = Memory("past", ring(p["KERNEL"] * p["SIZE"] + 1), p["X_BITS"])
    return (past, *([Memory("sums", ring(p["SIZE"]), p["Y_BITS"])] if p["SIZE"] > 1 else []))


def line(p: Parameters) -> tuple[Memory, ...]:
    return (Memory("line", ring(p["CHANNELS"]), p["X_BITS"], single=True),)


def noise(p: Parameters) -> tuple[Memory, ...]:
    return (Memory("levels", ring(p["SIZE"]), p["Y_BITS"] + p["SHIFT"], single=True),)


def delta(p: Parameters) -> tuple[Memory, ...]:
    return (Memory("rebuilt", ring(p["LINES"] * p["CHANNELS"]), p["X_BITS"], single=True),)


def peak(p: Parameters) -> tuple[Memory, ...]:
    history = Memory("history", ring((2 * p["REACH"] + 1) * p["CHANNELS"]), p["X_BITS"], single=True)
    bits = max(1, p["REFRACTORY"].bit_length())
    return history, Memory("refractory", ring(p["CHANNELS"]), bits, single=True)


def local_peak(p: Parameters) -> tuple[Memory, ...]:
    return *peak(p), Memory("summaries", ring(p["CHANNELS"]), 3 * p["X_BITS"], single=True)


def attention(p: Parameters) -> tuple[Memory, ...]:
    return (
        Memory("queries", ring(p["INPUTS"]), p["X0_BITS"], single=True),
        Memory("keys", ring(p["WINDOW"] * p["INPUTS"]), p["X1_BITS"], single=True),
        Memory("values", ring(p["WINDOW"] * p["OUTPUTS"]), p["X2_BITS"], single=True),
        Memory("scores", ring(p["WINDOW"]), p["SCORE_BITS"] - 1),
    )


def biquad(p: Parameters) -> tuple[Memory, ...]:
    words = ring(p["ELEMENTS"]) * (1 << p["SECTIONS"].bit_length()) * 4
    return (Memory("history", words, max(p["X_BITS"] + p["GUARD"], p["Y_BITS"]), single=True),)


def dense(p: Parameters) -> tuple[Memory, ...]:
    """With two halves, one is read while the other is written."""
    halves = p.get("HALVES", 1)
    return (Memory("line", halves * ring(p["GROUPS"] * p["INPUTS"]), p["X_BITS"], single=halves == 1),)


def lif(p: Parameters) -> tuple[Memory, ...]:
    return (Memory("state", ring(p["CHANNELS"]), max(1, p["REFRACTORY"].bit_length()) + p["U_BITS"]),)


def gru(p: Parameters) -> tuple[Memory, ...]:
    frame = Memory("frame", ring(p["INPUTS"]), p["X_BITS"], single=True)
    return frame, Memory("hidden", 2 * ring(p["UNITS"]), p["H_BITS"])


def state_space(p: Parameters) -> tuple[Memory, ...]:
    inside = max(p["X_BITS"] + (not p["X_SIGNED"]), p["Y_BITS"])
    states = Memory("states", ring(p["STATES"]), p["Y_BITS"], single=True)
    return states, Memory("line", ring(p["STATES"] + p["INPUTS"]), inside, single=True)


def constants(p: Parameters) -> tuple[Memory, ...]:
    """ROMs alone."""
    return ()


MEMORIES: Mapping[type[Op], Callable[[Parameters], tuple[Memory, ...]]] = MappingProxyType(
    {
        ops.Table: constants,
        ops.Window: window,
        ops.Delay: delay,
        ops.Upsample: upsample,
        ops.MaxPool: max_pool,
        ops.AveragePool: average_pool,
        ops.DepthToTime: depth_to_time,
        ops.Dense: dense,
        ops.Lif: lif,
        ops.Gru: gru,
        ops.Attention: attention,
        ops.Biquad: biquad,
        ops.NonlinearEnergy: nonlinear_energy,
        ops.CommonAverage: line,
        ops.CommonMedian: line,
        ops.Noise: noise,
        ops.Delta: delta,
        ops.StateSpace: state_space,
        ops.Peak: peak,
        ops.LocalPeak: local_peak,
    }
)
