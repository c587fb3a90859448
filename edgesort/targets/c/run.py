"""Run a host build, and read traces: every node's values in every frame.

The trace's layout is firmware/ports/trace.h; `record` is the same as a numpy type.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from threading import Thread
from typing import IO, Any

import numpy as np

from edgesort.fixed import Array
from edgesort.graph import Graph, Values
from edgesort.targets.c.emit import slow
from edgesort.targets.c.steps import held
from edgesort.targets.target import BuildError

PIECE = 8192  # frames in a piece of values
EVENT = np.dtype([("frame", "<u8"), ("score", "<i4"), ("unit", "<u2"), ("output", "<u2")])


def record(graph: Graph, features: tuple[str, ...] = ()) -> np.dtype[Any]:
    """A frame of the trace: each held name's values, and whether they are fresh for one that is not in every frame."""
    fields: list[tuple[str, Any, tuple[int, ...]]] = []
    late = slow(graph)
    for name in held(graph, features):
        stream = graph.streams[name]
        fields.append((name, stream.dtype.container.newbyteorder("<"), stream.shape))
        fields += [(f"{name}\n", "u1", ())] if name in late else []  # names are printable
    return np.dtype(fields)


def head(graph: Graph, features: tuple[str, ...] = ()) -> bytes:
    """The line before the first record."""
    return f"edgesort {graph.digest()[:16]} {record(graph, features).itemsize}\n".encode()


def samples(graph: Graph, frames: Array) -> Array:
    """Frames [T, *input shape] as the program reads them; GraphError if they are no frames of this graph."""
    graph.accept(frames)
    return np.ascontiguousarray(frames, graph.input[1].dtype.container.newbyteorder("<"))


def read_trace(graph: Graph, source: IO[bytes], features: tuple[str, ...] = ()) -> Iterator[Values]:
    """The values in a trace, piece by piece. features: those that the program was emitted with."""
    expected, layout = head(graph, features), record(graph, features)
    found = source.readline(len(expected) + 32)
    if found != expected:
        raise BuildError(f"expected a trace that begins with {expected!r}, found {found!r}: build the graph again")
    while block := source.read(PIECE * layout.itemsize):
        if len(block) % layout.itemsize:
            raise BuildError(f"expected whole records of {layout.itemsize} bytes, found a part of one at the end")
        yield _values(np.frombuffer(block, layout))


def _values(records: Array) -> Values:
    names = records.dtype.names or ()
    flags = {name[:-1]: records[name] != 0 for name in names if name.endswith("\n")}
    return {n: records[n][flags[n]] if n in flags else records[n] for n in names if not n.endswith("\n")}


def run_host(graph: Graph, out: Path, frames: Array, features: tuple[str, ...] = ()) -> Iterator[Values]:
    """Every held node's values of the host build in `out`, streamed through a pipe. features: as it was emitted."""
    with _program(out, "trace", samples(graph, frames)) as trace:
        yield from read_trace(graph, trace, features)


def host_events(graph: Graph, out: Path, frames: Array) -> Array:
    """The events of the host build in `out`: an array of frame, score, unit and output (EVENT)."""
    with _program(out, "events", samples(graph, frames)) as events:
        return np.frombuffer(events.read(), EVENT)


@contextmanager
def _program(out: Path, mode: str, frames: Array) -> Iterator[IO[bytes]]:
    """What the program writes, while a thread feeds it. Left early, it is killed; at its end, its exit code counts."""
    command, pipe = [str((out / "model").resolve()), mode], subprocess.PIPE
    with TemporaryFile() as errors, subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=errors) as process:
        assert process.stdin is not None and process.stdout is not None
        feeder = Thread(target=_feed, args=(process.stdin, frames), daemon=True)
        feeder.start()
        try:
            yield process.stdout
        except BaseException:
            process.kill()
            raise
        finally:
            feeder.join()
        if process.wait():
            errors.seek(0)
            said = errors.read().decode(errors="replace").strip()
            raise BuildError(f"model {mode}: expected exit code 0, found {process.returncode}: {said}")


def _feed(pipe: IO[bytes], frames: Array) -> None:
    with suppress(BrokenPipeError), pipe:
        pipe.write(frames.data.cast("B"))
