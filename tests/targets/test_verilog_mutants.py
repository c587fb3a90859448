"""Every mutant of a Verilog cell dies, the cells themselves pass, and a mutant out of date is an error."""

import pytest

from edgesort.ops import OPS
from tests.targets.mutant import Mutant
from tests.targets.mutants_verilog import MUTANTS, PARTS, killers, mutate


def test_a_part_of_the_mutants_dies(tmp_path):
    """All of them die in `make mutants`. `killers` runs the cells as they are, too."""
    mutants = MUTANTS[::PARTS]
    killed = killers(mutants, tmp_path)
    assert [f"{m.kind}: {m.what}" for m, how in zip(mutants, killed, strict=True) if how is None] == []


def test_every_cell_has_three_mutants():
    kinds = [*(op.kind for op in OPS), "fork"]
    counts = {kind: sum(m.kind == kind for m in MUTANTS) for kind in kinds}
    assert min(counts.values()) >= 3, counts


def test_a_mutant_that_is_out_of_date_is_an_error():
    with pytest.raises(AssertionError, match=r"es_peak\.v: expected 'gone' once, found 0"):
        mutate(Mutant("peak", "text that is not there", "gone", "", "es_peak.v"), "_m0")
