"""Is this invariant a proof? What a model checker found is checked again, by another solver (z3).

The circuit is an AIGER file in its binary form: latches that begin at 0, and outputs that must never be 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import z3

Gate = tuple[int, int, int]
Cube = dict[int, bool]  # a latch and its value, for some latches: the states that have them


@dataclass(frozen=True)
class Circuit:
    """Literals 2v and 2v + 1 (not v): variable 0 is false, then come the inputs, the latches and the gates."""

    inputs: int
    latches: tuple[int, ...]  # the literal of each one's next value
    bad: tuple[int, ...]
    gates: tuple[Gate, ...]


def read(path: Path) -> Circuit:
    """ValueError if a latch does not begin at 0, or if there is more than latches, outputs and gates."""
    data = path.read_bytes()
    head, _, rest = data.partition(b"\n")
    _, inputs, latches, outputs, gates, *more = (int(word) for word in head.split()[1:])
    lines = rest.split(b"\n", latches + outputs)
    nexts = [line.split() for line in lines[:latches]]
    if any(more) or any(line[1:] not in ([], [b"0"]) for line in nexts):
        raise ValueError(f"{path}: expected latches that begin at 0, and outputs; found {head.decode()}")
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


def cubes(path: Path) -> list[Cube]:
    """The states that are never reached: for each row the latches that it names. ValueError if nothing is proven."""
    lines = path.read_text().splitlines()
    if not lines[0].startswith("# Inductive invariant"):
        raise ValueError(f"{path}: expected an inductive invariant, found {lines[0]}")
    (names,) = (line.split()[1:] for line in lines if line.startswith(".ilb"))
    latch = [int(name.removeprefix("lo")) for name in names]
    rows = [line.split()[0] for line in lines if line[:1] in ("0", "1", "-")]
    return [{latch[k]: bit == "1" for k, bit in enumerate(row) if bit != "-"} for row in rows]


def proves(circuit: Circuit, never: Sequence[Cube]) -> bool:
    """Whether `never`, or a part of it, shows that the outputs stay 0.

    That part holds in the first state, no step leaves it, and within it no output is 1. ABC now and then writes a few
    states that are reached after all: those that a step reaches are left out until there is none.
    """
    variable = [z3.BoolVal(False), *(z3.Bool(f"v{k}") for k in range(circuit.inputs + len(circuit.latches)))]
    first = circuit.inputs + 1

    def value(literal: int) -> z3.BoolRef:
        found = variable[literal // 2]
        return z3.Not(found) if literal & 1 else found

    solver = z3.SolverFor("QF_FD")
    for y, a, b in circuit.gates:
        variable.append(z3.Bool(f"g{y}"))
        solver.add(variable[-1] == z3.And(value(a), value(b)))
    cubes_left = [cube for cube in never if any(cube.values())]
    not_now = [z3.Not(z3.And([variable[first + k] == bit for k, bit in cube.items()])) for cube in cubes_left]
    then = [z3.And([value(circuit.latches[k]) == bit for k, bit in cube.items()]) for cube in cubes_left]
    left = list(range(len(cubes_left)))
    while solver.check(*(not_now[k] for k in left), z3.Or([then[k] for k in left])) == z3.sat:
        model = solver.model()
        left = [k for k in left if not z3.is_true(model.eval(then[k], model_completion=True))]
    stays = solver.check(*(not_now[k] for k in left), z3.Or([then[k] for k in left])) == z3.unsat
    return stays and solver.check(*(not_now[k] for k in left), z3.Or(list(map(value, circuit.bad)))) == z3.unsat
