"""Generated ground truth: SpikeInterface's generator on 1 to 128 channels, as an ADC of 16 bits would deliver it.

On top, if asked for: bursts of decaying amplitude, extra synchronous spikes, common-mode artefacts at known times.
"""

from __future__ import annotations

import tempfile
import warnings
from importlib.metadata import version
from typing import Any

import numpy as np
import spikeinterface.core as si

from edgesort.data.errors import DataError
from edgesort.data.hybrid import OVERLAP_S, Hybrid, known
from edgesort.fixed import Array

COUNTS = 16  # of the ADC, a microvolt: noise of 5 uV is 80 counts, and the range is +-2048 uV
REFRACTORY_MS = 4.0  # the generator's default
BEFORE_MS = 1.0  # of a template, before its trough: the generator's default
IN_MEMORY = 1 << 28  # bytes; more goes to a nameless file that vanishes with its array
BURST_SPIKES = 4  # that follow the first, at most
BURST_S = (REFRACTORY_MS / 1000, 0.008)  # between two spikes of a burst
BURST_DECAY = 0.85  # of the amplitude, from spike to spike
ARTEFACT_S = 0.005
ARTEFACT_UV = (600.0, 1000.0)  # 120 to 200 times the noise
ONE_CHANNEL = {
    "generate_probe_kwargs": {"num_columns": 1, "xpitch": 20, "ypitch": 20, "contact_shapes": "circle"},
    "generate_unit_locations_kwargs": {
        "margin_um": 10.0,
        "minimum_z": 5.0,
        "maximum_z": 25.0,
        "minimum_distance": 8.0,  # around one contact there is no room for the default
    },
}


def generated(
    channels: int = 4,
    units: int = 5,
    seconds: float = 120.0,
    seed: int = 0,
    sampling_frequency: float = 25000.0,
    rate_hz: float = 15.0,
    noise_uv: float = 5.0,
    bursts: float = 0.0,
    overlaps: float = 0.0,
    artefacts: int = 0,
) -> Hybrid:
    """generate_ground_truth_recording with its own templates, probe and white noise; int16, COUNTS a microvolt.

    bursts: share of spikes that up to BURST_SPIKES others follow, each of less amplitude.
    overlaps: share of spikes next to which, within 1 ms, another unit is made to fire.
    artefacts: how many transients of 5 ms that all channels see; facts["artefacts"] has their frames.
    The same arguments and SpikeInterface give the same bytes. Unit ids are unit_0, unit_1, ... A spike's frame is
    its trough on the nearest channel. DataError if a sample would leave the range of int16.
    """
    if channels < 1 or units < 1 or seconds <= 0:
        raise DataError(f"generated: expected a channel, a unit and time, found {channels}, {units} and {seconds:g} s")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of units nearer than asked for: facts say how near
        clean, sorting = si.generate_ground_truth_recording(
            durations=[seconds],
            sampling_frequency=sampling_frequency,
            num_channels=channels,
            num_units=units,
            generate_sorting_kwargs={"firing_rates": rate_hz, "refractory_period_ms": REFRACTORY_MS},
            noise_kwargs={"noise_levels": noise_uv, "strategy": "on_the_fly"},
            seed=seed,
            **(ONE_CHANNEL if channels == 1 else {}),
        )
    rng = np.random.default_rng([seed, 1])
    trains = [np.unique(np.asarray(sorting.get_unit_spike_train(unit), np.int64)) for unit in sorting.unit_ids]
    extra = burst_spikes(trains, bursts, sampling_frequency, rng)
    trains = [np.union1d(train, [frame for frame, _ in more]) for train, more in zip(trains, extra, strict=True)]
    synchronous = overlap_spikes(trains, overlaps, sampling_frequency, rng)
    extra = [[*more, *others] for more, others in zip(extra, synchronous, strict=True)]
    full = _inject(clean, clean.templates, extra)
    full, marks = _with_artefacts(full, artefacts, rng)
    named = {
        f"unit_{k}": np.union1d(train, [frame for frame, _ in more]).astype(np.int64)
        for k, (train, more) in enumerate(zip(trains, extra, strict=True))
    }
    return digitised(
        full,
        named,
        {
            "kind": "generated",
            "generator": "generate_ground_truth_recording",
            "rate_hz": rate_hz,
            "noise_uv": noise_uv,
            "seed": seed,
            "closest_units_um": _closest(sorting.get_property("gt_unit_locations")),
            "bursts": bursts,
            "overlaps": overlaps,
            "artefacts": marks,
        },
    )


