"""A gated graph gives the scores of the ungated one where the gate is open, 0 elsewhere; what sleeps matters not."""

import json
from dataclasses import replace

import numpy as np
import pytest

import edgesort
from edgesort import serial
from edgesort.fixed import Int
from edgesort.graph import Graph, GraphError, Node, Stream
from edgesort.ops import Add, AveragePool, Delay, Dense, MaxPool, Multiply, Peak, Requant, Upsample, Window
from edgesort.passes import gate as gates
from edgesort.passes import reach
from tests.graphs import sorter
from tests.passes import gated

SEEDS = range(90)
FRAMES = 200


def values(graph: Graph, frames) -> dict[str, np.ndarray]:
    return {name: found.astype(np.int64) for name, found in graph.run(graph.initial_state(), frames)[1].items()}


def the_gate_opens(case: gated.Case, found: dict[str, np.ndarray]) -> None:
    """Around frames above the level and nowhere else."""
    graph, gate = case.graph, reach.gate_of(case.graph)
    level = graph.node("gate_channels" if "gate_channels" in graph.streams else "gate_above").op.level
    above = (np.abs(found[case.node]) > level).reshape(len(found[case.node]), -1).any(1)
    frames = case.around.before + case.around.after + 1
    ahead = np.concatenate([np.zeros(gate.ahead + frames - 1, bool), above])
    opened = np.array([ahead[t : t + frames].any() for t in range(len(above))])
    every = graph.rate("gate") // graph.rate(case.node)
    assert np.array_equal(found[gate.above][:, 0], above)
    assert np.array_equal(found["gate"][:, 0], opened[every - 1 :: every])


