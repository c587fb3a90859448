"""Sorters on recordings with known spikes: the deployed integer graph, and offline sorters as peers.

One row a recording, seed and sorter; `--only TEST` or `--only TEST:SEED` measures a part and keeps the other rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import record
from peers import PEERS
from sort_drift import drift
from sorting import Case, Test, few

from edgesort.data import catalog
from edgesort.data.generated import generated
from edgesort.data.hybrid import hybrid
from edgesort.data.quiroga import CONDITIONS, quiroga
from edgesort.train.calibrate import from_sorting, from_teacher, self_supervised

SEEDS = (0, 1, 2, 3, 4)
LABELS = (5, 10, 15, 50)  # spikes of each unit
KEYS = ("test", "recording", "seed", "sorter", "labels", "weight_bits")


def _generated(channels: int, units: int, seed: int, test: str) -> Case:
    return Case(test, f"generated, {channels} channels, {units} units", seed, generated(channels, units, 120.0, seed))


def full(channels: int, units: int) -> Test:
    """All labels of the first minute, against every peer."""

    def rows(seed: int) -> list[dict[str, Any]]:
        case = _generated(channels, units, seed, "all labels")
        own = case.calibrated("local_sorter", "60 s", from_sorting(case.made.sorting), from_scratch=True)
        return own + [case.peer(name) for name in PEERS]

    return rows


def sparse(channels: int, units: int) -> Test:
    """A few labelled spikes of each unit of the first minute."""

    def rows(seed: int) -> list[dict[str, Any]]:
        case = _generated(channels, units, seed, "few labels")
        made = []
        for count in LABELS:
            source = from_sorting(few(case.made.sorting, count, case.start, seed), incomplete=True)
            made += case.calibrated("local_sorter", f"{count} spikes a unit", source)
        return made

    return rows


def taught(channels: int, units: int, teacher: str) -> Test:
    """The labels of an offline sorter."""

    def rows(seed: int) -> list[dict[str, Any]]:
        case = _generated(channels, units, seed, "teacher")
        return case.calibrated("local_sorter", f"teacher {teacher}", from_teacher(teacher, seed))

    return rows


def alone(seed: int) -> list[dict[str, Any]]:
    """No labels at all."""
    return _generated(4, 5, seed, "no labels").calibrated("local_sorter", "none", self_supervised(seed))


def hybrids(seed: int) -> list[dict[str, Any]]:
    """Spikes of known SNR in recorded background; `accuracies` gives each unit's."""
    templates = catalog.get_file("stark_templates", "units_000_099.npz")
    snrs = (10.0, 6.0, 4.0, 3.0)
    made = hybrid(catalog.get("neuralink_n1"), templates, snrs=snrs, seconds=120.0, seed=100 + seed)
    case = Case("hybrid", "hybrid on neuralink_n1", seed, made)
    return case.calibrated("local_sorter", "60 s", from_sorting(made.sorting))


def bits(seed: int) -> list[dict[str, Any]]:
    """The same labels for weights of 8, 4 and mixed bits."""
    case = _generated(4, 5, seed, "weight bits")
    source = from_sorting(case.made.sorting)
    widths = (8, 4, 3, (8, 4, 4, 8))
    return [row for width in widths for row in case.calibrated("local_sorter", "60 s", source, weight_bits=width)]


def conditions(seed: int) -> list[dict[str, Any]]:
    """Quiroga's sixteen: errors are misses, false positives and confusions, as a share of the true spikes."""
    made = []
    for name in CONDITIONS:
        case = Case("Quiroga", name, seed, quiroga(name, 120.0, seed))
        (row,) = case.calibrated("local_sorter", "60 s", from_sorting(case.made.sorting))
        made.append(row)
    return made


TESTS: Mapping[str, Test] = {
    "all labels, 4": full(4, 5),
    "all labels, 32": full(32, 15),
    "all labels, 32 of 40": full(32, 40),
    "all labels, 128": full(128, 60),
    "few labels, 4": sparse(4, 5),
    "few labels, 32": sparse(32, 15),
    "teacher, 4": taught(4, 5, "spykingcircus2"),
    "no labels": alone,
    "Quiroga": conditions,
    "hybrid": hybrids,
    "weight bits": bits,
    "drift": drift,
}


def measure(only: str | None = None) -> list[dict[str, Any]]:
    """Rows of all tests and seeds, or of one."""
    name, _, seed = (only or "").partition(":")
    tests = {name: TESTS[name]} if only else TESTS
    return [row for test in tests.values() for s in ((int(seed),) if seed else SEEDS) for row in test(s)]


if __name__ == "__main__":
    record.main("sort", measure, __doc__ or "", KEYS)
