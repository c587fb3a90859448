"""Verilog for FPGAs, on open tools."""

from edgesort.targets.verilog.target import ICEBREAKER, rtl_values

__all__ = ["ICEBREAKER", "rtl_values"]
