"""Write the figures of README and of the models' cards from bench/results. `--check` only says if they are today's."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bits_plot import summary
from record import RESULTS, ROOT, markdown
from sort_table import all_sorters, by_snr, conditions, limits, sorters, speeds, trials

Row = dict[str, Any]
Columns = tuple[str, ...] | Callable[[list[Row]], list[Row]]
Entry = tuple[str, str, Columns]
BEGIN, END = "<!-- figures: written by bench/readme.py from bench/results -->", "<!-- end of figures -->"

MCU = (
    *(
        "machine",
        "core",
        "instructions_per_sample",
        "instructions_per_sample_worst",
        "cycles_per_sample_estimate_worst",
    ),
    *("margin_percent", "stack_bytes", "flash_bytes", "ram_bytes", "exact"),
)
WINDOWS = ("core", "window_samples", "streaming_instructions", "windowed_instructions", "ratio", "exact")
GATED = (
    *("core", "gate", "gate_duty", "instructions_gated", "instructions_without", "worst_gated", "worst_without"),
    "exact",
)
FPGA = (
    *(
        "design",
        "device",
        "lut4",
        "ebr",
        "spram",
        "dsp",
        "fmax_mhz",
        "clock_mhz",
        "mac_utilisation",
        "cycles_per_frame",
        "latency_us",
    ),
    *("power_mw_estimate", "exact"),
)
ADDERS = ("layer", "lut4", "dsp", "ebr", "lut4_da4ml", "ratio")
CHANNELS = ("device", "channels", "clock_mhz", "core_lut4", "ff", "ebr", "spram", "dsp")
SORT = ("recording", "sorter", "mean_accuracy_snr5", "mean_accuracy", "mean_recall_overlapping", "weight_bits")
HOST = ("job", "seconds", "times_real_time", "mac_per_s", "max_rss_mb")
NETWORKS = (
    *("model", "parameters", "training_s", "score", "chance", "c_host_10_s_equal", "rtl_1_s_equal", "cycles_per_frame"),
    *("instructions_per_sample", "flash_bytes"),
)

SPIKING = (
    *("recording", "input", "neurons", "weight_bits", "parameters", "mean_accuracy", "mean_recall_overlapping"),
    *("spikes_per_s", "synaptic_operations_per_s", "multiplications_per_s"),
)
CONTRASTIVE = (
    *("recording", "heads", "float_accuracy", "mean_accuracy", "mean_recall_overlapping", "training_cpu_s"),
    *("parameters", "instructions_per_sample", "flash_bytes", "ram_bytes"),
)
SPIKING_BITS = ("recording", "input", "neurons", "weight_bits", "parameters", "mean_accuracy")
ON_CORE = (
    *("target", "equal", "instructions_per_sample", "instructions_per_sample_worst", "flash_bytes"),
    *("ram_bytes", "cycles_per_sample_estimate_worst"),
)
ON_FPGA = (
    *("target", "equal", "lut4", "dsp", "ebr", "clock_mhz", "fmax_mhz", "cycles_per_frame", "cycles_available"),
    *("latency_us", "power_mw_estimate"),
)
UNET = (
    *("form", "seeds", "overlap", "overlap_sd", "chance", "noise_iou", "spike_iou", "spike_chance_iou", "spike_f1"),
    *("artefact_iou", "artefact_chance_iou", "artefact_f1", "threshold_part", "parameters"),
)
SEIZURES = (
    *("form", "seeds", "segment_accuracy", "segment_accuracy_sd", "chance_accuracy", "segment_sensitivity"),
    *("segment_specificity", "event_f1", "event_false_alarms_per_minute", "event_latency_ms"),
)
RIPPLES = (
    *("form", "seeds", "event_f1", "event_f1_sd", "event_chance_f1", "event_recall", "event_precision"),
    *("event_false_alarms_per_minute", "event_latency_ms", "parameters"),
)

SOAK = ("link", "frames", "checked", "events", "equal", "sessions", "seconds", "frames_per_second")
FAULTS = (
    *("link", "build", "faults", "streams", "sessions", "frames", "checked", "equal", "not_equal", "incomplete"),
    "wrong_verdicts",
)
ANSWERS = ("link", "frames", *(f"answer_ms_{name}" for name in ("p50", "p90", "p99", "most")))
EVENTS = ("link", "events", *(f"event_ms_{name}" for name in ("p50", "p90", "p99", "most")))
MONITOR = (
    *("channels", "sampling_frequency", "seconds", "lag_ms_p50", "lag_ms_p99", "lag_ms_most", "updates_per_second"),
    *("updates_dropped", "cpu_percent"),
)


def layers(rows: list[Row]) -> list[Row]:
    """One row a layer: on a Cortex-M4 and on a Cortex-M55, and whether it is exact on every core."""
    cores = {(row["shape"], row["core"]): row for row in rows if "shape" in row}
    made = []
    for name in dict.fromkeys(shape for shape, _ in cores):
        m4, m55 = cores[name, "cortex-m4"], cores[name, "cortex-m55"]
        figures = {
            "layer": name,
            "CMSIS-NN, M4": m4["cmsis_nn"],
            "M4": m4["instructions_per_mac"],
            "cycles, M4 (estimate)": m4["cycles_per_mac_estimate"],
            "CMSIS-NN, M55": m55["cmsis_nn"],
            "M55": m55["instructions_per_mac"],
        }
        made.append(figures | {"exact": all(row["exact"] for (shape, _), row in cores.items() if shape == name)})
    return made


def weight_bits(rows: list[Row]) -> list[Row]:
    """One row a model, recording and width, sorted so that what compares is together."""
    made = sorted(summary(rows), key=lambda row: (row["recording"], row["model"], row["weight_bits"]))
    return [{key.replace("_", " "): value for key, value in row.items()} for row in made]


def of(model: str, columns: tuple[str, ...]) -> Callable[[list[Row]], list[Row]]:
    """These columns of one model's rows, of those that have them."""

    def chosen(rows: list[Row]) -> list[Row]:
        own = [row for row in rows if row["model"] == model and row.keys() >= set(columns)]
        return [{key.replace("_", " "): row[key] for key in columns} for row in own]

    return chosen


