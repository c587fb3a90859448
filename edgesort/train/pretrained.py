"""Start training from a model.onnx: its weights and biases, as far as their shapes fit."""

from __future__ import annotations

import json
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper


def labels(path: Path) -> tuple[str, ...]:
    """What the outputs of the model in `path` mean."""
    metadata = {entry.key: entry.value for entry in onnx.load(str(path)).metadata_props}
    return tuple(json.loads(metadata["labels"]))


def load_weights(network: torch.nn.Module, path: Path, anew: tuple[str, ...] = ()) -> None:
    """Copy the float initializers of `path` into the parameters of the same names and shapes.

    anew: names of layers to leave as they are.
    """
    weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(str(path)).graph.initializer}
    for name, parameter in network.named_parameters():
        fits = name in weights and weights[name].shape == tuple(parameter.shape)
        if not fits or name.split(".")[0] in anew:
            continue
        with torch.no_grad():
            parameter.copy_(torch.from_numpy(weights[name].copy()))
