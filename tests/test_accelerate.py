"""On torch's device a graph makes the same integers as the reference, in any chunks."""

from itertools import pairwise

import numpy as np
import pytest
import torch

import edgesort
from edgesort import accelerate
from edgesort.accelerate import Accelerated
from edgesort.data import catalog
from edgesort.data.recordings import frames, load_recording
from edgesort.graph import GraphError
from edgesort.share import share

CUTS = (0, 1, 7000, 7003, 20000)


def recorded(graph):
    """A recording of one channel in every channel, each a little later: [20000, channels]."""
    samples = 4 * frames(load_recording(catalog.get("neuralink_n1")[0]), 0, 21000)[:, 0]  # loud enough to fire
    (channels,) = graph.input[1].shape
    return np.stack([samples[k * 37 : k * 37 + CUTS[-1]] for k in range(channels)], axis=1)


def differences(graph, samples):
    """Values of the outputs that are not the reference's, and how many values the reference has that are not 0."""
    state, mine, wrong, busy = graph.initial_state(), graph.initial_state(), 0, 0
    accelerated = Accelerated(graph, "cpu")
    for start, end in pairwise(CUTS):
        state, values = graph.run(state, samples[start:end])
        mine, made = accelerated.run(mine, samples[start:end])
        for name in graph.outputs:
            wrong += int((values[name] != made[name]).sum())
            busy += int((values[name] != 0).sum())
            assert values[name].dtype == made[name].dtype
    for name, parts in state.items():
        wrong += sum(int((np.asarray(a) != np.asarray(b)).sum()) for a, b in zip(parts, mine[name], strict=True))
    return wrong, busy


@pytest.mark.parametrize("model", ["local_sorter", "cnn_sorter", "unet_segmenter", "snn_sorter"])
def test_outputs_and_states_are_those_of_the_reference(model):
    graph = edgesort.load(share("models", model, "model.onnx"))
    wrong, busy = differences(graph, recorded(graph))
    assert wrong == 0 and busy > 0


@pytest.mark.parametrize("wrong", ["_requant", "_window", "_dense", "_reshape", "_biquad"])
def test_a_slip_is_noticed(wrong, monkeypatch):
    graph = edgesort.load(share("models", "local_sorter", "model.onnx"))
    bit = 1 << 14 if wrong == "_biquad" else 64  # its low bits are cut behind it
    kind = next(kind for kind, work in accelerate.WORK.items() if work.__name__ == wrong)
    right = accelerate.WORK[kind]

    def flipped(self, node, state, x):
        state, y = right(self, node, state, x)
        y.view(-1)[y.numel() // 2 :: 500] ^= bit
        return state, y

    monkeypatch.setitem(accelerate.WORK, kind, flipped)
    assert differences(graph, recorded(graph))[0] > 0


def test_a_missing_gpu_is_one_line(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    graph = edgesort.load(share("models", "cnn_sorter", "model.onnx"))
    with pytest.raises(GraphError, match="device: expected a GPU for 'cuda', found none"):
        Accelerated(graph, "cuda")


def test_products_that_may_be_rounded_are_refused(monkeypatch):
    monkeypatch.setattr(torch, "get_float32_matmul_precision", lambda: "high")
    graph = edgesort.load(share("models", "cnn_sorter", "model.onnx"))
    with pytest.raises(GraphError, match="expected products of the precision 'highest', found 'high'"):
        Accelerated(graph, "cpu")
