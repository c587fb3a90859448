"""Sort a whole recording with the exact graph: what the device would find, as a SpikeInterface sorting."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from spikeinterface.core import BaseRecording, BaseSorting, NumpySorting

from edgesort.data.recordings import check_recording, chunks
from edgesort.fixed import Array
from edgesort.folders import new_folder
from edgesort.graph import Graph, GraphError, State, Values

DETECTOR = "any"
DEVICE_CHUNK = 1 << 22  # samples a piece: enough for a GPU to be busy, and for its memory to hold a layer's windows


def events(graph: Graph, pieces: Iterable[Array], device: str | None = None) -> tuple[Array, Array, Array]:
    """Run the graph over pieces of frames [n, channels]; returns each event's frame, label index and score.

    device: of torch ("cuda"), which computes the same integers; the reference itself if not given.
    The frame is that of the spike's peak in the recording: the event's frame less the graph's event_delay.
    Events of spikes before the first frame (from the graph's start) are left out.
    """
    state, done, rate = graph.initial_state(), 0, graph.rate(graph.outputs[0])
    found: list[tuple[Array, Array, Array]] = []
    run = _runner(graph, device)
    for piece in pieces:
        state, values = run(state, piece)
        output = values[graph.outputs[0]]
        frame, label = np.nonzero(output)
        last = (done + frame + 1) * rate - 1  # the newest sample that the event knows
        found.append((last - graph.event_delay, label, output[frame, label]))
        done += len(output)
    if not found:
        raise GraphError("recording: expected at least one frame, found none")
    frames, labels, scores = (np.concatenate(parts) for parts in zip(*found, strict=True))
    real = frames >= 0
    return frames[real], labels[real], scores[real]


def sort(graph: Graph, recording: BaseRecording, detector: bool = False, device: str | None = None) -> BaseSorting:
    """The sorting of an int16 recording: one unit a label; `detector` keeps "any", and a channel's "3.any", too.

    A graph that has nothing else keeps them anyway. device: as in `events`.
    """
    recording = check_recording(recording, graph)
    length = DEVICE_CHUNK // recording.get_num_channels() if device else None
    frames, labels, _ = events(graph, chunks(recording, length), device)
    names = np.array(graph.labels)
    units = np.array([name.rpartition(".")[2] != DETECTOR for name in names])
    wanted = units if units.any() and not detector else np.ones_like(units)
    kept = wanted[labels]
    return NumpySorting.from_samples_and_labels(
        [frames[kept]], [names[labels[kept]]], recording.get_sampling_frequency(), unit_ids=list(names[wanted])
    )


def _runner(graph: Graph, device: str | None) -> Callable[..., tuple[dict[str, State], Values]]:
    if device is None:
        return graph.run
    from edgesort.accelerate import Accelerated  # torch takes seconds to import

    return Accelerated(graph, device).run


def save(sorting: BaseSorting, out: Path) -> None:
    """Write the sorting as the new folder `out`, which spikeinterface.load reads; whole or not at all."""
    with new_folder(out) as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # spike trains in memory have no provenance
            sorting.save(folder=folder / "sorting", overwrite=True)
        for part in (folder / "sorting").iterdir():
            part.rename(folder / part.name)
        (folder / "sorting").rmdir()
