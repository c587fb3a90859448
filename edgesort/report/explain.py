"""What the compiler did to a model, and what each node of the result costs: for a terminal, a picture and a program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from edgesort.graph import Graph
from edgesort.passes import memory
from edgesort.passes.cost import Cost, costs
from edgesort.passes.flow import Port
from edgesort.passes.narrow import saved
from edgesort.passes.schedule import order
from edgesort.targets.target import BuildError, Target
from edgesort.targets.verilog.cells import Cell
from edgesort.targets.verilog.cells.memories import Memory
from edgesort.targets.verilog.emit import depths, memories_of
from edgesort.targets.verilog.fold import Fabric, busiest, fold, latency, total, use
from edgesort.targets.verilog.memory import NAMES, Choice, Stock, Where, chosen
from edgesort.targets.verilog.target import RTL, Rtl

Row = dict[str, Any]


@dataclass(frozen=True)
class Explanation:
    """A graph with its costs. saved: bits that each stream is narrower than by type. budget: cycles an input frame, of
    a clock in Hz; queues: elements each holds in Verilog, none where the graph has a node without a cell. memories: of
    the Verilog, and what each is made of; stock: the RAMs that a device has for them. cells: of each node in Verilog,
    if all have one and keep up; fabric: what the device has to compute with."""

    graph: Graph
    costs: tuple[Cost, ...]
    saved: Mapping[str, int]
    plan: memory.Plan
    clock: float
    budget: int
    queues: Mapping[Port, int]
    memories: Mapping[Where, tuple[Memory, Choice]]
    stock: Stock | None
    cells: Mapping[str, Cell]
    fabric: Fabric

    def passes(self) -> list[Row]:
        """A row a pass."""
        return [
            {"pass": c.by, "nodes": f"{c.before} to {c.after}", "bits saved": c.bits, "what it did": c.what}
            for c in self.graph.history
        ]

    def nodes(self) -> list[Row]:
        """A row a node."""
        return [
            {
                "node": cost.node,
                "op": self.graph.node(cost.node).op.kind,
                "stream": str(self.graph.streams[cost.node]),
                "bits saved": self.saved.get(cost.node, 0),
                "MACs": number(cost.macs),
                "constants": cost.constant_bytes,
                "state": cost.state_bytes,
                "memories": ", ".join(_made_of(*one) for (node, _), one in self.memories.items() if node == cost.node),
                "cycles": "-" if cost.cycles is None else number(cost.cycles),
            }
            for cost in self.costs
        ]

    def folding(self) -> list[Row]:
        """A row a node: what computes it, and how much of the time of an input frame."""
        rows = []
        for node, cost in zip(self.graph.nodes, self.costs, strict=True):
            if node.name not in self.cells:
                continue
            one, used = self.cells[node.name], cost.cycles or 0
            share = use(self.graph, node, one, self.budget)
            rows.append(
                {
                    "node": node.name,
                    "engine": f"{one.engine} x {one.lanes}" if one.engine else "",
                    "cycles used": number(used),
                    "free": number(self.budget - used),
                    "lanes in use": f"{share:.0%}" if share else "",
                }
            )
        return rows

    def sums(self) -> list[str]:
        """What the whole graph takes, a line each."""
        graph, cycles = self.graph, [cost.cycles for cost in self.costs if cost.cycles is not None]
        busiest = f"{number(max(cycles))} of the busiest cell" if cycles else "none known"
        frames = sum(graph.streams[graph.node(name).inputs[k]].size for name, k in self.queues)
        return [
            f"{number(sum(c.macs for c in self.costs))} MACs an input frame, "
            f"{sum(c.macs_per_second for c in self.costs) / 1e6:.3g} million a second",
            f"{sum(c.constant_bytes for c in self.costs)} bytes of constants, {sum(c.state_bytes for c in self.costs)} "
            f"of state; values take {self.plan.apart} bytes apart and {self.plan.scratch} where they share memory",
            f"{sum(self.saved.values())} bits fewer in the elements of {len(self.saved)} streams than by type",
            f"schedule: {len(order(graph))} input frames a cycle; queues before joins hold {sum(self.queues.values())} "
            f"elements of {frames} in their frames",
            f"cycles an input frame: {busiest}, {self.budget} at {self.clock / 1e6:g} MHz",
            *([self._engines()] if self.cells else []),
            *([self._rams(self.stock)] if self.stock else []),
        ]

    def _engines(self) -> str:
        which, share = busiest(self.graph, self.cells, self.budget)
        cycles, (_, multipliers) = latency(self.graph, self.cells), total(self.cells)
        return (
            f"multipliers: {multipliers}; busiest lanes: {which}, {share:.0%} of the time; events at most "
            f"{number(cycles)} cycles, {cycles / self.clock * 1e6:.3g} us after their last sample"
            + (f", which is more than {self.fabric.within * 1e6:g} us" * (cycles > self.fabric.within * self.clock))
        )

    def _rams(self, stock: Stock) -> str:
        made = [choice for _, choice in self.memories.values()]
        return (
            f"memories: {sum(c.blocks for c in made)} of {stock.blocks} block RAMs, {sum(c.large for c in made)} of "
            f"{stock.large} large RAMs, about {sum(c.cells for c in made)} logic cells"
        )

    def to_json(self) -> Row:
        """Everything, for programs."""
        graph = self.graph
        return {
            "graph": graph.name,
            "digest": graph.digest(),
            "passes": [asdict(change) for change in graph.history],
            "nodes": [
                asdict(cost)
                | {"op": node.op.kind, "inputs": list(node.inputs), "bits_saved": self.saved.get(node.name, 0)}
                | _stream(graph, node.name)
                for node, cost in zip(graph.nodes, self.costs, strict=True)
            ],
            "schedule": [list(names) for names in order(graph)],
            "queues": [{"node": name, "input": k, "elements": held} for (name, k), held in self.queues.items()],
            "memories": [
                {"node": node, "name": one.name, "words": one.words, "bits": one.bits, "made_of": NAMES[choice.style]}
                for (node, _), (one, choice) in self.memories.items()
            ],
            "memory": {"offsets": dict(self.plan.offsets), "scratch": self.plan.scratch, "apart": self.plan.apart},
            "clock": self.clock,
            "budget": self.budget,
            "folding": self.folding(),
        }


def explain(graph: Graph, target: Target | None = None) -> Explanation:
    """target: whose clock the cycles are held against; the one of the Verilog alone if it has none of its own."""
    rtl = target if isinstance(target, Rtl) else RTL
    budget = rtl.budget(graph)
    try:
        made = fold(graph, budget, rtl.fabric)
    except BuildError:
        made = {}
    held = depths(graph, made, budget) if made else {}
    found = memories_of(graph, made, held)
    styles = chosen(found, rtl.stock())
    return Explanation(
        graph,
        costs(graph, {name: one.cycles for name, one in made.items()}),
        saved(graph),
        memory.plan(graph),
        rtl.clock,
        budget,
        held,
        {where: (one, styles[where]) for where, one in found.items()},
        rtl.stock(),
        made,
        rtl.fabric,
    )


def _made_of(memory: Memory, choice: Choice) -> str:
    return f"{memory} {choice}".rstrip()


def _stream(graph: Graph, name: str) -> Row:
    stream = graph.streams[name]
    return {"shape": list(stream.shape), "type": str(stream.dtype), "period": stream.period}


def number(value: float) -> str:
    """With a comma every three digits, and at most one decimal."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
