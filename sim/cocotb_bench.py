"""What cocotb runs: start the bench, wait until it is done. The bench clocks itself and moves whole frames by file."""

import cocotb
from cocotb.triggers import RisingEdge


@cocotb.test()
async def frames_pass_through(dut):
    """Who called reads the files that the probes wrote, and judges them."""
    await RisingEdge(dut.done)
    dut._log.info("cycles %d", int(dut.cycle.value))
