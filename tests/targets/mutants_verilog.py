"""Mutants of the Verilog cells: each is a cell with one piece of its text replaced, and parity must notice it.

Many of them stand in one bench, each with its own copy of the cells that it changes.
`python -m tests.targets.mutants_verilog` prints what kills each.
"""

import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from edgesort.targets.verilog.sim import Run
from tests.ops import MATERIAL
from tests.targets.cases_verilog import V_CASES, build_cases, cell_files, failing, rename_cells
from tests.targets.mutant import Mutant, show

RUNS = (
    Run(stalls=90, seed=2, reset_at=2500, idle=4000),
    Run(stalls=30, seed=3, reset_at=700, idle=4000),
    Run(stalls=60, seed=4, reset_at=1300, idle=4000),
    Run(seed=1, idle=4000),
)
PARTS = 4  # benches, which two workers share in the tests
FRAMES = 200


MUTANTS = (
    *(
        Mutant(op.kind, one.what, one.old, one.new, one.file or f"es_{op.kind}.v", one.case)
        for op, material in MATERIAL.items()
        for one in material.v_mutants
    ),
    *(
        Mutant("fork", what, old, new, "es_fork.v", "forked")
        for what, old, new in (
            ("a consumer takes a beat twice", "{N{x_valid_i}} & ~taken", "{N{x_valid_i}}"),
            ("a beat leaves after the first consumer", "&(taken | y_ready_i)", "|(taken | y_ready_i)"),
            ("forgets who has taken", "{N{1'b0}} : taken | y_ready_i", "{N{1'b0}} : y_ready_i"),
        )
    ),
    *(
        Mutant("ram", what, old, new, "es_ram.v", "window-large")
        for what, old, new in (
            ("what was read does not wait", "fresh ? word : kept", "word"),
            ("waits a read too long", "if (fresh) kept <= word;", "if (re_i) kept <= word;"),
            ("writes where it reads", "we_i ? waddr_i : raddr_i", "raddr_i"),
        )
    ),
)


def mutate(mutant: Mutant, suffix: str) -> tuple[str, frozenset[str]]:
    """The mutated cell and those that contain it, renamed by `suffix`, and their names without it.

    AssertionError if the mutant's text is not in its file.
    """
    texts = {path.stem: path.read_text() for path in cell_files()}
    texts[Path(mutant.source).stem] = mutant.apply(texts[Path(mutant.source).stem])
    changed, size = {Path(mutant.source).stem}, 0
    while len(changed) > size:
        size = len(changed)
        changed |= {name for name, text in texts.items() if set(re.findall(r"\bes_\w+", text)) & changed}
    names = frozenset(changed)
    return "".join(rename_cells(texts[name], suffix, names) for name in sorted(names)), names


def killers(
    mutants: Sequence[Mutant], work: Path, sources: Sequence[Path] = (), arguments: Sequence[str] = ()
) -> list[str | None]:
    """How the case of each mutant fails; None for one that survives. AssertionError if the cells themselves fail.

    sources, arguments: further ones for Verilator.
    """
    shown = {mutant.case for mutant in mutants}
    by_name = {one.name: one for one in V_CASES if one.name in shown}
    cases, libraries = [], []
    for k, mutant in enumerate(mutants):
        text, names = mutate(mutant, f"_m{k}")
        cases.append(replace(by_name[mutant.case], name=f"mutant-{k}", suffix=f"_m{k}", renamed=names))
        libraries.append(work / f"mutant{k}.v")
        libraries[-1].write_text(text)
    every = [*cases, *by_name.values()]
    designs = build_cases(work, every, [*libraries, *sources], arguments)
    said = {name: text for run in RUNS for name, text in failing(work, every, designs, FRAMES, run).items()}
    assert not said.keys() & by_name.keys(), said
    return [said.get(one.name) for one in cases]


def results() -> Iterator[tuple[Mutant, str | None]]:
    """Each mutant and what killed it."""
    for part in range(PARTS):
        with tempfile.TemporaryDirectory() as work:
            yield from zip(MUTANTS[part::PARTS], killers(MUTANTS[part::PARTS], Path(work)), strict=True)


if __name__ == "__main__":
    show(results())
