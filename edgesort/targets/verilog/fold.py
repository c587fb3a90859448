"""Folding: which engine computes each node, with how many lanes, so that all keep pace and the design is smallest.

A node's choices differ in area, multipliers, cycles a frame and latency. One that takes longer than a frame lasts is
out. Of the others an exact search over the whole graph (search.py) finds the cheapest set that has its multipliers on
the device and its events in time. Its cells may still be too slow together, as they wait for each other: its beats are
timed (beats.py), those cells are found that are to blame, and the search goes on without them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import takewhile

from edgesort.graph import Graph, Node
from edgesort.ops import Dense, Peak
from edgesort.targets.target import BuildError
from edgesort.targets.verilog.beats import keeps_up
from edgesort.targets.verilog.cells import Cell, choices
from edgesort.targets.verilog.cells.grains import GRAINS
from edgesort.targets.verilog.cells.linear import SHARED
from edgesort.targets.verilog.search import Slow, Step, no_faster, speed, too_slow
from edgesort.targets.verilog.search import cheapest as search
from edgesort.targets.verilog.sharing import groups, joined, load, shared

MANY = 1 << 30


@dataclass(frozen=True)
class Fabric:
    """What a design may be folded onto. engines: those that the device has. multipliers: how many.

    worth: the LUTs that one of them counts as much as. within: seconds from a frame's last sample to its events.
    spare: the part of a frame that stays free, since the samples' clock is not the device's.
    """

    engines: tuple[str, ...] = ("mac", "digit")
    multipliers: int = MANY
    worth: int = 0
    within: float = float("inf")
    spare: float = 0.0


ENGINE = "shared engine"
AREA, ENERGY = LEAST = ("area", "energy")  # what is to be the least of a design
UNKNOWN = Fabric()  # nothing is known of the device: as few multipliers as keep up

# LUTs of es_dense and what it contains, fitted to Yosys' synth_ice40 (0.70) of 19 shapes of 8 to 100 inputs, 8 to 64
# outputs, 4 to 8 bits in and 16 to 24 out, within 15 LUTs each; weights and lines in block RAM.
BASE, DIGIT, HALF = 46, 11, 5
LAYER = 46  # of es_dense_shared, besides a sum: within 8 for 12 to 64 inputs; es_engine a LUT a bit of both factors
FILTER = 100  # of es_biquad: each further digit a cycle


def engine(layers: Mapping[str, Cell]) -> tuple[int, int]:
    """LUTs and multipliers of what layers share; nothing for none."""
    if not layers:
        return 0, 0
    factors = max(sum(int(dict(one.parameters)[bits]) for bits in ("X_BITS", "WEIGHT_BITS")) for one in layers.values())
    return len(layers) * factors, 1


def multiplies(one: Cell) -> bool:
    return one.engine == SHARED or area(one)[1] > 0


def area(one: Cell) -> tuple[int, int]:
    """LUTs and multipliers of a cell that can be folded: a model, good for comparing the choices of one node."""
    has = {name: value for name, value in one.parameters if isinstance(value, int)}
    if "DIGITS" in has:
        return FILTER * has["DIGITS"], 0
    if not one.engine:
        return 0, 0
    if one.engine == SHARED:
        return LAYER + has["Y_BITS"], 0
    x, w = has["X_BITS"] + (not has["X_SIGNED"]), has["WEIGHT_BITS"]
    y = has.get("Y_BITS", 0) if "SUM_BITS" not in has else has["SUM_BITS"]
    luts = BASE + one.lanes * y + (HALF if has.get("HALVES") == 2 else 0)
    if one.engine == "digit":
        return luts + one.lanes * (2 * y + x + DIGIT), 0
    if one.engine == "pair":
        return luts + (one.lanes * y if y > 16 else 0), -(-one.lanes // 2)
    return luts, one.lanes * -(-x // 16) * -(-w // 16)


def fold(graph: Graph, budget: int, fabric: Fabric = UNKNOWN) -> dict[str, Cell]:
    """The cell of each node; `budget` is the cycles that one input frame may take. BuildError names what cannot be.

    If no choice has its events in time, the cheapest one is taken all the same: the bound is a wish.
    """
    return dict(_folded(Task(graph.digest(), budget, fabric, graph)))


@dataclass(frozen=True)
class Task:
    """What `fold` is asked; a build asks the same several times."""

    digest: str
    budget: int
    fabric: Fabric
    graph: Graph = field(compare=False)


@lru_cache(maxsize=64)
def _folded(task: Task) -> dict[str, Cell]:
    graph, budget, fabric = task.graph, task.budget, task.fabric
    kept = _keep_up(graph, budget, fabric)
    some = list(groups(kept, budget * (1 - fabric.spare)))
    if not some:
        needs = sum(one.cycles for several in kept.values() for one in several if one.engine == SHARED)
        raise BuildError(
            f"graph {graph.name}: expected {budget} clock cycles a frame at most, found that its layers on one engine "
            f"need {needs}; use fewer channels or a faster clock"
        )
    least = min(total(_least(one, lambda cell: area(cell)[1]))[1] for one in some)
    if least > fabric.multipliers:
        raise BuildError(
            f"graph {graph.name}: expected {fabric.multipliers} multipliers at most, found that it needs "
            f"{least}; use fewer channels, fewer bits, a faster clock or a larger device"
        )
    ranked = sorted(some, key=lambda one: cost(total(_cheapest(one, fabric)), fabric))
    found: dict[frozenset[str], list[Slow]] = {}
    for bound in (fabric.within * budget * graph.sampling_frequency, float("inf")):
        best: dict[str, Cell] | None = None
        for one in ranked:
            if best and cost(total(_cheapest(one, fabric)), fabric) >= cost(total(best), fabric):
                break  # nor do those after it cost less
            on = frozenset(name for name, several in one.items() if several[0].engine == SHARED)
            if any({} in slow for names, slow in found.items() if names <= on):
                continue  # nor does it keep up with more layers on the engine
            most = cost(total(best), fabric) if best else float("inf")
            best = _in_pace(task, one, bound, most, found.setdefault(on, [])) or best
        if best:
            return joined(best)
    raise BuildError(
        f"graph {graph.name}: expected {budget} clock cycles a frame at most, found that its layers wait for each "
        "other for longer; use fewer channels or a faster clock"
    )


def _in_pace(
    task: Task, kept: Mapping[str, Sequence[Cell]], bound: float, most: float, slow: list[Slow]
) -> dict[str, Cell] | None:
    """The cheapest of these choices that keeps pace, as cells wait for each other; None if none costs less than `most`.

    slow: the sets of cells that are known not to; those that are found are added.
    """
    graph, budget, fabric = task.graph, task.budget, task.fabric
    while True:
        blamed = {name: _widened(task)[name] for one in slow for name in one}
        made = _best(graph, {**kept, **blamed}, fabric, bound, budget, slow)
        if made is None or cost(total(made), fabric) >= most:
            return None
        if keeps_up(graph, made, budget):
            return made
        able = {name: _widened(task)[name] for name, several in kept.items() if several[0].engine != SHARED}
        slow.append(_to_blame(graph, made, able, budget))


@lru_cache(maxsize=4)
def _widened(task: Task) -> dict[str, list[Cell]]:
    """Each node's own engines, with a second half of a line as well, which helps only cells that wait for others."""
    kept = _keep_up(task.graph, task.budget, task.fabric, paced=True)
    return {name: [one for one in several if one.engine != SHARED] for name, several in kept.items()}


