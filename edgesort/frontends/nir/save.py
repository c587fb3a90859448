"""Graph in, NIR file out."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nir
import numpy as np

from edgesort.fixed import Array, Int
from edgesort.frontends.errors import ModelError
from edgesort.frontends.nir.terms import DT, PREFIX
from edgesort.graph import Graph, Node, Op, Stream
from edgesort.ops import Add, Delay, Dense, Lif, Requant, Reshape, Threshold


@dataclass(eq=False)
class Writer:
    """sources: the NIR nodes whose sum each of the graph's names stands for."""

    graph: Graph
    dt: float
    sources: dict[str, tuple[str, ...]]
    nodes: dict[str, Any] = field(default_factory=dict)
    edges: list[tuple[str, str]] = field(default_factory=list)

    def add(self, name: str, node: Any, sources: tuple[str, ...]) -> tuple[str, ...]:
        """Append a NIR node that takes the sum of others."""
        if len(set(sources)) < len(sources):
            raise ModelError(f"node {name}: expected each input once, found one twice, for which NIR has no edge")
        self.nodes[name] = node
        self.edges.extend((source, name) for source in sources)
        return (name,)


def save(graph: Graph, path: str | Path, dt: float = DT) -> None:
    """Write a Graph of Dense, Lif, Threshold, Delay, Add and one-bit Requant as NIR. ModelError if it has other ops.

    dt: seconds a step in the file, 1e-4 as snnTorch reads it. What NIR has no field for goes into its metadata, from
    which `load` takes it: the samples' type and rate, and each membrane's type.
    """
    name, stream = graph.input
    writer = Writer(graph, dt, {name: ("input",)}, {"input": nir.Input(np.array([_width("input", stream)]))})
    for node in graph.nodes:
        writer.sources[node.name] = _node(writer, node)
    for index, name in enumerate(graph.outputs):
        last = nir.Output(np.array([graph.streams[name].size]))
        writer.add(f"output_{index}" if index else "output", last, writer.sources[name])
    said = {"name": graph.name, "sampling_frequency": repr(float(graph.sampling_frequency)), "dt": repr(dt)}
    said |= {"samples": str(stream.dtype)} | ({"labels": "\n".join(graph.labels)} if graph.labels else {})
    metadata = {PREFIX + key: text for key, text in said.items()}
    part = Path(f"{path}.part")
    try:
        nir.write(part, nir.NIRGraph(writer.nodes, writer.edges, metadata, type_check=False))
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _width(name: str, stream: Stream) -> int:
    if len(stream.shape) != 1 or stream.period != 1:
        raise ModelError(f"node {name}: expected frames [C] with every sample, found {stream}, which NIR cannot say")
    return stream.size


def _node(writer: Writer, node: Node) -> tuple[str, ...]:
    makers: dict[type[Op], Callable[..., tuple[str, ...]]] = {
        Dense: _dense,
        Lif: _lif,
        Threshold: _threshold,
        Requant: _requant,
        Delay: _delay,
        Add: _add,
        Reshape: _reshape,
    }
    if type(node.op) not in makers:
        known = ", ".join(kind.kind for kind in makers)
        raise ModelError(f"node {node.name} ({node.op.kind}): expected one of {known}, found no NIR node for it")
    for stream in (*writer.graph.ins(node), writer.graph.streams[node.name]):
        _width(node.name, stream)
    return makers[type(node.op)](writer, node, node.op, *writer.graph.ins(node))


