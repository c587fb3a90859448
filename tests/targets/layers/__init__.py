"""The kernels of whole layers. A new one is a file here and its name in KERNELS."""

from tests.targets.layers import conv_dsp, conv_swar, depthwise, linear_swar, taps_dsp
from tests.targets.layers.material import MACHINES, LayerKernel

KERNELS: tuple[LayerKernel, ...] = (
    taps_dsp.KERNEL,
    conv_dsp.KERNEL,
    conv_swar.KERNEL,
    linear_swar.KERNEL,
    depthwise.KERNEL,
)

__all__ = ["KERNELS", "MACHINES", "LayerKernel"]
