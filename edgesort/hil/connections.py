"""A URL as a line to a device: on this computer ("host:", "qemu:…", "rtl:…"), or a serial port or socket.

with connections("qemu:mps2-an386", build) as connect:
    line = connect()
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from edgesort.build import Build
from edgesort.hil.flip import flipped
from edgesort.hil.line import Connect, open_line
from edgesort.hil.player import simulated
from edgesort.targets.target import BuildError

SIMULATED = ("host", "qemu", "rtl")


@contextmanager
def connections(url: str, build: Build, flip: str | None = None) -> Iterator[Connect]:
    """A function that opens the line, as often as it was lost. What is simulated for it ends with the context.

    url: "host:", "qemu:MACHINE" and "rtl:BOARD" run the build here; "socket://HOST:PORT" and what pyserial takes
    otherwise reach a device ("/dev/ttyUSB0", with "?baud=N" behind it for another rate than 1,000,000). flip: a node,
    of whose weights one has a wrong bit in what is run here. BuildError if the build is not what the URL says, LineLost
    for a URL that nobody can open.
    """
    if not is_simulated(url):
        if flip is not None:
            raise BuildError(f"--flip-weight: expected a device that is simulated here, found {url}")
        yield lambda: open_line(url)
        return
    with TemporaryDirectory() as folder:
        work = Path(folder)
        made = flipped(build, flip, work) if flip else build.target.simulation(build.graph, build.path, work)
        expected = f"{made.scheme}:{made.name}"
        if url != expected:
            raise BuildError(f"link: expected {expected} for this build, found {url}")
        with simulated(made) as connect:
            yield connect


def is_simulated(url: str) -> bool:
    """True for a device that this computer plays."""
    return url.partition(":")[0] in SIMULATED
