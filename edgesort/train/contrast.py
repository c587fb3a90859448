"""A self-supervised embedding of spikes: two distortions of the same spike shall lie together, all others apart.

    loss = -log( exp(a.b / t) / sum over all others of the batch and the noise of exp(a.x / t) ), |a| = |b| = |x| = 1

NT-Xent (Chen et al. 2020) with augmentations made for spikes, after ACCM (arXiv 2205.11914): time shifts below a
frame of the embedding, time warp, amplitude, measured noise, another spike on top. No label is used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from edgesort.fixed import Array

DIMENSIONS = 8
KERNELS, STRIDES, FILTERS = (8, 5, 5), (2, 2, 1), (8, 16, 16)
STRIDE = 4  # samples an embedding
LENGTH = 32  # samples that an embedding sees
MARGIN = 4  # samples that a snippet has on either side of them, for shifts and warps


@dataclass(frozen=True)
class SpikeAugmentation:
    """shift: samples. warp, scale: deviation of the logarithm. noise: up to so much of what is measured is added.
    overlap: share of spikes on top of which another one is put, `apart` samples away at least.
    """

    shift: float = 2.0
    warp: float = 0.03
    scale: float = 0.08
    noise: float = 0.7
    overlap: float = 0.25
    apart: int = 8


class Encoder(nn.Module):
    """[B, channels, T] -> [B, DIMENSIONS, (T - LENGTH) / STRIDE + 1], in floating point."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        widths = (channels, *FILTERS)
        convs = [nn.Conv1d(widths[k], widths[k + 1], KERNELS[k], STRIDES[k]) for k in range(3)]
        self.conv1, self.conv2, self.conv3 = convs
        self.embed = nn.Conv1d(FILTERS[-1], DIMENSIONS, 1)

    def forward(self, x: Tensor) -> Tensor:
        for conv in (self.conv1, self.conv2, self.conv3):
            x = torch.relu(conv(x))
        embedded: Tensor = self.embed(x)
        return embedded


def nt_xent(a: Tensor, b: Tensor, temperature: float, others: Tensor | None = None) -> Tensor:
    """The mean loss of pairs a[i], b[i] of embeddings [N, D]; `others` [M, D] belong to nobody and repel."""
    count = len(a)
    points = torch.nn.functional.normalize(torch.cat([a, b]), dim=1)
    alike = points @ points.T / temperature
    alike = alike.masked_fill(torch.eye(2 * count, dtype=torch.bool), float("-inf"))
    if others is not None:
        alike = torch.cat([alike, points @ torch.nn.functional.normalize(others, dim=1).T / temperature], 1)
    partner = torch.arange(2 * count).roll(count)
    return torch.nn.functional.cross_entropy(alike, partner)


def augmented(snippets: Tensor, noise: Tensor, how: SpikeAugmentation, rng: torch.Generator) -> Tensor:
    """Snippets [N, C, LENGTH + 2 * MARGIN], a batch's, and noise to draw from -> distorted [N, C, LENGTH]."""
    count, _, frames = snippets.shape
    shift = (2 * torch.rand(count, 1, generator=rng) - 1) * how.shift
    warp = torch.exp(how.warp * torch.randn(count, 1, generator=rng))
    made = resampled(snippets, shift, warp)
    other = snippets[torch.randperm(count, generator=rng)]
    away = how.apart + torch.rand(count, 1, generator=rng) * (frames - 2 * how.apart)
    side = torch.where(torch.rand(count, 1, generator=rng) < 0.5, -1.0, 1.0)
    beside = resampled(other, side * away, torch.ones(count, 1))
    hit = (torch.rand(count, 1, 1, generator=rng) < how.overlap).float()
    drawn = noise[torch.randint(len(noise), (count,), generator=rng)]
    level = how.noise * torch.rand(count, 1, 1, generator=rng)
    scale = torch.exp(how.scale * torch.randn(count, 1, 1, generator=rng))
    return scale * made + hit * beside + level * drawn[..., MARGIN : MARGIN + LENGTH]


def resampled(snippets: Tensor, shift: Tensor, warp: Tensor) -> Tensor:
    """The middle LENGTH samples of [N, C, T], moved by `shift` and stretched by `warp` [N, 1]; 0 beyond the ends."""
    count, channels, frames = snippets.shape
    centre = (LENGTH - 1) / 2
    at = (torch.arange(LENGTH) - centre) / warp - shift + (frames - 1) / 2
    low = at.floor()
    part = (at - low)[:, None]
    padded = torch.nn.functional.pad(snippets, (1, 1))

    def sample(index: Tensor) -> Tensor:
        where = (index.long() + 1).clamp(0, frames + 1)[:, None].expand(count, channels, LENGTH)
        return padded.gather(2, where)

    return sample(low) * (1 - part) + sample(low + 1) * part


def train_encoder(
    encode: Callable[[Tensor], Tensor],
    parameters: list[nn.Parameter],
    spikes: Array,
    noise: Array,
    seed: int,
    steps: int = 400,
    batch: int = 192,
    rate: float = 3e-3,
    temperature: float = 0.2,
    how: SpikeAugmentation | None = None,
    others: Array | None = None,
    sphere: float = 0.0,
) -> list[float]:
    """Train `encode` ([N, C, LENGTH] -> [N, D]) in place on spikes and noise [N, C, LENGTH + 2 * MARGIN], float32.

    others: what repels spikes, as many samples each; the noise if not given. sphere: weight of a second loss that puts
    spikes on the unit sphere and the others at its centre. Returns the loss of each step. The same arguments give the
    same weights.
    """
    torch.set_num_threads(1)  # as fast alone for layers this small, ten times as fast beside other work
    rng = torch.Generator().manual_seed(seed)
    known, quiet = torch.from_numpy(spikes), torch.from_numpy(noise)
    strange = quiet if others is None else torch.from_numpy(others)
    optimizer = torch.optim.Adam(parameters, lr=rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, steps)
    how, losses = how or SpikeAugmentation(), []
    for _ in range(steps):
        drawn = known[torch.randint(len(known), (batch,), generator=rng)]
        repelling = strange[torch.randint(len(strange), (batch,), generator=rng)][..., MARGIN : MARGIN + LENGTH]
        pair = torch.cat([augmented(drawn, quiet, how, rng), augmented(drawn, quiet, how, rng), repelling])
        embedded = encode(pair)
        loss = nt_xent(embedded[:batch], embedded[batch : 2 * batch], temperature, embedded[2 * batch :])
        if sphere:
            norms = embedded.norm(dim=1)
            loss = loss + sphere * ((norms[: 2 * batch] - 1) ** 2).mean() + sphere * (norms[2 * batch :] ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(float(loss.item()))
    return losses
