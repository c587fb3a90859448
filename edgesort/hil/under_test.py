"""A build on a device, for tests of who has one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from edgesort.build import Build, open_build, take, vectors_of
from edgesort.fixed import Array
from edgesort.folders import FolderError
from edgesort.hil.connections import connections, is_simulated
from edgesort.hil.device import Device
from edgesort.hil.line import Connect
from edgesort.hil.session import Plan
from edgesort.hil.stream import stream
from edgesort.hil.verdict import Streamed

ANSWER_S = 3.0  # in which a device on the bench says that it is there
START_S = 30.0  # and one that is simulated here


@dataclass(frozen=True)
class UnderTest:
    """What the fixture `device` is: a build, and the link to a device that runs it."""

    build: Build
    link: str
    connect: Connect

    def stream(self, samples: Array | None = None, trace: bool = False, real_time: bool = False) -> Streamed:
        """Samples [frames, channels] through the device from its reset on, compared with the reference.

        samples: integers in the input's range; those that the build keeps if None, FolderError if it keeps none.
        """
        kept = vectors_of(self.build.path) if samples is None else {"samples": samples}
        if not kept:
            raise FolderError(f"{self.build.path}: expected recorded samples in the build, found none; give samples")
        frames = take(kept, None)
        self.build.graph.accept(frames)
        plan = Plan(self.build.graph, lambda start, end: frames[start:end], len(frames), real_time, trace)
        return stream(plan, self.connect, self.link)


@contextmanager
def under_test(path: Path, link: str) -> Iterator[UnderTest]:
    """The device, once it has answered. Of a device that is not simulated here: LineLost if there is no line to it,
    Unanswered if it says nothing. DeviceError for one that runs another graph."""
    build = open_build(path)
    with connections(link, build) as connect:
        asked = Device(connect, build.graph)
        try:
            asked.begin(START_S if is_simulated(link) else ANSWER_S)
        finally:
            asked.close()
        yield UnderTest(build, link, connect)
