"""The tables of bench/sort.py's rows: a line a recording, sorter and labels, mean and spread over the seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

Row = dict[str, Any]
CONDITIONS = "Quiroga"
SEVERAL = ("all labels", "few labels", "teacher", "no labels", "hybrid", CONDITIONS, "drift")  # tests of several seeds
SHORT = (
    "recording",
    "sorter",
    "labels",
    "seeds",
    "accuracy",
    "of units of SNR 5 or more",
    "false units",
    "below float",
)
COLUMNS = {
    "accuracy": "mean_accuracy",
    "of units of SNR 5 or more": "mean_accuracy_snr5",
    "recall of overlapping": "mean_accuracy_overlapping",
    "errors / spikes": "errors",
    "total errors / spikes": "total_errors",
    "well detected": "well_detected",
    "false units": "false_units",
}


def all_sorters(rows: list[Row]) -> list[Row]:
    """Every test; Quiroga's conditions are one recording."""
    return _table(rows, _pooled)


def sorters(rows: list[Row]) -> list[Row]:
    """README's: ours with all labels, with ten a unit and with none, and of a recording's peers the best."""
    lines = [line for line in all_sorters(rows) if line["test"] != "drift"]
    peers = [line for line in lines if (line["test"], line["labels"]) == ("all labels", "none") and line["accuracy"]]
    best = {line["recording"]: line for line in sorted(peers, key=lambda line: float(line["accuracy"].split()[0]))}
    usual = ("60 s", "10 spikes a unit", "none")
    ours = [line for line in lines if line["labels"] in usual and line["below float"]]
    return [{key: line[key] for key in SHORT} for line in lines if line in ours or line in best.values()]


def conditions(rows: list[Row]) -> list[Row]:
    """Quiroga's conditions, each by itself."""
    return _table([row for row in rows if row["test"] == CONDITIONS], lambda row: row["recording"])


def by_snr(rows: list[Row]) -> list[Row]:
    """Accuracy of the hybrids' units, least audible first, of each sorter, and their limit."""
    hybrids = [row for row in rows if row["test"] == "hybrid"]
    told = [(row["sorter"], row["wanted"], row["accuracies"]) for row in hybrids]
    told += [("limit", row["wanted"], row["limits"]) for row in hybrids if "limits" in row]
    units = [(name, *unit) for name, wanted, figures in told for unit in zip(wanted, figures, strict=True)]
    names = dict.fromkeys(name for name, _, _ in units)
    return [
        {"SNR": level} | {name: _spread(a for n, s, a in units if (n, s) == (name, level)) for name in names}
        for level in sorted({snr for _, snr, _ in units})
    ]


def limits(rows: list[Row]) -> list[Row]:
    """Ours and matched filters beside what each unit's spikes alone in the noise allow (bench/matched.py)."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        if row["labels"] == "60 s" and row["test"] != "speed":
            groups.setdefault(_pooled(row), []).append(row)
    return [_limited(name, same) for name, same in groups.items() if any("limits" in row for row in same)]


def _limited(name: str, rows: list[Row]) -> Row:
    known = {(row["recording"], row["seed"]): row for row in rows if "limits" in row}
    ours = {(row["recording"], row["seed"]): row for row in reversed(rows) if "limits" not in row}  # the plain recipe
    both = [key for key in known if key in ours]
    return {
        "recording": name,
        "seeds": len({seed for _, seed in both}),
        "limit": _spread(np.mean(known[key]["limits"]) for key in both),
        "ours": _spread(ours[key]["mean_accuracy"] for key in both),
        "matched filters": _spread(known[key]["mean_accuracy"] for key in both),
    }


def _pooled(row: Row) -> str:
    """The recording; Quiroga's conditions are one."""
    return "16 conditions" if row["test"] == CONDITIONS else str(row["recording"])


def trials(rows: list[Row]) -> list[Row]:
    """The starling's third trial."""
    keys = ("recording", "sorter", "labels", "labelled", "missed_s", "false_events", "weight_bits")
    return [{key.replace("_", " "): row[key] for key in keys} for row in rows if row["test"] == "starling"]


def speeds(rows: list[Row]) -> list[Row]:
    """Seconds and memory beside the peer of the same run, and on a device of torch where that was measured."""
    keys = ("recording", "sorter", "device", "seconds", "peak_mb", "times_faster", "times_less_memory")
    timed = [row for row in rows if row["test"] in ("speed", "device")]
    return [{key.replace("_", " "): row.get(key) for key in keys} for row in timed]


def _table(rows: list[Row], recording: Callable[[Row], str]) -> list[Row]:
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        if row["test"] in SEVERAL:
            key = (row["test"], recording(row), row["sorter"], row["labels"])
            groups.setdefault(key, []).append(row)
    return [_line(key, same) for key, same in sorted(groups.items(), key=lambda item: _place(item[0]))]


def _place(key: tuple[str, ...]) -> tuple[int, str, bool]:
    """Tests in their order, and in each our own before the peers."""
    return SEVERAL.index(key[0]), key[1], key[3] == "none" and key[0] != "no labels"


def _line(key: tuple[str, ...], rows: list[Row]) -> Row:
    test, recording, sorter, labels = key
    failed = sum("failed" in row for row in rows)
    figures = {
        title: _spread(row[name] for row in rows if row.get(name) is not None) for title, name in COLUMNS.items()
    }
    seeds = f"{len({row['seed'] for row in rows})}" + (f" ({failed} failed)" if failed else "")
    line = {"test": test, "recording": recording, "sorter": sorter, "labels": labels, "seeds": seeds}
    return line | figures | {"below float": _loss(rows)}


def _loss(rows: list[Row]) -> str:
    """What quantization and deployment cost: the float network's accuracy less the graph's, on the same labels."""
    pairs = [(row.get("float_against_labels"), row.get("quantized_against_labels")) for row in rows]
    return _spread(a - b for a, b in pairs if a is not None and b is not None)


def _spread(values: Iterable[float]) -> str:
    found = [float(value) for value in values]
    if not found:
        return ""
    return f"{np.mean(found):.3f}" + (f" ± {np.std(found):.3f}" if len(found) > 1 else "")
