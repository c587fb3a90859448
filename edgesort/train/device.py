"""What the device will make of a recording: the trained network through export, importer and integer graph."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from edgesort.fixed import Array
from edgesort.frontends.qonnx import load
from edgesort.train.export import export
from edgesort.train.frontend import highpass
from edgesort.train.labelled import Labelled
from edgesort.train.network import Network

CHUNK = 1 << 16


def device_scores(network: Network, data: Labelled, labels: tuple[str, ...]) -> Array:
    """Integers [T // stride, labels]: the network's scores before anything is picked from them, of every frame."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scores.onnx"
        export(
            network,
            path,
            name="scores",
            channels=data.channels,
            timing=network.timing,
            sampling_frequency=data.frequency,
            adc_exponent=data.adc_exponent,
            before={"highpass": highpass(data.frequency)},
            after={},
            event_delay=0,
            labels=labels,
            provenance={},
        )
        graph = load(path)
    state, pieces = graph.initial_state(), []
    for start in range(0, len(data.samples), CHUNK):
        state, values = graph.run(state, data.samples[start : start + CHUNK])
        pieces.append(values[graph.outputs[0]])
    return np.concatenate(pieces).astype(np.int64)
