"""Execute a network in torch over a whole recording, and show every quantized layer as integers.

The torch side of the bit-exact check: brevitas computes with scaled floats, and every value it makes
must be an integer times its scale, equal to the streaming graph's in every frame. The front end's
filter is recursive and has no torch layer: its values are the reference's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import brevitas.nn as qnn
import numpy as np
import torch

from edgesort.executor import Executor
from edgesort.fixed import Array
from edgesort.graph import Values
from edgesort.train.frontend import filtered
from edgesort.train.loop import load_checkpoint
from edgesort.train.recipe import load

CHUNK = 1 << 17


def windows(inputs: Array, receptive_field: int) -> Iterator[torch.Tensor]:
    """float32 [T, C] as overlapping tensors [1, C, T'], such that each output frame falls into exactly one."""
    history = receptive_field - 1
    for start in range(0, len(inputs) - history, CHUNK):
        yield torch.from_numpy(inputs[start : start + CHUNK + history].T.copy())[None]


def scores(network: torch.nn.Module, inputs: Array, receptive_field: int) -> Array:
    """Integers [T, R] of `network.score` ([1, C, T] -> [1, R, T']); 0 in the frames before the first output."""
    network.eval()
    with torch.no_grad():
        parts: list[Array] = [network.score(x)[0].T.numpy() for x in windows(inputs, receptive_field)]
    silent = np.zeros((len(inputs) - sum(len(part) for part in parts), parts[0].shape[1]))
    return np.asarray(np.rint(np.concatenate([silent, *parts])), np.int64)


def torch_values(network: torch.nn.Module, inputs: Array, receptive_field: int) -> Iterator[Values]:
    """Pieces of {layer: integers [n, channels]} of every quantized activation, named as the graph's nodes are.

    inputs: float32 [T, C] behind the high-pass. The first frame of every layer is frame receptive_field - 1
    of the input, the first whose windows hold no frame from before the start. A value that is no integer
    times its scale is shown as the least int32, so that it cannot pass for equal.
    """
    values: Values = {}
    layers = {name: module for name, module in network.named_children() if isinstance(module, qnn.QuantIdentity)}
    hooks = [layer.register_forward_hook(_keep(values, name)) for name, layer in layers.items()]
    network.eval()
    try:
        for x in windows(inputs, receptive_field):
            with torch.no_grad():
                network(x)
            count = x.shape[2] - receptive_field + 1
            yield {name: layer[-count:] for name, layer in values.items()}
    finally:
        for hook in hooks:
            hook.remove()


def executor(run: Path, seconds: float = 60.0) -> Executor:
    """The network of a training run, restored from its checkpoint, for the comparison with the reference."""
    content = load_checkpoint(run / "checkpoint.pt")
    network = load(content["model"]).restore(content)
    receptive_field, frequency = network.receptive_field, content["sampling_frequency"]

    def execute(frames: Array) -> Iterator[Values]:
        yield from torch_values(network, filtered(frames, frequency), receptive_field)

    names = tuple(name for name, module in network.named_children() if isinstance(module, qnn.QuantIdentity))
    return Executor("torch", seconds, execute, names, receptive_field - 1)


def _keep(values: Values, name: str) -> Callable[..., None]:
    def hook(module: torch.nn.Module, inputs: object, output: qnn.QuantTensor) -> None:
        scaled = output.value[0].T.double().numpy() / float(output.scale)
        whole = np.rint(scaled)
        values[name] = np.where(whole == scaled, whole, np.iinfo(np.int32).min).astype(np.int64)

    return hook
