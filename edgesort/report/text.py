"""How numbers of a report are written: one place, for the page, the terminal and the pictures alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

UNITS = (
    ("_bytes", "bytes", 1.0),
    ("_mhz", "MHz", 1.0),
    ("_hz", "MHz", 1e-6),
    ("_us", "µs", 1.0),
    ("_ms", "ms", 1.0),
    ("_ns", "ns", 1.0),
    ("_s", "s", 1.0),
    ("_mw_estimate", "mW (estimate)", 1.0),
    ("_mw", "mW", 1.0),
    ("_uj", "µJ", 1.0),
    ("_nj", "nJ", 1.0),
)
CAPITALS = {"lut4", "ebr", "mac16", "spram", "ram", "lut", "ff", "dsp", "bram", "uram", "rtl"}


@dataclass(frozen=True)
class Cost:
    """One line of a cost table. path: of its number in report.json; limit: path of what is available, if known."""

    label: str
    path: str
    unit: str
    scale: float
    limit: str | None


def step(key: str) -> str:
    """A key as one step of a path (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


def at(report: Mapping[str, Any], path: str) -> Any:
    """The value at a path: keys and indices joined by "/" (RFC 6901, without the leading one)."""
    value: Any = report
    for part in path.split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value


def number(value: Any, scale: float = 1.0, digits: int | None = None) -> str:
    """A value as text: whole numbers in full, others to `digits` or about three significant figures."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(number(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {number(item)}" for name, item in value.items())
    if isinstance(value, int) and scale == 1:
        return f"{value:,}"
    scaled = float(value) * scale
    if digits is None and scaled.is_integer():
        return f"{int(scaled):,}"
    size = abs(scaled)
    usual = 3 if size < 1 else 2 if size < 100 else 1 if size < 1000 else 0
    return f"{scaled:,.{usual if digits is None else digits}f}"


def costs(report: Mapping[str, Any], target: str) -> Iterator[Cost]:
    """The cost table of a target, in the order in which the target states its costs."""
    yield from _costs(report["builds"][target], f"builds/{step(target)}", "")


def _costs(stated: Mapping[str, Any], path: str, before: str) -> Iterator[Cost]:
    """A Cost for each name; nested ones carry the outer name. `x_available` is the limit of x, no cost of its own."""
    for name, value in stated.items():
        if name.removesuffix("_available") in stated and name.endswith("_available"):
            continue
        here = f"{path}/{step(name)}"
        if isinstance(value, dict):
            yield from _costs(value, here, f"{before}{name} ")
            continue
        label, unit, scale = _name(before + name, value)
        yield Cost(label, here, unit, scale, f"{here}_available" if f"{name}_available" in stated else None)


def _name(name: str, value: Any) -> tuple[str, str, float]:
    """Label, unit and scale of a cost, from its name's suffix."""
    suffix, unit, scale = next((u for u in UNITS if name.lower().endswith(u[0])), ("", "", 1.0))
    if isinstance(value, str):
        suffix, unit, scale = "", "", 1.0
    words = name.removesuffix(suffix).replace("_per_", "_a_").replace("_", " ").split()
    return " ".join(word.upper() if word.lower() in CAPITALS else word for word in words), unit, scale
