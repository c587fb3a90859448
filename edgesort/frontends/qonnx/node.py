"""Reading one ONNX node: its name, its attributes, and the one line that refuses it."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper

from edgesort.fixed import Array
from edgesort.frontends.errors import ModelError

# What a damaged file can raise in numpy, in protobuf and in our own guards.
DAMAGE = (IndexError, KeyError, TypeError, ValueError, AttributeError, ArithmeticError, MemoryError)


def at(node: Any, text: str) -> str:
    return f"node {node.name or node.output[0]} ({node.op_type}): {text}"


def line(error: Exception) -> str:
    """What an error says, in one line of bounded length."""
    return " ".join(str(error).split())[:160] or type(error).__name__


def label(node: Any, index: int) -> str:
    """The module that the node came from: torch's scope if the exporter wrote it, else the node's name."""
    scopes = {p.key: p.value for p in node.metadata_props}.get("pkg.torch.onnx.name_scopes", "")
    parts = [part for part in scopes.strip("[]").replace("'", "").replace('"', "").split(", ") if part]
    scope = parts[0] if parts else node.name.strip("/")
    name = scope.split("/")[0].split(".")[0]
    return "".join(c if c.isalnum() else "_" for c in name) or f"{node.op_type.lower()}_{index}"


def attributes(node: Any) -> dict[str, Any]:
    return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}


def required(node: Any, *names: str) -> list[Any]:
    """The values of attributes that a node must have."""
    found = attributes(node)
    for name in names:
        if name not in found:
            raise ModelError(at(node, f"expected attributes {', '.join(names)}, found no {name}"))
    return [found[name] for name in names]


def array(tensor: Any) -> Array:
    """A tensor of the file; ValueError if it is not in the file itself or its shape is none."""
    if tensor.data_location == onnx.TensorProto.EXTERNAL:
        raise ValueError("data outside the file; save the model with its weights inside")
    if min(tensor.dims, default=0) < 0:
        raise ValueError(f"a shape of {list(tensor.dims)}")
    return np.asarray(numpy_helper.to_array(tensor))


def powers_of_two(node: Any, values: Array, what: str) -> Array:
    """The exponents of power-of-two scales, in the scales' shape."""
    mantissa, exponent = np.frexp(np.asarray(values, np.float64))
    if not (mantissa == 0.5).all():
        found = np.ravel(values)[np.ravel(mantissa) != 0.5][0]
        raise ModelError(
            at(node, f"expected {what} to be a power of two, found {found:g}; train with fixed-point quantizers")
        )
    return np.asarray(exponent, np.int64) - 1
