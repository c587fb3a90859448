"""The models that are shipped, each built for a microcontroller and an FPGA: every value compared, and what it costs.

Samples are of the end of the recording that the model was trained on, which did not train it. `--only MODEL` or
`--only MODEL:TARGET` measures a part.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import record

import edgesort
from edgesort.data import eeg, ripples
from edgesort.data.generated import generated
from edgesort.data.hybrid import Hybrid, demo
from edgesort.data.recordings import frames
from edgesort.share import share
from edgesort.targets.target import Options

KEYS = ("model", "target")
MICROCONTROLLER = "mps2-an386"


@dataclass(frozen=True)
class Shipped:
    """A model's recording, its FPGA board, and how many frames of the end are compared.

    whole: each executor is given all of them, not only as many seconds as are its due, which are few samples of a
    slow signal.
    """

    make: Callable[[], Hybrid]
    board: str
    frames: int
    whole: bool = False


MODELS = {
    "cnn_sorter": Shipped(partial(demo, 3), "icebreaker", 97_652),
    "detector": Shipped(partial(demo, 3), "icebreaker", 97_652),
    "local_sorter": Shipped(partial(generated, 4, 8, 120.0, 100), "icebreaker", 50_000),
    "contrastive_sorter": Shipped(partial(demo, 3), "icebreaker", 97_652),
    "snn_sorter": Shipped(partial(demo, 3), "ulx3s", 97_652),
    "unet_segmenter": Shipped(partial(demo, 3), "ulx3s", 6000, whole=True),
    "seizure_detector": Shipped(partial(eeg.bonn, 1), "icebreaker", 6000, whole=True),
    "ripple_detector": Shipped(partial(ripples.simulated, 1), "icebreaker", 6000, whole=True),
}


def measure(only: str | None = None) -> list[dict[str, Any]]:
    """One row a model and target."""
    name, _, target = (only or "").partition(":")
    return [
        _row(model, each)
        for model in ([name] if name else MODELS)
        for each in ([target] if target else [MICROCONTROLLER, MODELS[model].board])
    ]


def _row(model: str, target: str) -> dict[str, Any]:
    shipped, path = MODELS[model], share("models", model, "model.onnx")
    samples = frames(shipped.make().recording)[-shipped.frames :]
    options = Options(allow_overrun=True) if target == MICROCONTROLLER else Options()
    with tempfile.TemporaryDirectory() as folder:
        part = {"the recording's end": samples}
        build = edgesort.compile(edgesort.load(path), target, Path(folder) / target, path, part, options=options)
        verdicts = edgesort.verify(build, samples if shipped.whole else None)
    row = {"model": model, "target": target, "equal": all(verdict.equal for verdict in verdicts)}
    return row | {"frames": {verdict.name: verdict.frames for verdict in verdicts}} | build.manifest["costs"]


if __name__ == "__main__":
    record.main("shipped", measure, __doc__ or "", KEYS)
