"""What the importer knows so far: tensors that became streams or constants, and the nodes of the graph to be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from edgesort.fixed import Array
from edgesort.frontends.errors import ModelError
from edgesort.frontends.qonnx.node import at, attributes
from edgesort.frontends.qonnx.time import Step, Tap, Timing
from edgesort.graph import Graph, GraphError, Op, Stream

# No implant holds more; a file that asks for more is damaged or hostile, and is refused before memory is taken.
MOST_ELEMENTS = 1 << 16  # of a frame, and the samples of a stream's period
MOST_STATE = 1 << 22  # frames times elements of all line buffers together
MOST_WEIGHTS = 1 << 22
MOST_NODES = 1000


@dataclass(frozen=True)
class Edge:
    """A tensor over time, and the stream that carries it.

    Index i on the tensor's axis of time is the stream's frame `start + i`; time.py finds `start`, and `crop` says
    how many frames a Slice took away in front.

    node: the graph node that makes the stream. exponents: of its scale, one for all or one an element of a frame.
    layout: a letter for each axis: n (batch, 1), c (channels), t (time), u (an axis of one).
    time: the length of axis t, if the file states it. borders: frames at both ends that a ConvTranspose filled up
    with zeros. order: the stream's element for each index of axis c; empty if they are the same.
    whole: the network counts on the stated length of its window.
    """

    node: str
    exponents: tuple[int, ...]
    layout: str = "nct"
    time: int | None = None
    crop: int = 0
    borders: tuple[int, int] = (0, 0)
    order: tuple[int, ...] = ()
    whole: bool = False

    @property
    def tap(self) -> Tap:
        return self.node, self.crop

    def dims(self, channels: int) -> list[int | None]:
        sizes = {"c": channels, "t": self.time}
        return [sizes.get(axis, 1) for axis in self.layout]


@dataclass(frozen=True)
class Constant:
    """A constant tensor; after a Quant node also the exponent of each value's scale."""

    values: Array
    exponents: Array | None = None


@dataclass(frozen=True)
class Curve:
    """A function of a stream that only a Quant after it makes exact. clips: all it does is to clip to these bounds."""

    edge: Edge
    function: Callable[[Array], Array]
    what: str
    clips: tuple[float, float] | None = None
    gate: bool = False  # clip(x / 4 + 1 / 2, 0, 1), which has an operator of its own


Tensor = Edge | Constant | Curve


@dataclass(frozen=True)
class Imported:
    """A model as a graph, and how its tensors lie in the graph's streams.

    graph: before the passes. source: the input. edges: every tensor over time. custom: the operators of the nodes of
    edgesort.ops, by output. stated: the length of the input; None if the file leaves it open. whole: the network
    counts on that length.
    """

    model: Any
    graph: Graph
    source: str
    edges: Mapping[str, Edge]
    custom: Mapping[str, Op]
    timing: Timing
    stated: int | None
    whole: bool

    @property
    def length(self) -> int | None:
        """The length of the window that the network counts on; None if any will do."""
        return self.stated if self.whole else None

    def like(self, count: int) -> int:
        """A length of at least `count` samples in which strides fit as they do in the stated window."""
        return count + ((self.stated or 0) - count) % self.graph.cycle


