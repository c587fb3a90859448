"""What the tests know about one operator, in tests/ops/<kind>.py: random instances, further cases, mutants.

The parity matrix runs the op's own `cases()` and these; the fuzz draws from `random`; each mutant is a piece of the
kernel's or the cell's text replaced, which a case must notice.
"""

from collections.abc import Callable
from dataclasses import dataclass

from edgesort.graph import Op, Stream

FREE = 1 << 30  # a budget of cycles that never asks for a second multiplier


@dataclass(frozen=True)
class OpCase:
    """An op and what it takes. budget: cycles a frame in Verilog. only: "c" or "verilog" if the other refuses it.
    engine: that computes it in Verilog."""

    name: str
    op: Op
    streams: tuple[Stream, ...]
    budget: int = FREE
    only: str = ""
    engine: str = ""


@dataclass(frozen=True)
class OpMutant:
    """`old` becomes `new` in the op's own file or in `file`. case: where it shows, in Verilog."""

    what: str
    old: str
    new: str
    case: str = ""
    file: str = ""


@dataclass(frozen=True)
class Material:
    """random(rng, *streams): an op that takes these streams, biased to corners; GraphError in infer if it cannot.

    arity: how many streams it takes.
    """

    random: Callable[..., Op]
    cases: tuple[OpCase, ...]
    c_mutants: tuple[OpMutant, ...]
    v_mutants: tuple[OpMutant, ...]
    arity: int = 1


def case(name: str, op: Op, *streams: Stream, budget: int = FREE, only: str = "", engine: str = "") -> OpCase:
    return OpCase(name, op, streams, budget, only, engine)


def c(what: str, old: str, new: str, file: str = "") -> OpMutant:
    """A mutant of the op's kernel, or of a header that it uses."""
    return OpMutant(what, old, new, file=file)


def v(what: str, old: str, new: str, case: str, file: str = "") -> OpMutant:
    """A mutant of the op's cell, or of a cell that it uses; `case` is "<kind>-<index>" or a name of `cases`."""
    return OpMutant(what, old, new, case, file)
