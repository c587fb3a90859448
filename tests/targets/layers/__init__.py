"""The kernels of whole layers. A new one is a file here and its name in KERNELS."""

from tests.targets.layers.material import MACHINES, LayerKernel

KERNELS: tuple[LayerKernel, ...] = ()

__all__ = ["KERNELS", "MACHINES", "LayerKernel"]
