"""The body of model.c's step: the kernels' calls in their order, and which of them sleep behind a gate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from edgesort.graph import Graph
from edgesort.targets.c.gates import GATE
from edgesort.targets.c.step import Step


@dataclass(frozen=True)
class Call:
    """How a step stands in the text. condition: of the line, or "". due: an assignment before it, or ""."""

    line: str
    condition: str = ""
    due: str = ""


def body(graph: Graph, made: tuple[Step, ...], ids: Mapping[str, str], late: list[str], apart: bool) -> list[str]:
    """The lines of one frame: a call a step, those that sleep together in one block.

    apart: each kernel and its params are a function of their own, es_<kernel>_node_<node>.
    """
    lines: list[str] = []
    block = ""
    for step in made:
        call = _call(graph, step, ids, late, apart)
        if block and (call.due or call.condition != block):
            lines.append("}")
            block = ""
        lines += [call.due] if call.due else []
        if call.condition and not block:
            block = call.condition
            lines.append(f"if ({block}) {{")
        lines.append(f"    {call.line}" if block else call.line)
        if step.kernel == GATE and sleeps(made):
            lines.append(f"awake = s->{ids[step.name]}.line.awake;")
    return [*lines, "}"] if block else lines


def sleeps(made: tuple[Step, ...]) -> bool:
    """True if some of the calls are left out while a gate is closed."""
    return any(step.awake is not None for step in made)


def _call(graph: Graph, step: Step, ids: Mapping[str, str], late: list[str], apart: bool) -> Call:
    """A step runs when each of its inputs has a frame, and says whether it made one.

    One that raises the rate runs when its output is due, with NULL where its input has no frame. One that sleeps is not
    called, or takes its frames with NULL for what it would make.
    """
    fresh, kernel = f"v->fresh.{ids[step.name]}", _kernel(graph, step, ids, apart)
    conditions = [f"v->fresh.{ids[name]}" for name in dict.fromkeys(step.inputs) if name in late]
    if graph.raises(graph.node(step.name)):
        conditions = [f"(s->tick + 1) % {graph.rate(step.name)} == 0"]
    if step.awake is None or step.takes:
        return Call(f"{fresh} = {' && '.join([*conditions, kernel])};" if step.name in late else f"{kernel};")
    if step.name not in late:
        return Call(f"{kernel};", _is_awake(step))
    return Call(f"{kernel};", f"{fresh} && {_is_awake(step)}", f"{fresh} = {' && '.join(conditions)};")


def _kernel(graph: Graph, step: Step, ids: Mapping[str, str], apart: bool) -> str:
    own, raises = ids[step.name], graph.raises(graph.node(step.name))
    state = [f"&s->{own}"] if step.wire.state else []
    frames = [f"v->fresh.{ids[x]} ? v->{ids[x]} : NULL" if raises else f"v->{ids[x]}" for x in step.inputs]
    made = f"{_is_awake(step)} ? v->{own} : NULL" if step.takes else f"v->{own}"
    if apart:
        return f"es_{step.kernel}_node_{own}({', '.join([*state, *frames, made])})"
    return f"es_{step.kernel}({', '.join([f'&{own}_params', *state, *frames, made])})"


def _is_awake(step: Step) -> str:
    return f"awake > {step.awake}"
