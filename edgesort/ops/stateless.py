"""What the operators without a state share."""

from __future__ import annotations

from abc import abstractmethod

from edgesort.fixed import Array
from edgesort.graph import Op, State


class Stateless(Op):
    """y = apply(x0, x1, ...): the same for one frame and, over the leading axis, for many."""

    @abstractmethod
    def apply(self, *frames: Array) -> Array:
        """One frame, or frames with the axis of time in front of the op's own axes."""

    def step(self, state: State, *frames: Array) -> tuple[State, Array | None]:
        return state, self.apply(*frames)

    def run(self, state: State, *frames: Array) -> tuple[State, Array]:
        return state, self.apply(*frames)