def _to_blame(graph: Graph, made: dict[str, Cell], kept: Mapping[str, Sequence[Cell]], budget: int) -> Slow:
    """Of cells that do not keep up those that do not whatever the others are; none if none can."""
    cells, blamed = made, {}
    for name, several in kept.items():
        other = cells | {name: min(several, key=speed)}
        if other[name] == cells[name]:
            continue
        if keeps_up(graph, other, budget):
            blamed[name] = made[name]
        else:
            cells = other
    return blamed


def _cheapest(kept: Mapping[str, Sequence[Cell]], fabric: Fabric) -> dict[str, Cell]:
    return _least(kept, lambda one: cost(area(one), fabric))


def _least(kept: Mapping[str, Sequence[Cell]], key: Callable[[Cell], int]) -> dict[str, Cell]:
    return {name: min(several, key=key) for name, several in kept.items()}


def _best(
    graph: Graph,
    kept: Mapping[str, Sequence[Cell]],
    fabric: Fabric,
    bound: float,
    budget: int,
    slow: Sequence[Slow] = (),
) -> dict[str, Cell] | None:
    """The cheapest of these choices within the bound and with the device's multipliers; None if there is none.

    slow: sets of cells that it must not have.
    """
    fastest = _least(kept, lambda one: one.latency or 0)
    if latency(graph, fastest) > bound or {} in slow:
        return None
    cheapest = _cheapest(kept, fabric)
    if latency(graph, cheapest) <= bound and _allowed(cheapest, fabric, slow):
        return cheapest
    left = fabric.multipliers - engine(shared(cheapest))[1]
    most = bound - waiting(graph, fastest, budget * (1 - fabric.spare)) - load(fastest)
    steps = {
        node.name: [
            Step(one, cost(area(one), fabric), area(one)[1], delay(graph, node, one)) for one in kept[node.name]
        ]
        for node in graph.nodes
    }
    found = search(graph, steps, left, most, slow)
    return found or (fastest if _allowed(fastest, fabric, slow) else None)  # lines may wait less than at most


