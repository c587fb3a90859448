"""A layer that one kernel computes: Window, Dense and Requant together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgesort.fixed import Array
from edgesort.graph import Stream
from edgesort.ops import Dense, Requant, Window


@dataclass(frozen=True)
class Layer:
    """y = saturate((bias + weight . window(x)) >> shift)

    x: the frames that come in, [rows, channels] where the window joins the last axis of each row. window: Window(1)
    where there is none. dense: on what the window makes, as one row of `groups` or as rows that share weights.
    requant: None where y is the accumulator itself.
    """

    x: Stream
    y: Stream
    window: Window
    dense: Dense
    requant: Requant | None

    @property
    def groups(self) -> int:
        return self.dense.groups

    @property
    def outputs(self) -> int:
        """Of a group."""
        return int(self.dense.weight.shape[0]) // self.groups

    @property
    def inputs(self) -> int:
        """Of a group, over all taps."""
        return int(self.dense.weight.shape[1])

    @property
    def rows(self) -> int:
        """Rows that share the weights."""
        return self.window.kernel * self.x.size // (self.groups * self.inputs)

    @property
    def shift(self) -> Array:
        """One an output of all groups; 0 without a requant."""
        shifts = self.requant.shift if self.requant else (0,)
        return np.broadcast_to(np.array(shifts), (self.groups * self.outputs,))
