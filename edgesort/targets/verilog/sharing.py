"""Layers that share one multiplier (hw/cells/es_engine.v): which sets of them it can compute, and what that takes.

Each layer has an output computed when a place for its sum is free, so none can hold up another: the engine does all
their work in the time that it takes in a row. What of it stands in the model is here as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from edgesort.targets.verilog.cells import Cell
from edgesort.targets.verilog.cells.linear import SHARED

MOST = 8  # layers whose every subset is tried; of more, those with the least work
ENGINE_WIRES = tuple(f"shared_{name}" for name in ("engine", "ask", "go", "step", "last", "x", "w", "done", "sum"))
Cells = Mapping[str, Cell]


def shared(cells: Cells) -> dict[str, Cell]:
    """The layers on the engine, in the order of the graph."""
    return {name: one for name, one in cells.items() if one.engine == SHARED}


def load(cells: Cells) -> int:
    """Cycles in which the engine has computed a frame of each of its layers, their lines taken one after the other."""
    return sum(one.cycles for one in shared(cells).values())


def groups(kept: Mapping[str, Sequence[Cell]], frame: float) -> Iterator[dict[str, list[Cell]]]:
    """The choices of each node, with every set of layers on the engine that it computes in `frame` cycles; and none."""
    able = {name: one for name, several in kept.items() for one in several if one.engine == SHARED}
    if len(able) > MOST:
        able = dict(sorted(able.items(), key=lambda item: item[1].cycles)[:MOST])
    for size in range(len(able) + 1):
        for names in combinations(able, size):
            if sum(able[name].cycles for name in names) > frame:
                continue
            some = {
                n: [one for one in several if (one.engine == SHARED) == (n in names)] for n, several in kept.items()
            }
            if all(some.values()):
                yield some


def joined(cells: Cells) -> dict[str, Cell]:
    """The cells, those on the engine with its widths: of the widest factors and sums."""
    on = shared(cells)
    if not on:
        return dict(cells)
    has = [dict(one.parameters) for one in on.values()]
    widths = (
        ("OPERAND_BITS", max(int(p["X_BITS"]) + (not p["X_SIGNED"]) for p in has)),
        ("FACTOR_BITS", max(int(p["WEIGHT_BITS"]) for p in has)),
        ("SUM_BITS", max(int(p["Y_BITS"]) for p in has)),
    )
    return {n: replace(one, parameters=(*one.parameters, *widths)) if n in on else one for n, one in cells.items()}


def engine_text(layers: Sequence[Cell]) -> str:
    """The instance of es_engine in the model, and the wires between it and its layers."""
    count, has = len(layers), dict(layers[0].parameters)
    x, w, y = (int(has[name]) for name in ("OPERAND_BITS", "FACTOR_BITS", "SUM_BITS"))
    return (
        f"\n    // the multiplier that {count} layers share\n"
        f"    wire [{count - 1}:0] shared_ask, shared_go, shared_step, shared_last, shared_done;\n"
        f"    wire [{count * x - 1}:0] shared_x;\n    wire [{count * w - 1}:0] shared_w;\n"
        f"    wire [{y - 1}:0] shared_sum;\n"
        f"    es_engine #(.LAYERS({count}), .X_BITS({x}), .W_BITS({w}), .Y_BITS({y})) shared_engine (\n"
        "        .clk_i(clk_i), .rst_ni(rst_ni), .ask_i(shared_ask), .go_o(shared_go),\n"
        "        .step_i(shared_step), .last_i(shared_last), .x_i(shared_x), .w_i(shared_w),\n"
        "        .done_o(shared_done), .y_o(shared_sum)\n    );\n"
    )


def layer_ports(layer: Cell, k: int) -> str:
    """The ports of the k-th layer to the engine."""
    has = dict(layer.parameters)
    x, w = has["OPERAND_BITS"], has["FACTOR_BITS"]
    return (
        f"        .ask_o(shared_ask[{k}]), .go_i(shared_go[{k}]), .step_o(shared_step[{k}]), "
        f".last_o(shared_last[{k}]),\n"
        f"        .x_o(shared_x[{k} * {x} +: {x}]), .w_o(shared_w[{k} * {w} +: {w}]),\n"
        f"        .done_i(shared_done[{k}]), .sum_i(shared_sum)"
    )
