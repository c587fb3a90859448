"""The proof at import: the windowed network and the streaming graph compute the same integers, tensor by tensor.

The network is evaluated on windows by window.py, the graph runs over the samples that the windows are cut from,
and every tensor that became a stream is compared with that stream in every frame, but for the borders that a
ConvTranspose fills with zeros. Operators of edgesort.ops with a state go on from the frames before the window, as
they do in a stream. Random samples are biased to corners: held extremes, steps, small and large noise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from edgesort.fixed import Array
from edgesort.frontends.errors import ModelError
from edgesort.frontends.qonnx.node import line
from edgesort.frontends.qonnx.plan import Edge, Imported, element_exponents
from edgesort.frontends.qonnx.window import Custom, evaluator
from edgesort.graph import Graph, Stream, Values

FRAMES = 64  # of the slowest stream, that a window shows of a network that takes any length
WINDOWS = 3  # cut from one piece of samples; more of short ones
SHORT = 768  # samples that all windows of a piece together have at least
# What a proof may take: seconds and some hundred MB. No network of an implant comes near.
MOST_REACH = 1 << 15  # samples that an output looks back: a second at 30 kHz
MOST_WORK = 1 << 32  # multiplications
MOST_VALUES = 1 << 26  # of all streams together


def prove(imported: Imported, graph: Graph, recorded: Iterable[Array] = ()) -> None:
    """ModelError unless network and graph agree on random windows, and on windows of recorded samples [T, channels].

    graph: what the passes made of imported.graph; its outputs must be the same values. Recordings that are shorter
    than a window show nothing and are left out; of longer ones a few parts are taken, the loudest among them.
    """
    first = imported.graph
    late = max(imported.timing.late.values())
    length = imported.length or imported.like(first.receptive_field + FRAMES * first.cycle)
    windows = max(WINDOWS, min(24, SHORT // length))
    apart = -(-length // (4 * first.cycle)) * first.cycle
    count = imported.timing.begin + length + late + first.cycle + (windows - 1) * apart
    _affordable(first, count)
    evaluate = _network(imported)
    for piece in (samples(first.input[1], count, 1), *(part for frames in recorded for part in parts(frames, count))):
        _, values = first.run(first.initial_state(), piece)
        _, after = graph.run(graph.initial_state(), piece)
        for old, new in zip(first.outputs, graph.outputs, strict=True):
            if not np.array_equal(values[old], after[new]):
                raise ModelError(f"graph {graph.name}: expected output {old} as before the passes, found other values")
        for at in range(imported.timing.begin, len(piece) - late - length + 1, apart):
            window = piece[at : at + length].astype(np.float64)
            source = imported.edges[imported.source]
            inputs = {imported.source: tensor(window * scale(source, window.shape[1]), source)}
            _compare(imported, values, evaluate(inputs, custom(imported, values, at)), at)


def _network(imported: Imported) -> Callable[[Mapping[str, Array], Custom], dict[str, Array]]:
    """The windowed network, whose failures end in one line."""
    try:
        network = evaluator(imported.model)
    except Exception as error:  # onnx.reference raises what it likes
        raise ModelError(f"model: expected a network that can be evaluated, found {line(error)}") from None

    def evaluate(inputs: Mapping[str, Array], custom: Custom) -> dict[str, Array]:
        try:
            return network(inputs, custom)
        except Exception as error:
            raise ModelError(f"model: expected a network that can be evaluated, found {line(error)}") from None

    return evaluate


def custom(imported: Imported, values: Values, at: int) -> Callable[[str, tuple[Array, ...]], Array]:
    """What evaluates the nodes of edgesort.ops on a window that begins at sample `at`: step by step.

    Before the window's first frame, and where a border is no true value, they see the frames of the stream.
    """
    nodes = {node.output[0]: node for node in imported.model.graph.node}

    def run(output: str, inputs: tuple[Array, ...]) -> Array:
        edge, op = imported.edges[output], imported.custom[output]
        node = imported.graph.node(edge.node)
        streams, start = imported.graph.ins(node), first_frame(imported, edge, at)
        given = [name for name in nodes[output].input if name in imported.edges]
        before = [values[name][:start] for name in node.inputs]
        state, _ = op.run(op.initial_state(*streams), *before)
        frames = []
        for x, name, inner, stream in zip(inputs, given, node.inputs, streams, strict=False):
            windowed = np.rint(integers(x, imported.edges[name], stream.size)).astype(stream.dtype.container)
            border = imported.edges[name].borders[0]
            windowed[:border] = values[inner][start : start + border]
            frames.append(windowed)
        made = []
        for step in zip(*frames, strict=True):
            state, y = op.step(state, *step)
            made.append(y)
        y = np.array(made, np.float64)
        return tensor(y * scale(edge, y.shape[1]), edge)

    return run


def samples(stream: Stream, count: int, seed: int) -> Array:
    """Random frames of a stream, biased to what corners arithmetic."""
    rng = np.random.default_rng(seed)
    low, high = stream.dtype.min, stream.dtype.max
    blocks: list[Array] = []
    while sum(len(block) for block in blocks) < count:
        shape = (int(rng.integers(3, 24)), *stream.shape)
        span = 1 << int(rng.integers(1, stream.dtype.bits))
        noise = rng.integers(-span, span, shape)
        kinds = (noise, noise, rng.choice([low, high], shape), np.full(shape, rng.choice([low, 0, high])),
                 np.cumsum(noise // 4, axis=0))  # fmt: skip
        blocks.append(np.clip(kinds[rng.integers(len(kinds))], low, high))
    return np.concatenate(blocks)[:count].astype(stream.dtype.container)


def parts(frames: Array, count: int) -> list[Array]:
    """Parts of `count` frames of a recording: some that are far apart, and the one about its greatest value."""
    if len(frames) <= count:
        return [frames]
    last = len(frames) - count
    loudest = int(np.abs(frames.astype(np.int64)).max(axis=1).argmax()) - count // 2
    starts = {0, last // 2, last, min(last, max(0, loudest))}
    return [frames[start : start + count] for start in sorted(starts)]


def scale(edge: Edge, channels: int) -> Array:
    """What one step of each element of a frame is worth."""
    return np.asarray(np.exp2(element_exponents(edge, channels).astype(np.float64)))


def tensor(frames: Array, edge: Edge) -> Array:
    """Frames [T, C] of a stream as a tensor with the edge's axes."""
    moved = frames.T if "t" not in edge.layout or edge.layout.index("c") < edge.layout.index("t") else frames
    sizes = {"c": frames.shape[1], "t": frames.shape[0]}
    return moved.reshape([sizes.get(axis, 1) for axis in edge.layout])


