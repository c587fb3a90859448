"""A run is described by its deployed graph; the page and the card say the run's own figures, and what is missing."""

import json
import re
import shutil

import numpy as np
import pytest
import spikeinterface.core as si

from edgesort.data.errors import DataError
from edgesort.data.hybrid import hybrid
from edgesort.frontends.qonnx import load
from edgesort.passes.cost import costs
from edgesort.report import load_results, write_report
from edgesort.report.page import render
from edgesort.sort import sort
from edgesort.train import recipe
from edgesort.train.card import card, describe_into
from edgesort.train.describe import describe, trains_of, write_described
from edgesort.train.trained import compared
from tests.data import small
from tests.report.test_report import Page, wrong

CALIBRATION = {
    "source": "teacher one",
    "seconds": 3.25,
    "spikes": {"unit_000": 140},
    "channels": ["0"],
    "dropped": [{"unit": "9", "reason": "expected 30 spikes or more, found 17", "metrics": {"snr": 4.5}}],
    "excluded": [{"channel": "3", "reason": "constant at 12"}],
}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    paths, shapes = small.backgrounds(folder / "b"), small.templates(folder / "t.npz")
    return hybrid(paths, shapes, 2, (30.0, 20.0), seconds=4.0, rate_hz=40.0, seed=1)


@pytest.fixture(scope="module")
def run(data, tmp_path_factory):
    out = tmp_path_factory.mktemp("run") / "out"
    recipe.load("cnn_sorter").train(data.recording, data.sorting, out, from_scratch=True, epochs=25)
    (out / "calibration.json").write_text(json.dumps(CALIBRATION))
    describe_into(out, data.recording, data.sorting)
    return out


@pytest.fixture
def folder(run, tmp_path):
    return shutil.copytree(run, tmp_path / "run")


@pytest.fixture(scope="module")
def described(run):
    return json.loads((run / "described.json").read_text())


def change(path, edit):
    content = json.loads(path.read_text())
    edit(content)
    path.write_text(json.dumps(content))


def test_every_unit_is_described_in_few_bytes(run, described, data):
    assert sorted(described["units"]) == sorted(map(str, data.sorting.unit_ids))
    assert (run / "described.json").stat().st_size < 20_000
    found = sort(load(run / "model.onnx"), data.recording)
    for unit, made in described["units"].items():
        assert made["described_by"] == "device" and made["spikes"] == len(found.get_unit_spike_train(unit))
        (fall,) = made["occlusion"]["fall"]
        assert len(fall) == len(described["pieces_ms"])
        assert 0.3 < max(fall) / made["occlusion"]["score"] <= 1, "the score rests on some piece of the spike"
        assert made["labels"]["spikes"] == len(data.sorting.get_unit_spike_train(unit))
        assert len(made["template"]) == 1 and made["over_time"]["position_um"] is None


def test_the_device_finds_the_spikes_of_the_network_in_torch(run, described, data):
    same, accuracy = described["deployed_equals_trained"], described["accuracy"]
    assert same["equal"] and same["spikes"] > 50
    assert accuracy["deployed"]["mean_accuracy"] == accuracy["quantized"]["mean_accuracy"] > 0.5
    graph, start = load(run / "model.onnx"), same["frames"][0]
    found = trains_of(sort(graph, data.recording))
    none = compared(run, graph, data.recording, {}, start)
    assert none["not_run"].startswith("neither finds a spike")
    late = {unit: train + (train == train[-10]) for unit, train in found.items()}
    other = compared(run, graph, data.recording, late, start)
    assert not other["equal"] and other["only_trained"] == other["only_deployed"] == 2
    assert other["spikes"] == same["spikes"] - 2


def test_a_unit_that_is_not_found_is_described_by_its_labels(run, data, monkeypatch):
    lost = str(data.sorting.unit_ids[0])
    found = sort(load(run / "model.onnx"), data.recording)
    trains = {u: t[:2] if u == lost else t for u, t in trains_of(found).items()}
    fewer = si.NumpySorting.from_unit_dict([trains], found.sampling_frequency)
    monkeypatch.setattr("edgesort.train.describe.sort", lambda graph, recording: fewer)
    made = describe(run, data.recording, data.sorting)
    assert made["units"][lost]["described_by"] == "labels"
    assert made["units"][lost]["spikes"] == made["units"][lost]["labels"]["spikes"]
    assert made["deployed_equals_trained"]["equal"] is False


def test_without_labels_in_the_unused_part_nothing_is_scored_and_all_say_so(folder, data):
    end = json.loads((folder / "results.json").read_text())["split"]["score"][0]
    early = {unit: train[train < end] for unit, train in trains_of(data.sorting).items()}
    sorting = si.NumpySorting.from_unit_dict([early], data.sorting.sampling_frequency)
    (folder / "checkpoint.pt").unlink()
    made = describe(folder, data.recording, sorting)
    write_described(folder, made)
    line = f"no label lies in the part that was not used, from frame {end} on"
    assert {stage["not_run"] for stage in made["accuracy"].values()} == {line}
    assert made["deployed_equals_trained"] == {"not_run": "no checkpoint.pt in this run"}
    assert render(load_results(folder)).count(line) == 3 and card(folder).count(line) == 3
    assert made["over_time"][-1]["frames"][1] <= end


