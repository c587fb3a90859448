"""Does the device find what the trained network finds, spike for spike: torch from the checkpoint, graph from the file.

checkpoint.pt -> quantized network in torch -> scores -> the graph's peak picker -> spikes, beside those of model.onnx
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import spikeinterface.core as si

from edgesort.data.recordings import frames
from edgesort.fixed import Array
from edgesort.graph import Graph
from edgesort.ops import LocalPeak, Peak
from edgesort.train.execute import executor

SETTLE_S, MOST_S = 0.5, 60.0  # before the first spike that is compared; of the unused part


def compared(
    run: Path, graph: Graph, recording: si.BaseRecording, found: dict[str, Array], start: int
) -> dict[str, Any]:
    """Spikes from frame `start` on, MOST_S at most: how many each finds and how many only one does."""
    picker = graph.node(graph.outputs[0])
    if not isinstance(picker.op, Peak | LocalPeak):
        return {"not_run": f"the graph ends in {picker.op.kind}, not in a peak picker"}
    if not (run / "checkpoint.pt").is_file():
        return {"not_run": "no checkpoint.pt in this run"}
    rate = graph.sampling_frequency
    early = max(0, start - round(SETTLE_S * rate)) // graph.cycle * graph.cycle
    end = min(start + round(MOST_S * rate), recording.get_num_frames())
    scores = picker.inputs[0]
    network = executor(run)
    if scores not in network.shows:
        return {"not_run": f"the trained network has no layer {scores}"}
    parts = [values[scores] for values in network.run(frames(recording, early, end))]
    answers = np.concatenate(parts).astype(graph.streams[scores].dtype.container)
    _, events = picker.op.run(picker.op.initial_state(*graph.ins(picker)), answers)
    silent = network.skip // graph.rate(scores)
    stop = end - graph.event_delay - graph.cycle  # whose events have left by the end
    only_trained, only_deployed, together = 0, 0, 0
    for column, label in enumerate(graph.labels):
        if label not in found:
            continue
        spoken = np.flatnonzero(events[:, column]) + silent
        trained = early + (spoken + 1) * graph.rate(scores) - 1 - graph.event_delay
        mine, its = ({int(t) for t in train if start <= t < stop} for train in (trained, found[label]))
        only_trained += len(mine - its)
        only_deployed += len(its - mine)
        together += len(mine & its)
    if not together + only_trained + only_deployed:
        return {"not_run": f"neither finds a spike in frames {start} to {stop}"}
    return {
        "equal": not only_trained and not only_deployed,
        "frames": [start, stop],
        "spikes": together,
        "only_trained": only_trained,
        "only_deployed": only_deployed,
    }
