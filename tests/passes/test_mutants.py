"""Every mutant of a pass is noticed."""

import pytest

from tests.passes.mutants import MUTANTS, killer


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.kind}: {mutant.what}")
def test_the_mutant_dies(mutant):
    assert killer(mutant) is not None
