"""A probe that moves: in training each crop is as the contacts a little further along the probe would hear it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import spikeinterface.core as si
import torch
from spikeinterface.preprocessing.preprocessing_tools import get_spatial_interpolation_kernel

from edgesort.data.errors import DataError
from edgesort.data.noise import mad
from edgesort.fixed import Array

STEP_UM = 5.0
SIGMA_UM = 20.0  # of the kriging, as Kilosort and SpikeInterface have it


@dataclass(frozen=True)
class Motion:
    """Displacements of up to most_um either way. kernels: [K, C, C], of contacts to moved ones. noise: [K, C], the
    standard deviation of what interpolation takes away from the contacts' own noise, which is white."""

    most_um: float
    kernels: torch.Tensor
    noise: torch.Tensor

    def __call__(self, crops: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
        """Crops [B, C, T], each with a displacement of its own."""
        chosen = torch.from_numpy(rng.integers(len(self.kernels), size=len(crops)))
        fresh = torch.from_numpy(rng.standard_normal(crops.shape, dtype=np.float32)).to(crops.device)
        kernels, noise = self.kernels[chosen].to(crops.device), self.noise[chosen].to(crops.device)
        return torch.einsum("bcd,bct->bdt", kernels, crops) + fresh * noise[..., None]


def places(recording: si.BaseRecording) -> Array:
    """Where the contacts are, in um [C, 2], the second along the probe.

    DataError unless they tell what one between them would hear.
    """
    locations: Array = recording.get_channel_locations() if recording.has_probe() else np.zeros((1, 2))
    apart = np.diff(np.unique(locations[:, 1])).max(initial=0.0)
    if not 0 < apart <= 2 * SIGMA_UM:
        found = f"{apart:g} um" if apart else "one place"
        raise DataError(
            f"motion: expected contacts {2 * SIGMA_UM:g} um apart or less along the probe, found {found}; "
            "name the --probe, or leave --motion out"
        )
    return locations


def motion(recording: si.BaseRecording, inputs: Array, most_um: float) -> Motion:
    """For the probe of `recording` and what its contacts hear, float32 [T, C]. DataError as `places`."""
    locations = places(recording)
    steps = round(most_um / STEP_UM) or 1
    along = np.linspace(-most_um, most_um, 2 * steps + 1)
    kernels = np.stack([_kernel(locations, um) for um in along]).astype(np.float32)
    own = np.array([mad(channel) for channel in inputs.T])
    lost = own * np.sqrt(np.clip(1 - (kernels**2).sum(1), 0, None))
    return Motion(most_um, torch.from_numpy(kernels), torch.from_numpy(lost.astype(np.float32)))


def _kernel(locations: Array, um: float) -> Array:
    if um == 0:
        return np.eye(len(locations))
    moved = locations + np.array([0.0, um])
    kernel: Array = get_spatial_interpolation_kernel(locations, moved, sigma_um=SIGMA_UM, force_extrapolate=True)
    return kernel
