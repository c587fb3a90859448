"""Write the figures of README and of the models' cards from bench/results. `--check` only says if they are today's."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from record import RESULTS, ROOT, markdown

BEGIN, END = "<!-- figures: written by bench/readme.py from bench/results -->", "<!-- end of figures -->"

MCU = ("model", "machine", "instructions_per_sample", "instructions_per_mac", "flash_bytes", "ram_bytes", "exact")
FPGA = ("design", "device", "lut4", "ebr", "dsp", "fmax_mhz", "clock_mhz", "cycles_per_frame", "latency_us", "exact")
SORT = ("recording", "sorter", "mean_accuracy_snr5", "mean_accuracy", "mean_recall_overlapping", "weight_bits")
HOST = ("job", "seconds", "times_real_time", "mac_per_s", "max_rss_mb")
NETWORKS = (
    *("model", "parameters", "training_s", "score", "chance", "c_host_10_s_equal", "rtl_1_s_equal", "cycles_per_frame"),
    *("instructions_per_sample", "flash_bytes"),
)
FILES = {
    "README.md": (
        ("On a microcontroller (Cortex-M4 in QEMU, recorded data)", "mcu", MCU),
        ("On an FPGA (iCE40UP5K, open tools only, recorded data)", "fpga", FPGA),
        ("Accuracy on the part that was not used for training (SpikeInterface's comparison, 0.4 ms)", "sort", SORT),
        ("Trained for about a minute, proven in C and in RTL on the part that was not used", "networks", NETWORKS),
        ("On one core of the machine that measured all this", "host", HOST),
    ),
    "models/cnn_sorter/card.md": (("", "sort", SORT),),
}


def figures(tables: tuple[tuple[str, str, tuple[str, ...]], ...]) -> str:
    """Markdown tables, each under its title."""
    parts = [f"**{title}**\n\n{_table(*rest)}" if title else _table(*rest) for title, *rest in tables]
    return "\n\n".join(parts)


def _table(bench: str, keys: tuple[str, ...]) -> str:
    rows: list[dict[str, Any]] = json.loads((RESULTS / f"{bench}.json").read_text())["rows"]
    return markdown([{key.replace("_", " "): row[key] for key in keys} for row in rows])


def rewritten(path: Path, tables: tuple[tuple[str, str, tuple[str, ...]], ...]) -> str:
    """The file's text with the figures of bench/results between the marks."""
    before, rest = path.read_text().split(BEGIN)
    return f"{before}{BEGIN}\n\n{figures(tables)}\n\n{END}{rest.split(END)[1]}"


def main() -> None:
    for name, tables in FILES.items():
        new = rewritten(ROOT / name, tables)
        if "--check" not in sys.argv:
            (ROOT / name).write_text(new)
        elif new != (ROOT / name).read_text():
            sys.exit(f"{name}: expected the figures of bench/results, found others; run bench/readme.py")


if __name__ == "__main__":
    main()