def _dense(writer: Writer, node: Node, op: Dense, x: Stream) -> tuple[str, ...]:
    out, width = op.weight.shape
    scale = 2.0**op.weight_exponent
    bias = op.bias * 2.0 ** writer.graph.streams[node.name].dtype.exponent
    if op.groups == out == x.size and not op.bias.any():
        made = nir.Scale(_float(op.weight[:, 0] * scale))
    else:
        weight = np.zeros((op.groups, out // op.groups, op.groups, width))
        for g in range(op.groups):
            weight[g, :, g] = op.weight.reshape(op.groups, -1, width)[g]
        full = _float(weight.reshape(out, -1) * scale)
        made = nir.Affine(full, _float(bias)) if op.bias.any() else nir.Linear(full)
    return writer.add(node.name, made, writer.sources[node.inputs[0]])


def _lif(writer: Writer, node: Node, op: Lif, x: Stream) -> tuple[str, ...]:
    """tau = dt 2^leak and r = tau / dt, so that one step of input 1 adds 1 to the membrane."""
    if op.refractory:
        raise ModelError(f"node {node.name} (lif): expected refractory 0, found {op.refractory}, which NIR cannot say")
    unit = 2.0**x.dtype.exponent
    gain = 2.0 ** np.broadcast_to(np.array(op.leak), x.size)
    threshold = _float(np.broadcast_to(np.array(op.threshold), x.size) * unit)
    membrane = str(Int(op.bits, True, x.dtype.exponent))
    tau, zeros = (np.float32(writer.dt) * gain).astype(np.float32), np.zeros(x.size, np.float32)
    made = nir.LIF(tau, _float(gain), zeros, threshold, zeros, metadata={f"{PREFIX}membrane": membrane})
    sources = writer.sources[node.inputs[0]]
    if not op.recurrent.size:
        return writer.add(node.name, made, sources)
    own = writer.add(f"{node.name}.lif", made, sources)
    around = writer.add(f"{node.name}.w_rec", nir.Linear(_float(op.recurrent * unit)), own)
    writer.edges.append((around[0], own[0]))
    return own


def _threshold(writer: Writer, node: Node, op: Threshold, x: Stream) -> tuple[str, ...]:
    return _heaviside(writer, node, np.broadcast_to(np.array(op.level), x.size), x)


def _requant(writer: Writer, node: Node, op: Requant, x: Stream) -> tuple[str, ...]:
    """To one bit it is x >> shift > 0, a threshold; without a shift and with room it is nothing. NIR has no floor."""
    shift, made = np.broadcast_to(np.array(op.shift), x.size), op.dtype
    if made == Int(1, False):
        return _heaviside(writer, node, (1 << shift.astype(np.int64)) - 1, x)
    if not shift.any() and made.holds(x.dtype.min, x.dtype.max) and made.exponent == x.dtype.exponent:
        return writer.sources[node.inputs[0]]
    raise ModelError(
        f"node {node.name} (requant): expected a Requant to u1, or one that changes nothing, found shifts "
        f"{op.shift} to {made}; NIR has neither floor nor saturation"
    )


def _heaviside(writer: Writer, node: Node, level: Array, x: Stream) -> tuple[str, ...]:
    made = nir.Threshold(_float(level * 2.0**x.dtype.exponent))
    return writer.add(node.name, made, writer.sources[node.inputs[0]])


def _delay(writer: Writer, node: Node, op: Delay, x: Stream) -> tuple[str, ...]:
    made = nir.Delay(np.full(x.size, op.frames * writer.dt, np.float32))
    return writer.add(node.name, made, writer.sources[node.inputs[0]])


def _add(writer: Writer, node: Node, op: Add, *x: Stream) -> tuple[str, ...]:
    """Two edges into one node are a sum, of the values that the exponents give them."""
    if len({stream.dtype.exponent - left for stream, left in zip(x, op.left, strict=True)}) > 1:
        raise ModelError(
            f"node {node.name} (add): expected shifts that bring both scales together, found {op.left} for "
            f"{x[0].dtype} and {x[1].dtype}"
        )
    return writer.sources[node.inputs[0]] + writer.sources[node.inputs[1]]


def _reshape(writer: Writer, node: Node, op: Reshape, x: Stream) -> tuple[str, ...]:
    return writer.sources[node.inputs[0]]


def _float(values: Array) -> Array:
    """In float32, as other writers have it, where that is exact."""
    single = np.asarray(values, np.float32)
    return single if (single == values).all() else np.asarray(values, np.float64)
