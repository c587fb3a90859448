from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from edgesort.fixed import Array, Int, requant, saturate
from edgesort.graph import GraphError, Op, State, Stream


@dataclass(frozen=True, eq=False)
class Gru(Op):
    """h <- n + ((z * (h - n)) >> gate_bits),  y = h, where with a = weight_x x + bias, b = weight_h h:
    r = saturate(((a_r + b_r) >> shift) + 2^(gate_bits - 1))   to Int(gate_bits, unsigned);  z alike
    n = saturate((a_n + ((r * (b_n + bias_n)) >> gate_bits)) >> shift_n)   to Int(bits)

    The gated recurrent unit with a hard sigmoid clip(v / 4 + 1/2, 0, 1) and a hard tanh clip(v, -1, 1) on the integer
    grid. The rows are r, z, n, one after the other. z stays below 1, so the new h lies between n and h: no saturation.

    weight_x: [3H, I], weight_h: [3H, H], bias: [3H], bias_n: [H]; both accumulators are at one scale.
    Shapes: [I] -> [H]. Types: any -> Int(bits), exponent -(bits - 1); gate_bits and bits of 16 at most. Accumulators
    are exact: a graph in which any order of summation could take more than 32 bits is refused.
    State: h, zeros at first. Latency: 0 frames. Corner cases: saturated gates, n at both ends, z = 0 and its greatest
    value, h - n = -1 (floor), one unit.
    Source: Cho et al. 2014 in the form of PyTorch's GRU (reset after the product); hard gates: Gulcehre 2016.
    """

    weight_x: Array
    weight_h: Array
    bias: Array
    bias_n: Array
    shift: int
    shift_n: int
    gate_bits: int
    bits: int

    @property
    def units(self) -> int:
        return len(self.bias_n)

    def infer(self, *inputs: Stream) -> Stream:
        (x,) = inputs
        h = self.units
        found = tuple(array.shape for array in (self.weight_x, self.weight_h, self.bias, self.bias_n))
        wanted = ((3 * h, *x.shape), (3 * h, h), (3 * h,), (h,))
        if len(x.shape) != 1 or found != wanted:
            raise GraphError(f"expected weight_x, weight_h, bias and bias_n of {wanted}, found {found}")
        if not 1 <= self.gate_bits <= 16 or not 2 <= self.bits <= 16:
            raise GraphError(
                f"expected gate_bits of 1 to 16 and bits of 2 to 16, found {self.gate_bits} and {self.bits}"
            )
        if min(self.shift, self.shift_n) < 0 or max(self.shift, self.shift_n) > 31:
            raise GraphError(f"expected shifts of 0 to 31, found {self.shift} and {self.shift_n}")
        self.accumulator(x)
        return Stream((h,), Int(self.bits, True, 1 - self.bits), x.period)

    def accumulator(self, x: Stream) -> Int:
        """The type of every sum, partial ones in any order among them; GraphError if that takes more than 32 bits."""
        bias_n = np.concatenate([np.zeros(2 * self.units, np.int64), self.bias_n])
        terms = [term for bias in (self.bias, bias_n) for term in (np.minimum(bias, 0), np.maximum(bias, 0))]
        low, high = terms[0] + terms[2], terms[1] + terms[3]
        for weight, dtype in ((self.weight_x, x.dtype), (self.weight_h, Int(self.bits))):
            ends = np.asarray(weight, np.int64) * dtype.min, np.asarray(weight, np.int64) * dtype.max
            low = low + np.minimum(np.minimum(*ends), 0).sum(1)
            high = high + np.maximum(np.maximum(*ends), 0).sum(1)
        dtype = Int.holding(min(int(low.min()), -1), int(high.max()))
        if dtype.bits > 32:
            raise GraphError(
                f"expected accumulators of 32 bits at most, found that they need {dtype.bits}; "
                "use fewer weight or activation bits, or fewer units"
            )
        return dtype

    def initial_state(self, *inputs: Stream) -> State:
        return (np.zeros(self.units, np.int64),)

    def step(self, state: State, *frames: Array) -> tuple[State, Array | None]:
        (h,), half, dtype = state, 1 << (self.gate_bits - 1), Int(self.gate_bits, False)
        a_r, a_z, a_n = (self.weight_x @ frames[0].astype(np.int64) + self.bias).reshape(3, -1)
        b_r, b_z, b_n = (self.weight_h @ h).reshape(3, -1)
        r, z = (saturate((v >> self.shift) + half, dtype).astype(np.int64) for v in (a_r + b_r, a_z + b_z))
        reset = (r * (b_n + self.bias_n)) >> self.gate_bits
        n = requant(a_n + reset, self.shift_n, Int(self.bits)).astype(np.int64)
        kept: Array = z * (h - n)
        h = n + (kept >> self.gate_bits)
        return (h,), h

    @cached_property
    def _double(self) -> tuple[Array, ...]:
        """weight_x, weight_h, bias and bias_n in float64, r and z already in the unit of a gate."""
        scale = np.repeat([2.0**-self.shift, 2.0**-self.shift, 1.0], self.units)
        half = np.repeat([2.0 ** (self.gate_bits - 1)] * 2 + [0.0], self.units)
        return self.weight_x * scale[:, None], self.weight_h * scale[:, None], self.bias * scale + half, self.bias_n

    def run(self, state: State, *frames: Array) -> tuple[State, Array]:
        """In float64, which is exact here: sums have 32 bits and gates 16, so no product reaches 2^53, and scaling
        by a power of two changes no digit. One matrix product for all x, then a loop over the frames."""
        units, high, top = self.units, float(Int(self.bits).max), float((1 << self.gate_bits) - 1)
        weight_x, weight_h, bias, bias_n = self._double
        down, gate, low = 2.0**-self.shift_n, 2.0**-self.gate_bits, -high - 1
        given = frames[0].astype(np.float64) @ weight_x.T + bias
        h, y = state[0].astype(np.float64), np.empty((len(given), units))
        for t in range(len(given)):
            a, b = given[t], weight_h @ h
            gates = np.floor(a[: 2 * units] + b[: 2 * units])
            np.minimum(np.maximum(gates, 0.0, out=gates), top, out=gates)
            n = np.floor((b[2 * units :] + bias_n) * gates[:units] * gate)
            n = np.floor((n + a[2 * units :]) * down)
            np.minimum(np.maximum(n, low, out=n), high, out=n)
            h = np.floor((h - n) * gates[units:] * gate) + n
            y[t] = h
        return (h.astype(np.int64),), y.astype(np.int64)

    def macs(self, *inputs: Stream) -> int:
        return self.weight_x.size + self.weight_h.size + 2 * self.units

    @classmethod
    def cases(cls) -> list[tuple[Op, tuple[Stream, ...]]]:
        rng = np.random.default_rng(3)

        def make(inputs: int, units: int, top: int, shift: int, shift_n: int, gate_bits: int, bits: int) -> Gru:
            weight_x = rng.integers(-top, top + 1, (3 * units, inputs))
            weight_h = rng.integers(-top, top + 1, (3 * units, units))
            scale = 1 << max(shift, shift_n, 1)
            bias, bias_n = rng.integers(-scale, scale, 3 * units), rng.integers(-scale, scale, units)
            return cls(weight_x, weight_h, bias, bias_n, shift, shift_n, gate_bits, bits)

        return [
            (make(3, 4, 7, 3, 3, 8, 8), (Stream((3,), Int(8)),)),
            (make(5, 2, 127, 4, 5, 8, 8), (Stream((5,), Int(6, False)),)),
            (make(1, 1, 3, 0, 0, 3, 4), (Stream((1,), Int(3)),)),
            (make(2, 3, 127, 7, 5, 12, 16), (Stream((2,), Int(12)),)),
            (make(2, 3, 7, 0, 2, 5, 6), (Stream((2,), Int(5), period=2),)),
            (make(2, 2, 1, 6, 0, 1, 2), (Stream((2,), Int(8)),)),
        ]
