"""Which channels can be used: silent, saturated and doubled ones are found, left out and named."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import spikeinterface.core as si

from edgesort.data.errors import DataError
from edgesort.data.noise import highpass, mad
from edgesort.data.recordings import frames
from edgesort.fixed import Array

PIECES, PIECE_S = 10, 0.5  # evenly spaced parts of the recording that are looked at
SETTLE_S = 0.02  # in which the high-pass forgets its start
SILENT = 0.25  # of the median noise of the channels
QUANTIZED = 0.3  # of the ADC's step: noise as small as rounding alone makes it
SATURATED = 0.01  # share of samples at the channel's greatest or least value, ...
PILED = 3.0  # ... that many times as many as at the value before it
CODES = 16  # of the ADC, that a channel must have used to be saturated rather than silent
DOUBLED = 0.98  # correlation behind the high-pass, beyond which two channels are one
SAMPLES = 20000  # at most, that two channels are compared on
CLIP = 4.0  # noise levels: what is greater (spikes, artefacts) does not make two channels alike


@dataclass(frozen=True)
class Excluded:
    """A channel that is left out, by its id in the recording, and why."""

    channel: str
    reason: str


def usable(recording: si.BaseRecording) -> tuple[si.BaseRecording, tuple[Excluded, ...]]:
    """The recording without the channels that cannot be used, and those. DataError if none would be left.

    Judged on PIECES parts of PIECE_S seconds: constant, silent (noise far below the other channels' or no greater
    than rounding makes it), saturated (samples pile up at an extreme), or the double of an earlier channel.
    """
    parts = _parts(recording)
    raw = np.concatenate(parts)
    rate = recording.get_sampling_frequency()
    filtered = np.concatenate([highpass(part, rate)[_settle(part, rate) :] for part in parts])
    noise = np.array([mad(channel) for channel in filtered.T])
    reasons: dict[int, str] = {}
    for channel in range(raw.shape[1]):
        alone = _alone(raw[:, channel], noise[channel]) or _quiet(noise, channel)
        if alone:
            reasons[channel] = alone
    kept = [channel for channel in range(raw.shape[1]) if channel not in reasons]
    reasons |= _doubles(filtered, noise, kept, recording.channel_ids)
    ids = recording.channel_ids
    excluded = tuple(Excluded(str(ids[channel]), reasons[channel]) for channel in sorted(reasons))
    if len(excluded) == len(ids):
        told = "; ".join(f"{e.channel} {e.reason}" for e in excluded[:4])
        raise DataError(f"recording: expected a channel that can be used, found none of {len(ids)}: {told}")
    if not excluded:
        return recording, ()
    return recording.select_channels([ids[k] for k in range(len(ids)) if k not in reasons]), excluded


def _parts(recording: si.BaseRecording) -> list[Array]:
    """PIECES excerpts [T, C], or the whole of a short recording."""
    total, length = recording.get_num_frames(), round(PIECE_S * recording.get_sampling_frequency())
    if total <= PIECES * length:
        return [frames(recording)]
    starts = np.linspace(0, total - length, PIECES).astype(int)
    return [frames(recording, int(start), int(start) + length) for start in starts]


def _settle(part: Array, rate: float) -> int:
    return min(round(SETTLE_S * rate), len(part) // 2)


def _alone(samples: Array, noise: float) -> str | None:
    """What is wrong with a channel by itself, or None."""
    values, counts = np.unique(samples, return_counts=True)
    if len(values) == 1:
        return f"constant at {values[0]}"
    for value, count, before in ((values[0], counts[0], counts[1]), (values[-1], counts[-1], counts[-2])):
        share = count / len(samples)
        if len(values) > CODES and share > SATURATED and count > PILED * before:
            return f"saturated: {100 * share:.1f} % of the samples at {value}"
    step = int(np.diff(values.astype(np.int64)).min())
    return f"silent: noise of {noise:.3g}, the ADC's step is {step}" if noise < QUANTIZED * step else None


def _quiet(noise: Array, channel: int) -> str | None:
    usual = float(np.median(noise))
    if noise[channel] >= SILENT * usual:
        return None
    return f"silent: noise of {noise[channel]:.3g}, the channels' median is {usual:.3g}"


def _doubles(filtered: Array, noise: Array, kept: list[int], ids: Array) -> dict[int, str]:
    """Of the `kept` channels those that another one before them says already."""
    if len(kept) < 2:
        return {}
    thinned = filtered[:: -(-len(filtered) // SAMPLES), kept]
    alike = np.corrcoef(np.clip(thinned, -CLIP * noise[kept], CLIP * noise[kept]).T)
    found: dict[int, str] = {}
    for k, channel in enumerate(kept):
        first = next((j for j in range(k) if kept[j] not in found and alike[k, j] > DOUBLED), None)
        if first is not None:
            found[channel] = f"the double of {ids[kept[first]]}: correlation {alike[k, first]:.3f}"
    return found
