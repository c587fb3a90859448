"""Verilog for FPGAs, on open tools."""

from edgesort.targets.verilog.target import ICEBREAKER, RTL, rtl_values

__all__ = ["ICEBREAKER", "RTL", "rtl_values"]
