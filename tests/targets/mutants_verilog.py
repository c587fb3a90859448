"""Mutants of the Verilog cells: each is a cell with one piece of its text replaced, and parity must notice it.

All of them stand in one bench, each with its own copy of the cells.
`python -m tests.targets.mutants_verilog` prints what kills each.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Biquad, Dense, Peak, Requant, Window
from edgesort.targets.verilog_sim import Run
from tests.graphs import HIGHPASS
from tests.targets.cases_c import dense
from tests.targets.cases_verilog import Case, build_cases, case, cell_files, failing, forked, rename_cells
from tests.targets.mutant import Mutant, show

U8, I8 = Int(8, False), Int(8)
UNLIKE = ((16384, 0, 0, 8000, 0), (-9000, 5000, 0, 0, 0))
FULL = (32767, 32767, 32767, -32767, -32767)
EXTREME = Dense(np.full((2, 32), -128), np.array([-(1 << 15), (1 << 15) - 1]))
CASES = (
    case("highpass", Biquad((HIGHPASS,)), Stream((1,), Int(16))),
    case("pairs", Biquad((HIGHPASS, HIGHPASS), bits=24, guard=8), Stream((2,), Int(16))),
    case("wild", Biquad(((-32768, 32767, -32768, 32767, -32768),), bits=20, fraction=15), Stream((2,), Int(16))),
    case("unlike", Biquad(UNLIKE, guard=0), Stream((1,), Int(16))),
    case("full", Biquad((FULL,), bits=16, fraction=15, guard=0), Stream((1,), Int(16))),
    case("narrow", Requant((6,), I8), Stream((3,), Int(24))),
    case("relu", Requant((3,), U8), Stream((3,), Int(24))),
    case("unsigned", Requant((2,), I8), Stream((5,), Int(10, False))),
    case("each", Requant((1, 5, 20), Int(7)), Stream((3,), Int(24))),
    case("plain", Window(5), Stream((1,), I8)),
    case("dilated", Window(3, dilation=4), Stream((2,), U8)),
    case("strided", Window(4, stride=2), Stream((3,), I8)),
    case("rows", Window(3), Stream((2, 3), I8)),
    case("layer", dense(5, 12, 127), Stream((12,), I8)),
    case("groups", dense(6, 5, 127, groups=3), Stream((15,), I8)),
    case("extreme", EXTREME, Stream((32,), I8)),
    case("extreme-unsigned", EXTREME, Stream((32,), U8)),
    case("lanes", dense(16, 8, 127), Stream((8,), I8), budget=60),
    case("units", Peak((100, 0, 255), reach=4, refractory=10), Stream((3,), U8)),
    case("ties", Peak((3, 3), reach=2, refractory=3), Stream((2,), Int(3, False))),
    case("signed", Peak((10, 0), reach=3, refractory=2), Stream((2,), I8)),
    Case("forked", forked()),
)
RUNS = (Run(stalls=90, seed=2, reset_at=2500, idle=4000), Run(seed=1, idle=4000))
FRAMES = 200


def mutant(kind: str, what: str, old: str, new: str, case: str, file: str = "") -> Mutant:
    """A mutant of the op's cell, or of a cell that it uses; noticed in one case."""
    return Mutant(kind, what, old, new, file or f"es_{kind}.v", case)


