"""A NIR graph as layers in order: sub-graphs opened, sums resolved, recurrent weights with their LIF."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from edgesort.frontends.errors import ModelError
from edgesort.frontends.nir.layers import LINEAR, Matrix, Neurons, Scale, What, linear, what
from edgesort.frontends.nir.reader import Tree

LAYERS = 500  # more than any implant holds, as ELEMENTS is: limits for damaged files
ELEMENTS = 1 << 17
PASS = ("Input", "Output", "Flatten")  # a frame is read in row-major order, so Flatten changes nothing
KINDS = (*PASS, *LINEAR, "LIF", "CubaLIF", "Threshold", "Delay", "NIRGraph")


@dataclass(frozen=True, eq=False)
class Layer:
    """A layer and those whose sum it takes. kind: NIR's name of it, for messages."""

    name: str
    kind: str
    what: What
    sources: tuple[str, ...]

    def __str__(self) -> str:
        return f"node {self.name} ({self.kind})"


@dataclass(frozen=True, eq=False)
class Network:
    """input: the name of the samples, `width` of them a frame. layers: each after those it takes.

    outputs: for each Output the layers whose sum it is.
    """

    input: str
    width: int
    layers: tuple[Layer, ...]
    outputs: tuple[tuple[str, ...], ...]

    def layer(self, name: str) -> Layer:
        return next(layer for layer in self.layers if layer.name == name)

    def with_(self, name: str, what: What) -> Network:
        """The network with another `what` in one layer."""
        layers = tuple(replace(layer, what=what) if layer.name == name else layer for layer in self.layers)
        return replace(self, layers=layers)


def network(tree: Tree, dt: float) -> Network:
    """The layers of a NIR file's root node. ModelError if it is none that a stream of frames can go through."""
    nodes: dict[str, Tree] = {}
    edges: list[tuple[str, str]] = []
    root = tree.get("node")
    if not isinstance(root, dict) or root.get("type") != "NIRGraph":
        raise ModelError("expected a NIRGraph as the root node, found none; write the file with nir.write")
    _open(root, "", nodes, edges)
    if not 0 < len(nodes) <= LAYERS or len(edges) > 4 * LAYERS:
        raise ModelError(f"expected 1 to {LAYERS} nodes and few edges, found {len(nodes)} and {len(edges)}")
    sources = _sources(nodes, edges)
    inputs = [name for name in nodes if nodes[name]["type"] == "Input" and not sources[name]]
    read = {source for given in sources.values() for source in given}
    outputs = [name for name in nodes if nodes[name]["type"] == "Output" and name not in read]
    if len(inputs) != 1 or not outputs:
        raise ModelError(f"expected one Input and at least one Output, found {len(inputs)} and {len(outputs)}")
    around = _around(nodes, sources)
    kept = [name for name in nodes if nodes[name]["type"] not in PASS and name not in around]
    taken = {name: _resolve(name, nodes, sources, around) for name in [*kept, *outputs]}
    width = _width(inputs[0], nodes[inputs[0]])
    sizes, layers = {inputs[0]: width}, []
    for name in _ordered(kept, taken):
        layer = _layer(name, nodes[name], taken[name], sizes, dt)
        layers.append(_fed_back(layer, nodes, [w for w, lif in around.items() if lif == name]))
        sizes[name] = layer.what.size
    for name in outputs:
        _agree(f"node {name} (Output)", taken[name], sizes)
        if inputs[0] in taken[name]:
            raise ModelError(f"node {name} (Output): expected what layers make, found {inputs[0]} itself")
    return _biased(Network(inputs[0], width, tuple(layers), tuple(taken[name] for name in outputs)))


