"""Mutants of the C kernels: each is a kernel with one piece of its text replaced, and parity must notice it.

`python -m tests.targets.mutants_c` prints what kills each.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from edgesort.graph import Graph
from edgesort.share import share
from edgesort.targets import c
from edgesort.targets.c_run import run_host
from edgesort.targets.target import BuildError
from tests import corners
from tests.targets.cases import case_graph, difference, stepped
from tests.targets.cases_c import C_CASES
from tests.targets.mutant import Mutant, show

FRAMES = 200
HARNESS = ("model", "main", "trace")


def mutant(kind: str, what: str, old: str, new: str, file: str = "") -> Mutant:
    """A mutant of the op's kernel, or of the header that it uses."""
    return Mutant(kind, what, old, new, file or f"es_{kind}.c")


FIXED, CLIP = "es_fixed.h", "return x < low ? low : x > high ? high : x;"
MUTANTS = (
    mutant("biquad", "rounds towards zero", "~(~x >> shift) : x >> shift", "-(-x >> shift) : x >> shift", FIXED),
    mutant("requant", "rounds towards zero", "~(~x >> s) : x >> s", "-(-x >> s) : x >> s", FIXED),
    mutant("requant", "rounds to nearest", "~(~x >> s) : x >> s", "~(~x >> s) : (x + (1 << s >> 1)) >> s", FIXED),
    mutant("requant", "far shifts stop at 30", "shift < 31 ? shift : 31", "shift < 30 ? shift : 30", FIXED),
    mutant(
        "requant",
        "no lower bound",
        f"int32_t high)\n{{\n    {CLIP}",
        "int32_t high)\n{\n    (void)low;\n    return x > high ? high : x;",
        FIXED,
    ),
    mutant(
        "requant",
        "upper bound off by one",
        f"int64_t high)\n{{\n    {CLIP}",
        "int64_t high)\n{\n    return x < low ? low : x >= high ? high - 1 : x;",
        FIXED,
    ),
    mutant(
        "biquad",
        "no saturation",
        f"int64_t high)\n{{\n    {CLIP}",
        "int64_t high)\n{\n    (void)low, (void)high;\n    return x;",
        FIXED,
    ),
    mutant("biquad", "sign of a2", "- (int64_t)c[4] * h[3]", "+ (int64_t)c[4] * h[3]"),
    mutant(
        "biquad",
        "sum of 32 bits",
        "(int32_t)es_saturate(es_shift(sum, ",
        "(int32_t)es_saturate(es_shift((int32_t)sum, ",
    ),
    mutant("biquad", "x[t-2] is x[t-1]", "h[1] = h[0];\n    h[0] = x;", "h[0] = x;\n    h[1] = h[0];"),
    mutant(
        "biquad",
        "sections in reverse order",
        "p->coefficients + 5 * k,",
        "p->coefficients + 5 * (p->sections - 1 - k),",
    ),
    mutant("biquad", "elements share a state", "(k * p->elements + i)", "(k * p->elements)"),
    mutant("biquad", "no guard bits", "((int32_t)1 << p->guard)", "(int32_t)1"),
    mutant("requant", "first shift for all", "k = k + 1 < shifts ? k + 1 : 0;", "k = 0;"),
    mutant("requant", "first shift for all, wide", "k = k + 1 < p->shifts ? k + 1 : 0;", "k = 0;"),
    mutant("requant", "accumulator without sign", "narrow(p, x, y, ES_INT16);", "narrow(p, x, y, ES_UINT16);"),
    mutant(
        "requant",
        "wide values in 32 bits",
        "es_shift(es_load(x, p->x_type, i), p",
        "es_shift((int32_t)es_load(x, p->x_type, i), p",
    ),
    mutant(
        "window",
        "newest first",
        "memcpy(y, ring + oldest * frame, tail);\n    memcpy(y + tail, ring, oldest * frame);",
        "memcpy(y, ring, oldest * frame);\n    memcpy(y + oldest * frame, ring + oldest * frame, tail);",
    ),
    mutant("window", "a slot too many", "(p->kernel - 1) * p->dilation + 1;", "(p->kernel - 1) * p->dilation + 2;"),
    mutant(
        "window",
        "reads beyond the ring's end",
        "slot -= slot < slots ? 0 : slots;",
        "slot -= slot <= slots ? 0 : slots;",
    ),
    mutant("window", "ignores dilation", "slot += p->dilation;", "slot += 1;"),
    mutant("window", "a frame late", "s->phase < p->stride", "s->phase <= p->stride"),
    mutant("window", "first stride only", "s->phase = 0;", "s->phase = 1;"),
    mutant("window", "rows and taps swapped", "y + (r * p->kernel + k) * p", "y + (k * p->rows + r) * p"),
    mutant("dense", "no bias by fours", "(uint32_t)bias[o + 3]}", "0}"),
    mutant("dense", "outputs swapped", "sum1 += (uint32_t)es_load(weight1,", "sum1 += (uint32_t)es_load(weight2,"),
    mutant(
        "dense",
        "one input too few by fours",
        "for (size_t i = 0; i < inputs; i++) {\n        const",
        "for (size_t i = 0; i + 1 < inputs; i++) {\n        const",
    ),
    mutant(
        "dense",
        "one input too few",
        "for (size_t i = 0; i < inputs; i++) {\n        sum +=",
        "for (size_t i = 0; i + 1 < inputs; i++) {\n        sum +=",
    ),
    mutant(
        "dense",
        "sign of the input",
        "fast_group(p, first, x, ES_UINT8, y, ES_INT32)",
        "fast_group(p, first, x, ES_INT8, y, ES_INT32)",
    ),
    mutant(
        "dense",
        "sign of the input, narrow",
        "fast_group(p, first, x, ES_UINT8, y, ES_INT16)",
        "fast_group(p, first, x, ES_INT8, y, ES_INT16)",
    ),
    mutant("dense", "groups share weights", "group(p, g * p->outputs, x, y);", "group(p, 0, x, y);"),
    mutant("dense", "groups share inputs", "x = skip(x, p->x_type, p->inputs);", ""),
    mutant("dense", "rest of the outputs keeps the weights", "o++, weight += inputs", "o++"),
    mutant("peak", "a threshold that counts itself", "c > p->threshold[i]", "c >= p->threshold[i]"),
    mutant("peak", "second of equals", "other >= c : other > c", "other > c : other >= c && k > p->reach"),
    mutant("peak", "both of equals", "other >= c : other > c", "other > c : other > c"),
    mutant("peak", "looks ahead a frame less", "k < slots; k++", "k + 1 < slots; k++"),
    mutant("peak", "ignores the refractory time", "wait[i] == 0 && ", ""),
    mutant("peak", "refractory time a frame long", "? p->refractory :", "? p->refractory + 1 :"),
    mutant("peak", "refractory time never ends", "wait[i] - (wait[i] > 0)", "wait[i]"),
    mutant(
        "peak",
        "centre a frame early",
        "centre = s->at + p->reach + 1 < slots",
        "centre = s->at + p->reach + 1 <= slots",
    ),
)


