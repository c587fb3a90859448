"""What all quantized networks share: a sum of the last layer that training sees, and its cut to integers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from brevitas.quant_tensor import IntQuantTensor
from torch import Tensor, nn

from edgesort.fixed import Array
from edgesort.train.frontend import filtered
from edgesort.train.timing import Timing


class Network(nn.Module, ABC):
    """[B, channels, T] -> scores [B, rows, T'], cut to integers by `head_act`; subclasses say what `head_sum` is."""

    timing: Timing
    options: Mapping[str, Any] = MappingProxyType({})  # what to make it again with, beside channels and units

    @staticmethod
    def inputs(frames: Array, sampling_frequency: float) -> Array:
        """int16 [T, C] -> float32 [T, C]: what the device's front end makes of a recording."""
        return filtered(frames, sampling_frequency)

    @abstractmethod
    def head_sum(self, x: Tensor) -> IntQuantTensor:
        """The last layer's sums."""

    def forward(self, x: Tensor) -> IntQuantTensor:
        return self.head_act(self.head_sum(x))

    def logits(self, x: Tensor) -> Tensor:
        """What the loss sees: the head before it is cut, so that negative answers have a gradient."""
        return self.head_sum(x).value

    def score(self, x: Tensor) -> Tensor:
        """The integers that the device puts out."""
        y = self(x)
        return y.value / y.scale


def parameters(network: nn.Module) -> int:
    """How many weights and biases a network has."""
    return sum(p.numel() for name, p in network.named_parameters() if name.rsplit(".")[-1] in ("weight", "bias"))
