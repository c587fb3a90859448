"""Delta coding in training and on the device, and the shipped spiking sorter on a recording that it was not made of."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch

from edgesort.data.hybrid import demo, hybrid
from edgesort.data.scoring import score
from edgesort.fixed import Int
from edgesort.frontends.qonnx import load
from edgesort.graph import Stream
from edgesort.ops import Delta as Operator
from edgesort.sort import sort
from edgesort.train import recipe
from edgesort.train.delta import Delta
from edgesort.train.execute import executor
from edgesort.train.quantizers import signed, unsigned
from edgesort.train.sorter import train_sorter
from edgesort.verify import compare
from tests.data import small
from tests.train.test_neurons import integers, stepped

FRAMES = 400


def given(dtype, channels, seed):
    """[T, C] that wanders like a recording, jumps like spikes, stands still, and dwells at both ends."""
    rng = np.random.default_rng(seed)
    middle, span = (dtype.max + dtype.min) // 2, dtype.max - dtype.min
    walk = middle + np.cumsum(rng.normal(0, span / 100, (FRAMES, channels)), 0)
    walk[rng.random(walk.shape) < 0.05] -= span / 3
    walk[100:130], walk[130:160], walk[160:200] = dtype.min, dtype.max, middle
    walk[200:260:2] += 4  # a step to and fro
    return np.clip(np.rint(walk), dtype.min, dtype.max).astype(np.int64)


@pytest.mark.parametrize(
    ("dtype", "threshold"),
    [
        (Int(8, True, -4), (5,)),
        (Int(8, True, -4), (1, 4, 255)),
        (Int(8, False, 3), (4,)),
        (Int(4, True, 0), (2, 1, 3)),
        (Int(12, True, -9), (4095,)),
    ],
)
def test_delta_coding_is_the_operator_in_every_value(dtype, threshold):
    windows = [given(dtype, 3, seed) for seed in range(2)]
    values = torch.from_numpy(np.ldexp(np.stack(windows).astype(np.float32), dtype.exponent)).permute(0, 2, 1)
    quantized = (signed if dtype.signed else unsigned)(dtype.exponent, dtype.bits)(values)
    found = Delta(threshold)(quantized)
    assert found.value.shape == (2, 6, FRAMES)
    for window, spikes in zip(windows, found.value, strict=True):
        expected = stepped(Operator(threshold), Stream((3,), dtype), window)
        assert np.array_equal(integers(spikes.T, 0), expected)
        assert expected.any() == (max(threshold) < dtype.max - dtype.min) or len(threshold) > 1


def test_delta_coding_is_part_of_the_graph(tmp_path):
    """Trained, restored, exported and imported: what torch computes is what the device will."""
    paths, shapes = small.backgrounds(tmp_path / "b"), small.templates(tmp_path / "t.npz")
    data = hybrid(paths, shapes, 2, (30.0, 25.0), seconds=6.0, rate_hz=40.0, seed=1)
    snn = recipe.load("snn_sorter")
    kind = partial(snn.Sorter, bits=(8, 4, 8), neurons=6, last=4, thresholds=(5, 20))
    chosen = replace(snn.RECIPE, forms={"quantized": replace(snn.RECIPE.forms["quantized"], kind=kind)})
    train_sorter(chosen, data.recording, data.sorting, tmp_path / "run", from_scratch=True, epochs=1)
    graph, frames = load(tmp_path / "run" / "model.onnx"), data.recording.get_traces()[:20_003]
    verdict = compare(graph, executor(tmp_path / "run"), frames)
    assert verdict.equal, verdict
    assert {"scale", "delta5", "delta20", "lif1", "lif2", "head_act"} <= set(verdict.nodes)
    _, values = graph.run(graph.initial_state(), frames)
    assert 0 < values["delta20"].sum() < values["delta5"].sum()


def test_the_shipped_model_sorts_spikes_of_another_hybrid():
    """Its units, other spike times; the files of the background are in another order."""
    graph, made = load(recipe.load("snn_sorter").RECIPE.shipped), demo(6, 10.0)
    found = score(made.recording, made.sorting, sort(graph, made.recording))
    assert found["mean_accuracy"] > 0.8
