"""Where windows lie in streams: as few delays as possible, and events that say how late they are."""

import numpy as np

from edgesort.fixed import Int
from edgesort.frontends.qonnx import convert, load, read
from edgesort.frontends.qonnx.proof import custom, tensor
from edgesort.frontends.qonnx.time import Step, align
from edgesort.frontends.qonnx.window import evaluator
from edgesort.graph import Stream
from edgesort.ops import Add, Delay, MaxPool, Upsample, Window
from tests import corners
from tests.frontends.networks import NETWORKS


def timed(*steps):
    """align() on steps (name, op, taps) behind the samples x."""
    streams = {"x": Stream((1,), Int(8))}
    for name, op, taps in steps:
        streams[name] = op.infer(*(streams[source] for source, _ in taps))
    return align([Step(*step) for step in steps], "x", streams)


def delays(timing):
    return [(node.inputs[0], node.op.frames) for node in timing.nodes if isinstance(node.op, Delay)]


def test_a_chain_of_strides_needs_no_delay():
    timing = timed(
        ("a", Window(3, 1, 2), (("x", 0),)), ("b", Window(2, 3, 3), (("a", 0),)), ("c", Window(4, 1, 2), (("b", 0),))
    )
    assert not delays(timing)
    # c[0] needs b[3] needs a[3 * 3 + 3] needs x[12 * 2 + 2], in a frame that ends a period of 12.
    assert (timing.begin + 26) % 12 == 11 and timing.starts["c"] == (timing.begin + 26) // 12


def test_joins_wait_for_the_longest_path():
    timing = timed(("a", MaxPool(5), (("x", 0),)), ("b", Add(), (("a", 0), ("x", 2))))
    assert delays(timing) == [("x", 2)] and timing.starts["b"] == 4 and timing.late["b"] == 0


def test_two_readers_share_a_delay():
    timing = timed(("a", MaxPool(3), (("x", 0),)), *((name, Add(), (("a", 0), ("x", 0))) for name in "bc"))
    assert delays(timing) == [("x", 2)]


def test_of_several_beginnings_the_one_with_the_fewest_delays_is_taken():
    steps = (
        ("half", Window(1, 1, 2), (("x", 0),)),
        ("wide", Upsample(2), (("half", 0),)),
        ("join", Add(), (("wide", 0), ("x", 0))),
        ("pair", Window(2, 1, 2), (("join", 0),)),
    )
    timing = timed(*steps)
    assert timing.begin == 1 and delays(timing) == [("join", 1)]
    assert timing.late == {"x": 0, "half": 0, "wide": 0, "join": 0, "pair": 1}


def test_the_event_delay_says_when_events_leave(tmp_path):
    """An event of the window, in frames from its start, is the stream's event less the delay that was put in."""
    network = NETWORKS["a late output"]()
    network.metadata["event_delay"] = "7"
    path = network.save(tmp_path / "m.onnx")
    imported, graph = convert(read(path), path), load(path)
    assert graph.event_delay == 8 and [n.op.frames for n in graph.nodes if isinstance(n.op, Delay)] == [1]
    frames = corners.frames(graph.input[1], 600, 5)
    _, values = imported.graph.run(imported.graph.initial_state(), frames)
    stream = np.flatnonzero(values[graph.outputs[0]]) - (graph.event_delay - 7)
    begin, frame = imported.timing.begin, imported.edges["adc"]
    window = {"adc": tensor(frames[begin : begin + 512].astype(float), frame)}
    (output,) = imported.model.graph.output
    events = evaluator(imported.model)(window, custom(imported, values, begin))[output.name]
    newest = 1  # the first output is made of samples 0 and 1
    windowed = np.flatnonzero(events[0, 0]) + begin + newest
    assert len(windowed) > 20
    assert np.array_equal(stream[(stream >= begin + newest) & (stream < 500)], windowed[windowed < 500])