def integers(values: Array, edge: Edge, channels: int) -> Array:
    """A tensor as frames [T, C] of its stream, in steps: float64, so that what is off the grid stays off it."""
    if values.ndim != len(edge.layout):
        raise ModelError(f"node {edge.node}: expected axes {' '.join(edge.layout)}, found {list(values.shape)}")
    axes = [edge.layout.index(axis) for axis in "tc" if axis in edge.layout]
    idle = [k for k in range(values.ndim) if k not in axes]
    frames = values.transpose(*idle, *axes).reshape(-1, channels)
    if edge.order:
        frames = frames[:, np.argsort(edge.order)]
    return np.asarray(frames / scale(edge, channels))


def first_frame(imported: Imported, edge: Edge, at: int) -> int:
    """The stream's frame that is index 0 of a tensor, for a window that begins at sample `at`."""
    moved = (at - imported.timing.begin) // imported.graph.rate(edge.node)
    return imported.timing.starts[edge.node] + edge.crop + moved


def _compare(imported: Imported, values: Values, found: Mapping[str, Array], at: int) -> None:
    """ModelError unless every tensor equals its stream."""
    for name, edge in imported.edges.items():
        stream, start = values[edge.node], first_frame(imported, edge, at)
        frames = integers(found[name], edge, stream.shape[1])
        if imported.length and edge.time is not None and len(frames) != edge.time:
            raise ModelError(f"node {edge.node}: expected {edge.time} frames of tensor {name}, found {len(frames)}")
        left, right = edge.borders
        inner = frames[left : len(frames) - right]
        wrong = np.argwhere(inner != stream[start + left : start + left + len(inner)])
        if len(wrong):
            t, c = (int(k) for k in wrong[0])
            raise ModelError(
                f"node {edge.node}: expected {inner[t, c]:g} in frame {left + t}, channel {c}, as tensor {name} of the "
                f"window has it, found {stream[start + left + t, c]} in the stream; it has no exact streaming form"
            )


def _affordable(graph: Graph, count: int) -> None:
    """ModelError, before anything is allocated, if the proof would take too long or too much memory."""
    rates = {name: max(1, graph.rate(name)) for name in graph.streams}
    work = sum(node.op.macs(*graph.ins(node)) * (count // rates[node.name] + 1) for node in graph.nodes)
    elements = sum(stream.size * (count // rates[name] + 1) for name, stream in graph.streams.items())
    for what, found, most in (
        ("samples that an output looks back", graph.receptive_field, MOST_REACH),
        ("multiplications in the proof", work, MOST_WORK),
        ("values in the proof", elements, MOST_VALUES),
    ):
        if found > most:
            raise ModelError(f"graph {graph.name}: expected at most {most} {what}, found {found}")
