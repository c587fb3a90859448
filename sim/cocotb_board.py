"""The host at the other end of a board's serial line.

+divide=N clock cycles a bit, +pause=N cycles. to_board.bin: int16 words, a byte each, -1 for a pause, -2 for a spike,
too short to be a start bit, or -3 for a byte without a stop bit.
Without +boards=N there is one, on the bench's signals from_board, pulse and overrun; else from_board_0 and so on.
from_board.json: of each board the bytes that came back, in hex, for how many cycles the event pin was high each time,
and overrun.
"""

import json
from array import array
from pathlib import Path

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge, Timer
from cocotb.utils import get_sim_time

CYCLE = 2  # ns
QUIET = 400  # bits of silence after which no record is on its way


@cocotb.test()
async def samples_in_records_out(dut):
    """Who called reads what came back, and judges it."""
    bit, pause = CYCLE * int(cocotb.plusargs["divide"]), CYCLE * int(cocotb.plusargs["pause"])
    boards = [f"_{k}" for k in range(int(cocotb.plusargs.get("boards", 0)))] or [""]
    told = [{"bytes": bytearray(), "pulses": []} for _ in boards]
    await RisingEdge(dut.rst_n)
    for name, one in zip(boards, told, strict=True):
        cocotb.start_soon(listen(getattr(dut, f"from_board{name}"), bit, one["bytes"]))
        cocotb.start_soon(measure(getattr(dut, f"pulse{name}"), one["pulses"]))
    for word in array("h", Path("to_board.bin").read_bytes()):
        match word:
            case -1:
                await Timer(pause, "ns")
            case -2:
                await spike(dut.to_board, bit)
            case -3:
                await send(dut.to_board, bit, 0x33, stop=0)
                await send(dut.to_board, bit, 0xFF, start=1)
            case byte:
                await send(dut.to_board, bit, byte)
    before = -1
    while before != (now := sum(len(one["bytes"]) for one in told)):
        before = now
        await Timer(QUIET * bit, "ns")
    for name, one in zip(boards, told, strict=True):
        one |= {"bytes": one["bytes"].hex(), "overrun": int(getattr(dut, f"overrun{name}").value)}
    Path("from_board.json").write_text(json.dumps(told))


async def send(line, bit, byte, start=0, stop=1):
    """Start bit, eight data bits from the lowest, stop bit."""
    for value in (start, *(byte >> k & 1 for k in range(8)), stop):
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
        if line.value != 1:
            return  # no stop bit: who called misses what follows
        received.append(byte)


async def measure(pin, pulses):
    while True:
        await RisingEdge(pin)
        rose = get_sim_time("ns")
        await FallingEdge(pin)
        pulses.append(round(get_sim_time("ns") - rose) // CYCLE)