def test_the_page_shows_each_unit_and_where_the_labels_come_from(folder, described):
    results = load_results(folder)
    write_report(results, folder)
    report, text = json.loads((folder / "report.json").read_text()), (folder / "report.html").read_text()
    page = Page(text)
    assert wrong(report, page.values) == []
    shown = {path: words for path, _, words in page.values}
    assert shown["calibration/labels/source"] == "teacher one"
    assert shown["calibration/labels/dropped/0/reason"] == "expected 30 spikes or more, found 17"
    assert shown["calibration/labels/excluded/0/reason"] == "constant at 12"
    assert "Spike for spike the same" in text
    for unit in described["units"]:
        assert f'alt="Template, occlusion, intervals and drift of {unit}"' in text
        assert shown[f"accuracy/deployed/units/{unit}/accuracy"] != "–"
    assert text.count("<img") == 4 + len(described["units"]), "accuracy, confusion, over time, training, each unit"


def test_a_run_without_its_parts_still_has_a_page(folder):
    (folder / "calibration.json").unlink()
    change(folder / "described.json", lambda made: made["deployed_equals_trained"].update(equal=False))
    change(folder / "described.json", lambda made: made.update(over_time=[], never_found=["unit_9"]))
    page = render(load_results(folder))
    assert "calibration.json is not there" in page
    assert "Not the same" in page and "no label to compare with" in page
    assert "never found, and without a label: unit_9" in page
    (folder / "described.json").unlink()
    assert load_results(folder).report["calibration"] == {"not_run": "no described.json in this folder"}


def test_the_card_says_what_training_added(folder):
    assert "in training" not in card(folder)
    change(folder / "results.json", lambda made: made.update(motion_um=20.0, overlaps_hz=5.0))
    text = card(folder)
    assert "| motion that was learned | 20 um along the probe, either way |" in text
    assert "| spikes that were added in training | 5 a second of each unit |" in text


def test_each_figure_of_the_card_is_the_runs_own(run, described):
    text, graph = (run / "card.md").read_text(), load(run / "model.onnx")
    results = json.loads((run / "results.json").read_text())
    rows = {r[0]: r[1:] for r in ([c.strip() for c in line.split("|")[1:-1]] for line in text.splitlines()) if r}
    stages = [results["float"], results["quantized"], described["accuracy"]["deployed"]]
    for unit, last in stages[-1]["units"].items():
        accuracies = [f"{stage['units'][unit]['accuracy']:.3f}" for stage in stages]
        assert rows[unit] == [
            f"{last['snr']:.1f}",
            str(last["spikes"]),
            *accuracies,
            f"{last['recall_overlapping']:.3f}" if last["overlapping"] else "-",
        ]
    assert rows["mean"][2:5] == [f"{stage['mean_accuracy']:.3f}" for stage in stages]
    spent = {cost.node: cost.macs_per_second for cost in costs(graph, {})}
    assert {name: rows[name][-1] for name in spent} == {n: f"{m:,.0f}" if m else "" for n, m in spent.items()}
    weights = sum(int(rows[name][-2].replace(",", "")) for name in ("conv1", "conv2", "head"))
    assert weights == results["parameters"]
    assert rows["conv1"][:2] == ["dense", str(graph.streams["conv1"])]
    assert 2 <= int(rows["conv1"][2]) <= results["weight_bits"]
    assert rows["samples, SHA-256"] == [f"`{dict(graph.provenance)['recording_sha256']}`"]
    first, last = (frame / graph.sampling_frequency for frame in results["split"]["score"])
    assert rows["what is scored"] == [f"{first:g} s to {last:g} s"]
    assert "- Left out: unit 9: expected 30 spikes or more, found 17." in text
    assert "data's own terms apply" in text


def test_another_result_gives_another_card(folder):
    before = card(folder)
    for path in ("results.json", "described.json"):
        change(folder / path, lambda content: _other(content.get("accuracy", content)))
    change(folder / "described.json", lambda content: content["deployed_equals_trained"].update(spikes=98_765))
    after = card(folder)
    old, new = (re.findall(r"\| (?:unit_\d+|mean) \|.*", text) for text in (before, after))
    assert all(a != b for a, b in zip(old, new, strict=True)) and "98765 spikes" in after
    (folder / "results.json").unlink()
    with pytest.raises(DataError, match=r"results.json: expected what a finished run holds, found none"):
        card(folder)


def _other(stages):
    """Every accuracy is another one."""
    for name in ("float", "quantized", "deployed"):
        if name not in stages:
            continue
        stages[name]["mean_accuracy"] /= 3
        for row in stages[name]["units"].values():
            row["accuracy"] = row["accuracy"] / 3 + 0.01


def test_a_recording_or_a_folder_that_does_not_suit_is_refused(run, data, tmp_path):
    wide = si.NumpyRecording([np.zeros((40_000, 2), np.int16)], data.recording.sampling_frequency)
    with pytest.raises(DataError, match="expected 1 channels for cnn_sorter, found 2"):
        describe(run, wide, data.sorting)
    with pytest.raises(DataError, match=r"results.json: expected the results of a training run, found none"):
        describe(tmp_path, data.recording, data.sorting)
