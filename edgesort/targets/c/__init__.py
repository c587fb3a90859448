"""C: for this computer, and firmware for microcontrollers."""

from edgesort.targets.c.target import HOST, MPS2_AN386, host_values, values_of

__all__ = ["HOST", "MPS2_AN386", "host_values", "values_of"]