def devices(model: str) -> tuple[Entry, Entry]:
    """What a shipped model costs, and that it is equal."""
    return (
        ("On a microcontroller (QEMU, the recording's end)", "shipped", of(model, ON_CORE)),
        ("On an FPGA (RTL and netlist, the recording's end; power is an estimate)", "shipped", of(model, ON_FPGA)),
    )


FILES: dict[str, tuple[Entry, ...]] = {
    "README.md": (
        ("Instructions a MAC of int8 layers, streaming, beside CMSIS-NN's (QEMU, recorded data)", "mcu", layers),
        ("cnn_sorter on microcontrollers in QEMU, 60 s of recording", "mcu", MCU),
        ("The same network, streaming and as fixed windows: instructions a sample", "mcu", WINDOWS),
        ("The same network behind a gate, 60 s of raw recording: instructions a sample", "mcu", GATED),
        ("On an FPGA (open tools only, recorded data; power is an estimate)", "fpga", FPGA),
        ("Layers, folded to 30 kHz, beside da4ml's distributed arithmetic, through the same Yosys", "fpga", ADDERS),
        (
            "Sorters as deployed, beside the best of five offline ones ([tests and all rows](docs/sort.md))",
            "sort",
            sorters,
        ),
        ("Sorting on this machine (120 s of the generated recording)", "sort", speeds),
        ("Trained for about a minute, proven in C and in RTL on the part that was not used", "networks", NETWORKS),
        ("On one core of the machine that measured all this", "host", HOST),
    ),
    "models/cnn_sorter/card.md": (("", "hybrid", SORT), *devices("cnn_sorter")),
    "models/detector/card.md": devices("detector"),
    "models/local_sorter/card.md": devices("local_sorter"),
    "models/contrastive_sorter/card.md": (("", "contrastive", CONTRASTIVE), *devices("contrastive_sorter")),
    "models/snn_sorter/card.md": (("Accuracy against operations", "spiking", SPIKING), *devices("snn_sorter")),
    "models/unet_segmenter/card.md": (
        ("", "segment", of("unet_segmenter", UNET)),
        *devices("unet_segmenter"),
    ),
    "models/seizure_detector/card.md": (
        ("", "segment", of("seizure_detector", SEIZURES)),
        *devices("seizure_detector"),
    ),
    "models/ripple_detector/card.md": (("", "segment", of("ripple_detector", RIPPLES)), *devices("ripple_detector")),
    "docs/sort.md": (
        ("All tests", "sort", all_sorters),
        ("Quiroga's conditions", "sort", conditions),
        ("Hybrids: accuracy by SNR", "sort", by_snr),
        ("What the labels allow", "sort", limits),
        ("The starling's third trial", "sort", trials),
    ),
    "docs/hil.md": (
        ("A million recorded frames through cnn_sorter", "link", SOAK),
        ("Random faults on the line", "link", FAULTS),
        ("From the last byte of a message to the last byte of its answer, on this computer's clock", "link", ANSWERS),
        ("Of events, in the device's own time", "link", EVENTS),
    ),
    "docs/monitor.md": (("32 channels at 20 kHz, with a page in Chromium", "monitor", MONITOR),),
    "docs/channels.md": (("", "fpga", CHANNELS),),
    "docs/bits.md": (
        ("Weight bits", "bits", weight_bits),
        ("snn_sorter, which bench/spiking.py measures", "spiking", SPIKING_BITS),
    ),
}


def figures(tables: tuple[Entry, ...]) -> str:
    """Markdown tables, each under its title; those without rows are left out."""
    made = [(title, _rows(*rest)) for title, *rest in tables]
    return "\n\n".join(f"**{title}**\n\n{markdown(rows)}" if title else markdown(rows) for title, rows in made if rows)


def _rows(bench: str, columns: Columns) -> list[Row]:
    """The rows that have these columns, or what a function makes of all."""
    rows: list[Row] = json.loads((RESULTS / f"{bench}.json").read_text())["rows"]
    if callable(columns):
        return columns(rows)
    return [{key.replace("_", " "): row[key] for key in columns} for row in rows if row.keys() >= set(columns)]


def rewritten(path: Path, tables: tuple[Entry, ...]) -> str:
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
