"""Mutants of the passes: a piece of a pass replaced, which the values, the depths or the plan must notice.

`python -m tests.passes.mutants` prints what kills each.
"""

import sys
import types
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from unittest.mock import patch

import pytest

from edgesort import ops
from edgesort.graph import GraphError
from tests import fuzz
from tests.passes import gated, test_channels, test_gate, test_memory, test_ranges, test_schedule, test_values
from tests.passes.networks import residual, saturating, unet
from tests.targets.mutant import Mutant, show

DENSE = "np.where(weight > 0, weight * low, weight * high).sum(-1).ravel()"

MUTANTS = tuple(
    Mutant(kind, what, old, new, f"passes/{kind}.py")
    for kind, pieces in {
        "fold": (
            ("a tighter upper bound goes", "(upper & lower)", "lower"),
            ("a tighter lower bound goes", "(upper & lower)", "upper"),
            ("forgets the first shift", "np.array(first.shift) + np.array(op.shift)", "np.array(op.shift)"),
            ("forgets the first start", "Slice(first.start + op.start,", "Slice(op.start,"),
            ("clips nowhere", " and op.dtype.holds(x.dtype.min, x.dtype.max)", ""),
            ("looks at no reader", "readers and all(", "readers or all("),
            ("takes a pool for nothing", "op.kernel == op.stride == 1", "op.stride == 1"),
        ),
        "channels": (
            (
                "one channel's thresholds for all",
                "threshold=op.threshold * count)",
                "threshold=(0,) * len(op.threshold) * count)",
            ),
            (
                "neighbours across channels",
                "np.kron(np.eye(count, dtype=np.int64), op",
                "np.kron(np.ones((count, count), np.int64), op",
            ),
            ("leaks of the wrong elements", "leak, threshold = (each * count", "leak, threshold = (each[::-1] * count"),
            ("a shape of one channel's", "Reshape((count, *y))", "Reshape((*y, count))"),
            ("rows of an output stay apart", "Reshape((count * y[0], *y[1:]))", "Reshape((count, *y))"),
            ("spikes cross to other channels", " or (isinstance(node.op, ops.Lif) and node.op.recurrent.size)", ""),
        ),
        "common": (
            ("all constants alike", "node.op.kind, parameters, node", "node.op.kind, node"),
            ("all inputs alike", "parameters, node.inputs,", "parameters,"),
            ("drops an output", " or node.name in graph.outputs", ""),
        ),
        "delays": (
            ("a line as long as all of it", "Delay(amount - reached)", "Delay(amount)"),
            ("chains do not add up", "= source, frames + node.op.frames", "= source, node.op.frames"),
            ("drops an output", "for name in outputs or names[:1]:", "for name in names[:1]:"),
        ),
        "prune": (("drops what an output needs", "needed.update(node.inputs)", "needed.update(node.inputs[:1])"),),
        "ranges": (
            ("forgets the zeros at the start", "np.minimum(self.low, 0)", "self.low"),
            ("a negative weight's least", f"least = {DENSE}", f"least = {DENSE.replace('* high', '* low')}"),
            ("no bias", f"least = {DENSE} + op.bias", f"least = {DENSE}"),
            ("no shift in a sum", "(x0.high << s0) + (x1.high << s1)", "x0.high + x1.high"),
            ("a difference of like ends", "(x0.low << s0) - (x1.high << s1)", "(x0.low << s0) - (x1.low << s1)"),
            ("another shift before saturation", "np.clip(bound >> shift,", "np.clip(bound >> shift + 1,"),
            ("a product of like ends", "for b in (x1.low, x1.high)]", "for b in (x1.high,)]"),
            ("a magnitude of one end", "np.maximum(-x.low, x.high)", "x.high"),
        ),
        "narrow": (
            ("a bit less than it takes", "replace(node, dtype=dtype)", "replace(node, dtype=_less(dtype))"),
            (
                "asks no reader",
                "except GraphError:\n            return None",
                "except GraphError:\n            continue",
            ),
        ),
        "flow": (
            ("a fork waits for all at once", "leaf.has_it = leaf.has_it or", "leaf.has_it = False or"),
            ("a line passes like a frame", 'if grain == "line":', 'if grain == "never":'),
            ("no zeros before the first frame", "(factor - 1) * y.size", "0 * y.size"),
            ("a slice keeps all", "kept: Array = (start <= at) & (at < stop)", "kept: Array = at >= 0"),
            ("a queue has one more", ">= self.depths.get(port, ENDLESS) or", "> self.depths.get(port, ENDLESS) or"),
            ("any element may enter", "and not self.permits)", "and False)"),
        ),
        "schedule": (("nothing waits in a pipeline", "held // (budget", "0 // (budget"),),
        "reach": (
            ("awake a frame late", "waits = gate.ahead - -(", "waits = 1 + gate.ahead - -("),
            ("a window looks back at nothing", "found[reader.name] + reader.op.span() *", "found[reader.name] + 0 *"),
            ("a slow frame is no longer than others", "* graph.rate(name)", ""),
            ("the nearest reader decides", "found[name] = max(known)", "found[name] = min(known)"),
            ("some readers are enough", "len(known) == len(ways)", "known"),
            ("an output matters through the gate alone", " and name not in graph.outputs", ""),
            ("a window is all that looks back", "isinstance(op, LINES) or not", "isinstance(op, Window) or not"),
            ("a gate's time in another's frames", "-(-frames // frame)", "-(-frames // (2 * frame))"),
        ),
        "gate": (
            ("forgets the frames before", "around.before + around.after + 1,", "around.after + 1,"),
            ("forgets the strides", "phase = lcm(", "phase = 1 or lcm("),
            ("opens a frame short", "around.before + around.after + 1,", "around.before + around.after,"),
            ("known a frame late", "ahead = max(1, ahead)", "ahead = max(1, ahead - 1)"),
            ("closed a frame early", "late - around.before, late)", "late - around.before - 1, late)"),
            ("looks at one channel", "np.ones((1, x.size), np.int64)", "np.eye(1, x.size, dtype=np.int64)"),
            ("the picker reads what no gate lets through", "inputs=tuple(_through(graph, n) if", "inputs=tuple(n if"),
            ("its own scores are closed to the network", "_inside(graph, network, name) for name", "name for name"),
            ("events keep their time", "grown = graph.event_delay + (timing.late", "grown = graph.event_delay + (0"),
            ("ignores the stride", "MaxPool(timing.kernel, stride)", "MaxPool(timing.kernel)"),
        ),
        "memory": (
            ("a value dies before it is read", "(lives[name][0], step) for", "(lives[name][0], step - 1) for"),
            ("outputs die early", "(lives[name][0], end)", "lives[name]"),
            ("no alignment", "// width) * width", "// 1) * 1"),
            ("a node writes over what it reads", "first <= lives[other][1]", "first < lives[other][1]"),
        ),
    }.items()
    for what, old, new in pieces
)


