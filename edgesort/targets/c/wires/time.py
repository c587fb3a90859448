"""Ops that hold frames back, skip them or repeat them."""

from __future__ import annotations

from edgesort.graph import Stream
from edgesort.ops import Delay, Upsample, Window
from edgesort.targets.c.wires.wire import Wire, ctype, size


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
