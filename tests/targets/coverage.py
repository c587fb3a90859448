"""`python -m tests.targets.coverage`: what the benches of parity and boards reach of hw/cells; writes docs/coverage.md.

Exit 1 if a line is not reached, or if a case differs. Verilator counts how often each line and each branch is executed
and how often each bit rises and falls; counts are added up over instances, parameters and runs.
"""

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from edgesort.targets.verilog.ice40 import ICE40
from tests.targets import test_verilog_axis, test_verilog_spi
from tests.targets.cases_verilog import V_CASES, Case, alike, build_cases, cell_files, failing
from tests.targets.test_verilog_board import WORDS, serial
from tests.targets.test_verilog_parity import runs

FRAMES = 100
PARTS = 4  # benches, one after the other: a larger one takes more memory to compile
DOCS = Path(__file__).parents[2] / "docs" / "coverage.md"
CELLS_ALONE = '`verilator_config\ncoverage_off -file "*.sv"\ncoverage_off -file "*/case*.v"\n'
COUNT = re.compile(
    r"C '\x01f\x02([^\x01]*)\x01l\x02(\d+)\x01n\x02(\d+)\x01t\x02(\w+)[^']*?\x01o\x02([^\x01']*)[^']*' (\d+)"
)

# Cell, line, column, whether it is a toggle, and what: a branch's side or a bit and its direction.
Point = tuple[str, int, int, bool, str]


def counted(report: Path) -> Counter[Point]:
    """How often each point of hw/cells was reached, of Verilator's coverage.dat."""
    cells = {path.name: path.stem for path in cell_files()}
    built = {path.name: functions(path.read_text()) for path in cell_files()}
    found: Counter[Point] = Counter()
    for path, line, column, kind, what, count in COUNT.findall(report.read_text()):
        name = Path(path).name
        if name in cells and int(line) not in built[name]:
            found[cells[name], int(line), int(column), kind == "toggle", what] += int(count)
    return found


def functions(text: str) -> set[int]:
    """The numbers of the lines within functions."""
    spans = (found.span() for found in re.finditer(r"\bfunction\b.*?\bendfunction\b", text, re.DOTALL))
    return {n for first, last in spans for n in range(text.count("\n", 0, first) + 1, text.count("\n", 0, last) + 2)}


def of_cases(
    cases: Sequence[Case], sources: Sequence[Path] = (), arguments: Sequence[str] = ()
) -> Iterator[Counter[Point]]:
    """Of the cases in one bench, after each run."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        designs = build_cases(work, cases, sources, (*instrumented(work), *arguments))
        for run in runs(cases).values():
            wrong = failing(work, cases, designs, FRAMES, run)
            if wrong:
                raise AssertionError(wrong)
            yield counted(work / "coverage.dat")


def of_the_board() -> Iterator[Counter[Point]]:
    for bench in (partial(serial, words=WORDS), test_verilog_spi.judge, test_verilog_axis.judge):
        with tempfile.TemporaryDirectory() as folder:
            bench(Path(folder), arguments=instrumented(Path(folder)))
            yield counted(Path(folder) / "coverage.dat")


def instrumented(work: Path) -> tuple[str, ...]:
    """Verilator's arguments: points in the cells alone, for the benches around them are as large."""
    only = work / "only.vlt"
    only.write_text(CELLS_ALONE)
    return "--coverage-line", "--coverage-toggle", str(only)


def every() -> Iterator[Counter[Point]]:
    yield from of_the_board()
    halved = [one for one in V_CASES if one.name.startswith("dense-pair")]
    models, arguments = ICE40.simulation()
    yield from of_cases(halved, models, (*arguments, "-DES_MAC16=SB_MAC16"))
    for part in alike(PARTS):
        yield from of_cases(part)


def main() -> int:
    points: Counter[Point] = Counter()
    for number, found in enumerate(every()):
        points.update(found)  # which keeps the points that were not reached
        print(f"run {number}: {sum(map(bool, points.values()))} of {len(points)} points reached", flush=True)
    wrong = unreached(points)
    print("\n".join(wrong) or "every line is reached")
    if not wrong:
        DOCS.write_text(page(points))
    return int(bool(wrong))


def unreached(points: Mapping[Point, int]) -> list[str]:
    """Lines and branches that never ran, and cells that stand in no bench."""
    lines = [
        f"{p[0]}.v:{p[1]}:{p[2]}: expected it to be reached, found it never is: {p[4]}" for p in points if not p[3]
    ]
    never = [line for line, p in zip(lines, (p for p in points if not p[3]), strict=True) if not points[p]]
    known = {point[0] for point in points}
    return sorted(never) + [
        f"{path.name}: expected an instance, found none" for path in cell_files() if path.stem not in known
    ]


def page(points: Mapping[Point, int]) -> str:
    rows = []
    for path in cell_files():
        own = {point: count for point, count in points.items() if point[0] == path.stem}
        lines, toggles = ([bool(n) for point, n in own.items() if point[3] == kind] for kind in (False, True))
        share = f"{sum(toggles) / len(toggles):.0%}" if toggles else ""
        rows.append(f"| `{path.stem}` | {sum(lines)} of {len(lines)} | {sum(toggles)} of {len(toggles)} | {share} |\n")
    return PAGE.format(rows="".join(rows), cases=len(V_CASES), runs=len(runs(V_CASES)), frames=FRAMES)


PAGE = """\
# What the benches reach of the cells

`make formal` also counts, with Verilator, what of `hw/cells` is executed in the parity bench ({cases} cases, {runs}
runs of {frames} frames each: as fast as it goes, with stalls, with a second reset, slowly), in a bench whose pairs of
multipliers are Yosys' model of an SB_MAC16, and in the benches of the serial line, the amplifier chip and AXI4-Stream;
and it writes this page.

Every line that holds a statement and every side of every branch is reached: one that is not fails the command.
Functions do not count, which tools evaluate while they build, nor does a generate branch that no instance has.
Toggles are bits that rise and bits that fall, each signal of a cell as wide as its widest instance. Those that do not
are mostly constants, bits that a small shape does not need, and parameters that make a signal idle.

| cell | lines and branches | toggles | |
|---|---|---|---|
{rows}"""


if __name__ == "__main__":
    sys.exit(main())
