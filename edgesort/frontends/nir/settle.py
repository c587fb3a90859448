"""Put one layer's numbers on the grid: as they are where they lie on it, else refused with what the nearest cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.frontends.errors import ModelError
from edgesort.frontends.nir.grid import BITS, LEAKS, exponent, leaks, nearest_exponent, on, rounded
from edgesort.frontends.nir.layers import Neurons, What
from edgesort.frontends.nir.network import Layer
from edgesort.frontends.nir.spikes import Meter
from edgesort.frontends.nir.terms import Terms

MEASURED = 12
GO_ON = "of the spike bits equal; train with it, or say snap=BITS to take the nearest"


@dataclass(frozen=True, eq=False)
class Settler:
    """terms: complete. notes: what was snapped and what it cost, for the provenance."""

    terms: Terms
    dt: float
    meter: Meter
    notes: list[tuple[str, str]] = field(default_factory=list)

    def weights(self, layer: Layer, values: Array, put: Callable[[Array], What]) -> tuple[Array, int]:
        """Weights as integers * 2^e, and e. put: the layer with other weights, to say what they cost."""
        found = exponent(values)
        if found is not None:
            return values, found
        if self.terms.snap is None:
            costs = [(b, nearest_exponent(values, b)) for b in (8, BITS)]
            off = values[values != rounded(values, costs[1][1])]
            texts = [f"{b} bits * 2^{e}: {self.meter.layer(layer.name, put(rounded(values, e)))}" for b, e in costs]
            raise ModelError(
                f"{layer}: expected weights that are integers of {BITS} bits at most times a power of two, "
                f"found {off[0]:.9g}; nearest {', '.join(texts)} {GO_ON}"
            )
        found = nearest_exponent(values, self.terms.snap)
        nearest = rounded(values, found)
        self.note(layer, f"weights to {self.terms.snap} bits * 2^{found}", put(nearest))
        return nearest, found

    def on_grid(self, layer: Layer, what: str, values: Array, grid: int, put: Callable[[Array], What]) -> Array:
        """Values that must be integers * 2^grid."""
        if on(values, grid):
            return values
        nearest = rounded(values, grid)
        if self.terms.snap is None:
            off = values != nearest
            raise ModelError(
                f"{layer}: expected {what} on the grid of 2^{grid}, found {values[off][0]:.9g}; nearest "
                f"{nearest[off][0]:.9g}: {self.meter.layer(layer.name, put(nearest))} {GO_ON}"
            )
        self.note(layer, f"{what} to the grid of 2^{grid}", put(nearest))
        return nearest

    def neurons(self, layer: Layer, what: Neurons, grid: int) -> tuple[Neurons, Array]:
        """Neurons of which all numbers are on the grid of 2^grid, and their leaks."""
        leak = self.leak(layer, what)
        what = replace(what, ratio=2.0**leak)
        if what.recurrent.size:
            recurrent, own = self.weights(layer, what.recurrent, lambda w: replace(what, recurrent=w))
            if not on(recurrent, grid):
                raise ModelError(
                    f"{layer}: expected a membrane grid no coarser than its recurrent weights' 2^{own}, "
                    f"found 2^{grid}; say a finer membrane"
                )
            what = replace(what, recurrent=recurrent)
        threshold = self.on_grid(layer, "thresholds", what.threshold, grid, lambda v: replace(what, threshold=v))
        bias = self.on_grid(layer, "recurrent biases", what.bias, grid, lambda v: replace(what, bias=v))
        return replace(what, threshold=threshold, bias=bias), leak

    def leak(self, layer: Layer, what: Neurons) -> Array:
        """k with tau = dt 2^k."""
        below, above, nearest = leaks(what.ratio)
        off = 2.0**nearest != what.ratio
        if not off.any():
            return nearest
        if self.terms.snap is None:
            worst = int(np.flatnonzero(off)[0])
            ks = (below, above) if below[worst] != above[worst] else (below,)
            texts = [f"{self._tau(2.0 ** k[worst])}: {self._cost(layer, what, k, off)}" for k in ks]
            raise ModelError(
                f"{layer}: expected tau = dt 2^k with dt = {self.dt:g} and k of {LEAKS[0]} to {LEAKS[1]} "
                f"(beta = 1 - 2^-k), found {self._tau(what.ratio[worst])}; nearest {', '.join(texts)} {GO_ON}"
            )
        self.note(layer, "tau to dt 2^k", replace(what, ratio=np.where(off, 2.0**nearest, what.ratio)))
        return nearest

    def stated(self, what: Neurons) -> Int | None:
        """The membrane's type: the caller's, or the file's."""
        return self.terms.membrane or (Terms.of({"membrane": what.membrane}).membrane if what.membrane else None)

    def membrane(self, layer: Layer, what: Neurons, finest: int) -> Int:
        """The membrane's type; refused, with what some grids cost, if none is stated. finest: the grid of its input."""
        stated = self.stated(what)
        if stated is not None:
            return stated
        finest = min([finest, *(e for e in map(exponent, (what.recurrent, what.threshold)) if e is not None)])
        texts = [f"2^{e}: {self.meter.grid(e)}" for e in (finest, finest - 4, finest - 8)]
        raise ModelError(
            f"{layer}: expected the membrane's type, found none, for NIR's is a real number; on the grid of "
            f"{', '.join(texts)} of the spike bits equal; say membrane=TYPE, such as i24*2^{finest - 8}"
        )

    def note(self, layer: Layer, text: str, what: What) -> None:
        """Record what is taken instead; in a large network only the first few are measured one by one."""
        cost = self.meter.layer(layer.name, what) if len(self.notes) < MEASURED else ""
        self.notes.append((f"{layer.name}: {text}", f"{cost} of the spike bits equal" if cost else "see all together"))

    def _tau(self, ratio: float) -> str:
        return f"tau {self.dt * ratio:.6g} (beta {1 - 1 / ratio:.6g})"

    def _cost(self, layer: Layer, what: Neurons, leak: Array, off: Array) -> str:
        return self.meter.layer(layer.name, replace(what, ratio=np.where(off, 2.0**leak, what.ratio)))