def _open(graph: Tree, prefix: str, nodes: dict[str, Tree], edges: list[tuple[str, str]]) -> None:
    """Collect the nodes and edges of a graph and of the graphs in it, under their joined names."""
    own, links = graph.get("nodes"), graph.get("edges")
    if not isinstance(own, dict) or not all(isinstance(node, dict) for node in own.values()):
        raise ModelError(f"node {prefix or 'root'} (NIRGraph): expected its nodes, found none")
    if isinstance(links, np.ndarray) and not links.size:
        links = []
    if not isinstance(links, list) or len(links) % 2:
        raise ModelError(f"node {prefix or 'root'} (NIRGraph): expected edges as pairs of names, found none")
    ends: dict[str, tuple[str, str]] = {}
    for name, node in own.items():
        kind, full = node.get("type"), prefix + name
        if kind not in KINDS:
            raise ModelError(
                f"node {full}: expected a type of {', '.join(KINDS)}, found {str(kind)[:40]!r}, which is unsupported"
            )
        ends[name] = (full, full)
        if kind == "NIRGraph":
            _open(node, f"{full}.", nodes, edges)
            ends[name] = _doors(full, node)
        else:
            nodes[full] = node
    for source, target in zip(links[::2], links[1::2], strict=True):
        if source not in ends or target not in ends:
            missing = source if source not in ends else target
            raise ModelError(f"edge {source} to {target}: expected two nodes, found none called {missing}")
        edges.append((ends[source][1], ends[target][0]))


def _doors(name: str, graph: Tree) -> tuple[str, str]:
    """The Input and the Output of a graph in a graph."""
    kinds = [(kind, [n for n, node in graph["nodes"].items() if node["type"] == kind]) for kind in ("Input", "Output")]
    for kind, found in kinds:
        if len(found) != 1:
            raise ModelError(f"node {name} (NIRGraph): expected one {kind}, found {len(found)}")
    return f"{name}.{kinds[0][1][0]}", f"{name}.{kinds[1][1][0]}"


def _sources(nodes: Mapping[str, Tree], edges: list[tuple[str, str]]) -> dict[str, list[str]]:
    """What each node takes, each once."""
    sources: dict[str, list[str]] = {name: [] for name in nodes}
    for source, target in edges:
        if source in sources[target]:
            raise ModelError(f"edge {source} to {target}: expected it once, found it twice")
        sources[target].append(source)
    return sources


def _around(nodes: Mapping[str, Tree], sources: Mapping[str, list[str]]) -> dict[str, str]:
    """Linear nodes that take and feed the same LIF alone, by name, with that LIF."""
    readers: dict[str, list[str]] = {name: [] for name in nodes}
    for name, taken in sources.items():
        for source in taken:
            readers[source].append(name)
    around = {}
    for name, node in nodes.items():
        loop = sources[name] == readers[name] and len(sources[name]) == 1
        if loop and node["type"] in LINEAR and nodes[sources[name][0]]["type"] in ("LIF", "CubaLIF"):
            around[name] = sources[name][0]
    return around


def _resolve(
    name: str, nodes: Mapping[str, Tree], sources: Mapping[str, list[str]], around: Mapping[str, str]
) -> tuple[str, ...]:
    """The layers (or the network's input) whose sum a node takes, seen through what passes frames on."""
    found: list[str] = []
    waiting, seen = deque(sources[name]), {name}
    while waiting:
        source = waiting.popleft()
        if source in around:
            continue
        through = nodes[source]["type"] in PASS and bool(sources[source])
        if not sources[source] and nodes[source]["type"] != "Input":
            raise ModelError(
                f"node {source} ({nodes[source]['type']}): expected something that feeds it, found nothing"
            )
        if through and source in seen:
            raise ModelError(f"node {source} ({nodes[source]['type']}): expected one way to {name}, found several")
        seen.add(source)
        if through:
            waiting.extend(sources[source])
        elif source in found:
            raise ModelError(f"node {name} ({nodes[name]['type']}): expected {source} once, found it twice")
        else:
            found.append(source)
    if not found:
        raise ModelError(f"node {name} ({nodes[name]['type']}): expected something that feeds it, found nothing")
    return tuple(found)


