"""The parity matrix of Verilog: every op's every case in RTL against `step`, every value of every stream."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from edgesort.targets.verilog.fold import fold
from edgesort.targets.verilog.sim import Run, read_values, run_bench
from tests import corners
from tests.targets.cases_verilog import Case, alike, build_cases, cycles, failing

FRAMES = 300
PARTS = alike(3)


def runs(cases: Sequence[Case]) -> dict[str, Run]:
    """How these designs are run together; by the cycles of the slowest."""
    most = max(map(cycles, cases))
    return {
        "as fast as it goes": Run(seed=1),
        "stalls at random": Run(stalls=90, seed=2),
        "reset on the way": Run(stalls=30, seed=3, reset_at=40 * most),
        "slowly": Run(pace=most + 20, seed=4),
    }


@pytest.mark.parametrize("part", PARTS, ids=("slow", "middle", "fast"))
def test_rtl_equals_step_and_takes_the_cycles_that_its_header_says(part, tmp_path):
    """Many cases in a test: building the bench is what takes the time."""
    assert wrong(tmp_path, part) == {}


def wrong(work: Path, cases: Sequence[Case]) -> dict[str, object]:
    """The cases that differ, by run, and those whose cell states cycles that it does not take."""
    designs = build_cases(work, cases)
    said = {name: failing(work, cases, designs, FRAMES, run) for name, run in runs(cases).items()}
    run_bench(work, designs, [corners.frames(c.graph.input[1], FRAMES, 1) for c in cases], Run(stamps=True))
    slack = {c.name: slack_of(work, c, d) for c, d in zip(cases, designs, strict=True)}
    said["cycles"] = {name: cycles for name, cycles in slack.items() if not 0 <= cycles < 1}
    return {name: found for name, found in said.items() if found}


def slack_of(work, case, design) -> float:
    """Cycles a frame that a lone cell says it takes beyond those that it took; a stride's are an average."""
    if len(case.graph.nodes) != 1:
        return 0
    (cell,) = fold(case.graph, case.budget, case.fabric).values()
    beats = read_values(work, design, FRAMES, Run(stamps=True))[case.graph.input[0]].reshape(FRAMES, -1)[:, 0]
    half = FRAMES // 2 // 20 * 20  # whole strides
    return cell.cycles - (beats[-1] - beats[-1 - half]) / half
