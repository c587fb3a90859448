"""What a report says: the schema of report.json, and the arrays that its pictures are drawn from.

A section that was not made is a NotRun with its reason; nothing is ever filled in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypedDict, TypeGuard, TypeVar

from edgesort.fixed import Array

T = TypeVar("T")
STAGES = ("float", "quantized", "deployed")
# Okabe and Ito's colours, those that read on white, then two more; names are always printed beside them.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A5C2E", "#5B5B9A")


class NotRun(TypedDict):
    """A part that was not made, and why."""

    not_run: str


class Recording(TypedDict):
    """origin: hybrid, simulated or recorded. headline: one sentence that says so. scored_from: a frame."""

    origin: str
    headline: str
    sampling_frequency: float
    channels: int
    frames: int
    scored_from: int | None
    facts: dict[str, Any]


class UnitScore(TypedDict):
    """One true unit, as edgesort.data.scoring measures it. Recalls apart for spikes near another unit's."""

    found_unit: str | None
    snr: float
    spikes: int
    found: int
    hits: int
    accuracy: float
    precision: float
    recall: float
    overlapping: int
    recall_separate: float
    recall_overlapping: float


class Confusion(TypedDict):
    """counts[i][j]: spikes of true unit i found as unit j; the last row and column count false and missed ones."""

    true: list[str]
    found: list[str]
    counts: list[list[int]]


class Scores(TypedDict):
    """Units by label, means over all units and over those of SNR 5 or more."""

    units: dict[str, UnitScore]
    mean_accuracy: float
    mean_accuracy_snr5: float | None
    match_ms: float
    confusion: Confusion


class Check(TypedDict):
    """One executor's verdict (edgesort.verify) in one build. segments: which recorded samples it was given."""

    target: str
    name: str
    segments: str
    equal: bool
    frames: int
    values: int
    mismatches: int
    first_mismatch: dict[str, Any] | None
    missing: str | None


class Latency(TypedDict):
    """From a spike's peak to its event, in samples and µs, and by target the µs of computing after the last sample."""

    window_samples: int
    window_us: float
    peak_samples: int
    peak_us: float
    event_samples: int
    event_us: float
    compute_us: dict[str, float]


class Calibration(TypedDict):
    """labels: how they were made. described: units by name, accuracy over time. split: frames [start, end) by part."""

    labels: dict[str, Any] | NotRun
    described: dict[str, Any]
    split: dict[str, Any]


class Report(TypedDict):
    """report.json. builds: costs by name for each target. not_checked: reason by target. equal: None if unchecked."""

    title: str
    recording: Recording | NotRun
    accuracy: dict[str, Scores | NotRun]
    training: dict[str, Any] | NotRun
    calibration: Calibration | NotRun
    checks: list[Check]
    not_checked: dict[str, str]
    equal: bool | None
    latency: Latency | NotRun
    builds: dict[str, dict[str, Any] | NotRun]
    graph: str | NotRun
    provenance: dict[str, Any]
    commands: list[str]


@dataclass(frozen=True)
class Pictures:
    """What is drawn. frames: raw [T, C], the first of them frame `start` of the recording; filtered: the same
    behind the device's high-pass, in ADC counts. truth, found: spike frames of the recording by unit label."""

    sampling_frequency: float
    start: int
    frames: Array
    filtered: Array
    truth: Mapping[str, Array]
    found: Mapping[str, Array]


@dataclass(frozen=True)
class ReportResults:
    """Everything that write_report needs. pictures: arrays, or why there are none."""

    report: Report
    pictures: Pictures | NotRun


def ran(section: T | NotRun) -> TypeGuard[T]:
    """False if the section only says why it was not made."""
    return "not_run" not in section  # type: ignore[operator]


def why(section: Any) -> str:
    """The reason that a NotRun gives."""
    return f"not run: {section['not_run']}"


def all_equal(checks: Iterable[Check]) -> bool | None:
    """True if every check was equal, None without checks."""
    verdicts = [check["equal"] for check in checks]
    return all(verdicts) if verdicts else None


def labels(results: ReportResults) -> list[str]:
    """Every unit that the report names, in natural order."""
    names = {name for stage in results.report["accuracy"].values() if ran(stage) for name in stage["units"]}
    if isinstance(results.pictures, Pictures):
        names |= set(results.pictures.truth) | set(results.pictures.found)
    calibration = results.report["calibration"]
    if ran(calibration):
        names |= set(calibration["described"]["units"])
    return _natural(names)


def colours(results: ReportResults) -> dict[str, str]:
    """One colour a unit, the same everywhere."""
    return coloured(labels(results))


def coloured(names: Iterable[str]) -> dict[str, str]:
    """A colour for each unit, in natural order."""
    return {name: COLOURS[index % len(COLOURS)] for index, name in enumerate(_natural(names))}


def _natural(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)])


def headline_mismatch(checks: Iterable[Check]) -> str | None:
    """One line that names the first check that failed; None if none did."""
    failed = next((check for check in checks if not check["equal"]), None)
    if failed is None:
        return None
    first = failed["first_mismatch"]
    if first is None:
        return f"{failed['name']}: {failed['missing'] or 'nothing was compared'}"
    return (
        f"{failed['name']}: node {first['node']}, frame {first['frame']}, index {first['index']}: "
        f"expected {first['expected']}, found {first['found']}; {failed['mismatches']:,} of {failed['values']:,} values"
    )
