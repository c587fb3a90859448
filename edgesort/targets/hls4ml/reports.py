"""What the vendors' synthesis reports, under the same names for each: an estimate until placed and routed.

lut  ff  dsp  bram_18k  uram        used; available_lut ... of the part, where the report says
latency_cycles  interval_cycles     of a call, the worst; from one call to the next
clock_period_ns                     asked for, and estimated_clock_period_ns
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

RESOURCES = {"LUT": "lut", "FF": "ff", "DSP": "dsp", "DSP48E": "dsp", "BRAM_18K": "bram_18k", "URAM": "uram"}
VITIS_FIELDS = {
    "latency_cycles": "PerformanceEstimates/SummaryOfOverallLatency/Worst-caseLatency",
    "interval_cycles": "PerformanceEstimates/SummaryOfOverallLatency/Interval-max",
    "clock_period_ns": "UserAssignments/TargetClockPeriod",
    "estimated_clock_period_ns": "PerformanceEstimates/SummaryOfTimingAnalysis/EstimatedClockPeriod",
}
UTILISATION = {  # Vivado's report_utilization: the names of the rows since 2019
    "lut": r"(?:CLB|Slice) LUTs\*?",
    "ff": r"(?:CLB|Slice) Registers",
    "dsp": r"DSPs",
    "bram_18k": r"RAMB18",
    "uram": r"URAM",
}


def vitis_report(project: Path) -> dict[str, Any] | None:
    """Vitis HLS's csynth.xml of the top function."""
    path = next(project.glob("network_prj/*/syn/report/network_csynth.xml"), None)
    if path is None:
        return None
    root = ElementTree.parse(path).getroot()
    costs = {name: _number(root.findtext(field)) for name, field in VITIS_FIELDS.items()}
    for prefix, area in (("", "AreaEstimates/Resources"), ("available_", "AreaEstimates/AvailableResources")):
        rows = {row.tag: row.text for row in root.iterfind(f"{area}/*")}
        costs |= {prefix + name: _number(rows[tag]) for tag, name in RESOURCES.items() if tag in rows}
    return costs


def catapult_report(project: Path) -> dict[str, Any] | None:
    """Catapult's cycle or RTL report (latency, throughput), and Vivado's utilisation if it ran after it."""
    reports = [*project.glob("network_prj*/network.v*/cycle.rpt"), *project.glob("network_prj*/network.v*/rtl.rpt")]
    totals = [re.search(r"^\s*Design Total:\s+\d+\s+(-?\d+)\s+(-?\d+)", path.read_text(), re.M) for path in reports]
    total = next((found for found in totals if found), None)
    if total is None:
        return None
    costs = {"latency_cycles": _cycles(total[1]), "interval_cycles": _cycles(total[2])}
    for path in project.glob("network_prj*/network.v*/vivado_concat_v/utilization_synth.rpt"):
        costs |= _utilisation(path.read_text())
    return costs


def _utilisation(text: str) -> dict[str, Any]:
    """A row is | name | used | ... | available | percent |; the first one of a name counts."""
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("|")]
    costs: dict[str, Any] = {}
    for name, pattern in UTILISATION.items():
        row = next((row for row in rows if re.fullmatch(pattern, row[0])), None)
        if row is not None:
            costs |= {name: _number(row[1]), f"available_{name}": _number(row[-2])}
    return costs


def _cycles(text: str) -> int | None:
    """Catapult writes -1 for a number that depends on the data."""
    return int(text) if int(text) >= 0 else None


def _number(text: str | None) -> float | int | None:
    """None for what a tool leaves open ("undef", "-", "?")."""
    if text is None or not re.fullmatch(r"\d+(\.\d+)?", text.strip()):
        return None
    return float(text) if "." in text else int(text)
