"""Amplifier chips of Intan's RHD2000 series at the other ends of SPI masters, as their data sheet describes them.

+chips=N of them, on the bench's signals cs_0, sclk_0, mosi_0, miso_0 and so on; overrun_0 is the master's. +clock=HZ is
that of the masters, in whose cycles the bench counts. +cable=NS,NS,... is what each cable takes there and back.
+last=N cycles. analog.bin: int16 [frames][channels], what the electrodes see, +channels=N of them. chips.json: for each
chip how many frames it converted, what was wrong, the master's overrun, and how many cycles apart the frames came.
"""

import json
from array import array
from collections import deque
from pathlib import Path

import cocotb
from cocotb.triggers import FallingEdge, First, RisingEdge, Timer
from cocotb.utils import get_sim_time

CYCLE = 2  # ns of the simulation
# ns, of the chip: SCLK high or low, CS to SCLK and back, CS high, MOSI before and after SCLK rises, MISO after the fall
# of CS or SCLK, and from one command to the next.
SCLK, CS, REST, SETUP, MISO, COMMAND = 20.8, 20.8, 154.0, 10.4, 10.0, 950.0
ROUNDING = 0.05
CALIBRATE, DUMMIES = 0x5500, 9
# What the ADC needs at the rate of these commands: register, mask, value. Comparator, bandwidth of the reference, fast
# settling off; bias of buffer and multiplexer; no other input; no high-pass of the chip's own.
NEEDED = (
    *((0, 0xFF, 0xDE), (1, 0x3F, 2), (2, 0x3F, 4), (3, 0xFF, 0), (4, 0x30, 0), (5, 0x01, 0), (7, 0xFF, 0)),
    *((8, 0xBF, 22), (9, 0x1F, 0), (10, 0xBF, 23), (11, 0x1F, 0), (12, 0xFF, 16), (13, 0x7F, 0x7C)),
)


class Fault(Exception):
    """The master did what the chip does not allow."""


class Chip:
    def __init__(self, dut, k, analog, ns):
        self.cs, self.sclk, self.mosi, self.miso = (
            getattr(dut, f"{pin}_{k}") for pin in ("cs", "sclk", "mosi", "miso")
        )
        self.analog, self.ns, self.cable = analog, ns, float(cocotb.plusargs["cable"].split(",")[k])
        self.registers, self.answers = {}, deque([0x1234, 0x5678])  # nobody knows the first two
        self.calibrating, self.calibrated, self.converted = 0, False, []
        self.began, self.released, self.rose, self.fell, self.moved = -1e9, -1e9, -1e9, -1e9, -1e9
        self.starts, self.fault = [], None

    def now(self):
        return get_sim_time("ns") / CYCLE * self.ns

    def must(self, what, since, least):
        found = self.now() - since
        if found < least - ROUNDING:
            raise Fault(f"{what}: expected {least} ns at least, found {found:.1f}")

    async def run(self):
        cocotb.start_soon(self.watch())
        try:
            while True:
                await self.command()
        except Fault as fault:
            self.fault = str(fault)

    async def watch(self):
        """MOSI stays for a while after SCLK has risen."""
        while True:
            await self.mosi.value_change
            self.moved = self.now()
            if self.moved - self.rose < SETUP - ROUNDING and not self.cs.value:
                self.fault = "MOSI: changed while the chip read it"

    async def command(self):
        await FallingEdge(self.cs)
        self.must("CS high", self.released, REST)
        self.must("a command", self.began, COMMAND)
        self.began = self.fell = self.now()
        answer, word = self.answers.popleft(), 0
        for bit in range(15, -1, -1):
            cocotb.start_soon(self.put(answer >> bit & 1))
            await self.edge(RisingEdge(self.sclk))
            self.must("CS low before SCLK" if bit == 15 else "SCLK low", self.fell, CS if bit == 15 else SCLK)
            self.must("MOSI before SCLK", self.moved, SETUP)
            self.rose, word = self.now(), word << 1 | int(self.mosi.value)
            await self.edge(FallingEdge(self.sclk))
            self.must("SCLK high", self.rose, SCLK)
            self.fell = self.now()
        if await First(RisingEdge(self.cs), up := RisingEdge(self.sclk)) is up:
            raise Fault("a command: expected 16 bits, found more")
        self.must("SCLK low before CS", self.fell, CS)
        self.released = self.now()
        self.answers.append(self.answer(word))

    async def edge(self, wanted):
        if await First(wanted, RisingEdge(self.cs)) is not wanted:
            raise Fault("a command: expected 16 bits, found less")

    async def put(self, bit):
        """A bit on MISO, after the chip's delay and the cable's."""
        steps = int((MISO + self.cable) / self.ns * CYCLE) + 1  # ns of the simulation, which are half a cycle
        await Timer(steps, "ns")
        self.miso.value = bit

    def answer(self, word):
        if self.calibrating:
            self.calibrating -= 1
            self.calibrated = self.calibrating == 0
            return 0
        top, which, data = word >> 14, word >> 8 & 63, word & 255
        if word == CALIBRATE:
            self.calibrating = DUMMIES
            return 0
        if top == 0b11 and not data:
            return self.registers.get(which, 0)
        if top == 0b10:
            self.registers[which] = data
            return 0xFF00 | data
        if top == 0 and not data:
            return self.convert(which)
        raise Fault(f"a command: expected one that the chip has, found {word:04x}")

    def convert(self, channel):
        if channel == 0:
            self.converted.append(0)
            self.starts.append(int(self.began / self.ns + 0.25))  # rises of the clock are between
        due = self.converted[-1] if self.converted else 0
        if channel != due:
            raise Fault(f"CONVERT: expected channel {due}, found {channel}")
        self.converted[-1] += 1
        wrong = [r for r, mask, value in NEEDED if self.registers.get(r, 255) & mask != value]
        if wrong or not self.calibrated:
            raise Fault(f"CONVERT: expected a calibrated chip that is set up, found registers {wrong}")
        if not self.registers.get(14 + channel // 8, 0) >> channel % 8 & 1:
            raise Fault(f"CONVERT: expected amplifier {channel} on, found it off")
        frame = self.analog[len(self.converted) - 1]
        return (frame[channel] ^ (0 if self.registers[4] & 0x40 else 0x8000)) & 0xFFFF


@cocotb.test()
async def frames_are_read(dut):
    """Who called compares what the masters gave with what was converted."""
    numbers = {name: int(cocotb.plusargs[name]) for name in ("chips", "clock", "channels", "last")}
    flat, width = array("h", Path("analog.bin").read_bytes()), numbers["channels"]
    analog = [flat[k : k + width] for k in range(0, len(flat), width)]
    chips = [Chip(dut, k, analog, 1e9 / numbers["clock"]) for k in range(numbers["chips"])]
    await RisingEdge(dut.rst_n)
    for chip in chips:
        cocotb.start_soon(chip.run())
    await Timer(CYCLE * numbers["last"], "ns")
    told = [
        {
            "frames": len(chip.converted),
            "fault": chip.fault,
            "overrun": int(getattr(dut, f"overrun_{k}").value),
            "apart": [b - a for a, b in zip(chip.starts, chip.starts[1:], strict=False)],
        }
        for k, chip in enumerate(chips)
    ]
    Path("chips.json").write_text(json.dumps(told))
