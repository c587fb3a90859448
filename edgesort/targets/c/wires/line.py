"""es_line: the window of a layer where it lies."""

from __future__ import annotations

from math import prod

from edgesort.targets.c.wires.layer import Layer
from edgesort.targets.c.wires.wire import ctype, size

Fields = tuple[tuple[str, str], ...]


def lined(layer: Layer) -> bool:
    """True if the layer has a past or skips frames."""
    return layer.window.kernel > 1 or layer.window.stride > 1


def step(layer: Layer) -> int | None:
    """Elements from the inputs of one group to those of the next; None if they do not lie side by side in es_line."""
    whole = layer.window.kernel * layer.x.shape[-1]
    if lined(layer) and layer.inputs == whole:
        return 2 * whole
    return layer.inputs if not lined(layer) or prod(layer.x.shape[:-1]) == 1 else None


def line_fields(layer: Layer, rows: int) -> Fields:
    """rows: into which es_line divides the frame."""
    window = layer.window
    return (
        ("kernel", f"{window.kernel}"),
        ("dilation", f"{_rings(layer)}"),
        ("stride", f"{window.stride}"),
        ("rows", f"{rows}"),
        ("row_bytes", f"{layer.x.size // rows * size(layer.x.dtype)}"),
    )


def line_state(layer: Layer, spare: int = 0) -> str:
    """spare: elements after the ring."""
    elements = _rings(layer) * 2 * layer.window.kernel * layer.x.size + spare
    return f"struct {{{{ es_line_state line; {ctype(layer.x.dtype)} ring[{elements}]; }}}} {{id}}"


def nest(fields: Fields) -> str:
    """Fields as the initialiser of a struct within the params."""
    return f"{{{{{', '.join(f'.{name} = {value}' for name, value in fields)}}}}}"


def _rings(layer: Layer) -> int:
    return layer.window.dilation if layer.window.kernel > 1 else 1
