"""Delta modulation as a layer: samples in, spikes out. It has no weights, and no gradient goes through it."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from brevitas.quant_tensor import IntQuantTensor
from torch import Tensor, nn

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Delta as Operator
from edgesort.train.neurons import DOMAIN, scaled


class Delta(nn.Module):
    """Up and down spikes of [B, C, T], [B, 2C, T]: what edgesort.ops.Delta makes of the integers behind x.

    threshold: in steps of x, one for all channels or one a channel. A window's receiver begins at 0.
    """

    def __init__(self, threshold: tuple[int, ...]) -> None:
        super().__init__()
        self.op = Operator(threshold)

    def forward(self, x: IntQuantTensor) -> IntQuantTensor:
        if torch.onnx.is_in_onnx_export():
            return scaled(_DeltaNode.apply(x.value, self.op.threshold), 1.0, 1, False)
        whole = torch.round(x.value.detach() / x.scale).permute(2, 0, 1).numpy().astype(np.int64)
        stream = Stream(whole.shape[1:], Int(int(x.bit_width), bool(x.signed)))
        self.op.infer(Stream(whole.shape[2:], stream.dtype))
        _, spikes = self.op.run(self.op.initial_state(stream), whole)
        return scaled(torch.from_numpy(spikes.astype(np.float32)).permute(1, 2, 0), 1.0, 1, False)


class _DeltaNode(torch.autograd.Function):
    """What the exporter sees: one node."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, threshold: tuple[int, ...]) -> Tensor:
        return x.new_zeros(x.shape[0], 2 * x.shape[1], x.shape[2])

    @staticmethod
    def symbolic(g: Any, x: Any, threshold: tuple[int, ...]) -> Any:
        batch, channels, frames = x.type().sizes()
        made = g.op(f"{DOMAIN}::Delta", x, threshold_i=threshold)
        return made.setType(x.type().with_sizes([batch, 2 * channels, frames]))
