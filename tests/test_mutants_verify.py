"""Mutants of the comparison itself: each must be noticed by tests/test_verify.py."""

import sys
import types
from pathlib import Path

import pytest

from edgesort.verify import Verdict
from tests import test_verify

MUTANTS = (
    ("counts no mismatch", "mismatches += len(wrong)", "mismatches += 0"),
    ("one mismatch a piece", "mismatches += len(wrong)", "mismatches += 1"),
    (
        "compares a value with itself",
        "wrong = np.argwhere(wanted",
        "wanted = found\n            wrong = np.argwhere(wanted",
    ),
    ("ignores the first value of a piece", "if not len(wrong):", "wrong = wrong[1:]\n            if not len(wrong):"),
    ("names the last mismatch", "tuple(wrong[0])", "tuple(wrong[-1])"),
    ("names the node first in the piece", "key=lambda m: (m.frame, order[m.node])", "key=lambda m: 0"),
    ("forgets the frames before a piece", "(done + int(at[0]) + 1)", "(int(at[0]) + 1)"),
    ("forgets skipped frames", "period - 1 + executor.skip", "period - 1"),
    ("swaps expected and found", "int(wanted[at]), int(found[at])", "int(found[at]), int(wanted[at])"),
    ("accepts other shapes", "if wanted.shape != found.shape:", "if False:"),
    ("accepts lost frames", "if counts.get(node, 0) != due:", "if False:"),
    ("accepts nodes never shown", "for node in owed:\n        due", "for node in counts:\n        due"),
    ("equal though mismatches", "self.mismatches == 0 and", ""),
    ("equal though something is missing", "and self.missing is None", ""),
    ("equal though nothing was compared", "self.frames > 0 and self.values > 0 and", ""),
    ("reads the reference twice", "self.waiting[node] = [joined[count:]]", "self.waiting[node] = [joined]"),
)


def mutated(old: str, new: str) -> types.ModuleType:
    """The comparison with one piece of its text replaced."""
    path = Path(sys.modules[Verdict.__module__].__file__)
    text = path.read_text()
    assert old in text, f"verify.py holds no {old!r}; bring the mutant up to date"
    module = types.ModuleType("edgesort.verify")
    exec(compile(text.replace(old, new, 1), str(path), "exec"), module.__dict__)
    return module


def survives(old: str, new: str) -> bool:
    """True if every test of tests/test_verify.py passes with the mutant."""
    module, original = mutated(old, new), test_verify.compare
    test_verify.compare = module.compare
    try:
        for name, test in vars(test_verify).items():
            if name.startswith("test_"):
                for values in _parameters(test):
                    test(**values)
    except Exception:
        return False
    finally:
        test_verify.compare = original
    return True


def _parameters(test):
    marks = [mark for mark in getattr(test, "pytestmark", []) if mark.name == "parametrize"]
    if not marks:
        return [{}]
    names, values = marks[0].args
    names = [names] if isinstance(names, str) else names
    return [dict(zip(names, value if len(names) > 1 else [value], strict=True)) for value in values]


@pytest.mark.parametrize(("name", "old", "new"), MUTANTS, ids=[m[0] for m in MUTANTS])
def test_mutant_dies(name, old, new):
    assert not survives(old, new)
