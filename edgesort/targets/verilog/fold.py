"""Folding: which engine computes each node, with how many lanes, so that all keep pace and the design is smallest.

A node's choices differ in area, multipliers, cycles a frame and latency. One that takes longer than a frame lasts is
out. Of the others an exact search over the whole graph finds the cheapest set that has its multipliers on the device
and its events in time: node by node it keeps each partial choice that no other beats in cost, multipliers and latency.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import takewhile

import numpy as np

from edgesort.graph import Graph, Node
from edgesort.ops import Dense, Peak
from edgesort.targets.target import BuildError
from edgesort.targets.verilog.cells import Cell, choices
from edgesort.targets.verilog.cells.grains import GRAINS
from edgesort.targets.verilog.cells.linear import SHARED
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


@dataclass(frozen=True)
class Step:
    """A choice for a node, with its cost, its multipliers, and the cycles that it adds to the latency."""

    cell: Cell
    cost: int
    multipliers: int
    delay: int


@dataclass(frozen=True)
class Partial:
    """Choices for the first nodes: what they cost, and when each stream that still matters has its last element."""

    cost: int
    multipliers: int
    arrives: tuple[tuple[str, int], ...]
    cells: tuple[Cell, ...]


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
    for bound in (fabric.within * budget * graph.sampling_frequency, float("inf")):
        best: dict[str, Cell] | None = None
        for one in ranked:
            if best and cost(total(_cheapest(one, fabric)), fabric) >= cost(total(best), fabric):
                break  # nor do those after it cost less
            made = _best(graph, one, fabric, bound, budget)
            if made and (best is None or cost(total(made), fabric) < cost(total(best), fabric)):
                best = made
        if best:
            break
    assert best is not None
    return joined(_apart(graph, best, budget * (1 - fabric.spare)))


def _apart(graph: Graph, cells: dict[str, Cell], budget: float) -> dict[str, Cell]:
    """A second half for lines that come from a layer that computes while it sends, where a frame is short of both.

    With one half a layer takes nothing while it computes, so the layer before waits with its sums: they take turns.
    """
    made = dict(cells)
    for node in graph.nodes:
        one, before = made[node.name], _layer_before(graph, node, made)
        (x, *_) = graph.ins(node)
        if dict(one.parameters).get("HALVES") != 1 or before is None:
            continue
        if len(graph.ins(graph.node(before))[0].shape) < 2:  # one line a frame: it is sent while the layer is idle
            continue
        if one.cycles + made[before].cycles <= budget * graph.rate(node.inputs[0]):
            continue
        several = choices(node.op, x, graph.streams[node.name])
        alike = [other for other in several if (other.engine, other.lanes) == (one.engine, one.lanes)]
        made[node.name] = next(other for other in alike if dict(other.parameters)["HALVES"] == 2)
    return made


def _layer_before(graph: Graph, node: Node, cells: Mapping[str, Cell]) -> str | None:
    """The nearest node with an engine of its own on the way from the input; None if there is none."""
    name = node.inputs[0]
    while name != graph.input[0] and not cells[name].engine:
        name = graph.node(name).inputs[0]
    return None if name == graph.input[0] or cells[name].engine == SHARED else name


def _cheapest(kept: Mapping[str, Sequence[Cell]], fabric: Fabric) -> dict[str, Cell]:
    return _least(kept, lambda one: cost(area(one), fabric))


def _least(kept: Mapping[str, Sequence[Cell]], key: Callable[[Cell], int]) -> dict[str, Cell]:
    return {name: min(several, key=key) for name, several in kept.items()}


def _best(
    graph: Graph, kept: Mapping[str, Sequence[Cell]], fabric: Fabric, bound: float, budget: int
) -> dict[str, Cell] | None:
    """The cheapest of these choices within the bound and with the device's multipliers; None if there is none."""
    fastest = _least(kept, lambda one: one.latency or 0)
    if latency(graph, fastest) > bound:
        return None
    cheapest = _cheapest(kept, fabric)
    if latency(graph, cheapest) <= bound and total(cheapest)[1] <= fabric.multipliers:
        return cheapest
    left = replace(fabric, multipliers=fabric.multipliers - engine(shared(cheapest))[1])
    found = _search(graph, kept, left, bound - waiting(graph, fastest, budget * (1 - fabric.spare)) - load(fastest))
    return found or (fastest if total(fastest)[1] <= fabric.multipliers else None)  # lines may wait less than at most


