"""The main job: a recording becomes a trained model, four builds, bit-exact checks and a report."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import spikeinterface.core as si
from rich.console import Console

from edgesort.build import compile, save_vectors, vectors_of, verify
from edgesort.check import verify_folder
from edgesort.data import catalog, hybrid, simulated
from edgesort.data.errors import NotHere
from edgesort.data.recordings import frames, load_recording
from edgesort.data.scoring import score
from edgesort.data.sortings import load_sorting
from edgesort.fixed import Array
from edgesort.folders import refuse_existing
from edgesort.frontends.qonnx import load
from edgesort.report import load_results, overview_png, write_report
from edgesort.report.terminal import print_report
from edgesort.sort import save, sort
from edgesort.targets.target import Options

TARGETS = ("icebreaker", "hls4ml", "mps2-an386", "host")  # the slowest first: two are built at a time
RAW_FILES = 4  # N1 files as they are, that neither the hybrid nor training has seen
log = Console(stderr=True)


def run(out: Path, from_scratch: bool = False, seconds: float = 120.0, seed: int = hybrid.DEMO_SEED) -> dict[str, Any]:
    """Write everything into the new folder `out`; returns report.json. Exit status follows from its "equal"."""
    refuse_existing(out)
    made = record(out, seconds, seed)
    with _stage("training") as say:
        from edgesort.train.recipe import run as train

        result = train("cnn_sorter", out / "recording", out / "truth", out / "run", from_scratch, seed=seed)
        say(f"float {result['float']['mean_accuracy']:.3f}, quantized {result['quantized']['mean_accuracy']:.3f}")
    start = result["split"]["score"][0]
    segments = unseen(out, made.facts, start)
    save_vectors(out / "run", segments)
    with _stage("deployed accuracy") as say:
        recording, truth = load_recording(out / "recording"), _truth(out)
        sorting = sort(load(out / "run" / "model.onnx"), recording)
        save(sorting, out / "sorting")
        deployed = score(recording, truth, sorting, start)
        _write(out / "deployed.json", deployed)
        say(f"{deployed['mean_accuracy']:.3f}")
    with _stage("builds and bit-exact checks"), ProcessPoolExecutor(2, get_context("spawn")) as pool:
        jobs = {name: pool.submit(deploy, out, name) for name in TARGETS}
        verdicts = [v.to_json() for v in verify_folder(out / "run")]
        _write(out / "run" / "verify.json", {"executors": verdicts})
        for name, job in jobs.items():
            log.print(f"    {name}: {job.result()}")
    with _stage("report") as say:
        results = load_results(out)
        write_report(results, out)
        overview_png(results, out / "report.png")
        say(str(out / "report.html"))
    print_report(results, Console(width=None if sys.stdout.isatty() else 110))
    return dict(results.report)


def record(out: Path, seconds: float, seed: int) -> hybrid.Hybrid:
    """The demo's recording and its labels in `out`; simulated where none can be had. The first line says which."""
    try:
        made = hybrid.demo(seed, seconds)
        line = "Hybrid recording: real templates on a real background"
    except NotHere as error:
        made = simulated.simulated(seconds=seconds, seed=seed)
        line = f"SIMULATED recording, since no real one is here or can be fetched ({error})"
    log.print(f"{line}; {seconds:g} s, {sum(made.facts['spikes'].values())} spikes", markup=False)
    made.save(out)
    return made


def unseen(out: Path, facts: dict[str, Any], start: int) -> dict[str, Array]:
    """Samples that training did not see: the scored part, and raw N1 files that are no part of the hybrid."""
    segments = {"scored part": frames(load_recording(out / "recording"), start)}
    if facts["kind"] == "hybrid":
        files = hybrid.unseen_files(facts, catalog.get("neuralink_n1"))[:RAW_FILES]
        segments["raw N1 files"] = np.concatenate([frames(load_recording(path)) for path in files])
    return segments


def deploy(out: Path, name: str) -> str:
    """Build for one target and verify; runs in a process of its own. Returns a line for the log."""
    model = out / "run" / "model.onnx"
    vectors = vectors_of(out / "run")
    build = compile(load(model), name, out / name, model, vectors, options=Options(allow_overrun=True))
    verdicts = verify(build)
    _write(out / name / "verify.json", {"executors": [v.to_json() for v in verdicts]})
    return ", ".join(f"{v.name} {'EQUAL' if v.equal else 'NOT EQUAL'} over {v.values:,} values" for v in verdicts)


def _truth(out: Path) -> si.BaseSorting:
    return load_sorting(out / "truth", load_recording(out / "recording"))


@contextmanager
def _stage(name: str) -> Iterator[Any]:
    """Say what is being done, what came of it, and how long it took."""
    began = time.monotonic()
    notes: list[str] = []
    log.print(f"[bold]{name}[/bold] ...")
    yield notes.append
    log.print(f"    {' '.join(notes)} ({time.monotonic() - began:.0f} s)")


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1) + "\n")
