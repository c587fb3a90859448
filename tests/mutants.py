"""`make mutants`: break importer, passes, kernels, cells and the comparison on purpose, and show what notices it."""

import sys
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from tests import mutants_python, test_mutants_verify
from tests.frontends import test_qonnx_proof
from tests.hil import mutants_link
from tests.hil.monitor import mutants as mutants_monitor
from tests.passes import mutants as mutants_passes
from tests.targets import mutants_c, mutants_gate, mutants_layers, mutants_verilog
from tests.train import mutants as mutants_train


def results() -> Iterator[tuple[str, str, str | None]]:
    """Where, what was broken, and what noticed it (None: it lives)."""
    for name, old, new in test_mutants_verify.MUTANTS:
        survives = test_mutants_verify.survives(old, new)
        yield "edgesort/verify.py", name, None if survives else "tests/test_verify.py"
    yield from test_qonnx_proof.results()
    of_targets = (mutants_c, mutants_gate, mutants_layers, mutants_verilog)
    for module in (mutants_passes, *of_targets, mutants_link):
        for mutant, killer in module.results():
            yield mutant.source, f"{mutant.kind}: {mutant.what}", killer
    for mutant, killer in mutants_python.results(mutants_train.MUTANTS + mutants_monitor.MUTANTS):
        yield mutant.source, f"{mutant.kind}: {mutant.what}", killer


def main() -> None:
    table = Table("where", "mutant", "killed by", title="mutants", title_justify="left")
    rows = list(results())
    for where, what, killer in rows:
        table.add_row(where, what, killer or "SURVIVES")
    Console(markup=False, width=160).print(table)
    alive = sum(killer is None for _, _, killer in rows)
    print(f"{len(rows) - alive} passed, {alive} failed")
    sys.exit(bool(alive))


if __name__ == "__main__":
    main()
