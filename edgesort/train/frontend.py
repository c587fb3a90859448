"""The front end as training sees it: the device's integer high-pass, and its float twin.

value = adc * 2^adc_exponent -> Butterworth high-pass -> network

The exponent is the recording's own: the noise that the network sees has a deviation of about a half, whatever the ADC.
"""

from __future__ import annotations

from functools import cache
from math import log2

import numpy as np

from edgesort.data.noise import CUTOFF_HZ, mad, sections
from edgesort.data.noise import highpass as highpass_float
from edgesort.fixed import Array, Int
from edgesort.graph import Stream
from edgesort.ops import Biquad

ADC_EXPONENT = -10  # of the N1: 1,024 counts are one unit at the network's input
NOISE = 0.47  # the deviation of the N1's noise in that unit
HEARD = 1 << 19  # frames from which a recording's noise is measured


@cache
def highpass(sampling_frequency: float) -> Biquad:
    """The Butterworth high-pass of the device, its coefficients rounded to 14 fractional bits."""
    fraction = 14
    rows = []
    for row in sections(sampling_frequency) * 2.0**fraction:
        b0, _, _, _, a1, a2 = (round(float(c)) for c in row)
        rows.append((b0, -2 * b0, b0, a1, a2))  # two zeros at frequency 0 exactly, whatever b0 rounds to
    return Biquad(tuple(rows), bits=22, fraction=fraction, guard=6)


def noise_exponent(frames: Array, sampling_frequency: float) -> int:
    """The power of two that makes one unit of int16 [T, C] about 1 / NOISE times its channels' median noise."""
    if sampling_frequency <= 2 * CUTOFF_HZ:
        return ADC_EXPONENT  # no band of spikes, so none of their noise
    noise = np.median([mad(channel) for channel in highpass_float(frames[:HEARD], sampling_frequency).T])
    return -round(log2(max(float(noise), 1.0) / NOISE))


def filtered(frames: Array, sampling_frequency: float) -> Array:
    """int16 [T, C] -> float32 [T, C], exactly what the device's high-pass puts out (a power-of-two scale)."""
    op = highpass(sampling_frequency)
    stream = Stream(frames.shape[1:], Int(16, True, ADC_EXPONENT))
    _, y = op.run(op.initial_state(stream), frames)
    return np.ldexp(y, op.infer(stream).dtype.exponent).astype(np.float32)


def filtered_float(frames: Array, sampling_frequency: float) -> Array:
    """int16 [T, C] -> float32 [T, C]: the same filter in float64, nothing quantized."""
    return np.ldexp(highpass_float(frames, sampling_frequency), ADC_EXPONENT).astype(np.float32)