def _search(graph: Graph, kept: Mapping[str, Sequence[Cell]], fabric: Fabric, bound: float) -> dict[str, Cell] | None:
    """The cheapest of all combinations within the bound; None if there is none."""
    tells = _telling(graph)
    timed = bound < float("inf")
    partial = [Partial(0, 0, ((graph.input[0], 0),) if timed else (), ())]
    for k, node in enumerate(graph.nodes):
        later = {name for after in graph.nodes[k + 1 :] for name in tells[after.name]} | set(graph.outputs)
        steps = [Step(one, cost(area(one), fabric), area(one)[1], delay(graph, node, one)) for one in kept[node.name]]
        grown = (_with(p, node, tells[node.name], step, later) for p in partial for step in steps)
        able = (p for p in grown if p.multipliers <= fabric.multipliers and all(at <= bound for _, at in p.arrives))
        partial = _unbeaten(able)
    if not partial:
        return None
    best = min(partial, key=lambda p: p.cost)
    return dict(zip((node.name for node in graph.nodes), best.cells, strict=True))


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


def _keep_up(graph: Graph, budget: int, fabric: Fabric) -> dict[str, list[Cell]]:
    """Each node's choices that keep up and that no other one beats; BuildError for the nodes that have none."""
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
        plain = _pareto([one for one in able if one.engine != SHARED], fabric)
        kept[node.name] = plain + [one for one in able if one.engine == SHARED]
        if not kept[node.name]:
            least = min(one.cycles for one in allowed)
            refused.append(
                f"node {node.name}: expected {frame} clock cycles a frame at most, found that it needs {least}"
            )
    if refused:
        raise BuildError("; ".join(refused))
    return kept


def _pareto(several: Sequence[Cell], fabric: Fabric) -> list[Cell]:
    """Those that no other one beats in cost, multipliers and latency together."""
    ranked = sorted(several, key=lambda one: (cost(area(one), fabric), area(one)[1], one.latency or 0))
    best: list[Cell] = []
    for one in ranked:
        if not any(area(b)[1] <= area(one)[1] and (b.latency or 0) <= (one.latency or 0) for b in best):
            best.append(one)
    return best


def _telling(graph: Graph) -> dict[str, list[str]]:
    """For each node the inputs that may arrive last: none that another one of them depends on."""
    before: dict[str, set[str]] = {graph.input[0]: set()}
    for node in graph.nodes:
        before[node.name] = set(node.inputs).union(*(before[name] for name in node.inputs))
    return {n.name: [a for a in n.inputs if not any(a in before[b] for b in n.inputs)] for n in graph.nodes}


def _with(partial: Partial, node: Node, inputs: Sequence[str], step: Step, later: set[str]) -> Partial:
    """One more node."""
    arrives = dict(partial.arrives)
    if arrives:
        arrives[node.name] = max(arrives[name] for name in inputs) + step.delay
    return Partial(
        partial.cost + step.cost,
        partial.multipliers + step.multipliers,
        tuple((name, at) for name, at in arrives.items() if name in later),
        (*partial.cells, step.cell),
    )


def _unbeaten(found: Iterable[Partial]) -> list[Partial]:
    """Those that no other one is as good as in everything."""
    ranked = sorted(found, key=lambda p: (p.cost, p.multipliers, p.arrives))
    rows = np.array([(p.multipliers, *(at for _, at in p.arrives)) for p in ranked])
    best: list[int] = []
    kept = np.empty_like(rows)
    for k, row in enumerate(rows):
        if not (kept[: len(best)] <= row).all(axis=1).any():
            kept[len(best)] = row
            best.append(k)
    return [ranked[k] for k in best]
