"""The nodes of the domain edgesort.ops: what ONNX has no name for. Their attributes are the operators' fields."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from edgesort.fixed import Array
from edgesort.frontends.errors import ModelError
from edgesort.frontends.qonnx.layers import integers
from edgesort.frontends.qonnx.node import at, attributes, required
from edgesort.frontends.qonnx.plan import Edge, Importer
from edgesort.frontends.qonnx.shapes import meet
from edgesort.graph import Op
from edgesort.ops import (
    AdaptiveThreshold,
    ArgMax,
    Biquad,
    CommonAverage,
    CommonMedian,
    Delay,
    Delta,
    Gru,
    HardSigmoid,
    Lif,
    LocalPeak,
    Noise,
    NonlinearEnergy,
    Peak,
    Rectify,
    StateSpace,
    Threshold,
)


def biquad(importer: Importer, node: Any, name: str) -> Edge:
    flat, bits, fraction, guard = required(node, "sections", "bits", "fraction", "guard")
    sections = tuple(tuple(flat[i : i + 5]) for i in range(0, len(flat), 5))
    source = importer.plain(node, importer.edge(node))
    return _made(importer, node, name, Biquad(sections, bits, fraction, guard), [e - guard for e in source.exponents])


def peak(importer: Importer, node: Any, name: str) -> Edge:
    threshold, reach, refractory = required(node, "threshold", "reach", "refractory")
    return _made(importer, node, name, Peak(tuple(threshold), reach, refractory), importer.edge(node).exponents)


def local_peak(importer: Importer, node: Any, name: str) -> Edge:
    threshold, flat, reach, refractory = required(node, "threshold", "neighbours", "reach", "refractory")
    neighbours = _square(node, flat, "neighbours")
    op = LocalPeak(tuple(threshold), neighbours, reach, refractory)
    return _made(importer, node, name, op, [importer.one_scale(node, importer.edge(node))])


def noise(importer: Importer, node: Any, name: str) -> Edge:
    return _made(importer, node, name, Noise(*required(node, "rise", "fall", "shift")), importer.edge(node).exponents)


def adaptive_threshold(importer: Importer, node: Any, name: str) -> Edge:
    op = AdaptiveThreshold(*required(node, "factor", "shift"))
    level = importer.plain(node, importer.edge(node, 1))
    if level.exponents != importer.edge(node).exponents:
        raise ModelError(at(node, "expected the signal and its level at one scale, found two; add a Quant"))
    return _made(importer, node, name, op, [0], level)


def threshold(importer: Importer, node: Any, name: str) -> Edge:
    (level,) = required(node, "level")
    return _made(importer, node, name, Threshold(tuple(level)), [0])


def delta(importer: Importer, node: Any, name: str) -> Edge:
    (step,) = required(node, "threshold")
    return _made(importer, node, name, Delta(tuple(step)), [0])


def delay(importer: Importer, node: Any, name: str) -> Edge:
    return _made(importer, node, name, Delay(*required(node, "frames")), importer.edge(node).exponents)


def rectify(importer: Importer, node: Any, name: str) -> Edge:
    return _made(importer, node, name, Rectify(), importer.edge(node).exponents)


def nonlinear_energy(importer: Importer, node: Any, name: str) -> Edge:
    return _made(importer, node, name, NonlinearEnergy(), [2 * e for e in importer.edge(node).exponents])


def common_average(importer: Importer, node: Any, name: str) -> Edge:
    return _made(importer, node, name, CommonAverage(), [importer.one_scale(node, importer.edge(node))])


def common_median(importer: Importer, node: Any, name: str) -> Edge:
    return _made(importer, node, name, CommonMedian(), [importer.one_scale(node, importer.edge(node))])


def arg_max(importer: Importer, node: Any, name: str) -> Edge:
    importer.one_scale(node, importer.edge(node))
    return _made(importer, node, name, ArgMax(), [0])


def hard_sigmoid(importer: Importer, node: Any, name: str) -> Edge:
    (bits,) = required(node, "bits")
    exponent = importer.one_scale(node, importer.edge(node))
    return _made(importer, node, name, HardSigmoid(2 - bits - exponent, bits), [-bits])


def state_space(importer: Importer, node: Any, name: str) -> Edge:
    flat, gain, bits, fraction = required(node, "a", "b", "bits", "fraction")
    source = importer.edge(node)
    a, channels = _square(node, flat, "a"), importer.channels(source)
    if not gain or len(gain) != len(a) * channels:
        raise ModelError(at(node, f"expected b of {len(a)} by {channels}, found {len(gain)} values"))
    op = StateSpace(a, np.array(gain, np.int64).reshape(len(a), channels), bits, fraction)
    return _made(importer, node, name, op, [importer.one_scale(node, source)])


def lif(importer: Importer, node: Any, name: str) -> Edge:
    """The membrane is at x's scale, and so are the thresholds and what a spike adds to the others."""
    leak, thresholds, bits = required(node, "leak", "threshold", "bits")
    exponent = importer.one_scale(node, importer.edge(node))
    recurrent = np.zeros((0, 0), np.int64)
    if len(node.input) > 1 and node.input[1]:
        recurrent = _weights(importer, node, 1, exponent)
    steps = np.array(thresholds, np.float64) / 2.0**exponent
    if not np.isfinite(steps).all() or (steps != np.rint(steps)).any() or (np.abs(steps) >= 1 << 31).any():
        raise ModelError(at(node, f"expected thresholds on the membrane's grid of 2^{exponent}, found {thresholds}"))
    levels = tuple(int(step) for step in steps)
    op = Lif(tuple(leak), levels, bits, recurrent, attributes(node).get("refractory", 0))
    return _made(importer, node, name, op, [0])


