"""Verilog for an iCE40UP5K: one hand-written cell an op, streams of elements between them, one multiplier a layer.

A layer is folded to the sample rate: it computes serially, with as few multipliers as keep up at the board's clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from edgesort.fixed import Array
from edgesort.graph import Graph, Values
from edgesort.targets.target import BuildError, Executor, Target
from edgesort.targets.verilog_emit import cells, copy_cells, emit_model
from edgesort.targets.verilog_sim import Design, Run, build_bench, run_bench


def rtl_values(
    graph: Graph, frames: Array, workdir: Path, stalls: int | None = None, budget: int = 1 << 30
) -> Values:
    """Every stream's values of the RTL of `graph` on frames [T, *shape], simulated in the folder `workdir`.

    stalls: of 256, how often the source and the sinks hold back; a number also resets the design once on the way.
    budget: cycles that a frame may take. SimulationError if the design is stuck.
    """
    workdir.mkdir(parents=True, exist_ok=True)
    emit_model(graph, workdir, budget)
    copy_cells(workdir)
    designs = [Design("model", graph)]
    build_bench(workdir, designs, sorted(workdir.glob("*.v")))
    run = Run() if stalls is None else Run(stalls=stalls, reset_at=1000)
    return run_bench(workdir, designs, [frames], run)[0]
