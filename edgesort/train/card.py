"""The card of a run, in Markdown: data, labels, accuracy, architecture, limits. No figure in it is typed in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import spikeinterface.core as si

from edgesort.data.errors import DataError
from edgesort.fixed import Int
from edgesort.frontends.qonnx import load
from edgesort.graph import Graph, Op
from edgesort.ops import Requant
from edgesort.passes.cost import costs
from edgesort.train.describe import describe, write_described

STAGES = ("float", "quantized", "deployed")
PARTS = {"train": "trained", "threshold": "chose thresholds", "score": "is scored"}
Json = Mapping[str, Any]
Rows = Sequence[Sequence[str]]


def card(run: Path) -> str:
    """The text of card.md from model.onnx, results.json, described.json and, if there is one, calibration.json."""
    graph = load(run / "model.onnx")
    results, described = _json(run / "results.json"), _json(run / "described.json")
    told = f"{len(graph.labels) - 1} units" if graph.labels[1:] else "spikes, whoever fires them"
    made = run / "calibration.json"
    calibration = _json(made) if made.is_file() else {}
    parts = [
        f"# {graph.name}\n",
        f"{results['parameters']:,} parameters, {sum(c.macs_per_second for c in costs(graph, {})) / 1e6:.4g} million "
        f"multiplications a second. From raw samples to events of {told}.\n",
        "## Data\n",
        _table(("what", "of this run"), list(_data(run, graph, results, described))),
        "The data's own terms apply, to the recording and to weights learned from it.\n",
        "## Labels\n",
        "\n".join(_labels(calibration)) + "\n",
        "## Accuracy\n",
        _accuracy(described),
        "## Architecture\n",
        _architecture(graph),
        "## Limits\n",
        "\n".join(_limits(graph, results, described, calibration)) + "\n",
    ]
    return "\n".join(parts)


def describe_into(run: Path, recording: si.BaseRecording, sorting: si.BaseSorting) -> None:
    """Write described.json and card.md into a run that has its model, results and, if any, calibration.json."""
    write_described(run, describe(run, recording, sorting))
    (run / "card.md").write_text(card(run))


def _data(run: Path, graph: Graph, results: Json, described: Json) -> Iterator[tuple[str, str]]:
    facts, stated = described["recording"], dict(graph.provenance)
    rate = facts["sampling_frequency"]
    yield "recording", f"{facts['frames'] / rate:g} s, {len(facts['channels'])} channels, {rate:g} Hz"
    if "recording_sha256" in stated:
        yield "samples, SHA-256", f"`{stated['recording_sha256']}`"
    yield "model.onnx, SHA-256", f"`{hashlib.sha256((run / 'model.onnx').read_bytes()).hexdigest()}`"
    yield "graph, SHA-256", f"`{graph.digest()}`"
    for part, what in PARTS.items():
        first, last = results["split"][part]
        yield f"what {what}", f"{first / rate:g} s to {last / rate:g} s"
    yield "seed", str(results["seed"])
    yield "epochs", str(results["epochs"])
    if results.get("motion_um"):
        yield "motion that was learned", f"{results['motion_um']:g} um along the probe, either way"
    if results.get("overlaps_hz"):
        yield "spikes that were added in training", f"{results['overlaps_hz']:g} a second of each unit"


def _labels(calibration: Json) -> Iterator[str]:
    if not calibration:
        yield "No calibration.json: labels as they were given."
        return
    yield f"Source: {calibration['source']}."
    if "spikes" in calibration:
        counts = ", ".join(f"{unit} {count}" for unit, count in calibration["spikes"].items())
        yield f"Spikes in the part with labels: {counts}."


def _accuracy(described: Json) -> str:
    """A row a stage, or the reason that it has none; then a row a unit of the last one."""
    ran = {stage: scores for stage in STAGES if "not_run" not in (scores := described["accuracy"][stage])}
    missing = [f"{stage}: not run: {described['accuracy'][stage]['not_run']}" for stage in STAGES if stage not in ran]
    if not ran:
        return "\n".join(missing) + "\n"
    last = ran[list(ran)[-1]]
    head = ("unit", "SNR", "spikes", *ran, "recall overlapping")
    rows = [
        (unit, f"{row['snr']:.1f}", str(row["spikes"]), *(_stage(s, unit) for s in ran.values()), _recall(row))
        for unit, row in last["units"].items()
    ]
    mean = ("mean", "", "", *(f"{s['mean_accuracy']:.3f}" for s in ran.values()), "")
    text = (
        f"On the part that was not used. SpikeInterface's comparison with the labels, {last['match_ms']:g} ms; "
        "deployed is the integer graph of model.onnx.\n"
    )
    same = described["deployed_equals_trained"]
    told = f"not checked: {same['not_run']}" if "not_run" in same else _same(same)
    return "\n".join([text, _table(head, [*rows, mean]), *missing, f"Deployed against trained: {told}.\n"])


def _stage(scores: Json, unit: str) -> str:
    return f"{scores['units'][unit]['accuracy']:.3f}" if unit in scores["units"] else "-"


def _recall(row: Json) -> str:
    return f"{row['recall_overlapping']:.3f}" if row["overlapping"] else "-"


def _same(same: Json) -> str:
    if same["equal"]:
        return f"spike for spike the same, {same['spikes']} spikes"
    return f"{same['spikes']} spikes in common, {same['only_trained']} and {same['only_deployed']} are not"


def _architecture(graph: Graph) -> str:
    rows = []
    for node, cost in zip(graph.nodes, costs(graph, {}), strict=True):
        count, bits = _parameters(node.op)
        macs = f"{cost.macs_per_second:,.0f}" if cost.macs else ""
        rows.append((node.name, node.op.kind, str(graph.streams[node.name]), bits, f"{count:,}" if count else "", macs))
    total = f"{sum(c.macs_per_second for c in costs(graph, {})):,.0f}"
    table = _table(
        ("node", "what", "its stream", "weight bits", "parameters", "MAC a second"),
        [*rows, ("all", "", "", "", "", total)],
    )
    return table + (
        "\nWeight bits: what the greatest weight needs. A stream `u8*2^-4[5]` is 5 unsigned integers of 8 bits, each "
        f"worth 2^-4. Events leave {graph.event_delay} samples after the spike.\n"
    )


def _parameters(op: Op) -> tuple[int, str]:
    """How many weights and biases a node has, and the bits of its weights; nothing of one without a matrix."""
    given = [getattr(op, field.name) for field in fields(op)]
    tables = [
        table for value in given if isinstance(value, tuple | np.ndarray) if (table := np.asarray(value)).size > 1
    ]
    needed = [Int.holding(min(int(m.min()), -1), int(m.max())).bits for m in tables if m.ndim > 1]
    return (sum(table.size for table in tables), str(max(needed))) if needed else (0, "")


def _limits(graph: Graph, results: Json, described: Json, calibration: Json) -> Iterator[str]:
    first, last = results["split"]["threshold"]
    rate = graph.sampling_frequency
    names = ", ".join(graph.labels[1:] or graph.labels)
    yield f"- Trained for {names}, on these channels; other units need labels of their own."
    yield f"- Thresholds were chosen on {first / rate:g} s to {last / rate:g} s, which is not scored."
    node = next((node for node in graph.nodes if isinstance(node.op, Requant)), None)
    if node is not None and graph.input[1].dtype.exponent <= graph.streams[node.name].dtype.exponent:
        stream = graph.streams[node.name].dtype
        step = 2 ** (stream.exponent - graph.input[1].dtype.exponent)
        yield (
            f"- Behind the high-pass one step of the network's input is {step:,} ADC counts; "
            f"amplitudes beyond {stream.min * step:,} to {stream.max * step:,} counts saturate."
        )
    for name, whose in (("dropped", "unit"), ("excluded", "channel")):
        for row in calibration.get(name, ()):
            yield f"- Left out: {whose} {row[whose]}: {row['reason']}."
    for unit in described["never_found"]:
        yield f"- The device never finds {unit}, and it has no label."
    for unit, row in described["units"].items():
        if row["described_by"] == "labels":
            yield f"- The device finds too few spikes of {unit} to describe."


def _table(head: Sequence[str], rows: Rows) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "/") for cell in line) + " |\n" for line in lines)


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise DataError(f"{path}: expected what a finished run holds, found none; train and describe first")
    return dict(json.loads(path.read_text()))
