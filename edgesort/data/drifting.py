"""Generated ground truth whose units move along the probe: SpikeInterface's drifting generator, in 16 bits."""

from __future__ import annotations

import warnings

import numpy as np
from probeinterface import generate_multi_columns_probe
from spikeinterface.generation import generate_drifting_recording

from edgesort.data.errors import DataError
from edgesort.data.generated import digitised, generated
from edgesort.data.hybrid import Hybrid

DRIFTS = ("zigzag", "bump", "random_walk")
STEP_HZ = 5.0  # of the generator's displacement
SUMMARY_S = 10  # between the displacements that the facts list
PITCH_UM = 20  # of the probe's two columns, as in `generated`


def generate(
    drift: str | None,
    channels: int,
    units: int,
    seconds: float,
    seed: int,
    bursts: float,
    overlaps: float,
    artefacts: int,
) -> Hybrid:
    """`drifting` with a drift, `generated` without; DataError for extras that only the latter has."""
    if drift is None:
        return generated(channels, units, seconds, seed, bursts=bursts, overlaps=overlaps, artefacts=artefacts)
    if bursts or overlaps or artefacts:
        raise DataError(f"generate: expected {drift} alone, found bursts, overlaps or artefacts with it; leave one out")
    return drifting(channels, units, seconds, seed, drift)


def drifting(
    channels: int = 32,
    units: int = 15,
    seconds: float = 600.0,
    seed: int = 0,
    drift: str = "zigzag",
    range_um: float = 40.0,
    start_s: float | None = None,
    gradient: float | None = None,
    sampling_frequency: float = 25000.0,
    rates_hz: tuple[float, float] = (2.0, 8.0),
) -> Hybrid:
    """generate_drifting_recording with its own templates and correlated noise (6 to 8 uV), on two columns of contacts.

    drift: zigzag of 200 s (slow), bump (sudden) or random_walk, between -range_um/2 and range_um/2, from start_s on
    (a tenth of the time if None); before, nothing moves. gradient: None moves all units alike (rigid); 0 to 1 is the
    share of the motion at the one end of the units, 1 at the other. facts["motion"] has the displacement in
    micrometres every SUMMARY_S seconds.
    """
    start_s = seconds / 10 if start_s is None else start_s
    if drift not in DRIFTS or not 0 < start_s < seconds:
        raise DataError(
            f"drifting: expected a drift of {', '.join(DRIFTS)} that starts within {seconds:g} s, "
            f"found {drift} at {start_s:g} s"
        )
    if channels < 2 or channels % 2:
        raise DataError(f"drifting: expected an even number of channels, found {channels}")
    probe = generate_multi_columns_probe(
        num_columns=2, num_contact_per_column=channels // 2, xpitch=PITCH_UM, ypitch=PITCH_UM, contact_shapes="circle"
    )
    probe.set_device_channel_indices(np.arange(channels))
    motion = {"drift_mode": drift, "non_rigid_gradient": gradient, "t_start_drift": start_s}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of units nearer than asked for
        _, moving, sorting, extra = generate_drifting_recording(
            num_units=units,
            duration=seconds,
            sampling_frequency=sampling_frequency,
            probe=probe,
            generate_displacement_vector_kwargs={
                "displacement_sampling_frequency": STEP_HZ,
                "drift_start_um": [0, range_um / 2],
                "drift_stop_um": [0, -range_um / 2],
                "drift_step_um": 1,
                "motion_list": [motion],
            },
            generate_sorting_kwargs={"firing_rates": rates_hz, "refractory_period_ms": 4.0},
            extra_outputs=True,
            seed=seed,
        )
    moving.set_probe(probe)
    along = extra["displacement_vectors"][:, 1, 0]
    facts = {
        "kind": "drifting",
        "generator": "generate_drifting_recording",
        "rates_hz": list(rates_hz),
        "seed": seed,
        "motion": {
            "drift": drift,
            "start_s": start_s,
            "rigid": gradient is None,
            "gradient": gradient,
            "least_um": round(float(along.min()), 3),
            "most_um": round(float(along.max()), 3),
            "every_s": SUMMARY_S,
            "um": [round(float(um), 2) for um in along[:: round(SUMMARY_S * STEP_HZ)]],
        },
    }
    trains = {f"unit_{k}": np.unique(sorting.get_unit_spike_train(u)) for k, u in enumerate(sorting.unit_ids)}
    return digitised(moving, {unit: train.astype(np.int64) for unit, train in trains.items()}, facts)
