"""A starling's auditory cortex: two trials with a person's labels train, the third shows which spikes are missed."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import spikeinterface.core as si
from sorting import Case

from edgesort.data import catalog
from edgesort.data.hybrid import Hybrid, near_other
from edgesort.data.recordings import frames, load_recording
from edgesort.train.calibrate import from_sorting

STIMULUS, BEFORE_S = "A8", 2.0  # of the recorded trials; seconds in the file before the stimulus, which is time 0
MATCH_S = 0.0004


def starling(seed: int) -> list[dict[str, Any]]:
    """One row: trial 3 after calibrating on 1 and 2; `missed_s` are the labelled spikes without an event."""
    *trials, labels = sorted(catalog.get("starling_cmm"), key=lambda path: path.suffix == ".json")
    recordings = [load_recording(path) for path in trials]
    frequency = recordings[0].get_sampling_frequency()
    entries = [e["events"] for e in json.loads(labels.read_text())["pprox"] if e["stimulus"] == STIMULUS]
    starts = np.cumsum([0, *(recording.get_num_frames() for recording in recordings)])
    spikes = [
        start + np.rint((np.array(events) + BEFORE_S) * frequency).astype(np.int64)
        for start, events in zip(starts[:-1], entries, strict=False)
    ]
    whole = si.NumpyRecording([np.concatenate([frames(recording) for recording in recordings])], frequency)
    truth = si.NumpySorting.from_unit_dict([{"unit": np.concatenate(spikes)}], frequency)
    case = Case("starling", "starling_cmm, trial 3", seed, Hybrid(whole, truth, {}), starts[2] / frequency)
    row, found = case.learned("cnn_sorter", "trials 1 and 2", from_sorting(truth), from_scratch=True)
    events, wanted = found.get_unit_spike_train("unit"), spikes[2]
    heard = near_other(wanted, events, MATCH_S * frequency)
    missed = [round(float((frame - starts[2]) / frequency), 4) for frame in wanted[~heard]]
    extra = int((~near_other(events[events >= starts[2]], wanted, MATCH_S * frequency)).sum())
    return [row | {"labelled": len(wanted), "missed_s": missed, "false_events": extra}]
