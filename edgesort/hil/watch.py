"""Who may look on while a recording streams through a device."""

from __future__ import annotations

from typing import Protocol

from edgesort.fixed import Array
from edgesort.hil.message import Events, Hello
from edgesort.verify import Mismatch


class Watcher(Protocol):
    """Who wants to see what goes on. Each is called in the order of frames, and may not take long."""

    def started(self, hello: Hello, at: int) -> None:
        """A session, whose first frame is number `at`."""

    def passed(self, at: int, frames: Array, found: Events) -> None:
        """Frames that are done since the last call, from number `at` on, and what the device said."""

    def latency(self, seconds: float) -> None:
        """From the last byte of a message of frames to the answer."""

    def fault(self, what: str) -> None:
        """The session is over."""

    def differs(self, found: Mismatch) -> None:
        """The first thing that differs; nothing is streamed after it."""


class Nobody:
    """Looks at nothing."""

    def started(self, hello: Hello, at: int) -> None: ...
    def passed(self, at: int, frames: Array, found: Events) -> None: ...
    def latency(self, seconds: float) -> None: ...
    def fault(self, what: str) -> None: ...
    def differs(self, found: Mismatch) -> None: ...
