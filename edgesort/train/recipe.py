"""Run the recipe of models/<name>/train.py on a recording with labels."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from edgesort.data.errors import DataError
from edgesort.data.recordings import load_recording
from edgesort.data.sortings import load_sorting
from edgesort.share import share


def load(name: str) -> ModuleType:
    """The recipe's module; DataError if there is no model of this name."""
    path = share("models", name, "train.py")
    if not path.is_file():
        known = ", ".join(sorted(p.parent.name for p in share("models").glob("*/train.py")))
        raise DataError(f"model {name}: expected one of {known}")
    spec = importlib.util.spec_from_file_location(f"edgesort_recipe_{name}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(
    name: str,
    recording: Path,
    sorting: Path,
    out: Path,
    from_scratch: bool = False,
    resume: bool = False,
    epochs: int | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """Train; returns the recipe's results (losses, accuracies, thresholds, seconds) and writes `out`."""
    recipe = load(name)
    samples = load_recording(recording)
    labels = load_sorting(sorting, samples)
    result: dict[str, Any] = recipe.train(samples, labels, out, from_scratch, resume, epochs, seed)
    return result
