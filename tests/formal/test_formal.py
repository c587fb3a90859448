"""Some of the proofs, each of which refutes its mutant, and what decides whether one is a proof."""

import pytest

from tests.formal.__main__ import missing, run, wrong
from tests.formal.certificate import Circuit, cubes, proves, read
from tests.formal.proofs import proofs

QUICK = (
    ("fifo", "own"),
    ("link_ring", "own"),
    ("fork", "own"),
    ("join", "own"),
    ("gate", "own"),
    ("requant", "flow"),
    ("delay", "data"),
)
# Latches a, b and c in a row, which begin clear; a bit comes in while a and b are clear: so they never are both set.
AND, A, B = 10, 4, 6
ROW = Circuit(1, (AND + 2, A, B), (AND + 4,), ((AND, A + 1, B + 1), (AND + 2, AND, 2), (AND + 4, A, B)))


@pytest.mark.parametrize("which", QUICK, ids=lambda which: "-".join(which))
def test_the_proof_holds_and_refutes_its_mutant(which):
    (proof,) = (proof for proof in proofs() if (proof.cell, proof.kind) == which)
    assert wrong(proof, *run(proof)) == []


def test_every_cell_has_a_proof():
    assert missing(proofs()) == []


def test_an_invariant_proves_what_it_says_and_no_more():
    together = {0: True, 1: True}
    assert proves(ROW, [together])
    assert proves(ROW, [together, {2: True}])  # c is set sooner or later: that part is left out
    assert not proves(ROW, []), "no step is excluded, so a and b may both be set"
    assert not proves(ROW, [{0: False, 1: False, 2: False}]), "the first state"
    broken = Circuit(1, (2, A, B), ROW.bad, ROW.gates)  # takes one in whenever it comes
    assert not proves(broken, [together])


def test_what_is_read_of_a_file(tmp_path):
    """The row in AIGER's binary form: gates as differences of literals."""
    text = f"aig 7 1 3 1 3\n{AND + 2}\n{A}\n{B}\n{AND + 4}\n".encode()
    gates = ((AND, B + 1, A + 1), (AND + 2, AND, 2), (AND + 4, B, A))
    file = tmp_path / "row.aig"
    file.write_bytes(text + bytes(n for y, a, b in gates for n in (y - a, a - b)))
    assert read(file) == Circuit(ROW.inputs, ROW.latches, ROW.bad, gates)
    rows = tmp_path / "rows.pla"
    rows.write_text("# Inductive invariant\n.i 2\n.o 1\n.p 1\n.ilb lo0 lo2\n.ob inv\n1- 1\n01 1\n.e\n")
    assert cubes(rows) == [{0: True}, {0: False, 2: True}]
    rows.write_text("# Clauses of the last timeframe\n")
    with pytest.raises(ValueError, match="expected an inductive invariant, found # Clauses"):
        cubes(rows)
