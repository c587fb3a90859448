"""The numbers of one NIR node: checked, and in units of one time step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgesort.fixed import Array
from edgesort.frontends.errors import ModelError
from edgesort.frontends.nir.conv import matrix
from edgesort.frontends.nir.reader import Tree
from edgesort.frontends.nir.terms import said

LINEAR = ("Affine", "Linear", "Conv1d", "Scale")
ROUNDING = 2.0**-21  # seconds are decimal fractions that went through float32, and a division or two


@dataclass(frozen=True, eq=False)
class Matrix:
    """y = weight @ x + bias"""

    weight: Array
    bias: Array

    @property
    def size(self) -> int:
        return len(self.weight)


@dataclass(frozen=True, eq=False)
class Scale:
    """y = factor * x"""

    factor: Array

    @property
    def size(self) -> int:
        return len(self.factor)


@dataclass(frozen=True, eq=False)
class Neurons:
    """u <- (1 - 1 / ratio) u + x + recurrent @ s + bias;  s <- u > threshold;  u <- u - threshold s

    NIR's LIF in steps of dt: ratio = tau / dt, and the threshold in units of what one step of input 1 adds to u.
    """

    ratio: Array
    threshold: Array
    recurrent: Array
    bias: Array
    membrane: str = ""

    @property
    def size(self) -> int:
        return len(self.ratio)


@dataclass(frozen=True, eq=False)
class Heaviside:
    """y = 1 if x > level else 0"""

    level: Array

    @property
    def size(self) -> int:
        return len(self.level)


@dataclass(frozen=True, eq=False)
class Wait:
    """y[t] = x[t - frames]"""

    frames: int
    size: int


What = Matrix | Scale | Neurons | Heaviside | Wait


def what(layer: str, node: Tree, size: int, dt: float) -> What:
    """What a node of these KINDS does to a frame of `size` elements. `layer` is its name in messages."""
    kind = node["type"]
    if kind in LINEAR:
        return linear(layer, node, size)
    if kind == "Threshold":
        return Heaviside(_elements(layer, node, "threshold", size))
    return _wait(layer, node, size, dt) if kind == "Delay" else _neurons(layer, node, size, dt)


def _numbers(layer: str, node: Tree, field: str) -> Array:
    """A field of finite numbers."""
    value = node.get(field)
    if not isinstance(value, np.ndarray):
        raise ModelError(f"{layer}: expected numbers in {field}, found {'none' if value is None else 'something else'}")
    numbers = value.astype(np.float64)
    size = np.abs(numbers[numbers != 0])
    if not ((size > 1e-30) & (size < 1e30)).all():
        raise ModelError(
            f"{layer}: expected {field} of 0 or 1e-30 to 1e30, found {size[~((size > 1e-30) & (size < 1e30))][0]:g}"
        )
    return numbers


def _elements(layer: str, node: Tree, field: str, size: int) -> Array:
    """A field with a number for each of `size` elements, or one for all."""
    numbers = _numbers(layer, node, field).ravel()
    if len(numbers) not in (1, size):
        raise ModelError(f"{layer}: expected 1 or {size} numbers in {field}, found {len(numbers)}")
    return np.array(np.broadcast_to(numbers, size))


def linear(layer: str, node: Tree, size: int) -> Matrix | Scale:
    if node["type"] == "Scale":
        return Scale(_elements(layer, node, "scale", size))
    weight = _numbers(layer, node, "weight")
    if node["type"] == "Conv1d":
        return Matrix(*matrix(layer, node, weight, _numbers(layer, node, "bias"), size))
    if weight.ndim != 2 or weight.shape[1] != size or not weight.size:
        raise ModelError(f"{layer}: expected weights of [out, {size}], found {list(weight.shape)}")
    bias = _elements(layer, node, "bias", len(weight)) if node["type"] == "Affine" else np.zeros(len(weight))
    return Matrix(weight, bias)


def _neurons(layer: str, node: Tree, size: int, dt: float) -> Neurons:
    """v <- v + dt / tau (v_leak - v + r I), in units of what input 1 adds to v in one step."""
    cuba = node["type"] == "CubaLIF"
    tau = _elements(layer, node, "tau_mem" if cuba else "tau", size)
    zeros = ["v_leak", *(["v_reset"] if "v_reset" in node else [])]
    for field in zeros:
        value = _elements(layer, node, field, size)
        if value.any():
            raise ModelError(
                f"{layer}: expected {field} 0, found {value[value != 0][0]:g}; shift the voltages so that it is 0"
            )
    if not (tau > 0).all():
        raise ModelError(f"{layer}: expected time constants above 0, found {tau.min():g}")
    gain = _elements(layer, node, "r", size)
    if cuba:
        gain = gain * _synapse(layer, node, size, dt)
    if not (gain > 0).all():
        raise ModelError(f"{layer}: expected r above 0, found {gain.min():g}")
    ratio = _at_power_of_two(tau / dt)
    gain = _at_power_of_two(gain / ratio)
    threshold = _elements(layer, node, "v_threshold", size) / gain
    return Neurons(ratio, threshold, np.zeros((0, 0)), np.zeros(size), said(node).get("membrane", ""))


def _synapse(layer: str, node: Tree, size: int, dt: float) -> Array:
    """The gain of CubaLIF's synapse, which must hold no current: I <- (1 - dt / tau_syn) I + dt / tau_syn w_in x."""
    tau = _elements(layer, node, "tau_syn", size)
    if not (np.abs(tau - dt) <= ROUNDING * dt).all():
        worst = tau[np.abs(tau - dt).argmax()]
        raise ModelError(
            f"{layer}: expected tau_syn = dt = {dt:g} (alpha 0, no synaptic current), found {worst:g}; "
            "the hardware has no synaptic filter, so train with LIF (snnTorch: Leaky)"
        )
    return _elements(layer, node, "w_in", size)


def _at_power_of_two(values: Array) -> Array:
    """Values nearer to a power of two than a writer's rounding are that power of two."""
    power = np.exp2(np.rint(np.log2(np.maximum(values, 1e-300))))
    return np.where(np.abs(values / power - 1) <= ROUNDING, power, values)


def _wait(layer: str, node: Tree, size: int, dt: float) -> Wait:
    delay = _elements(layer, node, "delay", size)
    frames = np.rint(delay / dt)
    exact = np.abs(delay - frames * dt) <= ROUNDING * np.maximum(delay, dt)
    if (delay != delay[0]).any() or not exact.all() or not 0 <= frames[0] <= 1 << 16:
        raise ModelError(
            f"{layer}: expected one delay of whole steps of dt = {dt:g} s, found {delay.min():g} to {delay.max():g} s"
        )
    return Wait(int(frames[0]), size)
