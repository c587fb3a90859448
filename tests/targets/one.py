"""`python -m tests.targets.one add dense`: Verilog parity and mutants of some ops alone, while one works on them."""

import sys
import tempfile
from pathlib import Path

from tests.targets import mutants_verilog, test_verilog_parity
from tests.targets.cases_verilog import V_CASES
from tests.targets.mutant import show


def main(kinds: list[str]) -> None:
    cases = [case for case in V_CASES if case.name.rpartition("-")[0] in kinds or case.graph.nodes[-1].op.kind in kinds]
    mutants = [mutant for mutant in mutants_verilog.MUTANTS if mutant.kind in kinds]
    with tempfile.TemporaryDirectory() as work:
        print(test_verilog_parity.wrong(Path(work), cases) or "equal")
    with tempfile.TemporaryDirectory() as work:
        show(zip(mutants, mutants_verilog.killers(mutants, Path(work)), strict=True))


if __name__ == "__main__":
    main(sys.argv[1:])
