"""Constants, and nodes that only rearrange or rescale them, as exporters leave them between weights and layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from typing import Any

import numpy as np
import onnx

from edgesort.fixed import Array
from edgesort.frontends.errors import ModelError
from edgesort.frontends.qonnx.node import array, at, attributes, powers_of_two
from edgesort.frontends.qonnx.plan import MOST_WEIGHTS, Constant


def stated(node: Any) -> Constant:
    """The value of a Constant node."""
    (attribute,) = node.attribute
    value = onnx.helper.get_attribute_value(attribute)
    return Constant(np.asarray(array(value) if isinstance(value, onnx.TensorProto) else value, np.float64))


def folded(node: Any, given: list[Constant | None]) -> Constant | None:
    """The constant that a node makes of constants; None if it is not one of those that are folded here."""
    first = given[0] if given else None
    if first is None:
        return None
    if node.op_type in MOVED:
        others = [None if other is None else other.values for other in given[1:]]
        move = MOVED[node.op_type]
        exponents = None if first.exponents is None else move(first.exponents, attributes(node), others)
        return Constant(move(first.values, attributes(node), others), exponents)
    constants = [constant for constant in given if constant is not None]
    if len(constants) < len(given):
        return None
    if node.op_type == "Concat":
        return _joined(node, constants)
    return _computed(node, constants) if node.op_type in COMPUTED else None


def _joined(node: Any, given: list[Constant]) -> Constant:
    """Constants one after the other, as layers that share their weights leave them."""
    total, axis = sum(constant.values.size for constant in given), attributes(node)["axis"]
    if total > MOST_WEIGHTS:
        raise ModelError(at(node, f"expected at most {MOST_WEIGHTS} values, found {total}"))
    exponents = [constant.exponents for constant in given if constant.exponents is not None]
    joined = np.concatenate(exponents, axis) if len(exponents) == len(given) else None
    return Constant(np.concatenate([constant.values for constant in given], axis), joined)


def _computed(node: Any, given: list[Constant]) -> Constant:
    shape = np.broadcast_shapes(*(constant.values.shape for constant in given))
    if prod(shape) > MOST_WEIGHTS:
        raise ModelError(at(node, f"expected at most {MOST_WEIGHTS} values, found {prod(shape)}"))
    values = COMPUTED[node.op_type](*(constant.values for constant in given))
    return Constant(values, _rescaled(node, given, shape))


def _rescaled(node: Any, given: list[Constant], shape: tuple[int, ...]) -> Array | None:
    """The exponents of quantized constants times powers of two; None for all else."""
    quantized = [constant for constant in given if constant.exponents is not None]
    if len(quantized) != 1 or len(given) != 2 or node.op_type not in ("Mul", "Div"):
        return None
    (other,) = (constant for constant in given if constant is not quantized[0])
    if node.op_type == "Div" and other is given[0]:
        return None
    try:
        powers = powers_of_two(node, other.values, "factor")
    except ModelError:
        return None
    return np.asarray(np.broadcast_to(quantized[0].exponents + (powers if node.op_type == "Mul" else -powers), shape))


def _ints(found: Mapping[str, Any], others: list[Array | None], key: str) -> list[int] | None:
    """What newer versions of ONNX give as an input and older ones as an attribute."""
    if others and others[0] is not None:
        return [int(v) for v in np.ravel(others[0])]
    return found.get(key)


def _squeeze(x: Array, found: Mapping[str, Any], others: list[Array | None]) -> Array:
    axes = _ints(found, others, "axes")
    return np.squeeze(x, None if axes is None else tuple(axes))


def _reshape(x: Array, found: Mapping[str, Any], others: list[Array | None]) -> Array:
    wanted = _ints(found, others, "shape") or []
    return x.reshape([x.shape[k] if size == 0 else size for k, size in enumerate(wanted)])


def _flatten(x: Array, found: Mapping[str, Any], others: list[Array | None]) -> Array:
    return x.reshape(prod(x.shape[: found.get("axis", 1)]), -1)


def _unsqueeze(x: Array, found: Mapping[str, Any], others: list[Array | None]) -> Array:
    return np.expand_dims(x, tuple(_ints(found, others, "axes") or ()))


MOVED: Mapping[str, Callable[[Array, Mapping[str, Any], list[Array | None]], Array]] = {
    "Identity": lambda x, found, others: x,
    "Cast": lambda x, found, others: x,
    "Transpose": lambda x, found, others: x.transpose(found.get("perm")),
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Reshape": _reshape,
    "Flatten": _flatten,
}
COMPUTED: Mapping[str, Callable[..., Array]] = {
    "Add": np.add,
    "Sub": np.subtract,
    "Mul": np.multiply,
    "Div": np.divide,
    "Neg": np.negative,
    "Sqrt": np.sqrt,
    "Reciprocal": np.reciprocal,
}
