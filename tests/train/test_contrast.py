"""The contrastive loss against its formula, the augmentations, and what comes of both: an embedding, a network."""

import math

import numpy as np
import pytest
import torch

import edgesort
from edgesort.data.hybrid import demo
from edgesort.data.scoring import score
from edgesort.share import share
from edgesort.sort import sort
from edgesort.train.contrast import (
    LENGTH,
    MARGIN,
    Encoder,
    SpikeAugmentation,
    augmented,
    nt_xent,
    resampled,
    train_encoder,
)

FRAMES = LENGTH + 2 * MARGIN


def slow_loss(a, b, temperature, others):
    """The formula of Chen et al. 2020, one pair after the other."""
    rows = torch.cat([a, b, others]).tolist()
    points = [[c / math.sqrt(sum(d * d for d in row)) for c in row] for row in rows]
    count, total = len(a), 0.0
    for i in range(2 * count):
        odds = [math.exp(sum(p * q for p, q in zip(points[i], x, strict=True)) / temperature) for x in points]
        total -= math.log(odds[(i + count) % (2 * count)] / (sum(odds) - odds[i]))
    return total / (2 * count)


def test_the_loss_is_nt_xent():
    rng = torch.Generator().manual_seed(3)
    a, b, others = (torch.randn(n, 6, generator=rng) for n in (5, 5, 4))
    for repelling in (others, others[:0]):
        expected = slow_loss(a, b, 0.3, repelling)
        assert float(nt_xent(a, b, 0.3, repelling)) == pytest.approx(expected, rel=1e-5)
    assert float(nt_xent(a, b, 0.3)) == pytest.approx(slow_loss(a, b, 0.3, others[:0]), rel=1e-5)


def test_a_shift_by_whole_samples_is_exact():
    snippets = torch.randn(3, 2, FRAMES, generator=torch.Generator().manual_seed(4))
    shift, still = torch.tensor([[0.0], [3.0], [-2.0]]), torch.ones(3, 1)
    moved = resampled(snippets, shift, still)
    for row, by in enumerate((0, 3, -2)):
        assert torch.allclose(moved[row], snippets[row, :, MARGIN - by : MARGIN - by + LENGTH], atol=1e-5)


def test_a_warp_stretches_about_the_middle():
    ramp = torch.arange(float(FRAMES)).expand(1, 1, FRAMES) - (FRAMES - 1) / 2
    slope = resampled(ramp, torch.zeros(1, 1), torch.full((1, 1), 1.25)).diff().mean()
    assert float(slope) == pytest.approx(1 / 1.25, rel=1e-4)


def test_augmentations_keep_the_shape_and_are_reproducible():
    rng = torch.Generator().manual_seed(5)
    snippets, noise = (torch.randn(n, 3, FRAMES, generator=rng) for n in (7, 9))
    first, again, other = (
        augmented(snippets, noise, SpikeAugmentation(), torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)
    )
    assert first.shape == (7, 3, LENGTH)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    none = SpikeAugmentation(shift=0.0, warp=0.0, scale=0.0, noise=0.0, overlap=0.0)
    same = augmented(snippets, noise, none, torch.Generator().manual_seed(1))
    assert torch.allclose(same, snippets[..., MARGIN:-MARGIN], atol=1e-5)


def test_the_embedding_tells_shapes_apart_that_nobody_named():
    rng = np.random.default_rng(6)
    t = np.arange(FRAMES) - FRAMES / 2
    shapes = np.stack([np.exp(-((t / width) ** 2)) * np.cos(t / turn) for width, turn in ((4, 9), (4, 3), (9, 4))])
    kinds = rng.integers(0, 3, 300)
    spikes = (6 * shapes[kinds] + rng.standard_normal((300, FRAMES)))[:, None].astype(np.float32)
    noise = rng.standard_normal((300, 1, FRAMES)).astype(np.float32)
    torch.manual_seed(0)
    encoder = Encoder(1)
    losses = train_encoder(lambda x: encoder(x)[..., 0], list(encoder.parameters()), spikes, noise, 0, steps=60)
    assert np.mean(losses[-10:]) < 0.8 * np.mean(losses[:10])
    with torch.no_grad():
        points = torch.nn.functional.normalize(encoder(torch.from_numpy(spikes[..., MARGIN:-MARGIN]))[..., 0], dim=1)
    alike = (points @ points.T).numpy()
    same = kinds[:, None] == kinds
    assert alike[same].mean() > alike[~same].mean() + 0.5


def test_the_shipped_model_sorts_what_it_was_made_for():
    made = demo(seconds=16.0)
    graph = edgesort.load(share("models", "contrastive_sorter", "model.onnx"))
    found = sort(graph, made.recording)
    assert list(found.unit_ids) == list(made.sorting.unit_ids)
    assert score(made.recording, made.sorting, found)["mean_accuracy"] > 0.8