@dataclass
class Importer:
    """The walk over the ONNX nodes: what has been read so far.

    readers: how many nodes take each tensor. sole: the tensors that no other tensor shares a stream with.
    custom: the operators of the nodes of edgesort.ops, by output. absorbed: tensors that a layer took over.
    latest: each graph node's last tensor.
    """

    tensors: dict[str, Tensor]
    streams: dict[str, Stream]
    input: str
    readers: Counter[str]
    opsets: Mapping[str, int]
    plan: list[Step] = field(default_factory=list)
    sole: set[str] = field(default_factory=set)
    custom: dict[str, Op] = field(default_factory=dict)
    absorbed: set[str] = field(default_factory=set)
    latest: dict[str, str] = field(default_factory=dict)
    state: int = 0

    def add(self, name: str, op: Op, *taps: Tap) -> Tap:
        """Plan a node, named uniquely; returns where its output is tapped."""
        while name in self.streams:
            name += "_"
        inputs = tuple(self.streams[source] for source, _ in taps)
        try:
            stream = op.infer(*inputs)
        except GraphError as error:
            raise ModelError(f"node {name} ({op.kind}): {error}") from None
        self.state += op.span() * sum(x.size for x in inputs)
        for what, found, most in (
            ("elements in a frame", stream.size, MOST_ELEMENTS),
            ("samples in a period", stream.period, MOST_ELEMENTS),
            ("elements in all line buffers", self.state, MOST_STATE),
        ):
            if found > most:
                raise ModelError(f"node {name} ({op.kind}): expected at most {most} {what}, found {found}")
        self.streams[name] = stream
        self.plan.append(Step(name, op, taps))
        return name, 0

    def alone(self, node: Any, edge: Edge) -> bool:
        """True if this node is all that reads what the graph's node makes."""
        return any(self.tensors[n] is edge and n in self.sole and self.readers[n] == 1 for n in node.input if n)

    def put(self, node: Any, position: int, tensor: Tensor) -> None:
        """Keep an output of a node."""
        name = node.output[position]
        if name in self.tensors:
            raise ModelError(at(node, f"expected a new tensor {name}, found it defined twice"))
        if isinstance(tensor, Edge):
            before = self.latest.get(tensor.node)
            if before is None or (before in self.sole and before in node.input and self.readers[before] == 1):
                self.sole.add(name)
            self.latest[tensor.node] = name
        self.tensors[name] = tensor

    def absorb(self, edge: Edge) -> None:
        """Forget the tensors of a graph's node that now computes more."""
        names = (n for n, made in self.tensors.items() if isinstance(made, Edge) and made.node == edge.node)
        self.absorbed.update(names)

    def channels(self, edge: Edge) -> int:
        """Elements of a frame of the stream."""
        return self.streams[edge.node].shape[-1]

    def edge(self, node: Any, position: int = 0) -> Edge:
        """An input that depends on the samples."""
        tensor = self.tensors[node.input[position]]
        if isinstance(tensor, Curve):
            raise ModelError(
                at(node, f"expected a Quant after {tensor.what}, found none; it has no exact value before")
            )
        if not isinstance(tensor, Edge):
            raise ModelError(
                at(node, f"expected input {node.input[position]} to depend on the samples, found a constant")
            )
        return tensor

    def constant(self, node: Any, position: int, what: str) -> Constant:
        tensor = self.tensors[node.input[position]]
        if not isinstance(tensor, Constant):
            raise ModelError(at(node, f"expected a constant {what}, found one computed from the samples"))
        return tensor

    def given(self, node: Any, position: int, attribute: str) -> Array | None:
        """What newer versions of ONNX give as a constant input and older ones as an attribute; None if neither does."""
        if len(node.input) > position and node.input[position]:
            return self.constant(node, position, attribute).values
        value = attributes(node).get(attribute)
        return None if value is None else np.asarray(value, np.float64)

    def integers(self, node: Any, position: int, attribute: str) -> list[int] | None:
        """The same, as a list of integers."""
        values = self.given(node, position, attribute)
        return None if values is None else [int(v) for v in np.ravel(values)]

    def one_scale(self, node: Any, edge: Edge) -> int:
        """The exponent of a stream whose elements must share one."""
        if len(set(edge.exponents)) != 1:
            raise ModelError(at(node, "expected activations at one scale, found one a channel; add a Quant before it"))
        return edge.exponents[0]

    def plain(self, node: Any, edge: Edge) -> Edge:
        """The same edge, if it is [1, channels, time] as the operators of edgesort.ops take it."""
        if edge.layout != "nct" or edge.order:
            raise ModelError(at(node, f"expected [1, channels, time], found axes {' '.join(edge.layout)}"))
        return edge


def element_exponents(edge: Edge, channels: int) -> Array:
    """The exponent of every element of a frame."""
    return np.broadcast_to(np.array(edge.exponents, np.int64), channels)


def shared(exponents: Array) -> tuple[int, ...]:
    """One exponent if all are the same, else all of them."""
    return tuple(int(e) for e in (exponents[:1] if len(set(exponents.tolist())) == 1 else exponents))


def along_channels(importer: Importer, node: Any, edge: Edge, values: Array, what: str) -> Array:
    """A constant that broadcasts against a tensor, as one value an element of its stream's frame."""
    channels = importer.channels(edge)
    values = np.asarray(values)
    shape = (1,) * (len(edge.layout) - values.ndim) + values.shape
    sizes = {axis: size for axis, size in zip(edge.layout, shape, strict=False) if size != 1}
    if len(shape) > len(edge.layout) or sizes not in ({}, {"c": channels}):
        raise ModelError(at(node, f"expected one {what} or one a channel, found {list(values.shape)}"))
    flat = np.broadcast_to(values.ravel(), channels)
    if not edge.order:
        return flat
    in_stream = np.empty_like(flat)
    in_stream[list(edge.order)] = flat
    return in_stream
