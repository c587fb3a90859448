"""A stream with a page to look at it: the stream in this thread, the page in another."""

from __future__ import annotations

import secrets
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Thread
from types import FrameType

import numpy as np
import uvicorn

from edgesort.build import open_build
from edgesort.graph import Graph
from edgesort.hil.connections import connections
from edgesort.hil.errors import LineLost
from edgesort.hil.monitor.app import PULSE_S, Monitor, app
from edgesort.hil.monitor.picture import Picture
from edgesort.hil.monitor.seen import Seen
from edgesort.hil.session import Plan
from edgesort.hil.stream import stream
from edgesort.hil.verdict import Streamed

LAST_S = 4 * PULSE_S  # for a page to hear how it ended
WAIT_S = 0.1


class Stop:
    """True from Ctrl-C on; a second one ends the program at once."""

    def __init__(self) -> None:
        self.asked = False

    def __call__(self) -> bool:
        return self.asked

    @contextmanager
    def listening(self) -> Iterator[None]:
        before = signal.signal(signal.SIGINT, self._ask)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        signal.signal(signal.SIGINT, signal.default_int_handler)


def monitor(
    path: Path, link: str, made: Plan, port: int = 0, once: bool = False, microvolts: float | None = None
) -> Streamed:
    """Stream through the build in `path` over `link`, with a page at `port` (0: a free one), until Ctrl-C.

    once: until the recording's end or the first mismatch. microvolts: of a step of the ADC, where known.
    DeviceError if the device does not answer, or is another one; LineLost if the port is taken.
    """
    build, stop = open_build(path), Stop()
    seen = Seen(build.graph)
    picture = Picture(seen, {"link": link, "build": path.name}, microvolts)
    with stop.listening(), serving(picture, port) as (url, _), connections(link, build) as connect:
        print(f"monitor: {url}", file=sys.stderr, flush=True)
        warm(build.graph)
        found = stream(replace(made, watch=seen, stopped=stop), connect, link)
        seen.over(found)
        time.sleep(LAST_S)
        if not (once or stop()):
            print(f"{found.verdict}\nmonitor: the page stays until Ctrl-C", file=sys.stderr, flush=True)
        while not (once or stop()):
            time.sleep(WAIT_S)
    return found


def warm(graph: Graph) -> None:
    """Let the reference compile what it compiles at its first frames, before a clock runs."""
    stream = graph.input[1]
    graph.run(graph.initial_state(), np.zeros((graph.cycle, *stream.shape), stream.dtype.container))


@contextmanager
def serving(picture: Picture, port: int = 0) -> Iterator[tuple[str, Monitor]]:
    """The page's URL while it is served, to this computer alone. LineLost if the port is taken."""
    token = secrets.token_urlsafe(16)
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(("127.0.0.1", port))
            listening.listen()  # whoever comes before the server runs waits for it
        except OSError as error:
            raise LineLost(
                f"port {port}: expected it free on 127.0.0.1, found {error.strerror}; take another"
            ) from None
        port = listening.getsockname()[1]
        made = app(picture, token, port)
        server = uvicorn.Server(_config(made))
        thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{port}/{token}/", made.state.monitor
        finally:
            server.should_exit = True
            thread.join()


def _config(made: object) -> uvicorn.Config:
    return uvicorn.Config(
        made,  # type: ignore[arg-type]
        log_level="error",
        access_log=False,
        ws="websockets-sansio",
        ws_max_size=1024,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=1,
        server_header=False,
    )
