"""Execute a network in torch over a whole recording, and show every quantized layer as integers.

The torch side of the bit-exact check: brevitas computes with scaled floats, and every value it makes
must be an integer times its scale, equal to the streaming graph's in every frame. The front end's
filter is recursive and has no torch layer: its values are the reference's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import brevitas.nn as qnn
import numpy as np
import torch

from edgesort.executor import Executor
from edgesort.fixed import Array
from edgesort.frontends.qonnx import load as load_graph
from edgesort.graph import Graph, Values
from edgesort.train.delta import Delta
from edgesort.train.frontend import ADC_EXPONENT
from edgesort.train.loop import load_checkpoint
from edgesort.train.neurons import Gru, Lif
from edgesort.train.recipe import restore
from edgesort.train.timing import Timing

CHUNK = 1 << 17
SHOWN = (qnn.QuantIdentity, Delta, Gru, Lif)


def windows(inputs: Array, timing: Timing) -> Iterator[tuple[torch.Tensor, int]]:
    """float32 [T, C] as tensors [1, C, timing.lead + n'], each with the number n <= n' of inputs that it answers for.

    Each input is answered for in exactly one window, except timing.unanswered of them at the start. Zeros at the end
    fill the last period.
    """
    before = np.zeros((timing.zeros, *inputs.shape[1:]), np.float32)
    after = np.zeros((-len(inputs) % timing.period, *inputs.shape[1:]), np.float32)
    line = np.concatenate([before, inputs, after])
    count = len(before) + len(inputs) - timing.lead
    chunk = len(line) if timing.recurrent else CHUNK
    for start in range(0, count, chunk):
        yield torch.from_numpy(line[start : start + chunk + timing.lead].T.copy())[None], min(chunk, count - start)


def scores(network: torch.nn.Module, inputs: Array, timing: Timing) -> Array:
    """Integers [T // stride, R] of `network.score` ([1, C, T] -> [1, R, T']); 0 in the frames before the first."""
    network.eval()
    first, stride = timing.early, timing.stride
    with torch.no_grad():
        parts: list[Array] = [
            network.score(x)[0, :, first : first + n // stride].T.numpy() for x, n in windows(inputs, timing)
        ]
    silent = np.zeros((len(inputs) // stride - sum(len(part) for part in parts), parts[0].shape[1]))
    return np.asarray(np.rint(np.concatenate([silent, *parts])), np.int64)


def torch_values(
    network: torch.nn.Module, inputs: Array, timing: Timing, firsts: Mapping[str, tuple[int, int]]
) -> Iterator[Values]:
    """Pieces of {layer: integers [n, channels]} of every quantized activation, named as the graph's nodes are.

    inputs: float32 [T, C] behind the high-pass. firsts: for each layer which frame of the stream is the first of a
    window that begins with the stream, and its period. A value that is no integer times its scale is shown as the
    least int32, so that it cannot pass for equal.
    """
    values: Values = {}
    layers = {name: module for name, module in network.named_children() if name in firsts}
    hooks = [layer.register_forward_hook(_keep(values, name)) for name, layer in layers.items()]
    network.eval()
    try:
        for x, count in windows(inputs, timing):
            with torch.no_grad():
                network(x)
            starts = {name: timing.lead // period - first for name, (first, period) in firsts.items()}
            yield {name: values[name][at : at + count // firsts[name][1]] for name, at in starts.items()}
    finally:
        for hook in hooks:
            hook.remove()


def executor(run: Path, seconds: float = 60.0) -> Executor:
    """The network of a training run, restored from its checkpoint, for the comparison with the reference."""
    content = load_checkpoint(run / "checkpoint.pt")
    network = restore(content)
    timing, frequency = network.timing, content["sampling_frequency"]
    gain = 2.0 ** (content.get("adc_exponent", ADC_EXPONENT) - ADC_EXPONENT)
    graph = load_graph(run / "model.onnx")
    shown = {name for name, module in network.named_children() if isinstance(module, SHOWN)}
    firsts = {name: first for name, first in first_frames(graph).items() if name in shown}

    def execute(frames: Array) -> Iterator[Values]:
        yield from torch_values(network, network.inputs(frames, frequency) * np.float32(gain), timing, firsts)

    return Executor("torch", seconds, execute, tuple(firsts), timing.unanswered)


def first_frames(graph: Graph) -> dict[str, tuple[int, int]]:
    """For each node the frame of its stream that is the first of a window without padding, and its period.

    A window's first frame is the first for which no line buffer reaches before the window.
    """
    first = {graph.input[0]: 0}
    for node in graph.nodes:
        entry = max(first[name] for name in node.inputs)
        own, given = graph.rate(node.name), graph.rate(node.inputs[0])
        raised, lowered = (entry + 1) * (given // own) - 1, -(-(entry + node.op.span() + 1) // max(own // given, 1)) - 1
        first[node.name] = raised if graph.raises(node) else lowered
    return {node.name: (first[node.name], graph.rate(node.name)) for node in graph.nodes}


def _keep(values: Values, name: str) -> Callable[..., None]:
    def hook(module: torch.nn.Module, inputs: object, output: qnn.QuantTensor) -> None:
        scaled = output.value[0].T.double().numpy() / float(output.scale)
        whole = np.rint(scaled)
        values[name] = np.where(whole == scaled, whole, np.iinfo(np.int32).min).astype(np.int64)

    return hook
