"""How the outputs of a network on windows lie in time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """Output k of a window answers for its inputs up to history + (k + 1) * stride - 1.

    history: inputs before those of the first output. stride: inputs an output. period: windows begin at multiples
    of it, on which the slowest layer's frames lie. recurrent: a state reaches back to the recording's start, so the
    device's values come only from one window that begins before it, with the zeros of its line buffer.
    warm: outputs in which the state of a recurrent network settles, which training leaves out.
    """

    history: int
    stride: int = 1
    period: int = 1
    recurrent: bool = False
    warm: int = 0

    @property
    def lead(self) -> int:
        """Inputs before those that a window is to answer for: the history up to a multiple of the period."""
        return -(-self.history // self.period) * self.period

    @property
    def early(self) -> int:
        """Outputs of a window that answer for inputs of its lead."""
        return (self.lead - self.history) // self.stride