def the_promise_holds(case: gated.Case, frames) -> None:
    """score' = gate * score, of the frames `before` + `ahead` ago, once the line buffers are full."""
    graph, found, plain = case.graph, values(case.graph, frames), values(case.plain, frames)
    the_gate_opens(case, found)
    late = (reach.gate_of(graph).ahead + case.around.before) * graph.rate(case.node)
    shift = late // graph.rate("gate")
    start = shift - (-case.plain.receptive_field // graph.rate("gate"))
    assert late % graph.rate("gate") == 0
    for score in gates.network_of(case.plain, case.node).scores:
        product = found[score if score in graph.outputs else f"{score}_gated"]
        bits = found["gate"].reshape(-1, *(1,) * (product.ndim - 1))
        count = len(product)
        assert np.array_equal(product[start:], (bits[start:] * plain[score][start - shift : count - shift])), score


def nothing_matters_asleep(case: gated.Case, frames) -> None:
    found, expected = gated.poisoned(case.graph, frames), values(case.graph, frames)
    names = gated.clean(case.graph)
    for name in (*names, *case.graph.outputs):
        assert np.array_equal(expected[name].ravel(), found[name].ravel()), f"{name}\n{case.graph.text()}"


def every_case(check, seeds=SEEDS) -> int:
    """Run a check on the examples and on random graphs; returns in how many of them a gate was open and closed."""
    both = 0
    for seed, case in enumerate([*gated.examples(), *gated.random_cases(seeds)]):
        frames = gated.frames_of(case.plain, seed, FRAMES)
        check(case, frames)
        bits = values(case.graph, frames)["gate"]
        both += 0 < bits.mean() < 1
    return both


def test_scores_come_through_the_gate_as_they_are():
    assert every_case(the_promise_holds) > 45


def test_what_sleeps_matters_to_no_output():
    assert every_case(nothing_matters_asleep) > 45


def test_layers_sleep_until_their_values_can_come_through():
    """Of the sorter, what the head's window looks back at must be awake 2 frames before the gate opens."""
    graph = edgesort.gate(sorter(), "scale>40")
    gate = reach.gate_of(graph)
    waits = reach.opens(graph, gate)
    first, last = ("conv1_window", "conv1", "conv1_act", "conv2", "conv2_act"), ("head_window", "head", "score")
    assert waits == dict.fromkeys(first, 0) | dict.fromkeys(last, 2)
    assert (gate.above, gate.name, gate.ahead, gate.scores) == ("gate_above", "gate", 2, {"score_gated": "score"})


def test_the_usual_frames_are_those_of_the_scores_peak():
    """An event of the sorter leaves 20 frames after its peak, 5 of them for the picker. Unsaid: all that sees it."""
    assert gates.around_of(edgesort.gate(sorter(), "scale>40")) == gates.Around(0, 25)
    assert gates.around_of(edgesort.gate(replace(sorter(), event_delay=7), "scale>40")) == gates.Around(8, 12)
    assert gates.around_of(edgesort.gate(replace(sorter(), event_delay=0), "scale>40")) == gates.Around(5, 38)
    assert gates.around_of(edgesort.gate(sorter(), "scale>40", before=3)) == gates.Around(3, 25)


def test_events_come_as_much_later_as_the_graph_says():
    plain = sorter(units=2, filters=3, kernel=5)
    graph = edgesort.gate(plain, "scale>0", before=4, after=30)
    frames = np.random.default_rng(1).integers(-30000, 30000, (4000, 1)).astype(np.int16)
    shift = graph.event_delay - plain.event_delay
    expected, found = values(plain, frames)["events"], values(graph, frames)["events"]
    assert shift == 6 and found[200:].any()
    assert np.array_equal(found[200:], expected[200 - shift : -shift])


def test_the_delay_keeps_the_phase_of_strides():
    case = gated.examples()[6]
    assert case.graph.node("gate_input").op.frames % case.plain.cycle == 0


def test_a_level_is_measured_on_recorded_frames_channel_by_channel():
    plain = sorter(units=2, filters=3, kernel=5, channels=2)
    frames = np.random.default_rng(2).normal(0, (300, 1500), (20000, 2)).astype(np.int16)
    graph = edgesort.gate(plain, 4, frames)
    scale = values(plain, frames)["scale"]
    noise = np.median(np.abs(scale), axis=0) / 0.6745
    assert graph.node("gate_channels").op.level == tuple(np.floor(4 * noise).astype(int))
    assert 4 < 4 * noise[1] / noise[0] < 40
    assert (
        dict(graph.provenance)["gate"].startswith("|scale| > ")
        and "4 times its noise" in dict(graph.provenance)["gate"]
    )
    assert [change.by for change in graph.history][-1] == "gate" and "adds gate_size" in graph.history[-1].what


def test_a_gated_graph_is_kept_in_json():
    graph = gated.examples()[4].graph
    again = serial.from_json(json.loads(json.dumps(serial.to_json(graph))))
    assert again.digest() == graph.digest() and reach.gate_of(again) == reach.gate_of(graph)


def chain(*nodes: Node, outputs=None) -> Graph:
    source = ("adc", Stream((1,), Int(9)))
    return Graph("chain", 1000.0, source, nodes, outputs or (nodes[-1].name,)).check()


ACT = Node("act", Requant((1,), Int(8)), ("adc",))
WINDOW = Node("window", Window(3), ("act",))
CONV = (ACT, WINDOW, Node("conv", Dense(np.ones((2, 3), int), np.zeros(2, int)), ("window",)))
PICK = Node("events", Peak((3, 3), 1, 0), ("conv",))
REFUSED = [
    (CONV, "nothing>3", "expected a node of chain, found nothing"),
    (CONV, "act>128", r"expected a level of 0 to 127, which \|act\| can exceed, found 128"),
    (CONV, "conv>3", "expected a network behind conv, found none"),
    (CONV, "act>-3", "expected NODE>INTEGER with an integer of 0 or more, found act>-3"),
    (CONV, "much", "expected NODE>INTEGER or multiples of the noise above 0, found much"),
    (CONV, "nan", "expected NODE>INTEGER or multiples of the noise above 0, found nan"),
    (CONV, "0", "expected NODE>INTEGER or multiples of the noise above 0, found 0"),
    (CONV, "4", "expected recorded frames to measure the noise of act on, found none; give a recording, or a level"),
    ((Node("window", Window(3), ("adc",)),), "4", "expected a requant to 8 bits or fewer before the first window or"),
    ((*CONV, Node("gate", Delay(1), ("conv",))), "act>3", "expected a graph without a gate, found node gate"),
    (
        (*CONV, Node("mean", AveragePool(4), ("conv",))),
        "act>3",
        "node mean: expected an op that forgets old frames, found average_pool, whose state needs every frame",
    ),
    (
        (*CONV, Node("raw", Window(2), ("adc",)), Node("both", Add(), ("conv", "raw"))),
        "act>3",
        "node both: expected it to depend on act alone, found its input raw, which is not delayed with it",
    ),
    (
        (*CONV, PICK, Node("raw", Window(2), ("adc",)), Node("both", Add(), ("events", "raw"))),
        "act>3",
        "node both: expected it to depend on act alone, found its input raw, which is not delayed with it",
    ),
    (
        (ACT, Node("slow", Window(1, stride=2), ("act",)), Node("held", Upsample(2), ("slow",))),
        "slow>3",
        "node held: expected a period that is a multiple of slow's, 2, found 1",
    ),
]


@pytest.mark.parametrize(("nodes", "by", "text"), REFUSED, ids=lambda value: value if isinstance(value, str) else "")
def test_what_cannot_be_is_refused_by_name(nodes, by, text):
    with pytest.raises(GraphError, match=f"^gate: {text}"):
        edgesort.gate(chain(*nodes), by)


def test_scores_of_two_periods_and_odd_frames_are_refused():
    slow = Node("slow", Window(1, stride=2), ("conv",))
    with pytest.raises(GraphError, match=r"^gate: expected scores of one period, found \[1, 2\]: conv, slow"):
        edgesort.gate(chain(*CONV, slow, outputs=("conv", "slow")), "act>3")
    with pytest.raises(GraphError, match=r"^gate: expected 0 or more frames before and after, found -1 and 2"):
        edgesort.gate(chain(*CONV), "act>3", before=-1)
    with pytest.raises(GraphError, match=r"^gate: expected noise above 0 in each channel of act, found \[0.0\]"):
        edgesort.gate(chain(*CONV), 4, np.zeros((9, 1), np.int16))


def test_a_product_of_two_bits_that_no_one_can_tell_apart_from_a_gate_is_one():
    """By structure alone, so a graph that someone writes by hand sleeps too; two gates are none."""
    graph = edgesort.gate(chain(*CONV), "act>3")
    twice = (*graph.nodes, Node("later", Delay(1), ("gate_above",)), Node("again", MaxPool(2), ("later",)))
    spread = Node("spread", Dense(np.ones((2, 1), int), np.zeros(2, int)), ("again",))
    other = replace(graph, nodes=(*twice, spread, Node("other", Multiply(), ("conv_ungated", "spread"))))
    assert reach.gate_of(graph) is not None
    assert reach.gate_of(replace(other, outputs=("conv", "other")).check()) is None
