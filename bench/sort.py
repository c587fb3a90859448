"""Sorters on recordings with known spikes: the deployed integer graph, and offline sorters as peers.

One row a recording, seed and sorter; `--only TEST` or `--only TEST:SEED` measures a part and keeps the other rows,
`--device cuda` 384 channels on a GPU.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import record
from peers import PEERS
from sort_device import device
from sort_drift import drift, recalibrated
from sort_speed import speed
from sort_starling import starling
from sorting import Case, Test, few

from edgesort.data import catalog
from edgesort.data.generated import generated
from edgesort.data.hybrid import hybrid
from edgesort.data.quiroga import CONDITIONS, quiroga
from edgesort.train.augmentation import Augmentation
from edgesort.train.calibrate import from_sorting, from_teacher, self_supervised

SEEDS = (0, 1, 2, 3, 4)
ALL = "all labels"
OVERLAPS_HZ = 20.0
SNRS = (10.0, 6.0, 4.0, 3.0)
KEYS = ("test", "recording", "seed", "sorter", "labels", "weight_bits")


def _generated(channels: int, units: int, seed: int, test: str) -> Case:
    return Case(test, f"generated, {channels} channels, {units} units", seed, generated(channels, units, 120.0, seed))


def _hybrid(seed: int) -> Case:
    templates = catalog.get_file("stark_templates", "units_000_099.npz")
    made = hybrid(catalog.get("neuralink_n1"), templates, snrs=SNRS, seconds=120.0, seed=100 + seed)
    return Case("hybrid", "hybrid on neuralink_n1", seed, made, stated={"wanted": SNRS})


def _quiroga(name: str, seed: int) -> Case:
    return Case("Quiroga", name, seed, quiroga(name, 120.0, seed))


def full(channels: int, units: int) -> Test:
    """All labels of the first minute."""

    def rows(seed: int) -> list[dict[str, Any]]:
        case = _generated(channels, units, seed, ALL)
        return case.calibrated("local_sorter", "60 s", from_sorting(case.made.sorting), from_scratch=True)

    return rows


def peers(channels: int, units: int) -> Test:
    """Offline sorters on the same recordings."""

    def rows(seed: int) -> list[dict[str, Any]]:
        case = _generated(channels, units, seed, ALL)
        return [case.peer(name) for name in PEERS]

    return rows


def sparse(channels: int, units: int, counts: Sequence[int]) -> Test:
    """A few labelled spikes of each unit of the first minute: the others found by matching, pretrained weights."""

    def rows(seed: int) -> list[dict[str, Any]]:
        case, made = _generated(channels, units, seed, "few labels"), []
        for count in counts:
            source = from_sorting(few(case.made.sorting, count, case.start, seed), incomplete=True)
            made += case.calibrated("local_sorter", f"{count} spikes a unit", source)
        return made

    return rows


def scratch(channels: int, units: int) -> Test:
    """The same without pretrained weights, and without both these and the matching."""

    def rows(seed: int) -> list[dict[str, Any]]:
        case, made = _generated(channels, units, seed, "few labels"), []
        for count, matched in ((10, True), (20, True), (50, False), (200, False)):
            source = from_sorting(few(case.made.sorting, count, case.start, seed), incomplete=matched)
            labels = f"{count} spikes a unit, from scratch" + (", not matched" if not matched else "")
            made += case.calibrated("local_sorter", labels, source, from_scratch=True)
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
    case = _hybrid(seed)
    return [*_all_labels(case), *_all_labels(case, OVERLAPS_HZ)]


def condition(name: str) -> Test:
    """One of Quiroga's sixteen."""
    return lambda seed: _all_labels(_quiroga(name, seed), OVERLAPS_HZ)


def filters(*cases: Callable[[int], Case]) -> Test:
    """Matched filters from all labels of the first minute, on the same recordings."""
    return lambda seed: [case(seed).matched() for case in cases]


def _all_labels(case: Case, overlaps_hz: float | None = None) -> list[dict[str, Any]]:
    """cnn_sorter from all labels of the first minute."""
    options = {"from_scratch": True, "augmentation": Augmentation(overlaps_hz=overlaps_hz)}
    rows = case.calibrated("cnn_sorter", "60 s", from_sorting(case.made.sorting), **options)
    name = "cnn_sorter" + (f" --overlaps {overlaps_hz:g}" if overlaps_hz else "")
    return [row | {"sorter": name} for row in rows]


TESTS: Mapping[str, Test] = {
    "all labels, 4": full(4, 5),
    "all labels, 32": full(32, 15),
    "all labels, 32 of 40": full(32, 40),
    "all labels, 128": full(128, 60),
    "peers, 4": peers(4, 5),
    "peers, 32": peers(32, 15),
    "peers, 32 of 40": peers(32, 40),
    "peers, 128": peers(128, 60),
    "few labels, 4": sparse(4, 5, (5, 10, 15, 50)),
    "few labels, 32": sparse(32, 15, (10,)),
    "from scratch, 4": scratch(4, 5),
    "teacher, 4": taught(4, 5, "spykingcircus2"),
    "no labels": alone,
    **{f"Quiroga, {name}": condition(name) for name in CONDITIONS},
    "hybrid": hybrids,
    "matched, 4": filters(partial(_generated, 4, 5, test=ALL)),
    "matched, 32": filters(partial(_generated, 32, 15, test=ALL)),
    "matched, 32 of 40": filters(partial(_generated, 32, 40, test=ALL)),
    "matched, hybrid": filters(_hybrid),
    "matched, Quiroga": filters(*(partial(_quiroga, name) for name in CONDITIONS)),
    "starling": starling,
    "speed": lambda seed: speed(_generated(32, 15, seed, "speed")),
    "drift": drift,
    "drift, recalibrated": recalibrated,
}


def measure(only: str | None = None) -> list[dict[str, Any]]:
    """Rows of all tests and seeds, or of one."""
    name, _, seed = (only or "").partition(":")
    tests = {name: TESTS[name]} if only else TESTS
    return [row for test in tests.values() for s in ((int(seed),) if seed else SEEDS) for row in test(s)]


if __name__ == "__main__":
    record.main("sort", measure, __doc__ or "", KEYS, device)
