"""A Network becomes nodes of a Graph: each layer put on the grid, each sum an Add, integers throughout."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.frontends.errors import ModelError
from edgesort.frontends.nir.grid import BITS, exponent, fits
from edgesort.frontends.nir.layers import Heaviside, Matrix, Neurons, Scale, Wait
from edgesort.frontends.nir.network import Layer, Network
from edgesort.frontends.nir.settle import Settler
from edgesort.graph import GraphError, Node, Op, Stream
from edgesort.ops import Add, Delay, Dense, Lif, Threshold

SAMPLES = "samples"


@dataclass(frozen=True)
class Edge:
    """A layer's output: the node that makes it, and the exponent of its integers."""

    node: str
    exponent: int


@dataclass(eq=False)
class Builder:
    """What has been built so far. spiking: the node of each layer that makes spikes."""

    network: Network
    settler: Settler
    streams: dict[str, Stream]
    edges: dict[str, Edge]
    nodes: list[Node] = field(default_factory=list)
    spiking: dict[str, str] = field(default_factory=dict)

    def add(self, layer: Layer, suffix: str, op: Op, *sources: str) -> str:
        """Append a node, named after its layer; returns its name."""
        name = "".join(c if c.isascii() and c.isalnum() else "_" for c in layer.name.removesuffix(".lif"))
        name = (name if name[:1].isalpha() else f"{layer.kind.lower()}_{name}") + suffix
        while name in self.streams:
            name += "_"
        try:
            self.streams[name] = op.infer(*(self.streams[source] for source in sources))
        except GraphError as error:
            raise ModelError(f"{layer}: {error}") from None
        self.nodes.append(Node(name, op, sources))
        return name

    def sum(self, layer: Layer, sources: tuple[str, ...]) -> Edge:
        """The sum of layers' outputs, at the finest of their scales."""
        total = self.edges[sources[0]]
        for source in sources[1:]:
            other = self.edges[source]
            finest = min(total.exponent, other.exponent)
            left = (total.exponent - finest, other.exponent - finest)
            total = Edge(self.add(layer, "_sum", Add(left), total.node, other.node), finest)
        return total

    def diagonal(self, layer: Layer, suffix: str, x: Edge, factor: Array, bias: Array, to: int) -> Edge:
        """factor * x + bias, element by element, at the scale 2^to."""
        weight = integers(factor, to - x.exponent)[:, None]
        return self.dense(layer, suffix, x, weight, integers(bias, to), len(weight), to)

    def dense(self, layer: Layer, suffix: str, x: Edge, weight: Array, bias: Array, groups: int, to: int) -> Edge:
        op = Dense(weight, bias, groups, to - self.streams[x.node].dtype.exponent)
        return Edge(self.add(layer, suffix, op, x.node), to)


def build(network: Network, settler: Settler, samples: Int) -> Builder:
    """All layers as nodes."""
    builder = Builder(
        network,
        settler,
        {SAMPLES: Stream((network.width,), samples)},
        {network.input: Edge(SAMPLES, samples.exponent)},
    )
    for layer in network.layers:
        builder.edges[layer.name] = _layer(builder, layer, builder.sum(layer, layer.sources))
    return builder


def integers(values: Array, exponent: int) -> Array:
    """Values that are integers * 2^exponent, as those integers."""
    scaled = np.rint(values * 2.0**-exponent)
    if np.abs(scaled).max(initial=0) >= 1 << 47:
        raise ModelError(f"expected integers of 48 bits at most on the grid of 2^{exponent}, found {values.max():g}")
    return np.asarray(scaled, np.int64)


def _layer(b: Builder, layer: Layer, x: Edge) -> Edge:
    what = layer.what
    if isinstance(what, Matrix):
        return _matrix(b, layer, what, x)
    if isinstance(what, Scale):
        return _scale(b, layer, what, x)
    if isinstance(what, Neurons):
        return _neurons(b, layer, what, x)
    if isinstance(what, Heaviside):
        return _heaviside(b, layer, what, x)
    return _wait(b, layer, what, x)


def _matrix(b: Builder, layer: Layer, what: Matrix, x: Edge) -> Edge:
    """Weights and biases at the scale that the reader wants, where that makes no weight wider than BITS."""
    weight, own = b.settler.weights(layer, what.weight, lambda w: replace(what, weight=w))
    what = replace(what, weight=weight)
    natural, wanted = x.exponent + own, _wanted(b, layer.name)
    bias = exponent(what.bias, 31)
    if wanted is None and bias is not None:
        wanted = bias
    to = wanted if wanted is not None and wanted < natural and fits(weight, wanted - x.exponent, BITS) else natural
    biases = b.settler.on_grid(layer, "biases", what.bias, to, lambda v: replace(what, bias=v))
    return b.dense(layer, "", x, integers(weight, to - x.exponent), integers(biases, to), 1, to)


def _wanted(b: Builder, name: str) -> int | None:
    """The grid of the membranes that a layer feeds, the coarsest of them."""
    readers = [layer.what for layer in b.network.layers if name in layer.sources]
    stated = [b.settler.stated(what) for what in readers if isinstance(what, Neurons)]
    return max((membrane.exponent for membrane in stated if membrane is not None), default=None)


def _scale(b: Builder, layer: Layer, what: Scale, x: Edge) -> Edge:
    """By one power of two for all: the exponent, and no arithmetic."""
    factor, own = b.settler.weights(layer, what.factor, Scale)
    if (factor == 2.0**own).all():
        return Edge(x.node, x.exponent + own)
    return b.diagonal(layer, "", x, factor, np.zeros(what.size), x.exponent + own)


def _neurons(b: Builder, layer: Layer, what: Neurons, x: Edge) -> Edge:
    """The membrane has its input's scale, so the input is brought to the membrane's."""
    membrane = b.settler.membrane(layer, what, x.exponent)
    grid = membrane.exponent
    if grid > x.exponent:
        raise ModelError(
            f"{layer}: expected a membrane grid no coarser than its input's 2^{x.exponent}, found 2^{grid}; "
            "say a finer membrane"
        )
    what, leak = b.settler.neurons(layer, what, grid)
    threshold = integers(what.threshold, grid)
    if threshold.min() < 1 or threshold.max() > membrane.max:
        raise ModelError(
            f"{layer}: expected thresholds of 1 to {membrane.max} in a membrane of {membrane}, "
            f"found {threshold.min()} to {threshold.max()}"
        )
    if grid < x.exponent or what.bias.any():
        x = b.diagonal(layer, "_input", x, np.ones(what.size), what.bias, grid)
    op = Lif(_few(leak), _few(threshold), membrane.bits, integers(what.recurrent, grid))
    b.spiking[layer.name] = b.add(layer, "", op, x.node)
    return Edge(b.spiking[layer.name], 0)


def _heaviside(b: Builder, layer: Layer, what: Heaviside, x: Edge) -> Edge:
    """x > level of integers x is x > floor(level), so every level is exact."""
    dtype = b.streams[x.node].dtype
    level = np.clip(np.floor(what.level * 2.0**-x.exponent), dtype.min - 1, dtype.max).astype(np.int64)
    b.spiking[layer.name] = b.add(layer, "", Threshold(_few(level)), x.node)
    return Edge(b.spiking[layer.name], 0)


def _wait(b: Builder, layer: Layer, what: Wait, x: Edge) -> Edge:
    return Edge(b.add(layer, "", Delay(what.frames), x.node), x.exponent) if what.frames else x


def _few(values: Array) -> tuple[int, ...]:
    """One for all where all are alike."""
    return tuple(int(v) for v in (values[:1] if (values == values[0]).all() else values))
