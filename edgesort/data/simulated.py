"""A recording from SpikeInterface's generator, for when no real one is anywhere and nothing can be fetched."""

from __future__ import annotations

import hashlib
from importlib.metadata import version

import numpy as np
import spikeinterface.core as si

from edgesort.data.hybrid import Hybrid, overlaps

COUNTS = 64  # of the ADC, a microvolt of the generator: noise of 7.5 uV is 480 counts, as in the N1 files


def simulated(
    units: int = 4, seconds: float = 120.0, sampling_frequency: float = 19531.0, rate_hz: float = 15.0, seed: int = 0
) -> Hybrid:
    """One channel, `units` units, int16. facts["kind"] is "simulated", so that whoever shows it can say so.

    The generator places the units at random around the contact, so their SNR differ and may be low.
    """
    recording, sorting = si.generate_ground_truth_recording(
        durations=[seconds],
        sampling_frequency=sampling_frequency,
        num_channels=1,
        num_units=units,
        generate_probe_kwargs={"num_columns": 1, "xpitch": 20, "ypitch": 20, "contact_shapes": "circle"},
        generate_sorting_kwargs={"firing_rates": rate_hz, "refractory_period_ms": 2.0},
        generate_unit_locations_kwargs={
            "margin_um": 10.0,
            "minimum_z": 5.0,
            "maximum_z": 25.0,
            "minimum_distance": 8.0,
        },
        noise_kwargs={"noise_levels": 7.5, "strategy": "on_the_fly"},
        seed=seed,
    )
    counts = np.rint(np.asarray(recording.get_traces(), np.float64) * COUNTS)
    samples = np.clip(counts, -32768, 32767).astype(np.int16)
    trains = {f"unit_{u}": np.asarray(sorting.get_unit_spike_train(u), np.int64) for u in sorting.unit_ids}
    facts = {
        "kind": "simulated",
        "generator": f"spikeinterface {version('spikeinterface')} generate_ground_truth_recording",
        "background": [],
        "seconds": seconds,
        "sampling_frequency": sampling_frequency,
        "rate_hz": rate_hz,
        "seed": seed,
        "spikes": {unit: len(times) for unit, times in trains.items()},
        "overlapping": overlaps(trains, sampling_frequency),
        "sha256": hashlib.sha256(samples.tobytes()).hexdigest(),
    }
    found = si.NumpyRecording([samples], sampling_frequency)
    return Hybrid(found, si.NumpySorting.from_unit_dict([trains], sampling_frequency), facts)
