"""What the device will make of a recording: the trained network through export, importer and integer graph."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from edgesort.fixed import Array
from edgesort.frontends.qonnx import load
from edgesort.graph import Graph
from edgesort.train.events import Picking
from edgesort.train.export import export
from edgesort.train.frontend import ADC_EXPONENT, highpass
from edgesort.train.labelled import Labelled
from edgesort.train.network import Network

CHUNK = 1 << 16


def device_graph(
    network: Network,
    channels: int,
    sampling_frequency: float,
    labels: tuple[str, ...],
    adc_exponent: int = ADC_EXPONENT,
    picking: Picking | None = None,
) -> Graph:
    """The integer graph that a sorter's network becomes, behind its high-pass; its scores, or what `picking` makes of
    them with the least thresholds. Errors are those of export and of the importer.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scores.onnx"
        export(
            network,
            path,
            name="scores",
            channels=channels,
            timing=network.timing,
            sampling_frequency=sampling_frequency,
            adc_exponent=adc_exponent,
            before={"highpass": highpass(sampling_frequency)},
            after={"events": picking.peak((1,) * len(labels))} if picking else {},
            event_delay=picking.event_delay if picking else 0,
            labels=labels,
            provenance={},
        )
        return load(path)


def device_scores(network: Network, data: Labelled, labels: tuple[str, ...]) -> Array:
    """Integers [T // stride, labels]: the network's scores before anything is picked from them, of every frame."""
    graph = device_graph(network, data.channels, data.frequency, labels, data.adc_exponent)
    state, pieces = graph.initial_state(), []
    for start in range(0, len(data.samples), CHUNK):
        state, values = graph.run(state, data.samples[start : start + CHUNK])
        pieces.append(values[graph.outputs[0]])
    return np.concatenate(pieces).astype(np.int64)
