"""Masters and slaves of AXI4-Stream (cocotbext-axi) around cores that stand side by side, with pauses at random.

+seed=N. to_cores.json: for each core the frames of its s_axis, bytes in hex. from_cores.json: for each core the frames
of its m_axis, alike, and its error_o.
"""

import json
import random
from pathlib import Path

import cocotb
from cocotb.triggers import ClockCycles, RisingEdge
from cocotbext.axi import AxiStreamBus, AxiStreamSink, AxiStreamSource

IDLE = 300  # cycles without a frame after which none is on its way


@cocotb.test()
async def frames_in_frames_out(dut):
    """Who called compares them with the reference."""
    await RisingEdge(dut.rst_n)
    given = json.loads(Path("to_cores.json").read_text())
    sinks = [connect(dut, k, frames) for k, frames in enumerate(given)]
    count, before = 0, -1
    while before < count or not count:
        await ClockCycles(dut.tick, IDLE)
        before, count = count, sum(sink.count() for sink in sinks)
    told = [
        {
            "frames": [bytes(sink.recv_nowait().tdata).hex() for _ in range(sink.count())],
            "error": int(getattr(dut, f"error_{k}").value),
        }
        for k, sink in enumerate(sinks)
    ]
    Path("from_cores.json").write_text(json.dumps(told))


def connect(dut, k, frames):
    """A master that sends the frames and a slave, both of which wait in a third of the cycles."""
    draw = random.Random(int(cocotb.plusargs["seed"]) + k)
    source = AxiStreamSource(AxiStreamBus.from_prefix(dut, f"s{k}_axis"), dut.tick)
    sink = AxiStreamSink(AxiStreamBus.from_prefix(dut, f"m{k}_axis"), dut.tick)
    for end in (source, sink):
        end.set_pause_generator(iter(lambda: draw.random() < 1 / 3, None))
    for frame in frames:
        source.send_nowait(bytes.fromhex(frame))
    return sink
