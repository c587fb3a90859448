"""What a Verilog cell is given: the parameters and the ROMs of hw/cells/es_<kind>.v, and its cycles a frame.

Where there are several ways to fold an op, its function gives them all, and fold.py chooses.
A wrong width here is a wrong network: tests/targets/test_verilog_parity.py compares every cell with its op's `step`.
A new op is one function in a file here, named in CELLS, besides its cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from edgesort import ops
from edgesort.graph import Op, Stream
from edgesort.targets.target import BuildError
from edgesort.targets.verilog.cells import elementwise, linear, signal, time
from edgesort.targets.verilog.cells.cell import Cell

CELLS: Mapping[type[Op], Callable[..., Cell | Iterator[Cell]]] = MappingProxyType(
    {
        ops.Requant: elementwise.requant,
        ops.Add: elementwise.aligned,
        ops.Slice: elementwise.slice,
        ops.Subtract: elementwise.aligned,
        ops.Multiply: elementwise.multiply,
        ops.Concat: elementwise.concat,
        ops.Reshape: elementwise.reshape,
        ops.Rectify: elementwise.rectify,
        ops.HardSigmoid: elementwise.hard_sigmoid,
        ops.Table: elementwise.table,
        ops.Threshold: elementwise.threshold,
        ops.AdaptiveThreshold: elementwise.adaptive_threshold,
        ops.ArgMax: elementwise.arg_max,
        ops.Window: time.window,
        ops.Delay: time.delay,
        ops.Upsample: time.upsample,
        ops.MaxPool: time.max_pool,
        ops.AveragePool: time.average_pool,
        ops.DepthToTime: time.depth_to_time,
        ops.Dense: linear.dense,
        ops.Lif: linear.lif,
        ops.Gru: linear.gru,
        ops.Attention: linear.attention,
        ops.Biquad: signal.biquad,
        ops.NonlinearEnergy: signal.nonlinear_energy,
        ops.CommonAverage: signal.common_average,
        ops.CommonMedian: signal.common_median,
        ops.Noise: signal.noise,
        ops.Delta: signal.delta,
        ops.StateSpace: linear.state_space,
        ops.Peak: signal.peak,
        ops.LocalPeak: signal.local_peak,
    }
)


def choices(op: Op, *streams: Stream) -> tuple[Cell, ...]:
    """The cells that an op can be, between its input streams and its output stream (the last one).

    BuildError if there is none for it.
    """
    if type(op) not in CELLS:
        raise BuildError(f"expected an op with a Verilog cell, found {op.kind}")
    made = CELLS[type(op)](op, *streams)
    return (made,) if isinstance(made, Cell) else tuple(made)


__all__ = ["CELLS", "Cell", "choices"]
