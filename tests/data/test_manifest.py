"""A manifest changes with whatever it speaks of, and with nothing else."""

import json

import numpy as np
import spikeinterface.core as si

from edgesort.data import manifest as module
from edgesort.data.generated import generated
from edgesort.data.manifest import manifest

PARTS = {"train": (0, 25000), "score": (25500, 50000)}


def test_it_is_json_and_says_what_the_facts_say():
    made = generated(2, 3, 2.0, seed=5)
    told = json.loads(json.dumps(manifest(made.recording, made.sorting, PARTS, 7)))
    assert told["recording_sha256"] == made.facts["sha256"]
    assert told["recording"] == {"frames": 50000, "channels": ["0", "1"], "sampling_frequency": 25000, "dtype": "int16"}
    assert told["split"] == {"train": [0, 25000], "score": [25500, 50000]} and told["seed"] == 7
    for unit, facts in told["units"].items():
        train = made.sorting.get_unit_spike_train(unit)
        assert facts["spikes"] == {"train": int((train < 25000).sum()), "score": int((train >= 25500).sum())}
    assert {"edgesort", "numpy", "spikeinterface"} <= set(told["versions"])


def test_one_sample_or_one_spike_makes_another(monkeypatch):
    made = generated(2, 3, 2.0, seed=5)
    before = manifest(made.recording, made.sorting, PARTS, 7)
    monkeypatch.setattr(module, "chunks", lambda recording: np.array_split(recording.get_traces(), 7))
    assert manifest(made.recording, made.sorting, PARTS, 7) == before
    samples = made.recording.get_traces().copy()
    samples[-1, -1] += 1
    other = manifest(si.NumpyRecording([samples], 25000.0), made.sorting, PARTS, 7)
    assert {key for key in before if other[key] != before[key]} == {"recording_sha256"}
    trains = {unit: made.sorting.get_unit_spike_train(unit).copy() for unit in made.sorting.unit_ids}
    trains["unit_1"][3] += 1
    moved = si.NumpySorting.from_unit_dict([trains], 25000.0)
    other = manifest(made.recording, moved, PARTS, 7)
    assert {unit for unit in before["units"] if other["units"][unit] != before["units"][unit]} == {"unit_1"}