def gru(importer: Importer, node: Any, name: str) -> Edge:
    """Both accumulators at the finer of their scales; the gates' shifts follow from it."""
    bits, gate_bits = required(node, "bits", "gate_bits")
    exponent = importer.one_scale(node, importer.edge(node))
    grids = [integers(node, importer.constant(node, k, "weight"), "weights")[1] for k in (1, 2)]
    finest = min(int(grids[0].min()) + exponent, int(grids[1].min()) - (bits - 1))
    weight_x, weight_h = (
        _weights(importer, node, 1, finest - exponent),
        _weights(importer, node, 2, finest + bits - 1),
    )
    bias, bias_n = (_weights(importer, node, k, finest).ravel() for k in (3, 4))
    shifts = 2 - gate_bits - finest, 1 - bits - finest
    if min(shifts) < 0:
        raise ModelError(
            at(node, f"expected an accumulator as fine as gates of {gate_bits} and states of {bits} bits, "
               f"found 2^{finest}; use finer weights or fewer bits")
        )  # fmt: skip
    op = Gru(weight_x, weight_h, bias, bias_n, *shifts, gate_bits, bits)
    return _made(importer, node, name, op, [1 - bits])


def _made(importer: Importer, node: Any, name: str, op: Op, exponents: Any, *others: Edge) -> Edge:
    """Plan the operator; its output goes frame by frame with its input."""
    source = importer.plain(node, importer.edge(node))
    joined = source
    for other in others:
        joined = meet(node, joined, other)
    made, _ = importer.add(name, op, source.tap, *(other.tap for other in others))
    importer.custom[node.output[0]] = op
    return replace(joined, node=made, exponents=tuple(int(e) for e in exponents), crop=0)


def _square(node: Any, flat: list[int], what: str) -> Array:
    side = round(len(flat) ** 0.5)
    if not flat or side * side != len(flat):
        raise ModelError(at(node, f"expected {what} of a square matrix, found {len(flat)} values"))
    return np.array(flat, np.int64).reshape(side, side)


def _weights(importer: Importer, node: Any, position: int, exponent: int) -> Array:
    """Quantized constants as integers at the scale 2^exponent."""
    values, _ = integers(node, importer.constant(node, position, "weight"), "weights")
    with np.errstate(all="ignore"):
        whole = values / np.exp2(float(exponent))
    if not (np.abs(whole) < 1 << 31).all() or (whole != np.rint(whole)).any():
        raise ModelError(at(node, f"expected constants on the grid of 2^{exponent}, found finer or greater ones"))
    return np.asarray(whole, np.int64)
