"""Ops that hold frames back, skip them or repeat them."""

from __future__ import annotations

from edgesort.graph import Stream
from edgesort.ops import AveragePool, Delay, DepthToTime, MaxPool, Upsample, Window
from edgesort.targets.c.wires.wire import Wire, ctype, es_type, size, types


def window(op: Window, x: Stream, y: Stream) -> Wire:
    fields = (
        ("kernel", f"{op.kernel}"),
        ("dilation", f"{op.dilation}"),
        ("stride", f"{op.stride}"),
        ("rows", f"{x.size // x.shape[-1]}"),
        ("row_bytes", f"{x.shape[-1] * size(x.dtype)}"),
    )
    ring = f"{ctype(x.dtype)} ring[{op.span() + 1}][{x.size}];"
    return Wire((), fields, f"struct {{{{ es_window_state line; {ring} }}}} {{id}}")


def delay(op: Delay, x: Stream, y: Stream) -> Wire:
    fields = (("frames", f"{op.frames}"), ("frame_bytes", f"{x.size * size(x.dtype)}"))
    ring = f"{ctype(x.dtype)} ring[{op.frames}][{x.size}];"
    return Wire((), fields, f"struct {{{{ es_delay_state line; {ring} }}}} {{id}}")


def upsample(op: Upsample, x: Stream, y: Stream) -> Wire:
    return Wire((), (("frame_bytes", f"{x.size * size(x.dtype)}"),), f"{ctype(x.dtype)} {{id}}[{x.size}]")


def depth_to_time(op: DepthToTime, x: Stream, y: Stream) -> Wire:
    fields = (
        ("factor", f"{op.factor}"),
        ("rows", f"{y.size // y.shape[-1]}"),
        ("part_bytes", f"{y.shape[-1] * size(x.dtype)}"),
    )
    frame = f"{ctype(x.dtype)} frame[{x.size}];"
    return Wire((), fields, f"struct {{{{ es_depth_to_time_state line; {frame} }}}} {{id}}")


def max_pool(op: MaxPool, x: Stream, y: Stream) -> Wire:
    ring = f"{ctype(x.dtype)} ring[{op.kernel}][{x.size}];"
    return Wire(
        (), (*pool(op, x), ("type", es_type(x.dtype))), f"struct {{{{ es_max_pool_state line; {ring} }}}} {{id}}"
    )


def average_pool(op: AveragePool, x: Stream, y: Stream) -> Wire:
    ring = f"uint32_t sum[{x.size}]; {ctype(x.dtype)} ring[{op.kernel}][{x.size}];"
    return Wire((), (*pool(op, x), *types(x, y)), f"struct {{{{ es_average_pool_state line; {ring} }}}} {{id}}")


def pool(op: MaxPool | AveragePool, x: Stream) -> tuple[tuple[str, str], ...]:
    return ("elements", f"{x.size}"), ("kernel", f"{op.kernel}"), ("stride", f"{op.stride}")
