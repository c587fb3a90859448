"""Run the recipe of models/<name>/train.py on a recording with labels."""

from __future__ import annotations

import argparse
import importlib.util
import json
from collections.abc import Callable, Mapping
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


def headline(result: Mapping[str, Any]) -> str:
    """What a recipe's results come to: a sorter's accuracy, a segmenter's overlap."""
    if "quantized" in result:
        return f"accuracy {result['quantized']['mean_accuracy']:.3f}"
    return f"overlap {result['overlap']:.3f}, {result['chance']:.3f} by chance"


def restore(content: Mapping[str, Any]) -> Any:
    """The quantized network of a finished run, from what its checkpoint.pt holds."""
    network = load(content["model"]).NETWORK(content["channels"], content["units"], **content.get("options", {}))
    network.load_state_dict(content["state"])
    return network


def main(train: Callable[..., dict[str, Any]], about: str) -> None:
    """The command line of a recipe: python models/<name>/train.py --recording R --sorting S --out RUN."""
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    parser.add_argument("--recording", type=Path, required=True)
    parser.add_argument("--sorting", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--from-scratch", action="store_true")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--seed", type=int, default=0)
    given = vars(parser.parse_args())
    given["recording"] = load_recording(given["recording"])
    given["sorting"] = load_sorting(given["sorting"], given["recording"])
    print(json.dumps(train(**given)))
