"""A mutant of some C kernels dies, these kernels themselves pass, and a mutant out of date is an error.

All mutants of all kernels die in `make mutants`.
"""

import pytest

from edgesort.ops import OPS
from edgesort.share import share
from tests.targets.mutant import Mutant
from tests.targets.mutants_c import MUTANTS, failing, killed_by

KINDS = ("add", "biquad", "dense", "gru", "lif", "peak", "requant", "window")
CHOSEN = tuple(next(mutant for mutant in MUTANTS if mutant.kind == kind) for kind in KINDS)


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    return tmp_path_factory.mktemp("mutants")


@pytest.mark.parametrize("kind", KINDS)
def test_the_kernel_itself_passes(kind, work, tmp_path):
    for kernel in share("firmware", "kernels").iterdir():
        (tmp_path / kernel.name).write_text(kernel.read_text())
    assert failing(kind, tmp_path, work) is None


@pytest.mark.parametrize("mutant", CHOSEN, ids=KINDS)
def test_the_mutant_dies(mutant, work):
    assert killed_by(mutant, work) is not None


def test_every_kernel_has_three_mutants():
    counts = {op.kind: sum(m.kind == op.kind for m in MUTANTS) for op in OPS}
    assert min(counts.values()) >= 3, counts


def test_a_mutant_that_is_out_of_date_is_an_error(work):
    with pytest.raises(AssertionError, match=r"es_peak\.c: expected 'gone' once, found 0"):
        killed_by(Mutant("peak", "text that is not there", "gone", "", "es_peak.c"), work)
