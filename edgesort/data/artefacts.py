"""Artefacts at known times, added to a recording: movement, electrical stimulation, hum of the mains.

movement: a slow deflection (1 to 4 Hz) with bursts of noise as muscles make it (20 to 500 Hz).
stimulation: biphasic pulses beyond the ADC's range, each with a tail that decays in milliseconds.
line: 50 or 60 Hz with its odd harmonics, switched on and off within a sample.

Amplitudes are multiples of the recording's noise behind the high-pass, those of slow deflections of its standard
deviation, field potentials included. What is added reaches all channels, each with a gain of its own, and the sum
saturates at the ADC's rails.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.signal import butter, sosfilt

from edgesort.data.errors import DataError
from edgesort.data.noise import highpass, mad
from edgesort.data.spans import marked, runs
from edgesort.fixed import Array

NOISE, SPIKE, ARTEFACT = 0, 1, 2  # the label of a sample; an artefact hides a spike, a spike hides noise
CLASSES = ("noise", "spike", "artefact")
RAILS = (-32768, 32767)
PAUSE_S = 1.0  # mean time without an artefact between two
GAINS = (0.7, 1.3)  # of the channels
DEFLECTION = (4.0, 12.0)  # amplitude over the recording's standard deviation
MUSCLE, TAIL, HUM = (3.0, 10.0), (10.0, 40.0), (5.0, 15.0)  # amplitudes over the noise
PHASE_S = 0.0002  # of a biphasic pulse
OVERDRIVE = (1.2, 3.0)  # of a pulse, in widths of the ADC's range


@dataclass(frozen=True)
class Artefact:
    """Frames [start, end). movement: from the first to the last sample at which a deflection exceeds the recording's
    standard deviation twice, or muscles the noise. stimulation: of one pulse, until its tail is below the noise."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Scale:
    """The recording's standard deviation and the ADC's range, over the noise."""

    swing: float
    range: float


@dataclass(frozen=True)
class Injected:
    """samples: int16 [T, channels], artefacts added. artefacts: in order of their starts."""

    samples: Array
    artefacts: tuple[Artefact, ...]

    def marks(self) -> Array:
        """bool [T]: True inside artefacts."""
        return marked(np.array([(a.start, a.end) for a in self.artefacts]).reshape(-1, 2), len(self.samples))


def inject(
    samples: Array,
    sampling_frequency: float,
    seed: int,
    kinds: Sequence[str] = ("movement", "stimulation", "line"),
    pause_s: float = PAUSE_S,
    rails: tuple[int, int] = RAILS,
) -> Injected:
    """Add artefacts of `kinds`, each as often, with random pauses of `pause_s` on average, to int16 [T, channels].

    The same arguments give the same samples. DataError if a kind is unknown or the recording is silent.
    """
    unknown = [kind for kind in kinds if kind not in MAKERS]
    if unknown or not kinds:
        raise DataError(f"artefacts: expected kinds of {', '.join(MAKERS)}, found {', '.join(unknown) or 'none'}")
    noise = mad(highpass(samples, sampling_frequency))
    if noise <= 0:
        raise DataError("artefacts: expected a recording with noise, found a silent one")
    scale = Scale(float(samples.std()) / noise, (rails[1] - rails[0]) / noise)
    rng = np.random.default_rng([seed, len(samples)])
    added, found, at = np.zeros(samples.shape), [], _pause(rng, pause_s, sampling_frequency)
    while True:
        kind = kinds[int(rng.integers(len(kinds)))]
        wave, heard = MAKERS[kind](rng, sampling_frequency, scale)
        if at + len(wave) > len(samples):
            break
        added[at : at + len(wave)] += noise * wave[:, None] * rng.uniform(*GAINS, samples.shape[1])
        found += [Artefact(kind, at + int(start), at + int(end)) for start, end in runs(heard)]
        at += len(wave) + _pause(rng, pause_s, sampling_frequency)
    return Injected(np.clip(np.rint(samples + added), *rails).astype(np.int16), tuple(found))


def labels(spikes: Array, artefacts: Array) -> Array:
    """uint8 [T] of NOISE, SPIKE and ARTEFACT from two bool [T]."""
    return np.where(artefacts, ARTEFACT, np.where(spikes, SPIKE, NOISE)).astype(np.uint8)


def _pause(rng: np.random.Generator, mean_s: float, frequency: float) -> int:
    return round(rng.uniform(0.3, 1.7) * mean_s * frequency)


def _movement(rng: np.random.Generator, frequency: float, scale: Scale) -> tuple[Array, Array]:
    frames = round(rng.uniform(0.25, 1.0) * frequency)
    t = np.arange(frames) / frequency
    slow = np.sin(2 * np.pi * rng.uniform(1, 4) * t + rng.uniform(0, 2 * np.pi)) * rng.uniform(*DEFLECTION)
    muscle = sosfilt(butter(2, (20, 500), "bandpass", fs=frequency, output="sos"), rng.standard_normal(frames))
    bursts = np.zeros(frames)
    for _ in range(rng.integers(1, 4)):
        length = round(min(rng.uniform(0.05, 0.2) * frequency, frames))
        start = rng.integers(frames - length + 1)
        bursts[start : start + length] += np.hanning(length)
    slow, muscle = scale.swing * np.hanning(frames) * slow, bursts * muscle / muscle.std() * rng.uniform(*MUSCLE)
    heard = np.flatnonzero((np.abs(slow) > 2 * scale.swing) | (np.abs(muscle) > 1))
    return slow + muscle, marked(np.array([(heard[0], heard[-1] + 1)]), frames)


def _stimulation(rng: np.random.Generator, frequency: float, scale: Scale) -> tuple[Array, Array]:
    count, rate = rng.integers(1, 11), rng.uniform(20, 130)
    phase, decay = max(1, round(PHASE_S * frequency)), rng.uniform(0.001, 0.004) * frequency
    pulse = np.repeat([1.0, -1.0], phase) * rng.uniform(*OVERDRIVE) * scale.range * rng.choice([-1, 1])
    tail = np.exp(-np.arange(round(6 * decay)) / decay) * rng.uniform(*TAIL) * rng.choice([-1, 1])
    one = np.concatenate([pulse, tail])
    wave = np.zeros(round((count - 1) / rate * frequency) + len(one))
    for k in range(count):
        start = round(k / rate * frequency)
        wave[start : start + len(one)] += one
    return wave, np.abs(wave) > 1


def _line(rng: np.random.Generator, frequency: float, scale: Scale) -> tuple[Array, Array]:
    t = np.arange(round(rng.uniform(0.25, 1.0) * frequency)) / frequency
    mains = rng.choice([50.0, 60.0])
    parts = [rng.uniform(0.3, 1) / k * np.sin(2 * np.pi * (k * mains * t + rng.uniform())) for k in (3, 5, 7)]
    wave = rng.uniform(*HUM) * (np.sin(2 * np.pi * (mains * t + rng.uniform())) + np.sum(parts, 0))
    return wave, np.ones(len(t), bool)


# Each makes an artefact over the noise, and where it is to be marked.
MAKERS: dict[str, Callable[[np.random.Generator, float, Scale], tuple[Array, Array]]] = {
    "movement": _movement,
    "stimulation": _stimulation,
    "line": _line,
}
