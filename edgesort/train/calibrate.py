"""From a few minutes of a recording to a model for it: where labels come from, how they are completed, what is kept.

    channels that can be used -> labels -> all spikes of their units -> training -> model.onnx and its comparison

Labels come from a person's or another program's sorting, from an offline sorter that is run here (a teacher), from
nobody (self-supervised), or from an earlier model (recalibration). Whatever their source, only those of the first part
of the recording are used; the rest is what the model is scored on.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import spikeinterface.core as si

import edgesort
from edgesort.data.channels import usable
from edgesort.data.errors import DataError
from edgesort.data.matching import FEWEST, grow
from edgesort.data.quality import curate
from edgesort.data.sortings import check_sorting
from edgesort.data.teachers import teach
from edgesort.folders import refuse_existing
from edgesort.sort import sort
from edgesort.train.augmentation import AS_RECORDED, Augmentation
from edgesort.train.card import describe_into
from edgesort.train.labelled import labelled, run_folder
from edgesort.train.loop import log
from edgesort.train.motion import places
from edgesort.train.recipe import load
from edgesort.train.sorter import train_into
from edgesort.train.split import split


@dataclass(frozen=True)
class Labels:
    """Spikes to learn from, and `facts` for JSON: their source, what was dropped and why."""

    sorting: si.BaseSorting
    facts: dict[str, Any]


Source = Callable[[si.BaseRecording, int, Path], Labels]  # the recording, the first frame without labels, a folder


def from_sorting(sorting: si.BaseSorting, incomplete: bool = False) -> Source:
    """Labels of a sorting. incomplete: some spikes of each unit; the others are found by matching."""

    def source(recording: si.BaseRecording, end: int, folder: Path) -> Labels:
        check_sorting(Path("sorting"), sorting, recording)
        for unit in sorting.unit_ids:
            count = int((sorting.get_unit_spike_train(unit) < end).sum())
            if count < FEWEST:
                before = end / recording.get_sampling_frequency()
                raise DataError(
                    f"sorting: expected {FEWEST} spikes or more of unit {unit} in the first {before:g} s, "
                    f"found {count}; leave the unit out, or label more"
                )
        facts = {"source": "sorting", "spikes": _counts(sorting, end)}
        if not incomplete:
            return Labels(sorting, facts)
        return Labels(grow(recording, sorting.frame_slice(0, end), until=end), facts | {"completed": "matching"})

    return source


def from_teacher(name: str, seed: int = 0) -> Source:
    """What an offline sorter finds in the whole recording, without its bad units."""

    def source(recording: si.BaseRecording, end: int, folder: Path) -> Labels:
        taught = teach(name, recording, folder, seed=seed)
        kept, dropped = curate(recording, taught.sorting)
        for unit in dropped:
            log.print(f"    {name}: unit {unit.unit} dropped: {unit.reason}", highlight=False)
        facts = {"source": f"teacher {name}", "seconds": taught.seconds, "peak_bytes": taught.peak_bytes}
        return Labels(kept, facts | {"dropped": [asdict(unit) for unit in dropped], "spikes": _counts(kept, end)})

    return source


def self_supervised(seed: int = 0) -> Source:
    """Units that a contrastive embedding of the detected spikes tells apart."""
    from edgesort.train.discover import discover

    def source(recording: si.BaseRecording, end: int, folder: Path) -> Labels:
        found = discover(recording.frame_slice(0, end), seed=seed)
        facts = {"source": "self-supervised", **found.facts, "spikes": _counts(found.sorting, end)}
        return Labels(grow(recording, found.sorting, until=end, certain=False), facts)

    return source


def from_model(run: Path, moving: bool = False) -> Source:
    """What an earlier model finds, completed with templates as they are now.

    moving: as it is, for templates of a probe that moves are blurred.
    """

    def source(recording: si.BaseRecording, end: int, folder: Path) -> Labels:
        found = sort(edgesort.load(run / "model.onnx"), recording)
        heard = [unit for unit in found.unit_ids if (found.get_unit_spike_train(unit) < end).sum() >= FEWEST]
        silent = [str(unit) for unit in found.unit_ids if unit not in heard]
        if not heard:
            raise DataError(f"{run}: expected its units to fire, found fewer than {FEWEST} spikes of each; label anew")
        facts = {"source": f"model {run.name}", "silent": silent, "spikes": _counts(found, end)}
        known = found.select_units(heard)
        grown = known if moving else grow(recording, known.frame_slice(0, end), until=end, certain=False)
        trains = {u: grown.get_unit_spike_train(u) if u in heard else np.empty(0, np.int64) for u in found.unit_ids}
        return Labels(si.NumpySorting.from_unit_dict([trains], found.sampling_frequency), facts)

    return source


def calibrate(
    recording: si.BaseRecording,
    source: Source,
    out: Path,
    model: str = "local_sorter",
    start: Path | None = None,
    labelled_s: float | None = None,
    weight_bits: int | tuple[int, ...] | None = None,
    from_scratch: bool = False,
    resume: bool = False,
    epochs: int | None = None,
    seed: int = 0,
    described: bool = True,
    augmentation: Augmentation = AS_RECORDED,
) -> dict[str, Any]:
    """Make labels, train `model` with them, write the folder `out` (as train_sorter does, calibration.json beside).

    start: an earlier run whose weights to begin with. labelled_s: seconds from the start that may be used; six tenths
    if not given. described: with a card and what the report shows of each unit. Channels that cannot be used are left
    out. Until all is there, the folder is called out.partial, and `resume` goes on from what is in it: a teacher's
    sorting, an epoch of training.
    """
    refuse_existing(Path(out))
    recipe = load(model).RECIPE
    if start is not None:
        recipe = replace(recipe, shipped=start / "model.onnx")
    kept, excluded = usable(recording)
    for channel in excluded:
        log.print(f"    channel {channel.channel} left out: {channel.reason}", highlight=False)
    if augmentation.overlaps_hz is not None and recipe.detector:
        raise DataError(f"overlaps: expected a model that tells units apart, found {model}; leave --overlaps out")
    if augmentation.motion_um is not None:
        places(kept)
    end = split(kept.get_num_frames(), kept.get_sampling_frequency(), labelled_s).threshold[1]
    with run_folder(Path(out), resume) as partial:
        labels = _stored(partial) or _store(partial, source(kept, end, partial))
        log.print(f"    {len(labels.sorting.unit_ids)} units, {labels.facts['source']}", highlight=False)
        facts = labels.facts | {"excluded": [asdict(channel) for channel in excluded]}
        facts |= {"channels": [str(channel) for channel in kept.channel_ids]}
        data = recipe.learns(labelled(kept, labels.sorting, labelled_s))
        data = replace(data, excluded=tuple(c.channel for c in excluded))
        results = train_into(partial, recipe, data, from_scratch, resume, epochs, seed, weight_bits, augmentation)
        (partial / "calibration.json").write_text(json.dumps(facts, indent=1) + "\n")
        if described:
            describe_into(partial, kept, data.sorting)
    return results | {"calibration": facts}


def _counts(sorting: si.BaseSorting, end: int) -> dict[str, int]:
    """Spikes of each unit before `end`."""
    return {str(unit): int((sorting.get_unit_spike_train(unit) < end).sum()) for unit in sorting.unit_ids}


def _store(folder: Path, labels: Labels) -> Labels:
    """Keep labels for a resume; the facts last, so that they say that the sorting is whole."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # spike trains in memory have no provenance
        labels.sorting.save(folder=folder / "labels", overwrite=True)
    (folder / "labels.json").write_text(json.dumps(labels.facts) + "\n")
    return labels


def _stored(folder: Path) -> Labels | None:
    path = folder / "labels.json"
    if not path.is_file():
        return None
    sorting = si.NumpySorting.from_sorting(si.load(folder / "labels"))
    return Labels(sorting, json.loads(path.read_text()))
