"""Results for a person's eyes: a folder that Phy opens, and an analyzer folder that spikeinterface-gui opens."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import spikeinterface.core as si
from spikeinterface.exporters import export_to_phy
from spikeinterface.preprocessing import highpass_filter

from edgesort.data.errors import DataError
from edgesort.data.noise import CUTOFF_HZ, ORDER
from edgesort.data.quality import METRICS
from edgesort.data.teachers import with_fallback_probe
from edgesort.folders import new_folder

QUIET = {"verbose": False, "progress_bar": False}
# What the windows of spikeinterface-gui and of Phy show.
VIEWS: dict[str, dict[str, Any]] = {
    "random_spikes": {"seed": 0},
    "waveforms": {},
    "templates": {},
    "noise_levels": {"random_slices_kwargs": {"seed": 0}},
    "spike_amplitudes": {},
    "unit_locations": {},
    "correlograms": {},
    "template_similarity": {},
    "principal_components": {},
    "quality_metrics": {"metric_names": list(METRICS)},
}


def export_phy(recording: si.BaseRecording, sorting: si.BaseSorting, out: Path) -> None:
    """Write the new folder `out` for Phy: `phy template-gui params.py` in it. The filtered samples are copied into it.

    DataError: a sorting without spikes. FolderError: `out` exists. The folder may be moved as a whole.
    """
    with new_folder(out) as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of recordings in memory
        # Phy numbers its clusters, and its reader in SpikeInterface fails on names: they become a column.
        numbered = sorting.remove_empty_units()
        numbered = numbered.rename_units(np.arange(len(numbered.unit_ids)))
        numbered.set_property("unit", sorting.remove_empty_units().unit_ids)
        export_to_phy(
            _analyzer(recording, numbered),
            folder / "phy",
            dtype="int16",
            use_relative_path=True,
            additional_properties=["unit"],
            **QUIET,
        )
        for part in (folder / "phy").iterdir():
            part.rename(folder / part.name)
        (folder / "phy").rmdir()


def export_analyzer(recording: si.BaseRecording, sorting: si.BaseSorting, out: Path) -> None:
    """Write the new folder `out` with `out`/analyzer, which spikeinterface-gui (sigui) and spikeinterface.load open.

    It refers to the recording where it lies; one that SpikeInterface cannot find again is copied to `out`/recording.
    """
    with new_folder(out) as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if not recording.check_serializability("json"):
            recording = recording.save(folder=folder / "recording", format="binary", **QUIET)
        _analyzer(recording, sorting).save_as(folder=folder / "analyzer", format="binary_folder")


def _analyzer(recording: si.BaseRecording, sorting: si.BaseSorting) -> si.SortingAnalyzer:
    """Waveforms, templates, metrics and the rest behind the project's high-pass, in memory."""
    spiking = sorting.remove_empty_units()
    if not len(spiking.unit_ids):
        raise DataError("sorting: expected spikes to export, found none")
    filtered = highpass_filter(
        with_fallback_probe(recording), CUTOFF_HZ, dtype="float32", filter_order=ORDER, direction="forward"
    )
    found = si.create_sorting_analyzer(spiking, filtered, sparse=True, return_in_uV=False, **QUIET)
    found.compute(VIEWS, **QUIET)
    return found
