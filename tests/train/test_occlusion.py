"""What a score rests on, on a graph whose answer is known, and on spikes of a real one; trains without a network."""

import numpy as np
import pytest
import spikeinterface.core as si

from edgesort.fixed import Int
from edgesort.frontends.qonnx import load
from edgesort.graph import Graph, Node, Stream
from edgesort.ops import Biquad, Dense, Peak, Requant, Window
from edgesort.share import share
from edgesort.sort import events
from edgesort.train.describe import alone, over_time
from edgesort.train.occlusion import fall, pieces, sight
from edgesort.train.waveforms import BINS, analyzed, described_units, intervals
from tests.graphs import HIGHPASS

RATE = 10_000.0
KERNEL, TAP, CHANNEL = 9, 3, 1  # the known graph's score is the sample TAP before the newest of CHANNEL


def known_graph():
    """score[t] = max(0, x[t - TAP, CHANNEL]), of two channels; an event leaves it TAP + 2 samples after its spike."""
    weight = np.zeros((1, KERNEL * 2), np.int64)
    weight[0, (KERNEL - 1 - TAP) * 2 + CHANNEL] = 1
    nodes = (
        Node("window", Window(KERNEL), ("adc",)),
        Node("dense", Dense(weight, np.zeros(1, np.int64)), ("window",)),
        Node("score", Requant((0,), Int(16, False)), ("dense",)),
        Node("events", Peak((100,), 2, 5), ("score",)),
    )
    return Graph("known", RATE, ("adc", Stream((2,), Int(16))), nodes, ("events",), ("a",), TAP + 2).check()


def recording_of(spikes, seed=1):
    samples = np.random.default_rng(seed).integers(-5, 6, (2000, 2)).astype(np.int16)
    samples[spikes, CHANNEL] += 1000
    samples[spikes, 1 - CHANNEL] += 3000
    return si.NumpyRecording([samples], RATE)


def test_the_one_sample_that_a_score_is_made_of_is_found():
    spikes = [500, 700, 903]
    seen = sight(known_graph())
    assert (seen.delay, seen.width) == (TAP, KERNEL) and seen.window_ms() == (-0.5, 0.3)
    whole, falls = fall(seen, recording_of(spikes), spikes, 0, [0, 1])
    starts, size = pieces(RATE)
    covers = (starts <= 0) & (starts + size > 0)
    assert covers.sum() == 2 and (whole > 990).all()
    assert (falls[:, 1, covers] > 980).all() and not falls[:, 1, ~covers].any()
    assert not falls[:, 0].any(), "the other channel's spike is larger, but no score is made of it"


def test_spikes_at_the_edges_of_a_recording_are_left_out():
    whole, falls = fall(sight(known_graph()), recording_of([3, 1000, 1996]), [3, 1000, 1996], 0, [1])
    assert len(whole) == len(falls) == 1
    assert fall(sight(known_graph()), recording_of([]), [3], 0, [1])[1].shape == (0, 1, len(pieces(RATE)[0]))


def test_a_network_with_a_state_settles_before_each_spike():
    graph = known_graph()
    nodes = (
        Node("highpass", Biquad((HIGHPASS,)), ("adc",)),
        Node("smooth", Biquad((HIGHPASS,)), ("highpass",)),
        Node("window", Window(KERNEL), ("smooth",)),
        graph.nodes[1],
        Node("score", Requant((12,), Int(16, False)), ("dense",)),  # in counts, of which each biquad makes 64
        graph.nodes[3],
    )
    deep = Graph("deep", RATE, graph.input, nodes, ("events",), ("a",), TAP + 2).check()
    seen, recording = sight(deep), recording_of([900])
    assert seen.front.outputs == ("highpass",) and seen.width is None and seen.window_ms() is None
    whole, falls = fall(seen, recording, [900], 0, [CHANNEL])
    frames, _, scores = events(deep, [recording.get_traces()])
    assert whole.tolist() == scores[np.abs(frames - 900) <= 4].tolist()
    assert falls[0, 0].max() > whole[0] / 2


@pytest.fixture(scope="module")
def shipped():
    graph = load(share("models", "detector", "model.onnx"))
    rng = np.random.default_rng(2)
    samples = rng.normal(0, 480, 40_000) - 4000
    shape = -6000 * np.exp(-((np.arange(-15, 16) / 3.0) ** 2))
    for spike in range(1000, 39_000, 800):
        samples[spike - 15 : spike + 16] += shape
    return graph, si.NumpyRecording([samples.astype(np.int16)[:, None]], graph.sampling_frequency)


