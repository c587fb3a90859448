"""What `make mutants` breaks in the package stands in it."""

import pytest

from edgesort.share import share
from tests.hil.monitor import mutants as monitor
from tests.train import mutants as train


@pytest.mark.parametrize("mutant", train.MUTANTS + monitor.MUTANTS, ids=lambda mutant: mutant.what)
def test_a_mutant_is_of_a_line_that_is_there(mutant):
    text = (share("edgesort") / mutant.source).read_text()
    assert mutant.apply(text) != text
