"""What the units of a recording look like: templates, intervals between spikes, amplitude and position over time."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import spikeinterface.core as si
from spikeinterface.metrics import compute_quality_metrics
from spikeinterface.preprocessing import highpass_filter

from edgesort.data.noise import CUTOFF_HZ, ORDER
from edgesort.data.probe import located
from edgesort.data.quality import METRICS
from edgesort.data.teachers import with_fallback_probe
from edgesort.fixed import Array
from edgesort.train.occlusion import REACH_S

BINS = 20  # of the recording, each with its median amplitude
NEAR = 4  # channels of a template: the strongest, then those on which it is next largest
INTERVALS_MS = tuple(range(51))
REFRACTORY_MS = 1.5  # intervals shorter than that are violations, as in edgesort.data.quality
MOST = 500  # spikes that a template is the mean of
SEED = {"seed": 0}


def analyzed(recording: si.BaseRecording, sorting: si.BaseSorting) -> Any:
    """SpikeInterface's analyzer of units that fire, behind the project's high-pass; µV where the gains are known."""
    filtered = highpass_filter(
        with_fallback_probe(recording), CUTOFF_HZ, dtype="float32", filter_order=ORDER, direction="forward"
    )
    quiet = {"verbose": False, "progress_bar": False}
    reach = {"ms_before": 1e3 * REACH_S, "ms_after": 1e3 * REACH_S}
    wanted: dict[str, Any] = {
        "random_spikes": SEED | {"max_spikes_per_unit": MOST},
        "noise_levels": {"random_slices_kwargs": SEED},
        "templates": reach,
        "spike_amplitudes": {},
    }
    if placed(recording):
        wanted["spike_locations"] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of recordings in memory
        known = recording.has_scaleable_traces()
        made = si.create_sorting_analyzer(sorting, filtered, sparse=False, return_in_uV=known, **quiet)
        made.compute(wanted, **quiet)
    return made


def placed(recording: si.BaseRecording) -> bool:
    """Whether a position along a probe means something."""
    return located(recording) and recording.get_num_channels() > 1


def described_units(analyzer: Any, frames: int) -> dict[str, dict[str, Any]]:
    """By unit: its template, SNR, intervals, and amplitude, spikes and position in BINS parts of the recording."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = compute_quality_metrics(analyzer, metric_names=[METRICS[1]], verbose=False)
    templates = np.asarray(analyzer.get_extension("templates").get_data(operator="average"))
    amplitudes = analyzer.get_extension("spike_amplitudes").get_data(outputs="by_unit")[0]
    where = analyzer.get_extension("spike_locations")
    locations = where.get_data(outputs="by_unit")[0] if where else None
    axis = _along(analyzer.get_channel_locations()) if where else ""
    rate, made = analyzer.sampling_frequency, {}
    for unit, template in zip(analyzer.unit_ids, templates, strict=True):
        train = np.asarray(analyzer.sorting.get_unit_spike_train(unit), np.int64)
        channels = np.argsort(-np.ptp(template, axis=0), kind="stable")[:NEAR]
        part = np.minimum(train * BINS // frames, BINS - 1)
        made[str(unit)] = {
            "channels": [str(analyzer.channel_ids[k]) for k in channels],
            "indices": [int(k) for k in channels],
            "template": [short(template[:, k]) for k in channels],
            "snr": short(table.loc[unit, METRICS[1]]),
            "spikes": len(train),
            "intervals": intervals(train, rate),
            "over_time": {
                "spikes": np.bincount(part, minlength=BINS).tolist(),
                "amplitude": _medians(np.abs(amplitudes[unit]), part),
                "position_um": _medians(locations[unit][axis], part) if locations else None,
            },
        }
    return made


def intervals(train: Array, sampling_frequency: float) -> dict[str, Any]:
    """Counts of intervals by INTERVALS_MS, and the share of all that are shorter than REFRACTORY_MS."""
    between = np.diff(np.sort(train)) / sampling_frequency * 1e3
    return {
        "counts": np.histogram(between, INTERVALS_MS)[0].tolist(),
        "violations": short(np.mean(between < REFRACTORY_MS)) if len(between) else None,
    }


def short(values: Any) -> Any:
    """A float, or floats in lists, to four significant figures."""
    if isinstance(values, list | tuple | np.ndarray):
        return [short(value) for value in values]
    return float(f"{float(values):.4g}")


def _medians(values: Array, part: Array) -> list[float | None]:
    """Of each of BINS parts; None where nothing happened."""
    return [short(np.median(values[part == k])) if (part == k).any() else None for k in range(BINS)]


def _along(locations: Array) -> str:
    """The axis in which the probe is longest."""
    return str("xyz"[int(np.ptp(locations, axis=0).argmax())])
