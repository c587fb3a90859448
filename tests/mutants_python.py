"""Mutants of the package's Python: a line replaced in a copy of the package, which the tests named must notice."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from edgesort.share import share
from tests.targets.mutant import Mutant

Broken = Mapping[tuple[str, str], tuple[tuple[str, str, str], ...]]  # (tests, file): what, old, new


def mutants(kind: str, broken: Broken) -> tuple[Mutant, ...]:
    """One a line of `broken`, whose tests are named below tests/, and files below edgesort/."""
    return tuple(
        Mutant(kind, what, old, new, source, case)
        for (case, source), pieces in broken.items()
        for what, old, new in pieces
    )


def results(broken: Iterable[Mutant]) -> Iterator[tuple[Mutant, str | None]]:
    """Each mutant with what kills it; None if it survives. AssertionError if tests fail where nothing is broken."""
    broken = tuple(broken)
    with tempfile.TemporaryDirectory() as folder:
        for part in ("edgesort", "models", "tests"):
            shutil.copytree(share(part), Path(folder) / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(share("pyproject.toml"), folder)
        for case in dict.fromkeys(mutant.case for mutant in broken):
            killer = _failing(case, Path(folder))
            assert killer is None, f"{case}: {killer} fails, though nothing is broken"
        for mutant in broken:
            yield mutant, killed_by(mutant, Path(folder))


def killed_by(mutant: Mutant, work: Path) -> str | None:
    """The test that notices the mutant. AssertionError if its text is not in the file."""
    file = work / "edgesort" / mutant.source
    right = file.read_text()
    file.write_text(mutant.apply(right))
    killer = _failing(mutant.case, work)
    file.write_text(right)
    return killer


def _failing(case: str, work: Path) -> str | None:
    command = [sys.executable, "-m", "pytest", "-qx", "-p", "no:cacheprovider", f"tests/{case}"]
    done = subprocess.run(command, cwd=work, env=os.environ | {"PYTHONPATH": str(work)}, capture_output=True, text=True)
    failed = re.findall(r"^(?:FAILED|ERROR) \S*::(\S+)", done.stdout, re.MULTILINE)
    assert failed or done.returncode == 0, done.stdout + done.stderr
    return failed[0] if failed else None
