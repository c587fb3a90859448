"""The microcontrollers: the cores, the machines that QEMU runs, and the boards."""

from __future__ import annotations

from edgesort.targets.c.build import Part
from edgesort.targets.c.machine import Core, Machine
from edgesort.targets.c.qemu import Emulator

ARM = ("arm-none-eabi-", "gcc-arm-none-eabi libnewlib-arm-none-eabi")
RISCV = ("riscv64-unknown-elf-", "gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf")
M3 = Core("cortex-m3", *ARM, "-mcpu=cortex-m3 -mthumb", ("swar",))
M4 = Core("cortex-m4", *ARM, "-mcpu=cortex-m4 -mthumb -mfloat-abi=soft", ("dsp",))
M7 = Core("cortex-m7", *ARM, "-mcpu=cortex-m7 -mthumb -mfloat-abi=soft", ("dsp",))
M33 = Core("cortex-m33", *ARM, "-mcpu=cortex-m33 -mthumb -mfloat-abi=soft", ("dsp",))
M55 = Core("cortex-m55", *ARM, "-mcpu=cortex-m55 -mthumb -mfloat-abi=hard", ("mve",))  # gcc ties MVE to this ABI
RV32 = Core("rv32imc", *RISCV, "--specs=picolibc.specs -march=rv32imc -mabi=ilp32", ("swar",))
U585 = "stm32u585aiix"  # for pyocd
IMC = "rv32,i=on,m=on,c=on,a=off,f=off,d=off"  # what else a QEMU core has would hide a wrong flag


def _emulated(name: str, board: str, core: Core, part: Part, *ports: str) -> Machine:
    emulator = Emulator("qemu-system-arm", "qemu-system-arm", ("-M", name))
    shared = ("trace", "semihosting", "mcu", "armv7m", "cmsdk")
    about = f"{part.name} at {part.clock / 1e6:g} MHz on {board}, run by QEMU"
    return Machine(name, about, (*shared, *ports), core, part, emulator, features=core.features)


def _board(name: str, board: str, core: Core, part: Part, counter: Machine, pyocd: str) -> Machine:
    about = f"{part.name} at {part.clock / 1e6:g} MHz on {board}"
    ports = ("stream", "mcu", "armv7m", name)
    return Machine(name, about, ports, core, part, None, counter, pyocd, features=core.features)


MB, KB = 1 << 20, 1 << 10
MPS2, MPS3 = "Arm's MPS2", "Arm's MPS3"
MPS2_AN385 = _emulated("mps2-an385", MPS2, M3, Part("Cortex-M3", 4 * MB, 4 * MB, 25e6), "mps2", "mps2-an386")
MPS2_AN386 = _emulated("mps2-an386", MPS2, M4, Part("Cortex-M4", 4 * MB, 4 * MB, 25e6), "mps2", "mps2-an386")
MPS2_AN500 = _emulated("mps2-an500", MPS2, M7, Part("Cortex-M7", 4 * MB, 4 * MB, 25e6), "mps2", "mps2-an500")
MPS2_AN505 = _emulated("mps2-an505", MPS2, M33, Part("Cortex-M33", 4 * MB, 4 * MB, 20e6), "mps2-an505")
MPS3_AN547 = _emulated("mps3-an547", MPS3, M55, Part("Cortex-M55", 512 * KB, 512 * KB, 32e6), "mps3-an547")
RISCV32_VIRT = Machine(
    "riscv32-virt",
    "RV32IMC on QEMU's virt, its clock taken as 25 MHz",
    ("trace", "semihosting", "mcu", "riscv", "riscv32-virt"),
    RV32,
    Part("RV32IMC", 4 * MB, 4 * MB, 25e6),
    Emulator("qemu-system-riscv32", "qemu-system-misc", ("-M", "virt", "-cpu", IMC, "-bios", "none")),
    features=RV32.features,
)
NRF52840 = _board(
    "nrf52840", "Nordic's nRF52840 DK", M4, Part("nRF52840, Cortex-M4", MB, 256 * KB, 64e6), MPS2_AN386, "nrf52840"
)
STM32U585 = _board(
    "stm32u585", "ST's B-U585I-IOT02A", M33, Part("STM32U585, Cortex-M33", 2 * MB, 768 * KB, 160e6), MPS2_AN505, U585
)
EMULATED = (MPS2_AN385, MPS2_AN386, MPS2_AN500, MPS2_AN505, MPS3_AN547, RISCV32_VIRT)
BOARDS = (NRF52840, STM32U585)