SATURATE, MAC = "es_saturate.v", "es_mac.v"
MUTANTS = (
    mutant("biquad", "highest coefficient bit is positive", "negate <= k_last;", "negate <= 1'b0;", "highpass"),
    mutant("biquad", "halves without sign", "{next[ACC+LOW-1], next[ACC+LOW-1:1]}", "next >> 1", "highpass"),
    mutant("biquad", "sum a bit too narrow", "ACC = H + 4;", "ACC = H + 3;", "full"),
    mutant("biquad", "no saturation", "above ? MAX : below ? MIN : ", "", "wild", SATURATE),
    mutant("biquad", "sign of the a's", ": -{c[15], c}", ": {c[15], c}", "highpass"),
    mutant("biquad", "y[t-2] is y[t-1]", "{tap[2], tap[0]}", "2'd1", "highpass"),
    mutant("biquad", "sections in reverse order", "256*s + 8*k", "256*(SECTIONS-1-s) + 8*k", "unlike"),
    mutant("biquad", "sections add up", "taken | (store & ~section_last)", "taken", "pairs"),
    mutant("biquad", "elements share a history", "raddr_i({element,", "raddr_i({{EA{1'b0}},", "pairs"),
    mutant("biquad", "history survives a reset", "seen    <= 2'b00;", "seen    <= 2'b11;", "highpass"),
    mutant("biquad", "moves on before y is taken", "default: if (done)", "default:", "highpass"),
    mutant("requant", "fills with zeros", "$signed(x) >>> SHIFTS", "x >> SHIFTS", "narrow"),
    mutant(
        "requant",
        "rounds to nearest",
        "$signed(x) >>> SHIFTS",
        "($signed(x) + $signed({1'b0, {{(W-2){1'b0}}, 1'b1} << SHIFTS} >> 1)) >>> SHIFTS",
        "narrow",
    ),
    mutant("requant", "no upper bound", "above ? MAX : ", "", "narrow", SATURATE),
    mutant("requant", "no lower bound", "below ? MIN : ", "", "narrow", SATURATE),
    mutant("requant", "negative values pass", "(Y_SIGNED == 0) | ", "", "relu", SATURATE),
    mutant(
        "requant",
        "upper bound a bit high",
        "|x_i[X_BITS-2:MAGNITUDE]",
        "|x_i[X_BITS-2:MAGNITUDE+1]",
        "narrow",
        SATURATE,
    ),
    mutant("requant", "unsigned input has a sign", ".X_SIGNED(X_SIGNED)", ".X_SIGNED(1)", "unsigned"),
    mutant("requant", "first shift for all", "SHIFTS[at*6 +: 6]", "SHIFTS[5:0]", "each"),
    mutant("requant", "counts beats that wait", "x_valid_i & y_ready_i", "x_valid_i", "each"),
    mutant("window", "a frame too early", "OLDEST    = -SPAN;", "OLDEST    = -SPAN + SIZE;", "plain"),
    mutant("window", "ignores dilation", "NEXT_TAP  = DILATION * SIZE", "NEXT_TAP  = SIZE", "dilated"),
    mutant("window", "rows and taps swapped", "!tap_last ? NEXT_TAP", "!line_last ? NEXT_TAP", "rows"),
    mutant("window", "stride one longer", ".N(STRIDE)", ".N(STRIDE + 1)", "strided"),
    mutant("window", "skipped frames do not age", "else if (taken & !due) read_at <= read_at + 1'b1;", "", "strided"),
    mutant("window", "ring survives a reset", "(state == CLEAR) ? {BITS{1'b0}} : x_data_i", "x_data_i", "plain"),
    mutant("window", "clears too little", "CLEAR: if (&write_at)", "CLEAR: if (write_at[0])", "dilated"),
    mutant("window", "moves on before y is taken", "~y_valid_o | y_ready_i", "1'b1", "plain"),
    mutant("window", "takes while it sends", "x_ready_o = (state == TAKE)", "x_ready_o = (state != CLEAR)", "plain"),
    mutant("dense", "no bias", ".start_i(bias[lane*Y_BITS +: Y_BITS])", ".start_i({Y_BITS{1'b0}})", "layer"),
    mutant("dense", "one input too few", ".N(INPUTS)", ".N(INPUTS - 1)", "layer"),
    mutant("dense", "unsigned input has a sign", ".X_SIGNED(X_SIGNED)", ".X_SIGNED(1)", "extreme-unsigned"),
    mutant("dense", "product a bit narrow", "[XS+W_BITS-1:0] product", "[XS+W_BITS-2:0] product", "extreme", MAC),
    mutant("dense", "weights without sign", "$signed(w_i)", "$signed({1'b0, w_i})", "layer", MAC),
    mutant("dense", "groups share inputs", "base <= base + NEXT[LA-1:0]", "base <= base", "groups"),
    mutant("dense", "weights run on", ".N(WORDS)", ".N(WORDS + 1)", "layer"),
    mutant("dense", "lanes swapped", "weight[lane*", "weight[(PARALLEL-1-lane)*", "lanes"),
    mutant("dense", "moves on before all lanes are sent", "(y_ready_i & lane_last)", "y_ready_i", "lanes"),
    mutant(
        "dense",
        "moves on before y is taken",
        "advance    = ~y_valid_o | (y_ready_i & lane_last)",
        "advance    = 1'b1",
        "layer",
    ),
    mutant("dense", "computes on after a reset", "computing  <= 1'b0;", "computing  <= computing;", "layer"),
    mutant("peak", "a threshold that counts itself", "c_s > threshold_s", "c_s >= threshold_s", "ties"),
    mutant("peak", "second of equals", "{value_s, earlier}", "{value_s, ~earlier}", "ties"),
    mutant("peak", "both of equals", "{value_s, earlier}", "{value_s, 1'b0}", "ties"),
    mutant(
        "peak",
        "looks back a frame less",
        "OLDEST = -2 * REACH * CHANNELS;",
        "OLDEST = (1 - 2 * REACH) * CHANNELS;",
        "units",
    ),
    mutant("peak", "centre a frame early", "CENTRE = -REACH * CHANNELS;", "CENTRE = (1 - REACH) * CHANNELS;", "units"),
    mutant("peak", "ignores the refractory time", "& (wait_left == {RB{1'b0}});", ";", "ties"),
    mutant("peak", "refractory time a frame long", "WAIT   = REFRACTORY;", "WAIT   = REFRACTORY + 1;", "ties"),
    mutant("peak", "refractory time never ends", "wait_left - 1'b1", "wait_left", "ties"),
    mutant(
        "peak", "first threshold for all", "THRESHOLDS[channel*X_BITS +: X_BITS]", "THRESHOLDS[X_BITS-1:0]", "units"
    ),
    mutant(
        "peak",
        "sign of the input lost",
        ".X_SIGNED(X_SIGNED), .Y_BITS(X_BITS + 1)) sign_c",
        ".X_SIGNED(0), .Y_BITS(X_BITS + 1)) sign_c",
        "signed",
    ),
    mutant("peak", "ring survives a reset", "clear ? {X_BITS{1'b0}} : x_data_i", "x_data_i", "units"),
    mutant("peak", "moves on before y is taken", "finish | (y_valid_o & ~y_ready_i)", "finish", "units"),
    mutant("fork", "a consumer takes a beat twice", "{N{x_valid_i}} & ~taken", "{N{x_valid_i}}", "forked"),
    mutant("fork", "a beat leaves after the first consumer", "&(taken | y_ready_i)", "|(taken | y_ready_i)", "forked"),
    mutant("fork", "forgets who has taken", "{N{1'b0}} : taken | y_ready_i", "{N{1'b0}} : y_ready_i", "forked"),
)


