"""What a path on the command line stands for: a build, a training run, or a model file; and its verification."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from edgesort.build import open_build, take, vectors_of, verify_executors
from edgesort.data.errors import DataError
from edgesort.data.recordings import check_recording, frames, load_recording
from edgesort.executor import Executor
from edgesort.fixed import Array
from edgesort.folders import FolderError
from edgesort.frontends import qonnx
from edgesort.frontends.errors import ModelError
from edgesort.frontends.qonnx import execute
from edgesort.gating import gate
from edgesort.graph import Graph
from edgesort.passes import change, channels
from edgesort.targets import find
from edgesort.targets.target import DEFAULTS, BuildError, Options, Target
from edgesort.verify import Verdict


def open_graph(path: Path) -> Graph:
    """The graph of a build folder, of a training run, or of a model file."""
    if (path / "manifest.json").is_file():
        return open_build(path).graph
    return open_model(path / "model.onnx" if path.is_dir() else path)


def open_model(path: Path, sampling_frequency: float | None = None, terms: Sequence[str] = ()) -> Graph:
    """The graph of a model file: NIR by its ending, else QONNX.

    sampling_frequency: in Hz, for a file that does not state it. terms: NAME=VALUE, what a NIR file does not say.
    """
    if path.suffix == ".nir":
        from edgesort.frontends import nir

        rate = [] if sampling_frequency is None else [f"sampling_frequency={sampling_frequency}"]
        return nir.load(path, nir.Terms.parse([*terms, *rate]))
    if terms:
        raise ModelError(f"{path}: expected --term for NIR files alone, found {terms[0]}; remove it")
    return qonnx.load(path, sampling_frequency=sampling_frequency)


def prove_on(path: Path, graph: Graph, recording: Path) -> dict[str, Array]:
    """A recording as a segment, on which a QONNX file's import is proven again: channel by channel if it takes one."""
    segments = recorded(recording, graph)
    if path.suffix != ".nir":
        width = 1 if "channels" in dict(graph.provenance) else graph.input[1].size
        parts = [s[:, k : k + width] for s in segments.values() for k in range(0, s.shape[1], width)]
        qonnx.load(path, parts, graph.sampling_frequency)
    return segments


def for_channels(graph: Graph, count: int | None) -> Graph:
    """The graph for as many channels as the command line asks for; itself if it does not say."""
    if count is None:
        return graph
    made = channels(graph, count)
    return graph if made is graph else replace(made, history=(*graph.history, change("channels", graph, made)))


def gated(
    graph: Graph, by: str | None, segments: Mapping[str, Array] | None, before: int | None, after: int | None
) -> Graph:
    """The graph with the gate that the command line asks for; itself if it asks for none."""
    if by is not None:
        return gate(graph, by, take(segments, None) if segments else None, before, after)
    if (before, after) != (None, None):
        raise BuildError("compile: expected --gate with --gate-before and --gate-after, found none")
    return graph


def wanted(target: str | None, out: Path | None, explain: bool, options: Options = DEFAULTS) -> Target | None:
    """The target to compile for, None if there is only something to explain; BuildError if that is unclear, or if the
    target does not have an option."""
    if target is not None and out is not None:
        return find(target).accept(options)
    if not explain or target is not None or out is not None:
        raise BuildError("compile: expected --target and --out, found not both; --explain needs none")
    return None


def open_executors(path: Path) -> tuple[Graph, tuple[Executor, ...]]:
    """The graph, and what can compute it: a build's target, or torch and QONNX for a training run."""
    if (path / "manifest.json").is_file():
        build = open_build(path)
        return build.graph, build.executors()
    model = path / "model.onnx" if path.is_dir() else path
    if path.is_dir() and not model.is_file():
        raise FolderError(f"{path}: expected a build or a training run, found neither manifest.json nor model.onnx")
    executors: tuple[Executor, ...] = (execute.executor(model),)
    if (path / "checkpoint.pt").is_file():
        from edgesort.train.execute import executor

        executors = (executor(path), *executors)
    return qonnx.load(model), executors


def verify_folder(
    path: Path, recording: Path | None = None, samples: Path | None = None, names: tuple[str, ...] = ()
) -> list[Verdict]:
    """Compare every executor of `path` with the reference: on a recording, on a .npz of segments, or on its own."""
    graph, executors = open_executors(path)
    segments: Mapping[str, Array] | None = None
    if recording is not None:
        segments = recorded(recording, graph)
    elif samples is not None:
        segments = _segments(samples, graph)
    return verify_executors(
        graph, executors, vectors_of(path) if segments is None else segments, names, segments is None
    )


def recorded(path: Path, graph: Graph) -> dict[str, Array]:
    """A whole recording as one segment, checked against the graph's input."""
    return {path.stem: frames(check_recording(load_recording(path), graph))}


def _segments(path: Path, graph: Graph) -> dict[str, Array]:
    shape = graph.input[1].shape
    try:
        with np.load(path, allow_pickle=False) as arrays:
            segments = {name: arrays[name] for name in arrays.files}
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: expected a .npz file of segments, found {str(error).splitlines()[0]}") from None
    for name, samples in segments.items():
        if samples.dtype.kind not in "iu" or samples.shape[1:] != shape:
            found = f"{samples.dtype} of {samples.shape}"
            raise DataError(f"{path}: expected segment {name} as integers of [frames, {shape[0]}], found {found}")
    return segments
