"""Verilog for FPGAs, on open tools."""

from edgesort.targets.verilog.boards import FPGA_BOARDS, ICEBREAKER, ULX3S, ULX3S_85F
from edgesort.targets.verilog.target import RTL, rtl_values

__all__ = ["FPGA_BOARDS", "ICEBREAKER", "RTL", "ULX3S", "ULX3S_85F", "rtl_values"]
