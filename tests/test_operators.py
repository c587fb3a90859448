"""docs/operators.md says what the code says today, and leaves nothing out."""

from pathlib import Path

import pytest

from edgesort import operators
from edgesort.ops import OPS

PAGE = Path(__file__).parent.parent / "docs" / "operators.md"


def test_the_page_is_what_the_operators_say():
    assert PAGE.read_text() == operators.page(), "stale: python -m edgesort.operators > docs/operators.md"


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.kind)
def test_every_operator_says_all_that_it_must(op):
    equation, _, said = operators.parts(op)
    assert "y" in equation and ("=" in equation or "<-" in equation)
    assert list(said) == list(operators.LABELS)
    assert all(said.values())


@pytest.mark.parametrize("column", ["reference `step`", "reference `run`", "C", "Verilog"])
@pytest.mark.parametrize("op", OPS, ids=lambda op: op.kind)
def test_no_hole_where_there_must_be_none(op, column):
    check = dict(operators.COLUMNS)[column]
    assert [check(case) for case in op.cases()] == [None] * len(op.cases())


def test_every_form_names_operators_that_exist():
    names = {op.__name__ for op in OPS}
    for _, form in operators.FORMS:
        words = {word.strip(",;:") for word in form.split()}
        assert words & names or "weights and biases" in form, form
