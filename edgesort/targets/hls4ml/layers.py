"""A graph's network as hls4ml's layer list, and the windows that it is called with.

hls4ml has no biquad and no peak, so the network is the part from the first Window or Dense through the
last Dense or Requant. One call takes a window of `receptive(graph)` frames and computes the newest frame of
the last node. Every activation is an integer; a Dense followed by a Requant of `shift` holds its weights
and biases at scale 2^-shift, so that the shift is the cast to the next type:

    Requant   ->  [u]fixed<bits, bits, TRN, SAT>         floor, then saturate
    Dense     ->  [u]fixed<n, n - shift>                 exact: n bits hold every partial sum

hls4ml 1.3.0 ignores dilation and groups of an io_parallel Conv1D, so both become zeros in the kernel.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.linalg import block_diag

from edgesort.fixed import Array, Int
from edgesort.graph import Graph, Node
from edgesort.ops import Dense, Requant, Window
from edgesort.passes.reach import gate_of
from edgesort.share import share

Layer = dict[str, Any]
ELSEWHERE = (
    ("host, c99 and the microcontrollers", "firmware/kernels/es_{}.c"),
    ("verilog and the FPGA boards", "hw/cells/es_{}.v"),
)


def network(graph: Graph) -> tuple[Node, ...]:
    """The nodes from the first Window or Dense through the last Dense or Requant; () if there is no Dense."""
    first = [i for i, node in enumerate(graph.nodes) if isinstance(node.op, Window | Dense)]
    last = [i for i, node in enumerate(graph.nodes) if isinstance(node.op, Dense | Requant)]
    has_dense = any(isinstance(node.op, Dense) for node in graph.nodes)
    return graph.nodes[first[0] : last[-1] + 1] if has_dense else ()


def receptive(graph: Graph) -> int:
    """Frames of the network's input that one of its outputs depends on: the window of a call."""
    width = 1
    for node in reversed(network(graph)):
        if isinstance(node.op, Window):
            width = (width - 1) * node.op.stride + node.op.span() + 1
    return width


