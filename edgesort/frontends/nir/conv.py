"""NIR's Conv1d as one matrix. Its axis is one of space within a frame, not time, so it may be padded."""

from __future__ import annotations

from typing import Any

import numpy as np

from edgesort.fixed import Array
from edgesort.frontends.errors import ModelError

ENTRIES = 1 << 18


def matrix(layer: str, node: dict[str, Any], weight: Array, bias: Array, size: int) -> tuple[Array, Array]:
    """Weights [out * N_out, in * N] and biases, for frames [in, N] in row-major order."""
    stride, dilation, groups = (_positive(layer, node, field) for field in ("stride", "dilation", "groups"))
    if weight.ndim != 3 or not weight.size or len(weight) % groups or size % (weight.shape[1] * groups):
        raise ModelError(
            f"{layer}: expected weights [out, in / groups, kernel] for a frame of {size}, found {list(weight.shape)}"
        )
    out, width, kernel = weight.shape
    length = size // (width * groups)
    reach = dilation * (kernel - 1)
    left, right = _padding(layer, node, reach, stride)
    count = (length + left + right - reach - 1) // stride + 1
    if length + left + right <= reach or out * count * size > ENTRIES:
        raise ModelError(
            f"{layer}: expected a convolution of 1 to {ENTRIES} weights when unrolled, "
            f"found a kernel of {reach + 1} on {length} and {max(0, out * count * size)} weights"
        )
    if bias.size not in (1, out):
        raise ModelError(f"{layer}: expected {out} biases, found {bias.size}")
    unrolled = np.zeros((groups, out // groups, count, groups, width, length))
    kernels = weight.reshape(groups, -1, width, kernel)
    for n in range(count):
        offset = np.arange(length) + left - n * stride
        (at,) = np.nonzero((offset >= 0) & (offset <= reach) & (offset % dilation == 0))
        for g in range(groups):
            unrolled[g, :, n, g][..., at] = kernels[g][..., offset[at] // dilation]
    return unrolled.reshape(out * count, size), np.repeat(np.broadcast_to(bias.ravel(), out), count)


def _positive(layer: str, node: dict[str, Any], field: str) -> int:
    value = np.asarray(node.get(field, 0))
    if value.dtype.kind not in "iu" or value.size != 1 or not 1 <= value.item() <= 1 << 16:
        raise ModelError(f"{layer}: expected {field} of 1 or more, found {str(value)[:40]}")
    return int(value.item())


def _padding(layer: str, node: dict[str, Any], reach: int, stride: int) -> tuple[int, int]:
    """Zeros before and after, as torch's Conv1d counts them."""
    padding = node.get("padding")
    if padding == "valid":
        return 0, 0
    if isinstance(padding, str) and padding == "same" and stride == 1:
        return reach // 2, reach - reach // 2
    value = np.asarray(-1 if padding is None or isinstance(padding, str | list) else padding)
    if value.dtype.kind not in "iu" or value.size != 1 or not 0 <= value.item() <= 1 << 16:
        raise ModelError(f"{layer}: expected padding of 0 or more, valid, or same with stride 1, found {padding!s:.40}")
    return int(value.item()), int(value.item())
