"""Bad units out: a teacher's sorting is labels, and a unit that is noise or two neurons teaches the wrong thing."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import spikeinterface.core as si
from spikeinterface.curation import find_redundant_units
from spikeinterface.metrics import compute_quality_metrics
from spikeinterface.preprocessing import highpass_filter

from edgesort.data.errors import DataError
from edgesort.data.noise import CUTOFF_HZ, ORDER
from edgesort.data.teachers import with_fallback_probe

METRICS = ("num_spikes", "snr", "isi_violation", "presence_ratio")  # SpikeInterface's names
BINS = 10  # of the recording, in which a unit is present or not


@dataclass(frozen=True)
class Limits:
    """What a unit must reach to be kept.

    snr: peak of the mean waveform over the channel's noise. Below 4, the threshold of Quiroga et al. 2004,
        half of the spikes are never detected.
    isi_violations: firing rate of the intruders over the unit's own, from intervals under 1.5 ms (Hill et al. 2011);
        0.5 is what the Allen Institute publishes with (Siegle et al. 2021).
    isi_count: violations fewer than this are chance: one of them makes the ratio of a unit of 60 spikes 5.
    presence: share of BINS equal parts of the recording with a spike; 0.9 is the Allen Institute's as well.
    spikes: fewest; the noise of a mean of 30 is a fifth of one spike's.
    shared: share of a unit's spikes that are another's, too, within 0.4 ms, above which the one of fewer spikes is
        the same neuron twice (SpikeInterface's default).
    """

    snr: float = 4.0
    isi_violations: float = 0.5
    isi_count: int = 3
    presence: float = 0.9
    spikes: int = 30
    shared: float = 0.8


@dataclass(frozen=True)
class Dropped:
    """A unit that was left out, why, and its metrics: spikes, snr, isi_violations, isi_count, presence."""

    unit: str
    reason: str
    metrics: dict[str, float]


def curate(
    recording: si.BaseRecording, sorting: si.BaseSorting, limits: Limits | None = None
) -> tuple[si.BaseSorting, tuple[Dropped, ...]]:
    """The sorting without its bad units and without duplicates, and what was dropped. DataError if all of them were."""
    limits = limits or Limits()
    measured = metrics(recording, sorting)
    reasons = {unit: _reason(values, limits) for unit, values in measured.items()}
    good = [unit for unit, reason in reasons.items() if reason is None]
    kept = sorting.select_units(good)
    for pair in find_redundant_units(kept, duplicate_threshold=limits.shared) if len(good) > 1 else []:
        # A unit with violations that holds another without is two neurons; else the one of more spikes is better.
        better, worse = sorted(
            pair, key=lambda u: (measured[u]["isi_count"] >= limits.isi_count, -measured[u]["spikes"])
        )
        reasons[worse] = f"expected spikes of its own, found more than {limits.shared:g} in common with unit {better}"
    left = [unit for unit in good if reasons[unit] is None]
    dropped = tuple(Dropped(str(unit), reason, measured[unit]) for unit, reason in reasons.items() if reason)
    if not left:
        first = f"; unit {dropped[0].unit}: {dropped[0].reason}" if dropped else ""
        raise DataError(f"sorting: expected a unit worth learning, found none among {len(measured)}{first}")
    return sorting.select_units(left), dropped


def dropped_rows(dropped: Sequence[Dropped]) -> list[dict[str, Any]]:
    """One row a dropped unit, for a table and for JSON."""
    return [
        {"unit": d.unit, "reason": d.reason, **{name: round(value, 3) for name, value in d.metrics.items()}}
        for d in dropped
    ]


def metrics(recording: si.BaseRecording, sorting: si.BaseSorting) -> dict[Any, dict[str, float]]:
    """SpikeInterface's quality metrics of each unit, behind the project's high-pass; empty units measure 0."""
    filtered = highpass_filter(
        with_fallback_probe(recording), CUTOFF_HZ, dtype="float32", filter_order=ORDER, direction="forward"
    )
    spiking = sorting.remove_empty_units()
    empty = {"spikes": 0, "snr": 0.0, "isi_violations": 0.0, "isi_count": 0, "presence": 0.0}
    found: dict[Any, dict[str, float]] = {unit: dict(empty) for unit in sorting.unit_ids}
    if not len(spiking.unit_ids):
        return found
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of recordings in memory, and of units with few spikes: they are dropped
        quiet = {"verbose": False, "progress_bar": False}
        analyzer = si.create_sorting_analyzer(spiking, filtered, sparse=False, return_in_uV=False, **quiet)
        seeds = {"random_spikes": {"seed": 0}, "noise_levels": {"random_slices_kwargs": {"seed": 0}}, "templates": {}}
        analyzer.compute(seeds, **quiet)
        bins = {"presence_ratio": {"bin_duration_s": recording.get_total_duration() / BINS}}
        table = compute_quality_metrics(analyzer, metric_names=list(METRICS), metric_params=bins, verbose=False)
    for unit, row in table.iterrows():
        found[unit] = {
            "spikes": int(row["num_spikes"]),
            "snr": float(row["snr"]),
            "isi_violations": float(row["isi_violations_ratio"]),
            "isi_count": int(row["isi_violations_count"]),
            "presence": float(row["presence_ratio"]),
        }
    return found


def _reason(unit: dict[str, float], limits: Limits) -> str | None:
    if unit["spikes"] < limits.spikes:
        return f"expected {limits.spikes} spikes or more, found {unit['spikes']}"
    if not unit["snr"] >= limits.snr:
        return f"expected an SNR of {limits.snr:g} or more, found {unit['snr']:.2f}"
    if unit["isi_violations"] > limits.isi_violations and unit["isi_count"] >= limits.isi_count:
        return f"expected ISI violations of {limits.isi_violations:g} at most, found {unit['isi_violations']:.2f}"
    if unit["presence"] < limits.presence:
        return f"expected spikes in {limits.presence:g} of the recording's parts, found {unit['presence']:.2f}"
    return None
