"""The host against a device in Python: what is equal, what differs, and where; and faults of the link."""

import numpy as np
import pytest

from edgesort.fixed import Int
from edgesort.graph import Graph, Node, Stream
from edgesort.hil import message
from edgesort.hil.errors import DeviceError, LinkError
from edgesort.hil.expected import Expected
from edgesort.hil.faults import KINDS, Faults
from edgesort.hil.session import Plan
from edgesort.hil.stream import stream
from edgesort.ops import Requant, Window
from tests.graphs import sorter
from tests.hil.served import Served, served

GRAPH = sorter(seed=3)
FRAMES = 3000


def noise(count=FRAMES, channels=1, seed=0):
    return np.clip(np.random.default_rng(seed).normal(0, 4000, (count, channels)), -32768, 32767).astype(np.int16)


SAMPLES = noise()


def run(device, graph=GRAPH, samples=SAMPLES, between=lambda line: line, **options):
    plan = Plan(graph, lambda start, end: samples[start:end], len(samples), **{"patience": 2.0, "stall": 0.5} | options)
    with served(device, between) as connect:
        return stream(plan, connect, "python:")


def due(graph=GRAPH, samples=SAMPLES):
    """The true events: frame, unit."""
    _, values = graph.run(graph.initial_state(), samples)
    return np.argwhere(values["events"])


def test_there_are_events_to_compare():
    assert len(due()) > 50


@pytest.mark.parametrize(("most", "window"), [(1, 1), (50, 1), (7, 3), (400, 2)])
def test_a_right_device_is_equal(most, window):
    found = run(Served(GRAPH, most, window))
    assert found.equal and found.verdict == f"EQUAL: {FRAMES} frames, {len(due())} events"
    assert (found.checked, found.sessions, found.unchecked, found.target) == (FRAMES, 1, (), "python")
    assert found.stats.frames == FRAMES and found.stats.events == len(due())
    assert set(found.latency_ms) == {"p50", "p90", "p99", "most"}


@pytest.mark.parametrize("flags", [1, 2], ids=["at once", "one by one"])
def test_traced_values_are_compared_of_every_node(flags):
    found = run(Served(GRAPH, flags=flags), samples=SAMPLES[:300], trace=True)
    assert found.equal and set(found.nodes) == set(GRAPH.streams)
    assert found.values == sum(300 * stream.size for stream in GRAPH.streams.values())
    assert (found.checked, found.sessions) == (300, len(GRAPH.streams) if flags == 2 else 1)


def test_a_device_without_traces_is_no_device_to_trace():
    with pytest.raises(DeviceError, match="expected one that has TRACE, found none; compile for an FPGA board with --"):
        run(Served(GRAPH, flags=0), trace=True)


def test_real_time_is_as_long_as_the_recording():
    found = run(Served(GRAPH), samples=SAMPLES[:2000], real_time=True)
    assert found.equal and found.seconds > 2000 / GRAPH.sampling_frequency


def lose(records, at):
    return [r for r in records if r[0] != LATE]


def move(records, at):
    return [(r[0] + 1, *r[1:]) if r[0] == LATE else r for r in records]


def rescore(records, at):
    return [(r[0], r[1] + 1, *r[2:]) if r[0] == LATE else r for r in records]


def rename(records, at):
    return [(r[0], r[1], r[2] + 1, r[3]) if r[0] == LATE else r for r in records]


def invent(records, at):
    return sorted([*records, (QUIET, 9, 0, 0)]) if at <= QUIET < at + 50 else records


LATE = int(due()[-5, 0])
QUIET = next(k for k in range(1000, FRAMES) if k not in due()[:, 0])
LIES = [(lose, LATE), (move, LATE), (rescore, LATE), (rename, LATE), (invent, QUIET)]


@pytest.mark.parametrize(("lie", "frame"), LIES, ids=lambda lie: getattr(lie, "__name__", ""))
def test_one_wrong_event_is_found_and_named(lie, frame):
    found = run(Served(GRAPH, lie=lie))
    assert not found.equal and found.verdict.startswith("NOT EQUAL: events, frame")
    assert (found.mismatch.node, found.mismatch.frame) == ("events", frame)
    assert found.mismatch.expected != found.mismatch.found


