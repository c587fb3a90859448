"""Segmenters: the network in torch and as a graph, where answers lie in time, levels, scores, a detector of bursts."""

from dataclasses import replace

import numpy as np
import pytest
import spikeinterface.core as si
import torch

from edgesort.data.errors import DataError
from edgesort.data.spans import to_sorting
from edgesort.frontends.qonnx import load
from edgesort.train import recipe
from edgesort.train.execute import scores
from edgesort.train.export import export
from edgesort.train.frontend import ADC_EXPONENT
from edgesort.train.segment import Marked, choose, judged, timed
from edgesort.train.segment_network import HardSigmoid, Segmenter, Shape
from edgesort.train.segment_scores import by_class, by_event, classes

SHAPE = Shape(rows=2, pools=(2, 4), kernels=(10, 5, 5), average=8, fine=-4, coarse=-2)


def exported(network, path):
    export(
        network,
        path,
        name="segmenter",
        channels=1,
        timing=network.timing,
        sampling_frequency=1000.0,
        adc_exponent=ADC_EXPONENT,
        before={},
        after={},
        event_delay=0,
        labels=("spike", "artefact")[: network.shape.rows],
        provenance={},
    )
    return load(path)


@pytest.mark.parametrize(
    "options", ({}, {"gated": False, "baseline": 64, "baseline_stride": 16}, {"mean": 16, "mean_stride": 8, "rows": 1})
)
def test_the_graph_is_the_network_from_the_first_full_line_on(options, tmp_path):
    torch.manual_seed(1)
    network = Segmenter(replace(SHAPE, **options))
    graph = exported(network, tmp_path / "m.onnx")
    samples = np.random.default_rng(0).integers(-32768, 32768, (2003, 1)).astype(np.int16)
    _, values = graph.run(graph.initial_state(), samples)
    answers = scores(network, network.inputs(samples, 1000.0), network.timing)
    first = -(-network.timing.lead // network.timing.stride)
    assert np.array_equal(values[graph.outputs[0]][first:], answers[first:])
    assert len(np.unique(answers[first:])) > 1
    kinds = {node.op.kind for node in graph.nodes}
    assert ({"hard_sigmoid", "multiply"} <= kinds) == network.shape.gated


def test_a_gate_is_half_open_at_zero_and_learns_only_where_it_is_not_held():
    v = torch.tensor([-3.0, -1.0, 0.0, 1.0, 3.0], requires_grad=True)
    y = HardSigmoid.apply(v)
    y.sum().backward()
    assert y.tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert v.grad.tolist() == [0, 1, 1, 1, 0]  # the slope of 1 / 4 is left out, as if each gate had a rate of its own


def test_a_level_that_does_not_begin_with_a_whole_pool_is_refused():
    with pytest.raises(DataError, match=r"level 1: expected a first frame .* pool of 4, found 9; .* longer by 3"):
        Segmenter(replace(SHAPE, kernels=(10, 2, 5)))


def test_answers_are_put_where_they_belong_and_levels_are_chosen_apart_from_the_scored_part():
    marks = np.zeros((1000, 2), bool)
    marks[100:900:50, 0] = marks[130:900:100, 1] = True
    ideal = replace(recipe.load("unet_segmenter").RECIPE, delay=5)
    network = Segmenter(SHAPE)
    answers = np.roll(np.where(marks, 40, -40), 5, 0)
    parts = replace(ideal.parts(10_000, 1000.0), threshold=(500, 700), score=(700, 1000))

    class Data:
        def __init__(self):
            self.parts = parts

    made = Marked(Data(), None, marks, None)
    assert np.array_equal(timed(answers, ideal, network)[:990] > 0, marks[:990])
    levels = choose(ideal, made, answers, network)
    assert all(-40 <= level < 40 for level in levels)
    result = judged(ideal, made, answers, levels, network)
    assert result["overlap"] == 1
    assert result["chance"] < 0.5
    later = replace(ideal, delay=6)
    assert judged(later, made, answers, choose(later, made, answers, network), network)["overlap"] < 0.1


def test_the_most_important_class_counts_and_each_is_scored_by_itself():
    assert classes(np.array([[0, 0], [1, 0], [0, 1], [1, 1]], bool)).tolist() == [0, 1, 2, 2]
    scored = by_class(np.array([0, 1, 1, 2]), np.array([0, 0, 1, 2]), ("noise", "spike", "artefact"))
    assert [scored[name]["iou"] for name in scored] == [0.5, 0.5, 1.0]
    assert scored["spike"]["f1"] == pytest.approx(2 / 3)
    assert scored["artefact"]["chance_iou"] == 0


def test_events_count_once_however_they_are_found():
    true = np.array([(100, 200), (400, 500), (700, 800)])
    found = np.array([(110, 120), (150, 300), (600, 650), (690, 900)])
    event = by_event(found, true, 6000, 100.0)
    assert (event["recall"], event["precision"]) == (pytest.approx(2 / 3), 0.75)
    assert event["false_alarms_per_minute"] == 1
    assert event["latency_ms"] == 50
    assert event["chance_f1"] == 0


def test_a_detector_learns_bursts_that_a_sorting_marks(tmp_path):
    rng = np.random.default_rng(0)
    starts = np.arange(300, 29_000, 400) + rng.integers(0, 150, 72)
    samples = rng.normal(0, 200, 30_000)
    for start in starts:
        samples[start : start + 60] += 900 * np.sin(np.arange(60) * 2 * np.pi * 0.15) * np.hanning(60)
    recording = si.NumpyRecording([np.rint(samples).astype(np.int16)[:, None]], 1000.0)
    spans = np.stack([starts + 10, starts + 50], 1)
    result = recipe.load("ripple_detector").train(recording, to_sorting(spans, 1000.0), tmp_path / "run", epochs=12)
    assert result["event"]["f1"] > 0.9 > 0.5 > result["event"]["chance_f1"]
    assert load(tmp_path / "run" / "model.onnx").labels == ("ripple",)
