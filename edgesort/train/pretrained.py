"""Start training from a model.onnx: its weights and biases, as far as their shapes fit."""

from __future__ import annotations

from pathlib import Path

import onnx
import torch
from onnx import numpy_helper


def load_weights(network: torch.nn.Module, path: Path) -> list[str]:
    """Copy the float initializers of `path` into the parameters of the same names; returns the names left as they were.

    A head for another number of units has another shape and starts anew.
    """
    weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(str(path)).graph.initializer}
    left = []
    for name, parameter in network.named_parameters():
        if name not in weights or weights[name].shape != tuple(parameter.shape):
            left.append(name)
            continue
        with torch.no_grad():
            parameter.copy_(torch.from_numpy(weights[name].copy()))
    return left
