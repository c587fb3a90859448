"""Write README's figures and the cards' from bench/results. `--check` only says whether they are up to date."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from record import RESULTS, ROOT, markdown

BEGIN, END = "<!-- figures: written by bench/readme.py from bench/results -->", "<!-- end of figures -->"


def figures() -> str:
    """The model x target table, accuracy, and speed, as Markdown."""
    parts = [
        ("On a microcontroller (QEMU, recorded data)", _rows("mcu", MCU)),
        ("On an FPGA (Yosys, nextpnr, open tools only)", _rows("fpga", FPGA)),
        ("Accuracy on the part that was not used for training (SpikeInterface, 0.4 ms)", _rows("sort", SORT)),
        ("On this kind of machine, one core", _rows("host", HOST)),
    ]
    return "\n\n".join(f"**{title}**\n\n{markdown(rows)}" for title, rows in parts)


MCU = ("model", "machine", "instructions_per_sample", "instructions_per_mac", "flash_bytes", "ram_bytes", "exact")
FPGA = ("design", "device", "lut4", "ebr", "dsp", "fmax_mhz", "clock_mhz", "cycles_per_frame", "latency_us", "exact")
SORT = ("recording", "sorter", "mean_accuracy_snr5", "mean_accuracy", "mean_recall_overlapping", "weight_bits")
HOST = ("job", "seconds", "times_real_time", "mac_per_s")


def _rows(bench: str, keys: tuple[str, ...]) -> list[dict[str, Any]]:
    rows = json.loads((RESULTS / f"{bench}.json").read_text())["rows"]
    return [{key.replace("_", " "): row[key] for key in keys} for row in rows]


def rewritten(path: Path) -> str:
    """The file's text with today's figures between the marks."""
    before, rest = path.read_text().split(BEGIN)
    return f"{before}{BEGIN}\n\n{figures()}\n\n{END}{rest.split(END)[1]}"


def main() -> None:
    readme = ROOT / "README.md"
    new = rewritten(readme)
    if "--check" in sys.argv:
        sys.exit(0 if new == readme.read_text() else "README.md: expected today's bench figures; run bench/readme.py")
    readme.write_text(new)


if __name__ == "__main__":
    main()
