"""C: for this computer, and firmware for microcontrollers."""

from edgesort.targets.c.library import LIBRARY
from edgesort.targets.c.machine import Machine
from edgesort.targets.c.machines import (
    BOARDS,
    EMULATED,
    MPS2_AN385,
    MPS2_AN386,
    MPS2_AN500,
    MPS2_AN505,
    MPS3_AN547,
    NRF52840,
    RISCV32_VIRT,
    STM32U585,
)
from edgesort.targets.c.target import HOST, host_values, values_of

__all__ = [
    "BOARDS",
    "EMULATED",
    "HOST",
    "LIBRARY",
    "MPS2_AN385",
    "MPS2_AN386",
    "MPS2_AN500",
    "MPS2_AN505",
    "MPS3_AN547",
    "NRF52840",
    "RISCV32_VIRT",
    "STM32U585",
    "Machine",
    "host_values",
    "values_of",
]
