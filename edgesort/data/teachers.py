"""Teachers: offline sorters that label a recording, run through SpikeInterface on the CPU.

Each runs in a process of its own, so that its crash, its memory and its threads are not ours, and so that its
memory can be measured. The sorters are optional: pip install edgesort[teachers].
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import spikeinterface.core as si
from probeinterface import generate_linear_probe

from edgesort.data.errors import DataError
from edgesort.folders import new_folder, refuse_existing

TEACHERS = ("kilosort4", "mountainsort5", "spykingcircus2", "tridesclous2")
# What each needs beside SpikeInterface; the last two are part of it.
PACKAGES = {
    "kilosort4": "kilosort",
    "mountainsort5": "mountainsort5",
    "spykingcircus2": "hdbscan",
    "tridesclous2": "hdbscan",
}
FEW = 32  # channels; below it SpikeInterface's own sorters leave the common reference out
# Kilosort4 is made for hundreds of channels. On 4, its common median takes the spikes away, its whitening makes them
# smaller than its thresholds, and it looks at the first of 25 batches only: by default it finds no spike and fails.
KILOSORT4_FEW = {"do_CAR": False, "nblocks": 0, "nskip": 1, "Th_single_ch": 4.5, "Th_universal": 7, "Th_learned": 6}
PITCH_UM = 20.0  # of the fallback probe; contacts of dense probes are 15 to 25 um apart


@dataclass(frozen=True)
class Taught:
    """What a teacher found. seconds: of the sorter alone, without saving the recording. peak_bytes: of its process."""

    sorting: si.BaseSorting
    seconds: float
    peak_bytes: int


def teach(
    name: str,
    recording: si.BaseRecording,
    folder: Path,
    jobs: int = 1,
    seed: int = 0,
    settings: Mapping[str, Any] | None = None,
    limit_s: float | None = None,
) -> Taught:
    """Sort a recording with the teacher `name`; `folder`/`name` appears whole (sorting, log.txt, taught.json) or not.

    jobs: threads. settings: of the sorter, over its defaults and ours (see `settings_of`). limit_s: stop it then.
    The result is the same for the same seed where the sorter allows it. A failed teacher leaves `folder`/`name`.log.
    DataError: an unknown or missing teacher, one that failed or found nothing. FolderError: it ran here before.
    """
    if name not in TEACHERS:
        raise DataError(f"teacher {name}: expected one of {', '.join(TEACHERS)}; name one of these")
    if find_spec(PACKAGES[name]) is None:
        raise DataError(
            f"teacher {name}: expected the package {PACKAGES[name]}, found none; pip install edgesort[teachers]"
        )
    folder = Path(folder)
    refuse_existing(folder / name)
    chosen = {**settings_of(name, recording.get_num_channels(), jobs, seed), **(settings or {})}
    with new_folder(folder / name) as work:
        _save(with_fallback_probe(recording), work / "recording")
        (work / "job.json").write_text(json.dumps({"name": name, "settings": chosen}, indent=1) + "\n")
        reason = _process(work, jobs, limit_s)
        if reason is not None:
            log = folder / f"{name}.log"
            shutil.copyfile(work / "log.txt", log)
            raise DataError(f"teacher {name}: expected a sorting, found {reason}; see {log}, or name another teacher")
        shutil.rmtree(work / "recording")
        shutil.rmtree(work / "sorter")
    return read_taught(folder / name)


def read_taught(path: Path) -> Taught:
    """What `teach` wrote as `path`, in memory."""
    facts = json.loads((path / "taught.json").read_text())
    sorting = si.NumpySorting.from_sorting(si.load(path / "sorting"))
    return Taught(sorting, facts["seconds"], facts["peak_bytes"])


def settings_of(name: str, channels: int, jobs: int, seed: int) -> dict[str, Any]:
    """Settings over the sorter's own defaults: the CPU, the seed, and what kilosort4 needs for few channels."""
    threads = {"n_jobs": jobs, "pool_engine": "thread", "progress_bar": False}
    if name == "kilosort4":
        return {"torch_device": "cpu", **(KILOSORT4_FEW if channels < FEW else {})}
    if name == "mountainsort5":
        return {"whitening_seed": seed, **threads}
    return {"seed": seed, "job_kwargs": threads}


def with_fallback_probe(recording: si.BaseRecording) -> si.BaseRecording:
    """The recording itself if it has a probe, else with contacts in a line, PITCH_UM apart, which stderr says."""
    if recording.has_probe():
        return recording
    channels = recording.get_num_channels()
    print(
        f"edgesort: the recording states no probe; {channels} contacts in a line, {PITCH_UM:g} um apart, are assumed",
        file=sys.stderr,
    )
    probe = generate_linear_probe(num_elec=channels, ypitch=PITCH_UM)
    probe.set_device_channel_indices(range(channels))
    own = recording.select_channels(recording.channel_ids)  # the caller's recording stays as it is
    own.set_probe(probe)
    return own


def _save(recording: si.BaseRecording, path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # arrays in memory have no provenance
        recording.save(folder=path, format="binary", verbose=False, progress_bar=False)


def _process(work: Path, jobs: int, limit_s: float | None) -> str | None:
    """Run the teacher on `work` in a new process; None if all is well, else why not."""
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
    environment = {**os.environ, **dict.fromkeys(threads, str(jobs)), "CUDA_VISIBLE_DEVICES": ""}
    command = [sys.executable, "-m", "edgesort.data.teachers", str(work.absolute())]
    with (work / "log.txt").open("w") as log:
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, timeout=limit_s
            )
        except subprocess.TimeoutExpired:
            return f"that it had not finished after {limit_s:g} s"
    if done.returncode < 0:
        return f"that its process was ended by signal {-done.returncode} (9 is often a lack of memory)"
    if done.returncode:
        return _first_line((work / "log.txt").read_text(errors="replace"))
    return None if (work / "taught.json").exists() else "no spikes"


def _first_line(log: str) -> str:
    """The first line of the innermost error of a log: what follows its last stack frame."""
    lines = log.splitlines()
    frames = [k for k, line in enumerate(lines) if line.startswith('  File "')]
    after = lines[frames[-1] + 1 :] if frames else lines[::-1]
    return next((line.strip() for line in after if line and not line.startswith(" ")), "no message")


def _work(work: Path) -> None:
    """In the teacher's process: sort `work`/recording into `work`/sorting, and say what it took."""
    import numpy as np
    from spikeinterface.curation import remove_excess_spikes
    from spikeinterface.sorters import run_sorter

    job = json.loads((work / "job.json").read_text())
    recording = si.load(work / "recording")
    np.random.seed(0)  # of sorters that take no seed
    started = time.perf_counter()
    found = run_sorter(job["name"], recording, folder=work / "sorter", **job["settings"])
    seconds = time.perf_counter() - started
    sorting = remove_excess_spikes(found, recording).remove_empty_units()
    if not len(sorting.unit_ids):
        return
    si.NumpySorting.from_sorting(sorting).save(folder=work / "sorting")
    facts = {"seconds": seconds, "peak_bytes": peak_bytes()}
    (work / "taught.json").write_text(json.dumps(facts) + "\n")


def peak_bytes() -> int:
    """The most memory that this process held at once; Linux counts it from the program's start, not from the fork."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    _work(Path(sys.argv[1]))
