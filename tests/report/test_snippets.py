"""Where the pictures look: at an overlap of the truth, whatever was found, and at the right samples."""

import numpy as np

from edgesort.fixed import Int
from edgesort.graph import Graph, Node, Stream
from edgesort.ops import Biquad
from edgesort.report.folder import highpassed
from edgesort.report.results import Pictures
from edgesort.report.snippets import Span, busiest, drawn, loudest, owners, snippets
from tests.graphs import HIGHPASS


def pictures(truth, found=None, start=1000, frames=20_000, channels=1):
    signal = np.zeros((frames, channels))
    return Pictures(10_000.0, start, signal.astype(np.int16), signal, truth, truth if found is None else found)


def test_the_stretch_is_at_the_overlap_with_most_units_and_ignores_what_was_found():
    truth = {"a": np.array([3000, 9000, 15000]), "b": np.array([3005, 9004]), "c": np.array([9800])}
    assert busiest(pictures(truth, found={}), 0.25) == 9000 - 1000
    assert busiest(pictures({"a": np.array([5000]), "b": np.array([9000])}), 0.1) in (4000, 8000)
    assert busiest(pictures({}), 0.25) == 10_000


def test_spikes_outside_the_pictures_are_left_out():
    train = np.array([999, 1000, 20_999, 21_000])
    assert drawn(pictures({"a": train}), train).tolist() == [1000, 20_999]
    assert not len(drawn(pictures({}), None))


def test_a_span_stays_inside_the_recording():
    image = pictures({})
    assert Span.around(image, 0, 0.1) == Span(0, 1000)
    assert Span.around(image, 19_999, 0.1) == Span(19_000, 20_000)
    assert Span.around(image, 5_000, 10.0) == Span(0, 20_000)


def test_a_frame_belongs_to_the_nearest_found_spike():
    image = pictures({}, found={"a": np.array([1010]), "b": np.array([1016])})
    owner = owners(image, Span(0, 30), 6).tolist()
    assert owner[:4] == [-1] * 4 and owner[4:14] == [0] * 10 and owner[14:23] == [1] * 9 and owner[23:] == [-1] * 7


def test_snippets_are_cut_at_the_spike_on_its_largest_channel():
    image = pictures({}, channels=2)
    spikes = np.array([1000, 3000, 7000, 20_999])
    image.filtered[spikes - 1000, 1] = -50.0
    time, cut = snippets(image, spikes)
    assert cut.shape == (2, len(time)), "a spike at either edge has no complete waveform"
    assert time[cut.mean(0).argmin()] == 0 and cut.min() == -50.0
    assert loudest(pictures({}, channels=2)) == 0
    assert loudest(Pictures(1e4, 1000, image.frames, image.filtered, {"a": spikes}, {})) == 1


def test_the_drawn_trace_is_the_graphs_own_filter_in_counts():
    rng = np.random.default_rng(1)
    frames = rng.integers(-3000, 3000, (500, 1)).astype(np.int16)
    op = Biquad((HIGHPASS,))
    graph = Graph("g", 2e4, ("adc", Stream((1,), Int(16))), (Node("hp", op, ("adc",)),), ("hp",))
    _, values = graph.run(graph.initial_state(), frames)
    assert np.array_equal(highpassed(graph, frames) * 64, values["hp"])
