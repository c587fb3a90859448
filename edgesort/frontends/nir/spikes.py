"""The network in real numbers, step by step of dt: what spikes are compared with to say what a change costs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.frontends.nir.layers import Heaviside, Matrix, Neurons, Scale, What
from edgesort.frontends.nir.network import Network

STEPS = 1000  # fewer for a network so large that this would take more than about a second

Spikes = dict[str, Array]


def simulate(network: Network, samples: Array, reset: str, grid: float = 0.0) -> Spikes:
    """The spikes [T, size] of every LIF and Threshold, by name. grid: what membranes are rounded up to; 0: real."""
    values, spikes = {network.input: samples}, {}
    for layer in network.layers:
        x = sum(values[source] for source in layer.sources[1:]) + values[layer.sources[0]]
        values[layer.name] = _run(layer.what, x, reset, grid)
        if isinstance(layer.what, Neurons | Heaviside):
            spikes[layer.name] = values[layer.name] > 0
    return spikes


def _run(what: What, x: Array, reset: str, grid: float) -> Array:
    """A layer over all steps."""
    if isinstance(what, Matrix):
        return np.asarray(x @ what.weight.T + what.bias)
    if isinstance(what, Scale):
        return np.asarray(x * what.factor)
    if isinstance(what, Heaviside):
        return np.asarray((x > what.level).astype(np.float64))
    if isinstance(what, Neurons):
        return _neurons(what, x, reset, grid)
    return np.concatenate([np.zeros((what.frames, what.size)), x])[: len(x)]


def _neurons(what: Neurons, x: Array, reset: str, grid: float) -> Array:
    """On a grid g the membrane is g ceil(u / g), which is what u - (u >> leak) makes of integers."""
    beta, drive = 1 - 1 / what.ratio, x + what.bias
    u, s, spikes = np.zeros(what.size), np.zeros(what.size), np.zeros(x.shape)
    for t in range(len(x)):
        u = beta * u + drive[t]
        if what.recurrent.size:
            u += what.recurrent @ s
        if grid:
            u = np.ceil(u / grid) * grid
        s = (u > what.threshold).astype(np.float64)
        u = u - what.threshold * s if reset == "subtract" else u * (1 - s)
        spikes[t] = s
    return spikes


def same(found: Spikes, expected: Spikes) -> float:
    """The share of equal spike bits."""
    bits = sum(expected[name].size for name in expected)
    equal = sum(int((found[name] == expected[name]).sum()) for name in expected)
    return equal / bits if bits else 1.0


@dataclass(frozen=True, eq=False)
class Meter:
    """What a change of the network costs: the share of spike bits that stay equal, over the same input.

    frames: integers [T, width] of the samples' type.
    """

    network: Network
    samples: Int
    reset: str
    frames: Array

    @cached_property
    def expected(self) -> Spikes:
        """The spikes of the network as its file states it."""
        return simulate(self.network, self.values, self.reset)

    @cached_property
    def values(self) -> Array:
        return np.asarray(self.frames * 2.0**self.samples.exponent)

    @property
    def rate(self) -> float:
        """Spikes a neuron and step."""
        bits = sum(spikes.size for spikes in self.expected.values())
        return sum(int(spikes.sum()) for spikes in self.expected.values()) / max(1, bits)

    def layer(self, name: str, what: What) -> str:
        """The cost of another `what` in one layer."""
        return percent(same(simulate(self.network.with_(name, what), self.values, self.reset), self.expected))

    def grid(self, exponent: int) -> str:
        """The cost of membranes on the grid of 2^exponent."""
        return percent(same(simulate(self.network, self.values, self.reset, 2.0**exponent), self.expected))

    def other_reset(self) -> str:
        """The cost of the reset that the network was not trained with."""
        other = "zero" if self.reset == "subtract" else "subtract"
        return percent(same(simulate(self.network, self.values, other), self.expected))


def percent(share: float) -> str:
    """Never 100 % unless all are equal."""
    return "100 %" if share == 1 else f"{min(share, 0.99999):.3%}".replace("%", " %")


def material(network: Network, samples: Int, seed: int = 0) -> Array:
    """Random frames, every value of the type alike, as many as a second or so allows."""
    elements = network.width + sum(layer.what.size for layer in network.layers)
    weights = sum(_weights(layer.what) for layer in network.layers)
    neurons = sum(isinstance(layer.what, Neurons) for layer in network.layers)
    steps = min(STEPS, (1 << 22) // elements, (1 << 28) // (weights + 1), 30_000 // (neurons + 1))
    rng = np.random.default_rng(seed)
    return rng.integers(samples.min, samples.max + 1, (max(16, steps), network.width))


def _weights(what: What) -> int:
    if isinstance(what, Matrix):
        return int(what.weight.size)
    return int(what.recurrent.size) if isinstance(what, Neurons) else 0
