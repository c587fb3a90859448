"""A shipped model built for a target, and every value that it computes compared on samples that did not train it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import edgesort
from edgesort.fixed import Array
from edgesort.targets.target import Options


def proven(model: Path, target: str, samples: Array, options: Options, whole: bool = False) -> dict[str, Any]:
    """One row: whether all executors of the target equal the reference, on how many frames each, and what it costs.

    whole: each is given all samples, not only as many seconds as are its due, which are few samples of a slow signal.
    """
    with tempfile.TemporaryDirectory() as folder:
        part = {"scored part": samples}
        build = edgesort.compile(edgesort.load(model), target, Path(folder) / target, model, part, options=options)
        verdicts = edgesort.verify(build, samples if whole else None)
    return {
        "target": target,
        "equal": all(verdict.equal for verdict in verdicts),
        "frames": {verdict.name: verdict.frames for verdict in verdicts},
        **build.manifest["costs"],
    }
