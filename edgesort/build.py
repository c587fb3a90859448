"""A Build: a Graph emitted for one Target, in a folder that appears whole or not at all.

graph.json  graph.txt      the graph, for programs and for people
model.onnx                 the model it came from, when it came from one
vectors.npz                recorded samples to verify with, one array a segment
manifest.json              target, digests, costs, versions
and the target's own sources and artefact
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np

from edgesort import serial
from edgesort.executor import Executor
from edgesort.fixed import Array
from edgesort.folders import FolderError, new_folder, refuse_existing
from edgesort.graph import Graph
from edgesort.targets import find
from edgesort.targets.target import DEFAULTS, BuildError, Options, Target
from edgesort.verify import Verdict, compare

MEASURED = 20_000  # frames of the vectors on which costs are measured


@dataclass(frozen=True)
class Build:
    """A finished build in `path`."""

    path: Path
    target: Target
    graph: Graph
    manifest: dict[str, Any]

    def executors(self) -> tuple[Executor, ...]:
        return self.target.executors(self.graph, self.path)


def compile(
    graph: Graph,
    target: str,
    out: str | Path,
    model: Path | None = None,
    vectors: Mapping[str, Array] | None = None,
    notes: Mapping[str, str] | None = None,
    options: Options = DEFAULTS,
) -> Build:
    """Emit and build `graph` for the target of this name into the new folder `out`.

    model: the file the graph came from, kept in the build. vectors: recorded samples
    {segment: int16 [T, channels]}, kept for verify. notes: further texts to keep, by file name.
    FolderError if `out` exists, BuildError if the target cannot take the graph, or does not keep up with the vectors;
    then nothing is left behind.
    """
    out = Path(out)
    refuse_existing(out)
    chosen = find(target).accept(options).suited(graph)
    refused = chosen.unsupported(graph)
    if refused:
        raise BuildError(f"{target}: {'; '.join(refused)}")
    with new_folder(out) as folder:
        began = time.monotonic()
        chosen.emit(graph, folder)
        (folder / "graph.json").write_text(json.dumps(serial.to_json(graph)))
        (folder / "graph.txt").write_text(graph.text())
        if model is not None:
            shutil.copyfile(model, folder / ("model.nir" if model.suffix == ".nir" else "model.onnx"))
        for name, text in (notes or {}).items():
            (folder / name).write_text(text)
        if vectors:
            save_vectors(folder, vectors)
        costs = chosen.build(graph, folder)
        if vectors:
            costs |= chosen.measure(graph, folder, take(vectors, MEASURED), options)
        manifest = {
            "edgesort": version("edgesort"),
            "target": target,
            "graph": graph.digest(),
            "costs": costs,
            "build_s": round(time.monotonic() - began, 1),
            "files": {name: _sha256(folder / name) for name in _files(folder)},
        }
        (folder / "manifest.json").write_text(json.dumps(manifest, indent=1))
    return open_build(out)


def open_build(path: str | Path) -> Build:
    """An existing build; FolderError if it is none, or if its graph is not the one that it was built from."""
    path = Path(path)
    try:
        manifest = json.loads((path / "manifest.json").read_text())
        graph = serial.from_json(json.loads((path / "graph.json").read_text()))
        target = find(manifest["target"])
    except (OSError, KeyError, ValueError) as error:
        raise FolderError(f"{path}: expected a build that edgesort made, found {error}; compile again") from None
    if graph.digest() != manifest["graph"]:
        raise FolderError(f"{path}/graph.json: expected digest {manifest['graph'][:12]}, found {graph.digest()[:12]}")
    return Build(path, target, graph, manifest)


def flash(path: str | Path) -> None:
    """Write a build to the board that it was compiled for.

    BuildError if its target is no board or the writer fails, ToolMissing without the writer.
    """
    build = open_build(path)
    command = build.target.flash(build.path)
    done = subprocess.run(command, stdout=sys.stderr, check=False)
    if done.returncode:
        raise BuildError(f"{' '.join(command)}: expected exit code 0, found {done.returncode}; it says above why")


def save_vectors(folder: Path, segments: Mapping[str, Array]) -> None:
    """Keep recorded segments {name: [T, channels]} in a folder, for verify."""
    arrays: dict[str, Any] = dict(segments)
    np.savez_compressed(folder / "vectors.npz", **arrays)


def vectors_of(path: Path) -> dict[str, Array]:
    """The recorded segments {name: [T, channels]} kept in a folder; empty if none."""
    file = path / "vectors.npz"
    if not file.is_file():
        return {}
    with np.load(file) as arrays:
        return {name: arrays[name] for name in arrays.files}


def verify(
    build: Build | str | Path,
    frames: Array | Mapping[str, Array] | None = None,
    executors: tuple[str, ...] = (),
) -> list[Verdict]:
    """Compare the build's executors with the reference on frames [T, channels] or on segments of them.

    Without frames, on the build's recorded vectors, as much of them as is each executor's due.
    executors: names, all if empty.
    """
    build = build if isinstance(build, Build) else open_build(build)
    given = {"frames": frames} if isinstance(frames, np.ndarray) else frames
    segments = vectors_of(build.path) if given is None else given
    return verify_executors(build.graph, build.executors(), segments, executors, limited=given is None)


def verify_executors(
    graph: Graph,
    executors: tuple[Executor, ...],
    segments: Mapping[str, Array],
    names: tuple[str, ...] = (),
    limited: bool = False,
) -> list[Verdict]:
    """One verdict an executor (of these names, all if none). limited: each gets only its own amount of seconds,
    in equal shares from the start of each segment; else all get everything."""
    known = [executor.name for executor in executors]
    unknown = set(names) - set(known)
    if unknown or not executors:
        raise FolderError(f"verify: expected executors among {', '.join(known)}, found {', '.join(sorted(unknown))}")
    if not segments:
        raise FolderError("verify: expected recorded samples in the folder, found none; name a recording")
    rate = graph.sampling_frequency
    return [
        compare(graph, e, take(segments, ceil(e.seconds * rate - 1e-6) if limited else None))
        for e in executors
        if not names or e.name in names
    ]


def take(segments: Mapping[str, Array], count: int | None) -> Array:
    """`count` frames (or all) from the starts of the segments, in equal shares, the longer ones filling up."""
    parts, left = [], sum(len(s) for s in segments.values()) if count is None else count
    for position, segment in enumerate(sorted(segments.values(), key=len)):
        share = -(-left // (len(segments) - position))
        parts.append(segment[: max(share, 0)])
        left -= len(parts[-1])
    return np.concatenate(parts)


def _files(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
