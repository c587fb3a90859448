"""A mutant: one piece of a kernel's or a cell's text replaced, which parity must notice."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """`old` becomes `new` in the file `source`, which changes the op `kind`. what: the mistake it stands for."""

    kind: str
    what: str
    old: str
    new: str
    source: str
    case: str = ""  # where it shows, if not every case of the op is to be tried

    def apply(self, text: str) -> str:
        """The file's text, broken. AssertionError if the piece does not stand in it exactly once."""
        count = text.count(self.old)
        assert count == 1, f"{self.source}: expected {self.old!r} once, found {count}; bring the mutant up to date"
        return text.replace(self.old, self.new)


def show(results: Iterable[tuple[Mutant, str | None]]) -> None:
    """Print a line a mutant: what killed it, or that it lives."""
    for mutant, killer in results:
        print(f"{mutant.source:14} {mutant.kind:8} {mutant.what:38} {killer or 'SURVIVES'}")
