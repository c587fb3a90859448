"""The host at the other end of a board's serial line.

+divide=N clock cycles a bit, +pause=N cycles. to_board.bin: int16 words, a byte each, -1 for a pause, or -2
for a spike, too short to be a start bit.
from_board.bin: the bytes that came back, and after them how often the event pin rose, four bytes, low byte first.
"""

from array import array
from pathlib import Path

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge, Timer

CYCLE = 2  # ns
QUIET = 400  # bits of silence after which no record is on its way


@cocotb.test()
async def samples_in_records_out(dut):
    """Who called reads what came back, and judges it."""
    bit, pause = CYCLE * int(cocotb.plusargs["divide"]), CYCLE * int(cocotb.plusargs["pause"])
    received, pulses = bytearray(), []
    cocotb.start_soon(listen(dut.from_board, bit, received))
    cocotb.start_soon(count(dut.pulse, pulses))
    await RisingEdge(dut.rst_n)
    for word in array("h", Path("to_board.bin").read_bytes()):
        match word:
            case -1:
                await Timer(pause, "ns")
            case -2:
                await spike(dut.to_board, bit)
            case byte:
                await send(dut.to_board, bit, byte)
    before = -1
    while before != len(received):
        before = len(received)
        await Timer(QUIET * bit, "ns")
    assert dut.overrun.value == 0
    Path("from_board.bin").write_bytes(bytes(received) + len(pulses).to_bytes(4, "little"))


async def send(line, bit, byte):
    """Start bit, eight data bits from the lowest, stop bit."""
    for value in (0, *(byte >> k & 1 for k in range(8)), 1):
        line.value = value
        await Timer(bit, "ns")


async def spike(line, bit):
    """Low for less than half a bit, and then long enough high."""
    line.value = 0
    await Timer(bit // 4, "ns")
    line.value = 1
    await Timer(bit, "ns")


async def listen(line, bit, received):
    while True:
        await FallingEdge(line)
        await Timer(bit + bit // 2, "ns")
        byte = 0
        for k in range(8):
            byte |= int(line.value) << k
            await Timer(bit, "ns")
        assert line.value == 1, "expected a stop bit"
        received.append(byte)


async def count(pin, pulses):
    while True:
        await RisingEdge(pin)
        pulses.append(1)
