"""The Graph: a synchronous dataflow of integer streams. Its `step` is the definition of right.

An edge carries one frame (an integer tensor) every `period` input samples: a stream of period p has
its frames at the samples p - 1, 2p - 1, ..., so T samples make T // p frames of it, whatever it went
through. A node is an op with a name and the names of its inputs. `step` pushes one input frame
through the whole graph; `run` does the same for many frames at once and must equal repeated `step`,
whatever the chunking.
"""

from __future__ import annotations

import hashlib
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from math import lcm, prod
from typing import Any, ClassVar

import numpy as np

from edgesort.fixed import Array, Int

State = tuple[Array, ...]
Values = dict[str, Array]


class GraphError(ValueError):
    """A graph that cannot be right. The text names the node, what was expected and what was found."""


@dataclass(frozen=True)
class Stream:
    """One frame of `shape` and type `dtype` every `period` input samples."""

    shape: tuple[int, ...]
    dtype: Int
    period: int = 1

    @property
    def size(self) -> int:
        """Elements in a frame."""
        return prod(self.shape)

    def __str__(self) -> str:
        rate = f" /{self.period}" if self.period > 1 else ""
        return f"{self.dtype}[{','.join(map(str, self.shape))}]{rate}"


@dataclass(frozen=True)
class Op(ABC):
    """An operator. Subclasses are frozen dataclasses whose docstring begins with the equation.

    `step` is normative. `run` is the same over the leading (frame) axis. Both are pure: they return
    the next state and leave the one they were given untouched.

    An op whose output is faster than its input runs at its output's rate: `step` gets None where the
    input has no frame, and `run` gets a second array, bool [T_out], that says which steps have one.

    kind: the name by which kernels, cells and tests are found: es_<kind>.c, es_<kind>.v.
    """

    kind: ClassVar[str]

    def __init_subclass__(cls) -> None:
        cls.kind = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    @abstractmethod
    def infer(self, *inputs: Stream) -> Stream:
        """The output stream for these inputs; GraphError if the op cannot take them."""

    def initial_state(self, *inputs: Stream) -> State:
        """The state before the first frame: all zeros unless the op says otherwise."""
        return ()

    @abstractmethod
    def step(self, state: State, *frames: Array) -> tuple[State, Array | None]:
        """A frame of each input in; the next state and one frame out, or None where no frame is due."""

    @abstractmethod
    def run(self, state: State, *frames: Array) -> tuple[State, Array]:
        """Frames [T, *shape] in, frames [T // rate, *shape] out."""

    def span(self) -> int:
        """Input frames before the newest that an output frame depends on through a line buffer."""
        return 0

    def delay(self) -> int:
        """Input frames by which the op delays its input on purpose (look-ahead)."""
        return 0

    def macs(self, *inputs: Stream) -> int:
        """Multiplications an output frame."""
        return 0

    @classmethod
    @abstractmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        """The op's own corner cases for the parity matrix: (op, input streams)."""


def alike(inputs: tuple[Stream, ...]) -> Stream:
    """The first of several inputs; GraphError unless all have its shape and period."""
    for other in inputs[1:]:
        if (other.shape, other.period) != (inputs[0].shape, inputs[0].period):
            raise GraphError(f"expected inputs of one shape and period, found {inputs[0]} and {other}")
    return inputs[0]


def exact(low: int, high: int, exponent: int = 0) -> Int:
    """The type of results in [low, high], which are kept exactly; GraphError if that takes more than 32 bits."""
    if high - low >= 1 << 32 or not (Int(32).holds(low, high) or Int(32, False).holds(low, high)):
        raise GraphError(f"expected results of 32 bits at most, found {low} to {high}; requantize before")
    return Int.holding(low, high, exponent)


@dataclass(frozen=True)
class Node:
    """dtype: a narrower type than the op's own for its output, where range analysis has proven that it holds."""

    name: str
    op: Op
    inputs: tuple[str, ...]
    dtype: Int | None = None

    def infer(self, *inputs: Stream) -> Stream:
        """The node's stream for these inputs; GraphError if the op cannot take them or `dtype` is not within its own.

        A node has the op's own exponent: the annotation is not the narrowing's to change.
        """
        own = self.op.infer(*inputs)
        if self.dtype is None:
            return own
        if not own.dtype.holds(self.dtype.min, self.dtype.max) or self.dtype.exponent != own.dtype.exponent:
            raise GraphError(f"expected a type within its own {own.dtype}, found {self.dtype}")
        return Stream(own.shape, self.dtype, own.period)


