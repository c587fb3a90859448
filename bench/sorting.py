"""What the tests of bench/sort.py share: one row a sorter and recording, scored alike."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import spikeinterface.core as si
from matched import NAME, matched
from peers import run_peer

import edgesort
from edgesort.data.errors import DataError
from edgesort.data.hybrid import Hybrid
from edgesort.data.scoring import score
from edgesort.sort import sort
from edgesort.train.calibrate import Source, calibrate

FIGURES = (
    *("mean_accuracy", "mean_accuracy_snr5", "mean_accuracy_overlapping", "errors", "total_errors"),
    *("well_detected", "false_units", "accuracies", "snrs"),
)
LABELLED_S = 60.0  # whose labels train and choose thresholds; what comes after is scored


@dataclass(frozen=True)
class Case:
    """A recording with known spikes, of one test. name: what it is, without the seed. stated: more for each row."""

    test: str
    name: str
    seed: int
    made: Hybrid
    labelled_s: float = LABELLED_S
    stated: Mapping[str, Any] = field(default_factory=dict)

    @property
    def start(self) -> int:
        return round(self.labelled_s * self.made.recording.get_sampling_frequency())

    def row(
        self, sorter: str, labels: str, found: si.BaseSorting | None, seconds: float | None = None, **more: Any
    ) -> dict[str, Any]:
        """A sorter's row; None found: it failed."""
        recording, truth = self.made.recording, self.made.sorting
        row: dict[str, Any] = {"test": self.test, "recording": self.name, "seed": self.seed}
        row |= {"channels": recording.get_num_channels(), "units": len(truth.unit_ids)}
        row |= {"sorter": sorter, "labels": labels} | _figures(found and self.scored(found), found)
        return (
            row
            | {"seconds": seconds and round(seconds, 1), "parameters": None, "weight_bits": None}
            | self.stated
            | more
        )

    def scored(self, found: si.BaseSorting) -> dict[str, Any]:
        return score(self.made.recording, self.made.sorting, found, self.start)

    def peer(self, name: str) -> dict[str, Any]:
        """A peer's row; it sees the whole recording and no labels."""
        try:
            taught = run_peer(name, self.made.recording, limit_s=1800.0)
        except DataError as error:
            return self.row(name, "none", None, failed=str(error).partition(";")[0])
        peak = round(taught.peak_bytes / 2**20)
        return self.row(name, "none", taught.sorting, taught.seconds, peak_mb=peak)

    def matched(self) -> dict[str, Any]:
        """The row of matched filters, from the same labels as a model's."""
        began = time.monotonic()
        made = matched(self.made.recording, self.made.sorting, self.start)
        took = time.monotonic() - began
        limits = [round(limit, 4) for limit in made.limits]
        return self.row(NAME, f"{self.labelled_s:g} s", made.sorting, took, limits=limits)

    def calibrated(self, model: str, labels: str, source: Source, **options: Any) -> list[dict[str, Any]]:
        """The row of the deployed graph after `edgesort calibrate`."""
        return [self.learned(model, labels, source, **options)[0]]

    def learned(self, model: str, labels: str, source: Source, **options: Any) -> tuple[dict[str, Any], si.BaseSorting]:
        """The same row, in which the float network's score stands beside, and the sorting."""
        with tempfile.TemporaryDirectory() as folder:
            began = time.monotonic()
            out = Path(folder) / "run"
            options |= {"model": model, "labelled_s": self.labelled_s, "seed": self.seed, "described": False}
            results = calibrate(self.made.recording, source, out, **options)
            took = time.monotonic() - began
            found = sort(edgesort.load(out / "model.onnx"), self.made.recording)
        more = {"parameters": results["parameters"], "weight_bits": results["weight_bits"]}
        more["float_against_labels"] = results["float"] and round(results["float"]["mean_accuracy"], 4)
        more["quantized_against_labels"] = results["quantized"] and round(results["quantized"]["mean_accuracy"], 4)
        return self.row(model, labels, found, took, **more), found


def few_seconds(made: Hybrid, start_s: float, end_s: float) -> Hybrid:
    """The part of a recording between two times, and its spikes."""
    frequency = made.recording.get_sampling_frequency()
    start, end = round(start_s * frequency), round(end_s * frequency)
    part = made.recording.frame_slice(start, end)
    return Hybrid(part, si.NumpySorting.from_sorting(made.sorting.frame_slice(start, end)), made.facts)


def few(sorting: si.BaseSorting, count: int, end: int, seed: int) -> si.BaseSorting:
    """`count` spikes of each unit before frame `end`, drawn at random."""
    rng = np.random.default_rng([seed, count])
    trains = {}
    for unit in sorting.unit_ids:
        train = sorting.get_unit_spike_train(unit)
        inside = train[(train > 100) & (train < end - 100)]
        trains[unit] = np.sort(rng.choice(inside, min(count, len(inside)), replace=False))
    return si.NumpySorting.from_unit_dict([trains], sorting.sampling_frequency)


def _figures(scores: dict[str, Any] | None, found: si.BaseSorting | None) -> dict[str, Any]:
    """errors: misses, and false positives of the units that were matched, over the true spikes; a confusion is both.

    total_errors: of detection and of classification, a confusion once, and false positives of all units found.
    """
    if scores is None or found is None:
        return dict.fromkeys(FIGURES)
    units = list(scores["units"].values())
    spikes, hits, events = (sum(unit[key] for unit in units) for key in ("spikes", "hits", "found"))
    overlapping = [unit["recall_overlapping"] for unit in units if unit["overlapping"]]
    counted = sum(map(sum, scores["confusion"]["counts"]))
    matched = sum(unit["found_unit"] is not None for unit in units)
    values = (
        scores["mean_accuracy"],
        scores["mean_accuracy_snr5"],
        float(np.mean(overlapping)) if overlapping else None,
        (spikes - hits + events - hits) / spikes,
        (counted - hits) / spikes,
        sum(unit["accuracy"] > 0.8 for unit in units),
        len(found.unit_ids) - matched,
        [round(unit["accuracy"], 4) for unit in units],
        [round(unit["snr"], 1) for unit in units],
    )
    return {name: round(v, 4) if isinstance(v, float) else v for name, v in zip(FIGURES, values, strict=True)}


Test = Callable[[int], list[dict[str, Any]]]  # of a seed