@pytest.mark.parametrize("flags", [1, 2], ids=["at once", "one by one"])
def test_a_wrong_weight_is_found_in_its_node_without_asking_for_traces(flags):
    def tamper(values, made):
        broken = GRAPH.node("conv2").op.weight.copy()
        broken[3, 5] ^= 1 << 4
        y = values["conv1_act"].astype(np.int64) @ broken.T + GRAPH.node("conv2").op.bias
        values = {**values, "conv2": y.astype(values["conv2"].dtype), "events": values["events"].copy()}
        values["events"][..., 0] ^= values["events"][..., 0] > 0  # what follows differs, too
        return values

    found = run(Served(GRAPH, tamper=tamper, flags=flags))
    assert found.mismatch.node == "events" and found.cause.node == "conv2"
    traced = run(Served(GRAPH, tamper=tamper, flags=flags), trace=True)
    assert traced.mismatch == found.cause and not traced.equal
    assert found.cause.frame <= found.mismatch.frame and found.cause.index == 3


def test_a_value_that_does_not_come_is_missed():
    class Short(Served):
        def say(self, kind, payload):
            node = payload[0] if kind.name == "TRACE" else None
            return b"" if node == 4 and self.frames >= 100 else super().say(kind, payload)

    found = run(Short(GRAPH), samples=SAMPLES[:300], trace=True)
    assert (found.mismatch.node, found.mismatch.frame) == (list(GRAPH.streams)[4], 100)


@pytest.mark.parametrize("change", [0, 1])
def test_values_that_come_before_their_frames_are_compared_with_them(change):
    """As of an upsampler in hardware, whose first frames take no input."""
    _, values = GRAPH.run(GRAPH.initial_state(), SAMPLES[:20])
    assert not values["events"][:11].any()
    expected = Expected(GRAPH, at=0, left=20, traced=True)
    expected.expect(SAMPLES[:10])
    for frame in range(11):
        value = values["scale"][frame] + change * (frame == 10)
        expected.trace(message.Values(list(values).index("scale"), 0, frame, value.astype("<i1").tobytes()))
    with pytest.raises(LinkError, match="expected values of scale that are due, found 1 of its frame 11"):
        expected.trace(message.Values(list(values).index("scale"), 0, 11, b"0"))
    expected.expect(SAMPLES[10:])
    expected.fed = 20
    wrong = expected.hear(message.Events(1, 11, np.zeros(0, message.RECORD)))
    assert (wrong and (wrong.node, wrong.frame)) == (("scale", 10) if change else None)


def test_events_of_slow_outputs_and_of_several():
    nodes = (
        Node("window", Window(2, stride=4), ("adc",)),
        Node("slow", Requant((9,), Int(6, False)), ("window",)),
        Node("fast", Requant((13,), Int(4)), ("adc",)),
    )
    graph = Graph("two", 1000.0, ("adc", Stream((2,), Int(16))), nodes, ("slow", "fast")).check()
    found = run(Served(graph, 3), graph, noise(403, 2))
    assert found.equal and found.events > 400


def test_another_network_is_refused():
    with pytest.raises(DeviceError, match=r"expected graph [0-9a-f]{16}, found [0-9a-f]{16}; write this build to it"):
        run(Served(sorter(seed=4)))


def test_a_silent_device_is_given_up():
    class Dead(Served):
        def take(self, block):
            return b""

    with pytest.raises(DeviceError, match=r"expected an answer to RESET within 0.3 s"):
        run(Dead(GRAPH), patience=0.3)


@pytest.mark.parametrize("seed", range(14))
def test_no_fault_of_the_link_makes_a_right_device_wrong(seed):
    device = Served(GRAPH, most=40, window=1 + seed % 3)
    faults = Faults(seed, reset=lambda: device.__init__(GRAPH, device.most, device.window), hang_s=0.1)
    found = run(device, between=faults.between, stall=0.2, patience=10.0)
    assert found.mismatch is None, found.verdict
    missing = sum(one.last - one.first + 1 for one in found.unchecked)
    assert found.checked + missing == FRAMES
    assert found.equal == (missing == 0)


@pytest.mark.parametrize("seed", range(6))
def test_no_fault_of_the_link_makes_a_wrong_device_right(seed):
    def wrong(values, made):
        values = dict(values)
        values["events"] = values["events"] ^ (values["events"] > 0)
        return values

    device = Served(GRAPH, most=40, window=1 + seed % 3, tamper=wrong)
    found = run(device, between=Faults(seed, hang_s=0.1).between, stall=0.2, patience=10.0)
    assert not found.equal


def test_each_kind_of_fault_happens():
    kinds = set()
    for seed in range(40):
        faults = Faults(seed, reset=print)
        kinds |= {faults.fault() for _ in range(400)}
    assert kinds == {None, *KINDS}