@dataclass(frozen=True)
class Prepared:
    """A case whose program lacks only the kernel: what it is fed and what it must say."""

    name: str
    graph: Graph
    folder: Path
    frames: np.ndarray
    expected: dict[str, np.ndarray]


def killed_by(mutant: Mutant, work: Path) -> str | None:
    """The case that notices the mutant, and how; None if it survives. AssertionError if its text is not in the file."""
    text = share("firmware", "kernels", mutant.source).read_text()
    kernels = Path(tempfile.mkdtemp(dir=work))
    shutil.copytree(share("firmware", "kernels"), kernels, dirs_exist_ok=True)
    (kernels / mutant.source).write_text(mutant.apply(text))
    return failing(mutant.kind, kernels, work)


def failing(kind: str, kernels: Path, work: Path) -> str | None:
    """The first case of an op that fails with the kernel in the folder `kernels`, and how; None if all pass."""
    kernel = kernels / "kernel.o"
    _gcc("-I", kernels, "-c", kernels / f"es_{kind}.c", "-o", kernel)
    for case in _prepared(kind, work):
        _gcc(*(case.folder / f"{name}.o" for name in HARNESS), kernel, "-o", case.folder / "model")
        try:
            pieces = list(run_host(case.graph, case.folder, case.frames))
        except BuildError as error:
            return f"{case.name}: {error}"
        found = {name: np.concatenate([p[name] for p in pieces]) for name in case.graph.streams}
        if said := difference(case.expected, found):
            return f"{case.name}: {said}"
    return None


@cache
def _prepared(kind: str, work: Path) -> tuple[Prepared, ...]:
    return tuple(_prepare(*case, work) for case in C_CASES if case[1].kind == kind)


def _prepare(name, op, streams, work: Path) -> Prepared:
    graph, folder = case_graph(op, streams), work / name
    folder.mkdir()
    c.HOST.emit(graph, folder)
    for source in HARNESS:
        _gcc("-c", folder / f"{source}.c", "-o", folder / f"{source}.o")
    frames = np.concatenate([corners.frames(graph.input[1], FRAMES, seed) for seed in (1, 2)])
    return Prepared(name, graph, folder, frames, stepped(graph, frames))


def _gcc(*arguments: str | Path) -> None:
    subprocess.run(["gcc", "-std=c99", "-O1", *arguments], check=True, capture_output=True)


def results() -> Iterator[tuple[Mutant, str | None]]:
    """Each mutant and what killed it."""
    with tempfile.TemporaryDirectory() as work:
        for mutant in MUTANTS:
            yield mutant, killed_by(mutant, Path(work))


if __name__ == "__main__":
    show(results())
