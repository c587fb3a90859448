"""One graph in which every operator stands: a branch each, from a part of the input cut to its type and shape."""

from collections.abc import Iterator

from edgesort.fixed import Int
from edgesort.graph import Graph, Node, Op, Stream
from edgesort.ops import OPS, Requant, Reshape, Slice, Window

SOURCE = Stream((64,), Int(16))


def every_op() -> Graph:
    nodes = tuple(node for op in OPS for node in _branch(*_case(op)))
    return Graph("every_op", 1000.0, ("x", SOURCE), nodes, ("window_y", "dense_y", "peak_y")).check()


def _case(op: type[Op]) -> tuple[Op, tuple[Stream, ...]]:
    """The first of the op's cases whose frames come with every sample, or that raises the rate."""
    return next(
        (one, streams)
        for one, streams in op.cases()
        if (one.infer(*streams).period < streams[0].period or streams[0].period == 1)
        and sum(stream.size for stream in streams) <= SOURCE.size
    )


def _branch(op: Op, streams: tuple[Stream, ...]) -> Iterator[Node]:
    first, inputs = 0, []
    for k, stream in enumerate(streams):
        name = f"{op.kind}_x{k}"
        yield Node(f"{name}_part", Slice(first, first + stream.size), ("x",))
        yield Node(f"{name}_cut", Requant((0,), stream.dtype), (f"{name}_part",))
        yield Node(f"{name}_slow", Window(1, stride=stream.period), (f"{name}_cut",))
        yield Node(name, Reshape(stream.shape), (f"{name}_slow",))
        inputs.append(name)
        first += stream.size
    yield Node(f"{op.kind}_y", op, tuple(inputs))