def _ordered(names: list[str], taken: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The names, each after those it takes."""
    readers: dict[str, list[str]] = {}
    missing = dict.fromkeys(names, 0)
    for name in names:
        for source in taken[name]:
            readers.setdefault(source, []).append(name)
            missing[name] += source in missing
    ready, order = deque(name for name in names if not missing[name]), []
    while ready:
        order.append(ready.popleft())
        for reader in readers.get(order[-1], []):
            missing[reader] -= 1
            if not missing[reader]:
                ready.append(reader)
    if len(order) < len(names):
        stuck = next(name for name in names if missing[name])
        raise ModelError(f"node {stuck}: expected no loop but a linear node around one LIF, found another")
    return order


def _width(name: str, node: Tree) -> int:
    """Elements in a frame of the input."""
    shape = np.asarray(node.get("shape", ()))
    if shape.dtype.kind not in "iu" or not 1 <= shape.size <= 4 or not ((shape >= 1) & (shape <= ELEMENTS)).all():
        raise ModelError(f"node {name} (Input): expected a shape of 1 to {ELEMENTS} elements, found {str(shape)[:60]}")
    width = int(np.prod(shape.astype(object)))
    if width > ELEMENTS:
        raise ModelError(f"node {name} (Input): expected a shape of 1 to {ELEMENTS} elements, found {width}")
    return width


def _agree(what: str, taken: tuple[str, ...], sizes: Mapping[str, int]) -> int:
    """The size of what a node takes."""
    found = {sizes[source] for source in taken}
    if len(found) != 1:
        raise ModelError(f"{what}: expected inputs of one size, found {sorted(found)}")
    return found.pop()


def _layer(name: str, node: Tree, taken: tuple[str, ...], sizes: Mapping[str, int], dt: float) -> Layer:
    title = f"node {name} ({node['type']})"
    made = what(title, node, _agree(title, taken, sizes), dt)
    if made.size + sum(sizes.values()) > ELEMENTS:
        raise ModelError(f"{title}: expected {ELEMENTS} elements at most in all layers, found more")
    return Layer(name, node["type"], made, taken)


def _fed_back(layer: Layer, nodes: Mapping[str, Tree], around: list[str]) -> Layer:
    """The LIF with the linear nodes around it as its recurrent weights and bias."""
    for name in around:
        assert isinstance(layer.what, Neurons)
        size = layer.what.size
        loop = linear(f"node {name} ({nodes[name]['type']})", nodes[name], size)
        if isinstance(loop, Scale) and size > 2048:
            raise ModelError(f"node {name} (Scale): expected recurrent weights for 2048 neurons at most, found {size}")
        square = np.diag(loop.factor) if isinstance(loop, Scale) else loop.weight
        if square.shape != (size, size):
            raise ModelError(f"node {name}: expected recurrent weights [{size}, {size}], found {list(square.shape)}")
        before = layer.what.recurrent if layer.what.recurrent.size else 0.0
        bias = layer.what.bias + (loop.bias if isinstance(loop, Matrix) else 0.0)
        layer = replace(layer, what=replace(layer.what, recurrent=before + square, bias=bias))
    return layer


def _biased(network: Network) -> Network:
    """Recurrent biases moved into the linear layer before, where nothing else reads that."""
    readers = [source for layer in network.layers for source in layer.sources]
    readers += [source for sources in network.outputs for source in sources]
    for layer in network.layers:
        alone = len(layer.sources) == 1 and readers.count(layer.sources[0]) == 1
        if not isinstance(layer.what, Neurons) or not alone or layer.sources[0] == network.input:
            continue
        before = network.layer(layer.sources[0]).what
        if isinstance(before, Matrix):
            network = network.with_(layer.sources[0], replace(before, bias=before.bias + layer.what.bias))
            network = network.with_(layer.name, replace(layer.what, bias=np.zeros(layer.what.size)))
    return network