def _incomplete(graph: Graph) -> tuple[int, int]:
    """Outputs of the network before its first complete window, and frames of its input from one output to the next."""
    nodes = network(graph)
    step = graph.rate(nodes[-1].name) // graph.rate(nodes[0].inputs[0])
    return -(-receptive(graph) // step) - 1, step


def skipped(graph: Graph) -> int:
    """Input frames of the graph before the network's first complete window, a multiple of its output's period."""
    return _incomplete(graph)[0] * graph.rate(network(graph)[-1].name)


def windows(graph: Graph, frames: Array) -> tuple[Array, Array]:
    """Raw frames [T, *shape] to the network's complete windows [N, W, C] and its reference outputs [N, O].

    The window of output k is the newest frames when the graph computes it: it ends with frame (k + 1) * step - 1.
    """
    nodes, width = network(graph), receptive(graph)
    _, values = graph.run(graph.initial_state(), frames)
    x, y = values[nodes[0].inputs[0]], values[nodes[-1].name]
    first, step = _incomplete(graph)
    if len(y) <= first:
        return np.empty((0, width, *x.shape[1:])), y[:0]
    view = sliding_window_view(x, width, axis=0)[(first + 1) * step - width :: step]
    return view.swapaxes(1, 2), y[first:]


def objections(graph: Graph, least_bits: int = 1) -> list[str]:
    """One line for each node that hls4ml cannot take; empty if it takes the graph. least_bits: of an activation."""
    if gate := gate_of(graph):
        return [f"node {gate.name}: expected a graph without an event gate, found one; compile without --gate"]
    nodes = network(graph)
    if not nodes:
        return [f"graph {graph.name}: expected a dense node, found none"]
    before = (None, *nodes[:-1])
    after = (*nodes[1:], None)
    found = [line for triple in zip(before, nodes, after, strict=True) for line in _objections(graph, *triple)]
    types = ((node.name, node.op.dtype) for node in nodes if isinstance(node.op, Requant))
    few = ((name, dtype) for name, dtype in types if dtype.bits < least_bits)
    return found + [f"node {name} (requant): expected {least_bits} bits or more, found {dtype}" for name, dtype in few]


def _objections(graph: Graph, before: Node | None, node: Node, after: Node | None) -> Iterator[str]:
    """What hls4ml cannot take of one node of the network, given its neighbours."""
    where = f"node {node.name} ({node.op.kind})"
    if not isinstance(node.op, Window | Dense | Requant):
        yield f"{where}: hls4ml takes window, dense and requant here; {node.op.kind} is in {_elsewhere(node.op.kind)}"
        return
    if before and node.inputs != (before.name,):
        yield f"{where}: expected a chain, with {before.name} as its input, found {', '.join(node.inputs)}"
    if len(graph.streams[node.name].shape) != 1:
        yield f"{where}: expected frames of one axis, found {graph.streams[node.name]}"
    if isinstance(node.op, Window) and not (after and isinstance(after.op, Dense)):
        yield f"{where}: expected a dense after it, found {after.op.kind if after else 'none'}"
    if isinstance(node.op, Requant) and not (before and isinstance(before.op, Dense)):
        yield f"{where}: expected a dense before it, found {before.op.kind if before else 'none'}"


def _elsewhere(kind: str) -> str:
    """The targets that have an operator: those with a kernel or a cell of its name."""
    found = [targets for targets, path in ELSEWHERE if share(*path.format(kind).split("/")).is_file()]
    return ", ".join(found) or "no target"


def layers(graph: Graph) -> list[Layer]:
    """The network in hls4ml's layer list: Input, then Conv1D and a linear Activation (the cast) in turn."""
    nodes, width = network(graph), receptive(graph)
    source = graph.streams[nodes[0].inputs[0]]
    shape = [width, source.size]
    precision = {"result": _ap(source.dtype, 0)}
    found: list[Layer] = [
        {"class_name": "Input", "name": f"{nodes[0].inputs[0]}_window", "input_shape": shape, "precision": precision}
    ]
    taps = Window(1)
    for node, after in zip(nodes, (*nodes[1:], None), strict=True):
        if isinstance(node.op, Window):
            taps = node.op
        elif isinstance(node.op, Dense):
            shift = after.op.shift if after and isinstance(after.op, Requant) else (0,)
            found.append(_convolution(node.name, node.op, taps, shift, width, graph.ins(node)[0].dtype))
            width, taps = found[-1]["out_width"], Window(1)
        elif isinstance(node.op, Requant):
            precision = {"result": _ap(node.op.dtype, 0, "TRN,SAT,0")}
            found.append(
                {"class_name": "Activation", "name": node.name, "activation": "linear", "precision": precision}
            )
    return found


def _convolution(name: str, dense: Dense, taps: Window, shift: tuple[int, ...], width: int, x: Int) -> Layer:
    """A Dense over a Window as a Conv1D on `width` frames of type `x`, output o at scale 2^-shift[o]."""
    fraction = max(shift)
    raised = np.broadcast_to(fraction - np.array(shift), dense.bias.shape)
    weight = block_diag(*np.split(dense.weight.astype(np.int64), dense.groups)) << raised[:, None]
    bias = dense.bias.astype(np.int64) << raised
    filters, kernel = len(weight), taps.span() + 1
    spread = np.zeros((kernel, weight.shape[1] // taps.kernel, filters), np.int64)
    spread[:: taps.dilation] = weight.reshape(filters, taps.kernel, -1).transpose(1, 2, 0)
    accumulator = _ap(Int.holding(*Dense(weight, bias).bounds(x.min, x.max)), fraction)
    return {
        "class_name": "Conv1D",
        "name": name,
        "data_format": "channels_last",
        "in_width": width,
        "out_width": (width - kernel) // taps.stride + 1,
        "n_chan": spread.shape[1],
        "n_filt": filters,
        "filt_width": kernel,
        "stride_width": taps.stride,
        "pad_left": 0,
        "pad_right": 0,
        "weight_data": spread / (1 << fraction),
        "bias_data": bias / (1 << fraction),
        "precision": {
            "weight": _ap(Int.holding(int(weight.min()), int(weight.max())), fraction),
            "bias": _ap(Int.holding(int(bias.min()), int(bias.max())), fraction),
            "accum": accumulator,
            "result": accumulator,
        },
    }


def _ap(dtype: Int, fraction: int, mode: str = "TRN,WRAP,0") -> str:
    """`dtype` read at scale 2^-fraction, in hls4ml's notation."""
    return f"{'' if dtype.signed else 'u'}fixed<{dtype.bits},{dtype.bits - fraction},{mode}>"
