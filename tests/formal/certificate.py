"""Is this invariant a proof? What a model checker found is checked again, by another solver (z3), in three questions.

The circuit is an AIGER file in its binary form: latches that begin at 0, and outputs that must never be 1.
"""

from dataclasses import dataclass
from pathlib import Path

import z3

Gate = tuple[int, int, int]


@dataclass(frozen=True)
class Circuit:
    """Literals 2v and 2v + 1 (not v): variable 0 is false, then come the inputs, the latches and the gates."""

    inputs: int
    latches: tuple[int, ...]  # the literal of each one's next value
    bad: tuple[int, ...]
    gates: tuple[Gate, ...]


def read(path: Path) -> Circuit:
    """ValueError if a latch does not begin at 0."""
    data = path.read_bytes()
    head, _, rest = data.partition(b"\n")
    _, inputs, latches, outputs, gates, *more = (int(word) for word in head.split()[1:])
    lines = rest.split(b"\n", latches + outputs + sum(more[:1]))
    nexts = [line.split() for line in lines[:latches]]
    if any(len(line) > 1 and line[1] != b"0" for line in nexts):
        raise ValueError(f"{path}: expected latches that begin at 0")
    bad = tuple(int(line) for line in lines[latches:-1])
    return Circuit(inputs, tuple(int(line[0]) for line in nexts), bad, _gates(lines[-1], inputs + latches, gates))


def _gates(data: bytes, before: int, count: int) -> tuple[Gate, ...]:
    """Each gate is two differences, seven bits a byte, the lowest first."""
    numbers, value, shift = [], 0, 0
    for byte in data:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            numbers.append(value)
            value, shift = 0, 0
            if len(numbers) == 2 * count:
                break
    made = []
    for k in range(count):
        y = 2 * (before + 1 + k)
        first = y - numbers[2 * k]
        made.append((y, first, first - numbers[2 * k + 1]))
    return tuple(made)


def cubes(path: Path) -> list[dict[int, bool]]:
    """The states that are never reached: for each row the latches that it names. ValueError if nothing is proven."""
    lines = path.read_text().splitlines()
    if not lines[0].startswith("# Inductive invariant"):
        raise ValueError(f"{path}: expected an inductive invariant, found {lines[0]}")
    (names,) = (line.split()[1:] for line in lines if line.startswith(".ilb"))
    latch = [int(name.removeprefix("lo")) for name in names]
    rows = [line.split()[0] for line in lines if line[:1] in ("0", "1", "-")]
    return [{latch[k]: bit == "1" for k, bit in enumerate(row) if bit != "-"} for row in rows]


def holds(circuit: Circuit, never: list[dict[int, bool]]) -> str | None:
    """None if no state of `never` is reached and the outputs stay 0 outside of them; else which question failed."""
    variable = [z3.BoolVal(False), *z3.Bools(" ".join(f"v{k}" for k in range(circuit.inputs + len(circuit.latches))))]
    first = circuit.inputs + 1

    def value(literal: int) -> z3.BoolRef:
        found = variable[literal // 2]
        return z3.Not(found) if literal & 1 else found

    solver = z3.SolverFor("QF_FD")
    for y, a, b in circuit.gates:
        variable.append(z3.Bool(f"v{y}g"))
        solver.add(variable[-1] == z3.And(value(a), value(b)))
    if any(not any(cube.values()) for cube in never):
        return "the first state is within the invariant"
    now = [z3.Not(z3.And([variable[first + k] == bit for k, bit in cube.items()])) for cube in never]
    then = [z3.And([value(circuit.latches[k]) == bit for k, bit in cube.items()]) for cube in never]
    solver.add(*now)
    for question, broken in (
        ("a step stays within the invariant", then),
        ("no output is 1", list(map(value, circuit.bad))),
    ):
        if solver.check(z3.Or(broken)) != z3.unsat:
            return question
    return None