def mutated(mutant: Mutant) -> types.ModuleType:
    """The pass's module with the piece of its text replaced."""
    original = import_module(f"edgesort.passes.{mutant.kind}")
    module = types.ModuleType(original.__name__)
    module.__dict__["_less"] = lambda dtype: type(dtype)(max(1, dtype.bits - 1), dtype.signed, dtype.exponent)
    with patch.dict("sys.modules", {original.__name__: module}):  # dataclasses look their module up
        text = mutant.apply(Path(original.__file__).read_text())
        exec(compile(text, original.__file__, "exec"), module.__dict__)
    return module


def killer(mutant: Mutant) -> str | None:
    """What notices it."""
    module, check = mutated(mutant), CHECKS[mutant.kind]
    try:
        check(module)
    except (AssertionError, pytest.fail.Exception, GraphError, IndexError, KeyError, ValueError) as error:
        return f"tests/passes: {type(error).__name__}"
    return None


def _values(run: Callable) -> None:
    """The pass on random graphs and on networks."""
    for seed in range(40):
        graph = fuzz.random_graph(seed)
        test_values.same_outputs(graph, run(graph).check(), seed, 100)
    for graph in (residual(), unet(1), saturating()):
        test_values.same_outputs(graph, run(graph).check(), 1, 200)


