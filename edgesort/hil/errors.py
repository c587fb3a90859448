"""What can be wrong with a link and with what is at its other end; each says it in one line."""

from __future__ import annotations


class LineLost(OSError):
    """The line is gone, or cannot be opened."""


class LinkError(ValueError):
    """Bytes that are no message of this session, or what a device cannot mean: the session is over."""


class DeviceError(RuntimeError):
    """A device that does not answer, or that is another one. Says what to do."""


class Unanswered(DeviceError):
    """Nobody answers. Says for how long."""