def _allowed(cells: Mapping[str, Cell], fabric: Fabric, slow: Sequence[Slow]) -> bool:
    return total(cells)[1] <= fabric.multipliers and not any(too_slow(cells, one) for one in slow)


def latency(graph: Graph, cells: Mapping[str, Cell]) -> int:
    """Cycles from a frame's last sample to its last event, at most.

    The slowest path, lines that wait in it, and all that a shared engine computes meanwhile.
    """
    arrives = {graph.input[0]: 0}
    for node in graph.nodes:
        arrives[node.name] = max(arrives[name] for name in node.inputs) + delay(graph, node, cells[node.name])
    return max(arrives[name] for name in graph.outputs) + waiting(graph, cells) + load(cells)


def waiting(graph: Graph, cells: Mapping[str, Cell], slowest: float = 0) -> int:
    """Cycles that a frame's last line waits for those before it where a node is slower than those that take samples.

    slowest: cycles an input frame of the slowest node, if not that of these cells.
    """
    lines = max(stream.size // stream.shape[-1] for stream in graph.streams.values())
    each = [cells[node.name].cycles / graph.rate(node.inputs[0]) for node in graph.nodes]
    together = sum(one for one, node in zip(each, graph.nodes, strict=True) if cells[node.name].engine == SHARED)
    takers = len(list(takewhile(lambda node: GRAINS[type(node.op)] == "element", graph.nodes)))
    return int((max(slowest, together, *each) - max(each[: max(1, takers)])) * (lines - 1) / lines)


def delay(graph: Graph, node: Node, one: Cell) -> int:
    """Cycles from the last line into a node to the last element out of it, and on into a slower cell behind it.

    On a shared engine, those that are not its work.
    """
    if one.engine == SHARED:
        return 3 + _backlog(graph, node, one)
    if one.latency is not None:
        return one.latency + _backlog(graph, node, one)
    return 0 if GRAINS[type(node.op)] == "element" else one.cycles + _backlog(graph, node, one)


def _backlog(graph: Graph, node: Node, one: Cell) -> int:
    """Cycles that the last element of a frame waits while those sent before it are still at a Peak.

    A dense layer sends as many at once as it has lanes, and the next ones when they are computed; others send all.
    """
    interval = _interval(graph, node.name)
    has = dict(one.parameters)
    layer = isinstance(node.op, Dense)
    lanes = one.lanes if layer else graph.streams[node.name].size
    block = int(has.get("PLANES", 1)) * int(has["INPUTS"]) + 1 if layer else 0
    return max(k * interval - k // lanes * block for k in range(graph.streams[node.name].size))


def _interval(graph: Graph, name: str) -> int:
    """Cycles an element of the slowest Peak behind a stream, with only what takes elements as they come between."""
    found = [0]
    for node in graph.nodes:
        if name in node.inputs and isinstance(node.op, Peak):
            found.append(2 * node.op.reach + 4)
        elif name in node.inputs and GRAINS[type(node.op)] == "element":
            found.append(_interval(graph, node.name))
    return max(found)


def busiest(graph: Graph, cells: Mapping[str, Cell], budget: int) -> tuple[str, float]:
    """Of some cells the node whose lanes are in use for the most of all cycles, or the shared engine; and how much."""
    each = {name: use(graph, graph.node(name), one, budget) for name, one in cells.items()}
    each[ENGINE] = sum(each.pop(name) for name in shared(cells))
    return max(each.items(), key=lambda item: item[1])


def use(graph: Graph, node: Node, one: Cell, budget: int) -> float:
    """The part of all cycles in which an engine's lanes make products that the layer needs; 0 if it has no lanes."""
    if not one.lanes:
        return 0.0
    products = node.op.macs(*graph.ins(node)) / graph.rate(node.name) * int(dict(one.parameters).get("PLANES", 1))
    return products / (one.lanes * budget)


def best_clock(graph: Graph, clocks: Sequence[float], fabric: Fabric, least: str) -> float:
    """Of the clocks at which all keep pace, with events in time if any has them: that of the least area or energy.

    least: "area": the slowest of those at which the design is smallest; "energy": the slowest of all.
    BuildError, that of the fastest, if there is none.
    """
    found: list[tuple[bool, int, float]] = []
    for clock in sorted(clocks):
        try:
            made = fold(graph, int(clock / graph.sampling_frequency), fabric)
        except BuildError:
            if clock == max(clocks) and not found:
                raise
            continue
        late = latency(graph, made) > fabric.within * clock
        found.append((late, cost(total(made), fabric) if least == AREA else 0, clock))
    return min(found)[-1]


def total(cells: Mapping[str, Cell]) -> tuple[int, int]:
    """LUTs and multipliers of all cells, as `area` knows them, and of the engine that they share."""
    each = [*map(area, cells.values()), engine(shared(cells))]
    return sum(luts for luts, _ in each), sum(multipliers for _, multipliers in each)


def cost(taken: tuple[int, int], fabric: Fabric) -> int:
    """What an area counts, in LUTs."""
    luts, multipliers = taken
    return luts + fabric.worth * multipliers


def _keep_up(graph: Graph, budget: int, fabric: Fabric, paced: bool = False) -> dict[str, list[Cell]]:
    """Each node's choices that keep up and that no other one beats; BuildError for the nodes that have none.

    paced: also those that are beaten in all but speed.
    """
    kept: dict[str, list[Cell]] = {}
    refused = []
    for node in graph.nodes:
        frame = int(budget * graph.rate(node.inputs[0]) * (1 - fabric.spare))
        try:
            made = choices(node.op, *graph.ins(node), graph.streams[node.name])
        except BuildError as error:
            refused.append(f"node {node.name}: {error}")
            continue
        allowed = [one for one in made if one.engine in ("", *fabric.engines)]
        able = [one for one in allowed if one.cycles <= frame]
        plain = _pareto([one for one in able if one.engine != SHARED], fabric, paced)
        kept[node.name] = plain + [one for one in able if one.engine == SHARED]
        if not kept[node.name]:
            least = min(one.cycles for one in allowed)
            refused.append(
                f"node {node.name}: expected {frame} clock cycles a frame at most, found that it needs {least}"
            )
    if refused:
        raise BuildError("; ".join(refused))
    return kept


def _pareto(several: Sequence[Cell], fabric: Fabric, paced: bool) -> list[Cell]:
    """Those that no other one beats in cost, multipliers and latency together, and in speed if that counts."""
    ranked = sorted(several, key=lambda one: (cost(area(one), fabric), area(one)[1], one.latency or 0, speed(one)))
    best: list[Cell] = []
    for one in ranked:
        alike = [b for b in best if area(b)[1] <= area(one)[1] and (b.latency or 0) <= (one.latency or 0)]
        if not any(no_faster(one, b) for b in alike if paced) and (paced or not alike):
            best.append(one)
    return best
