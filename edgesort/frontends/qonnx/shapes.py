"""Nodes that move elements and frames: axes, flattening, slices, joins of channels, pools, resizing."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from edgesort.frontends.errors import ModelError
from edgesort.frontends.qonnx.layers import geometry, slid
from edgesort.frontends.qonnx.node import at, attributes
from edgesort.frontends.qonnx.plan import Edge, Importer, element_exponents, shared
from edgesort.ops import AveragePool, Concat, MaxPool, Slice, Upsample, Window

MOST_AXES = 8
NO_END = 1 << 31  # exporters write INT_MAX or more for "to the end"


def transpose(importer: Importer, node: Any, name: str) -> Edge:
    source = importer.edge(node)
    order = attributes(node).get("perm", list(range(len(source.layout)))[::-1])
    if sorted(order) != list(range(len(source.layout))):
        raise ModelError(at(node, f"expected an order of {len(source.layout)} axes, found {list(order)}"))
    return replace(source, layout="".join(source.layout[k] for k in order))


def squeeze(importer: Importer, node: Any, name: str) -> Edge:
    source = importer.edge(node)
    dims = source.dims(importer.channels(source))
    axes = importer.integers(node, 1, "axes")
    dropped = _axes(node, [k for k, size in enumerate(dims) if size == 1] if axes is None else axes, len(dims))
    if any(dims[k] != 1 for k in dropped):
        raise ModelError(at(node, f"expected axes of one, found {[dims[k] for k in dropped]}"))
    layout = "".join(axis for k, axis in enumerate(source.layout) if k not in dropped)
    return replace(source, layout=layout, whole=source.whole or "t" in set(source.layout) - set(layout))


def unsqueeze(importer: Importer, node: Any, name: str) -> Edge:
    source = importer.edge(node)
    axes = importer.integers(node, 1, "axes") or []
    layout = list(source.layout)
    for k in sorted(_axes(node, axes, len(layout) + len(axes))):
        layout.insert(k, _new_axis(importer, source, layout))
    return replace(source, layout="".join(layout))


def flatten(importer: Importer, node: Any, name: str) -> Edge:
    source, axis = importer.edge(node), attributes(node).get("axis", 1)
    if axis % max(1, len(source.layout)) != 1 or source.layout[0] not in "nu":
        raise ModelError(at(node, f"expected axis 1 of [1, ...], found axis {axis} of {' '.join(source.layout)}"))
    return _flat(importer, node, name, source)


def reshape(importer: Importer, node: Any, name: str) -> Edge:
    """Axes of one come and go; all else becomes one axis; what splits or mixes axes is refused."""
    source = importer.edge(node)
    dims, wanted = source.dims(importer.channels(source)), importer.integers(node, 1, "shape") or []
    if len(wanted) > MOST_AXES:
        raise ModelError(at(node, f"expected at most {MOST_AXES} axes, found {len(wanted)}"))
    kept = [size if size or k >= len(dims) else dims[k] for k, size in enumerate(wanted)]
    target = [_missing(dims, kept) if size == -1 else size for size in kept]
    if target == dims:
        return source
    sizes, found = [d for d in dims if d != 1], [d for d in target if d != 1]
    if None not in dims and len(target) == 2 and target[0] == 1 and target[1] == prod(d or 1 for d in dims):
        return _flat(importer, node, name, source)
    if sizes != found or (None in dims and None not in target):
        raise ModelError(at(node, f"expected axes of one to come or go, or one axis of all, found {dims} to {target}"))
    letters = [axis for axis, size in zip(source.layout, dims, strict=True) if size != 1]
    idle = replace(source, layout="".join(letters))
    layout: list[str] = []
    for size in target:
        layout.append(letters.pop(0) if size != 1 else "" if layout else "n")
    for k, axis in enumerate(layout):
        layout[k] = axis or _new_axis(importer, idle, ["".join(layout)])
    if "c" not in layout:
        raise ModelError(at(node, f"expected an axis of channels, found {dims} to {target}"))
    return replace(source, layout="".join(layout), whole=source.whole or None not in dims)


def slice_(importer: Importer, node: Any, name: str) -> Edge:
    """Of the channels a part, of the frames a part: the first ones left out, and then every step-th one."""
    edge = importer.edge(node)
    starts, ends = importer.integers(node, 1, "starts") or [], importer.integers(node, 2, "ends") or []
    axes = importer.integers(node, 3, "axes") or list(range(len(starts)))
    steps = importer.integers(node, 4, "steps") or [1] * len(starts)
    if not len(starts) == len(ends) == len(axes) == len(steps):
        raise ModelError(at(node, "expected as many starts as ends, axes and steps, found other numbers"))
    for start, end, axis, step in zip(starts, ends, _axes(node, axes, len(edge.layout)), steps, strict=True):
        letter = edge.layout[axis]
        if step < 1 or (step > 1 and letter != "t"):
            raise ModelError(at(node, f"expected steps forward along time, found {step}"))
        if letter == "t":
            edge = _cropped(importer, node, name, edge, start, end, step)
        elif letter == "c":
            first, last, _ = slice(start, end).indices(importer.channels(edge))
            edge = channels_of(importer, node, name, edge, first, last)
        elif 0 not in range(*slice(start, end).indices(1)):
            raise ModelError(at(node, "expected something to be left, found nothing"))
    return edge


def pad(importer: Importer, node: Any, name: str) -> Edge:
    """Only pads that take frames away."""
    edge, pads = importer.edge(node), importer.integers(node, 1, "pads") or []
    rank = len(edge.layout)
    if len(pads) != 2 * rank or max(pads) > 0 or any(pads[k] and edge.layout[k % rank] != "t" for k in range(2 * rank)):
        raise ModelError(at(node, "expected no padding, found some; a stream has no borders, so train on windows"))
    time = edge.layout.find("t")
    if time < 0 or not any(pads):
        return edge
    return _cropped(importer, node, name, edge, -pads[time], pads[rank + time] or NO_END, 1)


def split(importer: Importer, node: Any, name: str) -> tuple[Edge, ...]:
    edge, outputs = importer.edge(node), len(node.output)
    (axis,) = _axes(node, [attributes(node).get("axis", 0)], len(edge.layout))
    channels = importer.channels(edge)
    sizes = importer.integers(node, 1, "split") or [-(-channels // outputs)] * outputs
    if edge.layout[axis] != "c" or len(sizes) != outputs:
        raise ModelError(at(node, f"expected a split of the channels in {outputs}, found another"))
    ends = np.minimum(np.cumsum(sizes), channels).tolist()
    return tuple(
        channels_of(importer, node, name, edge, start, end) for start, end in zip([0, *ends[:-1]], ends, strict=True)
    )


def channels_of(importer: Importer, node: Any, name: str, edge: Edge, first: int, last: int) -> Edge:
    if edge.order:
        raise ModelError(at(node, "expected a layer after flattening, found a part of its elements"))
    channels = importer.channels(edge)
    if (first, last) == (0, channels):
        return edge
    made, _ = importer.add(name, Slice(first, last), edge.tap)
    return replace(edge, node=made, exponents=shared(element_exponents(edge, channels)[first:last]), crop=0)


def concat(importer: Importer, node: Any, name: str) -> Edge:
    joined = importer.edge(node)
    (axis,) = _axes(node, [attributes(node).get("axis", 1)], len(joined.layout))
    if joined.layout[axis] != "c":
        raise ModelError(at(node, f"expected channels to be joined, found axis {axis} of {' '.join(joined.layout)}"))
    for position in range(1, len(node.input)):
        other = importer.edge(node, position)
        if joined.order or other.order:
            raise ModelError(at(node, "expected a layer after flattening, found a join"))
        exponents = [element_exponents(edge, importer.channels(edge)) for edge in (joined, other)]
        edge = meet(node, joined, other)
        made, _ = importer.add(name, Concat(), joined.tap, other.tap)
        joined = replace(edge, node=made, exponents=shared(np.concatenate(exponents)))
    return joined


def meet(node: Any, a: Edge, b: Edge) -> Edge:
    """What two streams have in common when they are joined."""
    if a.layout != b.layout or a.order != b.order:
        raise ModelError(
            at(node, f"expected tensors of the same axes, found {' '.join(a.layout)} and {' '.join(b.layout)}")
        )
    if None not in (a.time, b.time) and a.time != b.time:
        raise ModelError(at(node, f"expected tensors of one length, found {a.time} and {b.time} frames; crop one"))
    left, right = (max(sides) for sides in zip(a.borders, b.borders, strict=True))
    return replace(a, crop=0, time=a.time or b.time, borders=(left, right), whole=a.whole or b.whole)


def pool(importer: Importer, node: Any, name: str) -> Edge:
    """MaxPool and AveragePool over time, without padding."""
    source, found = importer.edge(node), attributes(node)
    time = source.layout.find("t") - 2
    kernel = int(found.get("kernel_shape", [0] * (time + 1))[time]) if time >= 0 else 0
    kernel, stride, dilation, pads = geometry(node, source, kernel)
    if any(pads) or found.get("ceil_mode", 0) or dilation != 1:
        raise ModelError(at(node, "expected no padding, no ceil_mode and no dilation, found some"))
    return _pooled(importer, name, slid(node, source, kernel - 1, stride), source, node.op_type, kernel, stride)


def global_pool(importer: Importer, node: Any, name: str) -> Edge:
    """A pool over the whole window, which slides with the stream."""
    source = importer.edge(node)
    rank = len(source.layout)
    axes = importer.integers(node, 1, "axes") or range(rank) if node.op_type == "ReduceMean" else range(2, rank)
    reduced = _axes(node, axes, rank)
    idle = all(source.layout[k] in "nut" for k in reduced)
    if source.time is None or any(source.borders) or not idle or "t" not in [source.layout[k] for k in reduced]:
        raise ModelError(at(node, "expected a mean over a window of stated length, found another"))
    made = _pooled(importer, name, source, source, node.op_type, source.time, 1)
    if not attributes(node).get("keepdims", 1):
        made = replace(made, layout="".join(axis for k, axis in enumerate(source.layout) if k not in reduced))
    return replace(made, time=1, whole=True)


def resize(importer: Importer, node: Any, name: str) -> Edge:
    """Each frame repeated: nearest, by an integer factor along time."""
    source, found, rank = importer.edge(node), attributes(node), 0
    rank, time = len(source.layout), source.layout.find("t")
    old = node.op_type == "Upsample" or len(node.input) == 2  # asymmetric and floor, before opset 11
    place = found.get("coordinate_transformation_mode", b"asymmetric" if old else b"half_pixel")
    nearest = found.get("nearest_mode", b"floor" if old else b"round_prefer_floor")
    exact = (place, nearest) == (b"asymmetric", b"floor") or (
        place in (b"half_pixel", b"pytorch_half_pixel") and nearest in (b"round_prefer_floor", b"round_prefer_ceil")
    )
    if found.get("mode", b"nearest") != b"nearest" or not exact:
        raise ModelError(at(node, "expected mode nearest that repeats each frame, found another; use nearest"))
    scales, sizes = importer.given(node, 1 if old else 2, "scales"), None
    if scales is None or not scales.size:
        sizes = importer.integers(node, 3, "sizes")
        scales = np.array(
            [(a or 0) / (b or 1) for a, b in zip(sizes or [], source.dims(importer.channels(source)), strict=False)]
        )
    factor = float(scales[time]) if 0 <= time < scales.size else 0.0
    others = [scales[k] != 1 for k in range(scales.size) if k != time]
    if scales.size != rank or any(others) or not 1 <= factor < NO_END or factor != int(factor):
        raise ModelError(at(node, f"expected an integer factor along time, found {np.ravel(scales).tolist()[:8]}"))
    whole = source.whole or sizes is not None
    if factor == 1:
        return replace(source, whole=whole)
    made, _ = importer.add(name, Upsample(int(factor)), source.tap)
    time_, (left, right) = source.time, source.borders
    length = None if time_ is None else time_ * int(factor)
    borders = (left * int(factor), right * int(factor))
    return replace(source, node=made, crop=0, time=length, borders=borders, whole=whole)


def _pooled(importer: Importer, name: str, edge: Edge, source: Edge, kind: str, kernel: int, stride: int) -> Edge:
    most = kind in ("MaxPool", "GlobalMaxPool")
    made, _ = importer.add(name, (MaxPool if most else AveragePool)(kernel, stride), source.tap)
    finer = 0 if most else kernel.bit_length() - 1
    return replace(edge, node=made, exponents=tuple(e - finer for e in source.exponents), crop=0)


def _flat(importer: Importer, node: Any, name: str, source: Edge) -> Edge:
    """All samples of the window side by side: a line buffer as long as the window."""
    time, channels = source.time, importer.channels(source)
    if time is None or any(source.borders):
        raise ModelError(at(node, "expected a window of stated length without borders, found none"))
    if time == 1:
        return replace(source, layout="nc", whole=True)
    made, _ = importer.add(f"{name}_window", Window(time), source.tap)
    exponents = shared(np.tile(element_exponents(source, channels), time))
    order: tuple[int, ...] = ()
    if channels > 1 and source.layout.index("c") < source.layout.index("t"):  # the tensor is [C, T], the frame [T, C]
        order = tuple(np.arange(time * channels).reshape(time, channels).T.ravel().tolist())
    return Edge(made, exponents, "nc", 1, order=order, whole=True)


def _cropped(importer: Importer, node: Any, name: str, edge: Edge, start: int, end: int, step: int) -> Edge:
    """Frames start to end, every step-th of them."""
    time, (left, right) = edge.time, edge.borders
    relative = start < 0 or 0 <= end < NO_END
    if time is None and relative:
        raise ModelError(at(node, "expected a window of stated length, found none; state the shape of the input"))
    behind = -end if end < 0 else 0
    if time is not None:
        start, last, _ = slice(start, end).indices(time)
        behind, length = time - last, last - start
        time = max(0, length)
    edge = replace(
        edge,
        crop=edge.crop + start,
        time=time,
        borders=(max(0, left - start), max(0, right - behind)),
        whole=edge.whole or relative,
    )
    if step == 1:
        return slid(node, edge, 0, 1)
    made, _ = importer.add(name, Window(1, 1, step), edge.tap)
    return replace(slid(node, edge, 0, step), node=made, crop=0)


def _axes(node: Any, axes: Any, rank: int) -> list[int]:
    found = list(axes)
    if rank > MOST_AXES or len({axis % rank for axis in found if -rank <= axis < rank}) != len(found):
        raise ModelError(at(node, f"expected different axes of at most {min(rank, MOST_AXES)}, found {found[:9]}"))
    return [axis % rank for axis in found]


def _new_axis(importer: Importer, source: Edge, layout: list[str]) -> str:
    """What an axis of one stands for: channels or time if there is no such axis left, else nothing."""
    there = "".join(layout)
    if "c" not in there and importer.channels(source) == 1:
        return "c"
    return "t" if "t" not in there and source.time == 1 else "u"


def _missing(dims: list[int | None], wanted: list[int | None]) -> int | None:
    """The size for which a shape has -1: None if it stands for a length that is not stated."""
    if None in dims:
        return None
    known = prod(size or 1 for size in wanted if size != -1)
    return prod(d or 1 for d in dims) // max(1, abs(known))
