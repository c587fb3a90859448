"""A build's device in the loop: which recording, for how long, over which link; what came of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from edgesort.build import open_build, take, vectors_of
from edgesort.data.errors import DataError
from edgesort.data.recordings import check_recording, frames, load_recording
from edgesort.fixed import Array
from edgesort.graph import Graph
from edgesort.hil.connections import connections
from edgesort.hil.progress import Shown
from edgesort.hil.session import Plan, Source
from edgesort.hil.stream import stream
from edgesort.hil.verdict import Streamed

HOUR_S = 3600.0
ENDLESS = 1 << 62  # frames


def plan(
    graph: Graph,
    path: Path,
    recording: Path | None = None,
    seconds: float | None = None,
    real_time: bool = False,
    trace: bool = False,
    soak_hours: float | None = None,
) -> Plan:
    """What to stream: a recording, or the samples that the build in `path` holds; its first `seconds`, or again.

    DataError for a recording that the graph cannot run on, and where there is none.
    """
    source, total = _recorded(recording, graph) if recording else _kept(path)
    if seconds is not None:
        total = min(total, round(seconds * graph.sampling_frequency))
    if total < 1:
        raise DataError(f"hil: expected frames to stream, found none in {seconds:g} s")
    made = Plan(graph, source, total, real_time, trace)
    if soak_hours is None:
        return made
    return replace(made, source=around(source, total), total=ENDLESS, lasts=soak_hours * HOUR_S)


def run(path: Path, link: str, made: Plan, report: Path | None = None, flip: str | None = None) -> Streamed:
    """Stream through the build in `path` over `link`; `report`: a file for the result as JSON.

    flip: a node, of whose weights one has a wrong bit in the device that is simulated for `link`. DeviceError if the
    device does not answer, or is another one.
    """
    build = open_build(path)
    total = None if made.total == ENDLESS else made.total
    with connections(link, build, flip) as connect, Shown(total) as shown:
        found = stream(replace(made, watch=shown), connect, link)
    if report is not None:
        report.write_text(json.dumps(found.to_json(), indent=1) + "\n")
    return found


def _recorded(path: Path, graph: Graph) -> tuple[Source, int]:
    recording = check_recording(load_recording(path), graph)
    return lambda start, end: frames(recording, start, end), recording.get_num_frames()


def _kept(path: Path) -> tuple[Source, int]:
    segments = vectors_of(path)
    if not segments:
        raise DataError(f"{path}: expected recorded samples in the build, found none; give a --recording")
    samples = take(segments, None)
    return lambda start, end: samples[start:end], len(samples)


def around(source: Source, total: int) -> Source:
    """The first `total` frames of `source` over and over; a part ends where they end."""

    def again(start: int, end: int) -> Array:
        at = start % total
        return source(at, min(total, at + end - start))

    return again