@dataclass(frozen=True)
class Change:
    """What a pass made of a graph: nodes before and after, bits that frames of all streams got narrower by, and how."""

    by: str
    before: int
    after: int
    bits: int
    what: str


@dataclass(frozen=True)
class Graph:
    """A streaming network from raw samples to events.

    name: the model's name. sampling_frequency: of the input, in Hz.
    input: name and stream of the samples. nodes: in topological order. outputs: node names.
    labels: what each element of the output's last axis means (a unit's name, or "any").
    event_delay: frames from a spike's peak to the frame in which its event leaves the graph.
    history: what the passes did, for people.
    """

    name: str
    sampling_frequency: float
    input: tuple[str, Stream]
    nodes: tuple[Node, ...]
    outputs: tuple[str, ...]
    labels: tuple[str, ...] = ()
    event_delay: int = 0
    provenance: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    history: tuple[Change, ...] = field(default=(), compare=False)

    @cached_property
    def streams(self) -> Mapping[str, Stream]:
        """The stream that each name carries; infers, and so checks, every node."""
        streams = {self.input[0]: self.input[1]}
        for node in self.nodes:
            if node.name in streams:
                raise GraphError(f"node {node.name}: expected a new name, found it defined twice")
            for name in node.inputs:
                if name not in streams:
                    raise GraphError(f"node {node.name}: expected input {name} to be defined before it, found none")
            try:
                streams[node.name] = node.infer(*(streams[name] for name in node.inputs))
            except GraphError as error:
                raise GraphError(f"node {node.name} ({node.op.kind}): {error}") from None
            made = streams[node.name]
            if made.period % self.input[1].period:
                raise GraphError(f"node {node.name}: expected a stream no faster than the input, found {made}")
        return streams

    def check(self) -> Graph:
        """Raise GraphError unless the graph is well formed; returns the graph."""
        for name in self.outputs:
            if name not in self.streams:
                raise GraphError(f"graph {self.name}: expected output {name} to be a node, found none")
        if not self.outputs:
            raise GraphError(f"graph {self.name}: expected at least one output, found none")
        if len(self.labels) not in (0, self.streams[self.outputs[0]].shape[-1]):
            width = self.streams[self.outputs[0]].shape[-1]
            raise GraphError(f"graph {self.name}: expected {width} labels, found {len(self.labels)}")
        return self

    def node(self, name: str) -> Node:
        return next(node for node in self.nodes if node.name == name)

    def ins(self, node: Node) -> tuple[Stream, ...]:
        """The streams that a node takes."""
        return tuple(self.streams[name] for name in node.inputs)

    def raises(self, node: Node) -> bool:
        """True if the node's output is faster than its input."""
        return self.streams[node.name].period < self.streams[node.inputs[0]].period

    def rate(self, name: str) -> int:
        """Input frames a frame of this stream."""
        return self.streams[name].period // self.input[1].period

    @cached_property
    def cycle(self) -> int:
        """Input frames after which every stream is where it began."""
        return lcm(*(self.rate(name) for name in self.streams))

    def initial_state(self) -> dict[str, State]:
        """State of every node before the first frame; under the input's name the frames so far, modulo `cycle`."""
        clock = {self.input[0]: (np.zeros((), np.int64),)}
        return clock | {node.name: node.op.initial_state(*self.ins(node)) for node in self.nodes}

    def step(self, state: dict[str, State], frame: Array) -> tuple[dict[str, State], Values]:
        """Push one frame; returns the next state and the value of every node that had a frame due."""
        source, stream = self.input
        values: Values = {source: frame.astype(stream.dtype.container, copy=False)}
        count = state[source][0] + 1
        after = dict(state) | {source: (count % self.cycle,)}
        for node in self.nodes:
            if count % (self.rate(node.name) if self.raises(node) else self.rate(node.inputs[0])):
                continue
            frames: Any = (values.get(name) for name in node.inputs)
            after[node.name], value = node.op.step(state[node.name], *frames)
            if value is not None:
                values[node.name] = value.astype(self.streams[node.name].dtype.container)
        return after, values

    def run(self, state: dict[str, State], frames: Array) -> tuple[dict[str, State], Values]:
        """Push frames [T, *shape]; returns the next state and every node's values [T // period, *shape]."""
        self.accept(frames)
        source, stream = self.input
        values: Values = {source: frames.astype(stream.dtype.container)}
        after = self.clock(state, len(frames))
        for node in self.nodes:
            taken = [values[name] for name in node.inputs]
            after[node.name], values[node.name] = self.push(node, state, taken, len(frames))
        return after, values

    def clock(self, state: dict[str, State], count: int) -> dict[str, State]:
        """The state with `count` input frames more on its clock."""
        return dict(state) | {self.input[0]: (np.array((int(state[self.input[0]][0]) + count) % self.cycle),)}

    def push(self, node: Node, state: dict[str, State], taken: list[Array], count: int) -> tuple[State, Array]:
        """A node's next state and its values, in their container, for what `count` input frames made of its inputs."""
        if self.raises(node):
            taken = [*taken, self._arrivals(node, int(state[self.input[0]][0]), count)]
        after, value = node.op.run(state[node.name], *taken)
        return after, value.astype(self.streams[node.name].dtype.container, copy=False)

    def _arrivals(self, node: Node, start: int, count: int) -> Array:
        """For each frame that a rate-raising node owes for `count` input frames: does one of its input come with it?"""
        own, given = self.rate(node.name), self.rate(node.inputs[0])
        due = np.arange(start // own + 1, (start + count) // own + 1) * own
        arrivals: Array = due % given == 0
        return arrivals

    def accept(self, frames: Array) -> None:
        """GraphError unless frames [T, *shape] are integers of the input's shape and range."""
        stream = self.input[1]
        if frames.shape[1:] != stream.shape or frames.dtype.kind not in "iu":
            raise GraphError(
                f"graph {self.name}: expected integer frames of shape {stream.shape}, "
                f"found {frames.dtype} of {frames.shape[1:]}"
            )
        if frames.size and not stream.dtype.holds(int(frames.min()), int(frames.max())):
            raise GraphError(
                f"graph {self.name}: expected samples in {stream.dtype}, found {frames.min()} to {frames.max()}"
            )

    @property
    def receptive_field(self) -> int:
        """Input samples after which no output depends on the initial state of a line buffer."""
        reach = {self.input[0]: 0}
        for node in self.nodes:
            span = node.op.span() * self.streams[node.inputs[0]].period
            reach[node.name] = span + max(reach[name] for name in node.inputs)
        return 1 + max(reach[name] for name in self.outputs)

    @property
    def delay(self) -> int:
        """Input samples by which the ops delay the output on purpose (peak look-ahead).

        Where paths meet, the shortest counts: a longer one was delayed to meet it.
        """
        delays = {self.input[0]: 0}
        for node in self.nodes:
            own = node.op.delay() * self.streams[node.inputs[0]].period
            delays[node.name] = own + min(delays[name] for name in node.inputs)
        return max(delays[name] for name in self.outputs)

    def text(self) -> str:
        """One line a node: what a person reads and what golden tests and the digest hold on to."""
        head = f"graph {self.name} @ {self.sampling_frequency:g} Hz, event delay {self.event_delay}\n"
        lines = [f"  {self.input[0]}: {self.input[1]} = input"]
        for node in self.nodes:
            call = f"{node.op.kind}({', '.join(node.inputs)}; {_fields(node.op)})"
            lines.append(f"  {node.name}: {self.streams[node.name]} = {call}")
        tail = f"\n  output {', '.join(self.outputs)}" + (f" labels {' '.join(self.labels)}" if self.labels else "")
        return head + "\n".join(lines) + tail + "\n"

    def digest(self) -> str:
        """SHA-256 of the text with every constant in it: equal digests compute equal values."""
        parameters = [value for node in self.nodes for _, value in _parameters(node.op)]
        constants = [np.asarray(v, np.int64).tobytes() for v in parameters if isinstance(v, tuple | np.ndarray)]
        return hashlib.sha256(self.text().encode() + b"".join(constants)).hexdigest()


def _parameters(op: Op) -> list[tuple[str, Any]]:
    return [(f.name, getattr(op, f.name)) for f in fields(op)]


def _fields(op: Op) -> str:
    """Scalars in full, constants by shape and hash."""
    parts = []
    for name, value in _parameters(op):
        if isinstance(value, tuple | np.ndarray) and np.size(value) > 8:
            array = np.asarray(value, np.int64)
            value = f"{list(array.shape)}#{hashlib.sha256(array.tobytes()).hexdigest()[:8]}"
        elif isinstance(value, np.ndarray):
            value = value.tolist()
        parts.append(f"{name}={value}".replace(" ", ""))
    return " ".join(parts)
