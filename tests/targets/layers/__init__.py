"""The kernels of whole layers. A new one is a file here and its name in KERNELS."""

from tests.targets.layers import (
    channels_mve,
    conv_dsp,
    conv_mve,
    conv_swar,
    depthwise,
    depthwise_mve,
    fir_mve,
    linear_swar,
    taps_dsp,
)
from tests.targets.layers.material import MACHINES, LayerKernel

KERNELS: tuple[LayerKernel, ...] = (
    taps_dsp.KERNEL,
    conv_dsp.KERNEL,
    fir_mve.KERNEL,
    depthwise_mve.KERNEL,
    channels_mve.KERNEL,
    conv_mve.KERNEL,
    conv_swar.KERNEL,
    linear_swar.KERNEL,
    depthwise.KERNEL,
)

__all__ = ["KERNELS", "MACHINES", "LayerKernel"]