def test_a_whole_spikes_score_is_that_of_its_event(shipped):
    graph, recording = shipped
    frames, labels, scores = events(graph, [recording.get_traces()])
    row = int(np.bincount(labels).argmax())
    own = (labels == row) & (frames > 500)  # not the step from rest with which the recording begins
    whole, falls = fall(sight(graph), recording, frames[own].tolist(), row, [0])
    assert own.sum() > 20 and np.array_equal(whole, scores[own])
    assert falls.max() > whole.max() / 2


def test_what_lies_outside_the_networks_window_changes_nothing(shipped):
    graph, recording = shipped
    seen = sight(graph)
    low, high = seen.window_ms()
    starts, size = (value / graph.sampling_frequency * 1e3 for value in pieces(graph.sampling_frequency))
    # a score may be the one of up to 0.4 ms before or after
    outside = (starts + size < low - 0.5) | (starts > high + 0.5)
    _, falls = fall(seen, recording, list(range(1000, 9000, 800)), 0, [0])
    assert outside.sum() >= 4 and not falls[..., outside].any() and falls[..., ~outside].any()


def test_accuracy_over_time_goes_by_name_and_says_nothing_without_labels():
    labels = {"a": np.arange(50, 10_000, 100), "b": np.arange(5_020, 10_000, 500)}
    found = {"a": labels["a"][labels["a"] < 5000], "b": labels["b"], "c": np.array([10])}
    blocks = over_time(labels, found, 20_000, RATE)
    assert [block["units"]["a"] for block in blocks] == [1.0] * 5 + [0.0] * 5
    assert [block["units"]["b"] for block in blocks] == [None] * 5 + [1.0] * 5
    assert [block["mean"] for block in blocks] == [1.0] * 5 + [0.5] * 5
    assert blocks[-1]["frames"][1] == 9951, "labels end there, so what follows is no mistake"
    assert over_time({"a": np.zeros(0, np.int64)}, found, 20_000, RATE) == []


def test_spikes_with_another_unit_beside_them_are_avoided():
    trains = {"a": np.arange(100, 3000, 100), "b": np.arange(110, 1500, 100)}
    assert alone("a", trains, RATE).min() == 1500 and len(alone("a", trains, RATE)) == 10
    assert len(alone("b", trains, RATE)) == 10, "never alone, so all of them are taken"


def test_drift_intervals_and_channels_of_a_known_unit():
    rng = np.random.default_rng(4)
    frames, count = 60_000, 4
    samples = rng.normal(0, 10, (frames, count))
    train = np.arange(200, frames - 200, 300)
    shape = -np.exp(-((np.arange(-10, 11) / 2.0) ** 2))
    depth = train / frames  # moves from channel 1 to channel 2, and grows from 400 to 800
    for spike, moved in zip(train, depth, strict=True):
        weights = np.array([0, 1 - moved, moved, 0])
        samples[spike - 10 : spike + 11] += np.outer(400 * (1 + moved) * shape, weights)
    recording = si.NumpyRecording([samples.astype(np.int16)], RATE)
    recording.set_dummy_probe_from_locations(np.column_stack([np.zeros(count), 20.0 * np.arange(count)]))
    close = np.sort(np.concatenate([train, train[:20] + 10]))
    sorting = si.NumpySorting.from_unit_dict([{"a": close}], RATE)
    made = described_units(analyzed(recording, sorting), frames)["a"]
    assert made["channels"] == ["2", "1", *made["channels"][2:]] and made["snr"] > 10
    assert made["spikes"] == len(close) == sum(made["over_time"]["spikes"])
    assert made["intervals"]["violations"] == pytest.approx(20 / (len(close) - 1), rel=1e-3)
    where = made["over_time"]["position_um"]
    assert len(where) == BINS and where[-1] - where[1] > 10 and 20 <= where[1] < where[-1] <= 42
    assert made["over_time"]["amplitude"][-1] > 1.3 * made["over_time"]["amplitude"][BINS // 2]
    assert intervals(np.array([5]), RATE)["violations"] is None
    assert intervals(np.array([0, 14, 40]), RATE)["violations"] == 0.5, "1.4 ms is one, 2.6 ms is none"
