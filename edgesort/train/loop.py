"""The training loop: random crops of a long recording, checkpointed each epoch, the same after a resume."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from rich.progress import Progress

from edgesort.data.errors import DataError, Stopped
from edgesort.fixed import Array
from edgesort.train.motion import Motion
from edgesort.train.overlaps import Overlaps
from edgesort.train.timing import Timing

WARMUP = 100  # steps
REPEATABLE = {
    "deterministic": True,
    "allow_tf32": False,
}  # of a GPU: sums of integers are exact in float32
ADDED = 1 << 32  # a stream of random numbers that no batch has
log = Console(stderr=True)


@dataclass(frozen=True)
class Schedule:
    """epochs over the recording in crops of `crop` inputs, `batch` at a time; the rate warms up, then falls as a
    cosine. positive_weight: what a frame with a spike counts, against 1 for one without."""

    epochs: int
    rate: float
    crop: int = 512
    batch: int = 16
    positive_weight: float = 3.0

    def lasting(self, epochs: int | None) -> Schedule:
        """The same for another number of epochs, if one is named."""
        if epochs is not None and epochs < 1:
            raise DataError(f"epochs: expected 1 or more, found {epochs}")
        return replace(self, epochs=epochs or self.epochs)


def fit(
    network: torch.nn.Module,
    timing: Timing,
    inputs: Array,
    targets: Array,
    schedule: Schedule,
    seed: int,
    checkpoint: Path,
    resume: bool,
    name: str,
    motion: Motion | None = None,
    overlaps: Overlaps | None = None,
) -> list[float]:
    """Train `network.logits` ([B, C, T] -> [B, R, T'], as `timing` says) in place; returns the loss of each epoch.

    inputs: float32 [T, C]. targets: 0 or 1, float32 [R, T]; an answer for the inputs up to t is to be column t.
    motion: of the probe, in each crop another. overlaps: spikes that are added, in each epoch others. After each epoch
    `checkpoint` is replaced, whole. With `resume` training goes on from it, and ends with the same weights as if it had
    not been stopped. Ctrl-C leaves it and raises Stopped. A GPU is used if there is one.
    """
    device = accelerator()
    losses: list[float] = []
    try:
        optimizer = torch.optim.Adam(network.to(device).parameters(), lr=schedule.rate)
        settings = {"schedule": schedule.__dict__, "seed": seed, "frames": len(inputs), "rows": len(targets)}
        settings |= {"motion_um": motion.most_um if motion else 0.0}
        settings |= {"overlaps_hz": overlaps.rate_hz if overlaps else 0.0}
        losses = _restore(network, optimizer, checkpoint, settings) if resume and checkpoint.exists() else []
        x, y = _tensors(inputs, targets, device)
        steps = -(-_crops(x, schedule, timing) // schedule.batch)
        network.train()
        shown = Progress(console=log, disable=not log.is_terminal, transient=True)
        with shown as progress, torch.backends.cudnn.flags(enabled=True, **REPEATABLE):
            bar = progress.add_task(name, total=schedule.epochs * steps, completed=len(losses) * steps)
            for epoch in range(len(losses), schedule.epochs):
                total = 0.0
                if overlaps:
                    more = overlaps(inputs, targets, np.random.default_rng([seed, epoch, ADDED]))
                    x, y = _tensors(*more, device)
                for index, starts in enumerate(_batches(x, schedule, timing, seed, epoch)):
                    rate = _rate(schedule, epoch * steps + index, schedule.epochs * steps)
                    crops, wanted = _cut(x, y, starts, schedule, timing)
                    crops = motion(crops, np.random.default_rng([seed, epoch, index])) if motion else crops
                    total += _step(network, optimizer, rate, crops, wanted, schedule, timing)
                    progress.advance(bar)
                losses.append(total / steps)
                save_checkpoint(checkpoint, network, optimizer=optimizer.state_dict(), losses=losses, settings=settings)
                log.print(f"    {name}: epoch {epoch + 1} of {schedule.epochs}, loss {losses[-1]:.5f}", highlight=False)
    except KeyboardInterrupt:
        raise Stopped(
            f"{name}: stopped in epoch {len(losses) + 1} of {schedule.epochs}; "
            f"{checkpoint} holds {len(losses)} epochs, go on with --resume"
        ) from None
    finally:
        network.to("cpu")
    return losses


def accelerator() -> torch.device:
    """Where networks are trained: a GPU, if there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def _tensors(inputs: Array, targets: Array, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.from_numpy(inputs.T.copy()).to(device), torch.from_numpy(targets).to(device)


def save_checkpoint(path: Path, network: torch.nn.Module, **content: Any) -> None:
    """Write the network's weights and `content` to `path`, whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    torch.save({"state": network.state_dict(), **content}, partial)
    os.replace(partial, path)


def load_checkpoint(path: Path) -> dict[str, Any]:
    """What save_checkpoint wrote; DataError if the file is damaged."""
    try:
        content: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # zip, pickle and torch errors alike
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise DataError(f"{path}: expected a checkpoint, found a damaged one ({reason}); remove it") from None
    return content


def _restore(
    network: torch.nn.Module, optimizer: torch.optim.Optimizer, path: Path, settings: Mapping[str, Any]
) -> list[float]:
    content = load_checkpoint(path)
    if content["settings"] != settings:
        raise DataError(f"{path}: expected a checkpoint of {settings}, found one of {content['settings']}; remove it")
    network.load_state_dict(content["state"])
    optimizer.load_state_dict(content["optimizer"])
    losses: list[float] = content["losses"]
    return losses


def _lead(timing: Timing) -> int:
    """Inputs of a crop before those that it is to answer for."""
    return timing.lead + timing.warm * timing.stride


def _crops(x: torch.Tensor, schedule: Schedule, timing: Timing) -> int:
    """Crops an epoch: one less than fit, so that they can start anywhere in the first crop."""
    count = (x.shape[1] - _lead(timing)) // schedule.crop - 1
    if count < 1:
        least = 2 * schedule.crop + _lead(timing)
        raise DataError(f"recording: expected {least} frames or more to train on, found {x.shape[1]}")
    return int(count)


def _batches(x: torch.Tensor, schedule: Schedule, timing: Timing, seed: int, epoch: int) -> list[Array]:
    """First frames of the crops, by batch. Depends on nothing but its arguments, so a resume sees the same."""
    rng = np.random.default_rng([seed, epoch])
    starts = rng.integers(schedule.crop) + schedule.crop * rng.permutation(_crops(x, schedule, timing))
    return [starts[i : i + schedule.batch] for i in range(0, len(starts), schedule.batch)]


def _rate(schedule: Schedule, step: int, steps: int) -> float:
    return schedule.rate * min(1.0, (step + 1) / WARMUP) * (0.5 + 0.5 * float(np.cos(np.pi * step / steps)))


def _cut(
    x: torch.Tensor, y: torch.Tensor, starts: Array, schedule: Schedule, timing: Timing
) -> tuple[torch.Tensor, torch.Tensor]:
    """A batch of crops [B, C, T], and what is wanted of their last part [B, R, T']."""
    lead, stride = _lead(timing), timing.stride
    crops = torch.stack([x[:, s : s + lead + schedule.crop] for s in starts])
    return crops, torch.stack([y[:, s + lead + stride - 1 : s + lead + schedule.crop : stride] for s in starts])


def _step(
    network: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    rate: float,
    crops: torch.Tensor,
    wanted: torch.Tensor,
    schedule: Schedule,
    timing: Timing,
) -> float:
    first = timing.early + timing.warm
    for group in optimizer.param_groups:
        group["lr"] = rate
    loss = torch.nn.functional.binary_cross_entropy_with_logits(
        network.logits(crops)[..., first : first + wanted.shape[2]],
        wanted,
        pos_weight=wanted.new_tensor(schedule.positive_weight),
    )
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return float(loss.item())