def fold(module) -> None:
    with patch.object(test_values.passes, "fold", module.fold):
        (marks,) = test_values.test_fold_takes_out_what_changes_nothing.pytestmark
        for ops, left in marks.args[1]:
            test_values.test_fold_takes_out_what_changes_nothing(ops, left)
        test_values.test_fold_keeps_an_output_and_what_one_of_several_readers_needs()


def channels(module) -> None:
    with patch.object(test_channels.passes, "channels", module.channels):
        for op in (ops.Peak, ops.LocalPeak, ops.Lif, ops.Reshape, ops.Window):
            test_channels.test_every_case_of_an_operator_equals_that_of_each_channel(op)
        test_channels.test_neurons_that_feed_each_other_are_refused()


def common(module) -> None:
    _values(module.common)
    test_values.same_outputs(test_values.twins(), module.common(test_values.twins()).check())


def delays(module) -> None:
    with patch.object(test_values.passes, "share_delays", module.share_delays):
        test_values.test_a_stream_delayed_by_several_amounts_has_one_line()
        test_values.test_delays_that_are_outputs_keep_their_names()


def prune(module) -> None:
    _values(module.prune)


def ranges(module) -> None:
    with patch.object(test_ranges, "ranges", module), patch.object(test_ranges, "Range", module.Range):
        for op, *bounds in (*((op, x) for op, x in test_ranges.ONE), *test_ranges.TWO):
            test_ranges.test_a_rule_tells_what_can_be_reached((op, bounds))


def narrow(module) -> None:
    _values(module.narrow)
    with patch.object(test_values.passes, "narrow", module.narrow):
        test_values.test_a_type_stays_as_wide_as_its_readers_need()


def flow(module) -> None:
    with patch.object(test_schedule.schedule, "Flow", module.Flow):
        _depths()


def schedule(module) -> None:
    with patch.object(test_schedule, "schedule", module):
        _depths()


def _depths() -> None:
    test_schedule.test_a_skip_holds_what_the_window_beside_it_takes()
    test_schedule.test_the_skips_of_a_u_net_and_its_order()
    test_schedule.test_depths_that_rtl_was_seen_to_need()
    test_schedule.test_frames_wait_only_where_a_path_takes_longer_than_a_frame()


def reach(module) -> None:
    with ExitStack() as patches:
        for user in (test_gate.gates, gated):
            for name in ("forgets", "gate_of", "reach", "opens"):
                if hasattr(user, name):
                    patches.enter_context(patch.object(user, name, getattr(module, name)))
        patches.enter_context(patch.object(test_gate, "reach", module))
        _gates()


def gate(module) -> None:
    with patch.object(test_gate, "gates", module), patch.object(gated, "gates", module):
        _gates()
        with patch.object(sys.modules["edgesort.gating"], "gated", module.gate):
            test_gate.test_events_come_as_much_later_as_the_graph_says()


def _gates() -> None:
    test_gate.every_case(test_gate.the_promise_holds, range(30))
    test_gate.every_case(test_gate.nothing_matters_asleep, range(30))


def memory(module) -> None:
    with patch.object(test_memory.memory, "plan", module.plan):
        for graph in (*map(fuzz.random_graph, range(40)), test_memory.odd(), unet()):
            test_memory.test_values_that_live_at_once_lie_apart(graph)


CHECKS = {
    check.__name__: check
    for check in (channels, fold, common, delays, prune, ranges, narrow, flow, schedule, memory, reach, gate)
}


def results() -> Iterator[tuple[Mutant, str | None]]:
    """Each mutant and what killed it."""
    for mutant in MUTANTS:
        yield mutant, killer(mutant)


if __name__ == "__main__":
    show(results())