def digitised(recording: si.BaseRecording, trains: dict[str, Array], facts: dict[str, Any]) -> Hybrid:
    """Microvolts -> int16 counts, second by second, with the probe kept; DataError if a sample leaves the range."""
    frames, channels = recording.get_num_frames(), recording.get_num_channels()
    frequency = recording.get_sampling_frequency()
    samples = _room(frames, channels)
    step = round(frequency)  # the noise comes in blocks of this length
    for start in range(0, frames, step):
        counts = np.rint(recording.get_traces(start_frame=start, end_frame=min(start + step, frames)) * COUNTS)
        if np.abs(counts).max() > 32767:
            raise DataError(
                f"generated: expected samples within {32767 / COUNTS:g} uV, found {np.abs(counts).max() / COUNTS:g} uV "
                f"at {start / frequency:g} s; use another seed"
            )
        samples[start : start + step] = counts
    facts = {
        **facts,
        "generator": f"spikeinterface {version('spikeinterface')} {facts['generator']}",
        "background": [],
        "channels": channels,
        "step_uv": 1 / COUNTS,
    }
    made = known(samples, trains, frequency, facts)
    made.recording.set_probe(recording.get_probe())
    made.recording.set_channel_gains(1 / COUNTS)
    made.recording.set_channel_offsets(0.0)
    return made


def burst_spikes(
    trains: list[Array], share: float, frequency: float, rng: np.random.Generator
) -> list[list[tuple[int, float]]]:
    """For each unit the spikes (frame, gain) that follow a `share` of its own, clear of the next by REFRACTORY_MS."""
    found: list[list[tuple[int, float]]] = []
    gap = REFRACTORY_MS / 1000 * frequency
    for train in trains:
        more = []
        for first, end in zip(train[:-1], train[1:] - gap, strict=True):
            followers = rng.integers(1, BURST_SPIKES + 1) if rng.random() < share else 0
            steps = np.rint(rng.uniform(*BURST_S, followers) * frequency).cumsum()
            more += [(int(first + s), BURST_DECAY ** (k + 1)) for k, s in enumerate(steps) if first + s <= end]
        found.append(more)
    return found


def overlap_spikes(
    trains: list[Array], share: float, frequency: float, rng: np.random.Generator
) -> list[list[tuple[int, float]]]:
    """For each unit extra spikes (frame, 1.0) within OVERLAP_S of a `share` of the others'; REFRACTORY_MS is kept."""
    found: list[list[tuple[int, float]]] = [[] for _ in trains]
    if len(trains) < 2 or not share:
        return found
    gap, reach = REFRACTORY_MS / 1000 * frequency, int(OVERLAP_S * frequency)
    taken = [list(train) for train in trains]
    for unit, train in enumerate(trains):
        for frame in train[rng.random(len(train)) < share]:
            other = (unit + int(rng.integers(1, len(trains)))) % len(trains)
            time = int(frame + rng.integers(-reach, reach + 1))
            if time < gap or (np.abs(np.asarray(taken[other]) - time) < gap).any():
                continue
            taken[other].append(time)
            found[other].append((time, 1.0))
    return found


def _inject(recording: si.BaseRecording, templates: Array, extra: list[list[tuple[int, float]]]) -> si.BaseRecording:
    """`recording` with more spikes of the `templates`: (frame, gain) of each unit."""
    spikes = sorted((frame, unit, gain) for unit, more in enumerate(extra) for frame, gain in more)
    if not spikes:
        return recording
    times, labels, gains = (np.array(column) for column in zip(*spikes, strict=True))
    frequency = recording.get_sampling_frequency()
    added = si.NumpySorting.from_samples_and_labels([times], [labels], frequency, unit_ids=list(range(len(extra))))
    before = round(BEFORE_MS / 1000 * frequency)
    return si.InjectTemplatesRecording(added, templates, before, gains, parent_recording=recording)


def _with_artefacts(
    recording: si.BaseRecording, count: int, rng: np.random.Generator
) -> tuple[si.BaseRecording, list[list[int]]]:
    """The recording with `count` transients, and the frames [start, end) of each: a damped 300-Hz swing from 0."""
    frequency, length = recording.get_sampling_frequency(), round(ARTEFACT_S * recording.get_sampling_frequency())
    room = recording.get_num_frames() // max(count, 1)
    if count and room < 4 * length:
        raise DataError(f"generated: expected {4 * length} frames or more an artefact, found {room}; ask for fewer")
    t = np.arange(length) / frequency
    shape = -np.sin(2 * np.pi * 300 * t) * np.exp(-t / (ARTEFACT_S / 4))
    seen = rng.uniform(0.8, 1.0, recording.get_num_channels())
    template = (shape / np.abs(shape).max())[None, :, None] * seen
    starts = [k * room + int(rng.integers(length, room - 2 * length)) for k in range(count)]
    before = round(BEFORE_MS / 1000 * frequency)
    events = [(start + before, float(rng.uniform(*ARTEFACT_UV))) for start in starts]
    return _inject(recording, template.astype(np.float32), [events]), [[s, s + length] for s in starts]


def _room(frames: int, channels: int) -> Array:
    if frames * channels * 2 <= IN_MEMORY:
        return np.empty((frames, channels), np.int16)
    return np.memmap(tempfile.TemporaryFile(), np.int16, "w+", shape=(frames, channels))


def _closest(locations: Array) -> float | None:
    """Least distance between two units, in micrometres; None for one unit."""
    if len(locations) < 2:
        return None
    apart = np.linalg.norm(locations[:, None] - locations, axis=-1)
    return round(float(apart[np.triu_indices(len(locations), 1)].min()), 1)
