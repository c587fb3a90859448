"""How the outputs of a network on windows lie in time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """Output k of a window answers for its inputs up to history + (k + 1) * stride - 1.

    history: inputs before those of the first output. stride: inputs an output. period: windows begin at multiples
    of it, on which the slowest layer's frames lie. recurrent: a state reaches back to the start of the recording, so
    one window must hold all of it. zeros: inputs before the recording with which that window begins, as the first
    line buffer does, so that the state begins where the device's does. warm: outputs in which a state settles, which
    training leaves out.
    """

    history: int
    stride: int = 1
    period: int = 1
    recurrent: bool = False
    zeros: int = 0
    warm: int = 0

    @property
    def lead(self) -> int:
        """Inputs before those that a window is to answer for: the history up to a multiple of the period."""
        return -(-self.history // self.period) * self.period

    @property
    def early(self) -> int:
        """Outputs of a window that answer for inputs of its lead."""
        return (self.lead - self.history) // self.stride

    @property
    def unanswered(self) -> int:
        """Inputs at the start of a recording for which no output is the device's: its line buffers are not full."""
        return self.lead - self.zeros
