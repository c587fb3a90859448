"""A calibration run as part of a report: where its labels come from, and what described.json says of its units.

calibration.json     how the labels were made: source, dropped units, excluded channels
described.json       edgesort.train.describe: templates, occlusion, intervals, drift, accuracy over time
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from edgesort.report.results import Calibration, NotRun, Recording, Scores

UNSAID = "calibration.json is not there, so how the labels were made is not known"


def section(labels: Mapping[str, Any], described: Mapping[str, Any], split: Mapping[str, Any]) -> Calibration | NotRun:
    """The section, or why there is none. Accuracies are left to the report's own table."""
    if not described:
        return NotRun(not_run="no described.json in this folder")
    rest = {name: value for name, value in described.items() if name != "accuracy"}
    stated: dict[str, Any] | NotRun = dict(labels) if labels else NotRun(not_run=UNSAID)
    return {"labels": stated, "described": rest, "split": dict(split)}


def tables(labels: Mapping[str, Any]) -> dict[str, list[str]]:
    """Of each list of rows in calibration.json that is not empty, its columns."""
    found = {}
    for name, value in labels.items():
        if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
            found[name] = list(dict.fromkeys(column for row in value for column in row))
    return found


def stages(described: Mapping[str, Any]) -> dict[str, Scores | NotRun]:
    """The scores of the float network, the quantized one and the device; none without described.json."""
    return dict(described.get("accuracy", {}))


def recording(described: Mapping[str, Any], start: int | None) -> Recording | NotRun:
    """What is known of a recording that is not in the folder."""
    if not described:
        return NotRun(not_run="no recording in this folder")
    facts = described["recording"]
    channels, rate = len(facts["channels"]), facts["sampling_frequency"]
    length = f"{facts['frames'] / rate:g} s, {channels} channel{'s' if channels > 1 else ''}, {rate:,.0f} Hz."
    return {
        "origin": "recorded",
        "headline": f"The recording that this run was trained on: {length}",
        "sampling_frequency": rate,
        "channels": channels,
        "frames": facts["frames"],
        "scored_from": start,
        "facts": {},
    }