def mutate(mutant: Mutant, suffix: str) -> str:
    """All cells, one of them mutated, renamed by `suffix`. AssertionError if the mutant's text is not in its file."""
    texts = {path.name: path.read_text() for path in cell_files()}
    texts[mutant.source] = mutant.apply(texts[mutant.source])
    return rename_cells("".join(texts.values()), suffix)


def killers(mutants: Sequence[Mutant], work: Path) -> list[str | None]:
    """How the case of each mutant fails; None for one that survives. AssertionError if the cells themselves fail."""
    by_name = {one.name: one for one in CASES}
    cases, libraries = [], []
    for k, mutant in enumerate(mutants):
        cases.append(replace(by_name[mutant.case], name=f"mutant-{k}", suffix=f"_m{k}"))
        libraries.append(work / f"mutant{k}.v")
        libraries[-1].write_text(mutate(mutant, f"_m{k}"))
    every = [*cases, *CASES]
    designs = build_cases(work, every, libraries)
    said = {name: text for run in RUNS for name, text in failing(work, every, designs, FRAMES, run).items()}
    assert not said.keys() & by_name.keys(), said
    return [said.get(one.name) for one in cases]


def results() -> Iterator[tuple[Mutant, str | None]]:
    """Each mutant and what killed it."""
    with tempfile.TemporaryDirectory() as work:
        yield from zip(MUTANTS, killers(MUTANTS, Path(work)), strict=True)


if __name__ == "__main__":
    show(results())
