"""What tools say about a model.c without running it: one function a tool, which returns its complaints or ""."""

import re
import subprocess
from pathlib import Path

from edgesort.share import share
from edgesort.targets.c.build import tool

WARNINGS = """
    -O2 -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wcast-qual -Wcast-align=strict -Wundef -Wvla
    -Walloca -Wdouble-promotion -Wfloat-equal -Wfloat-conversion -Wswitch-default -Wredundant-decls -Wnull-dereference
    -Wduplicated-cond -Wduplicated-branches -Wlogical-op -Werror
"""
GCC = WARNINGS.split()
C99 = ["-std=c99", "-Wstrict-prototypes", "-Wmissing-prototypes", "-Wold-style-definition", "-Wbad-function-cast"]
# What clang's -Weverything says beside, and why it does not count here:
#   padded                    a struct may have gaps
#   covered-switch-default    every switch has a default, even where an enum is covered: the docs' rule
CLANG = ["-O1", "-Weverything", "-Werror", "-Wno-padded", "-Wno-covered-switch-default"]
#   c99 as C++: casts and NULL are C's, designated initialisers are C++20's
AS_CXX = ["-Wno-old-style-cast", "-Wno-zero-as-null-pointer-constant", "-Wno-pre-c++20-compat-pedantic"]
CXX = ["-x", "c++", "-std=c++20"]
CORTEX_M4 = ["-mcpu=cortex-m4", "-mthumb"]
CORTEX_M0 = ["-mcpu=cortex-m0plus", "-mthumb"]
RV32 = ["-march=rv32imc", "-mabi=ilp32", "--specs=picolibc.specs"]
COMPILERS = {
    "gcc": ["gcc", *C99, *GCC],
    "g++": ["g++", *CXX, *GCC],
    "clang": ["clang", "-std=c99", *CLANG],
    "clang++": ["clang++", *CXX, *CLANG, *AS_CXX],
    "arm-none-eabi-gcc": ["arm-none-eabi-gcc", *CORTEX_M4, *C99, *GCC],
    "riscv64-unknown-elf-gcc": ["riscv64-unknown-elf-gcc", *RV32, *C99, *GCC],
}
MACHINES = {
    "gcc": ["gcc", "-fno-pie"],
    "clang": ["clang", "-fno-pie"],
    "cortex-m4": ["arm-none-eabi-gcc", *CORTEX_M4],
    "cortex-m0": ["arm-none-eabi-gcc", *CORTEX_M0],
    "rv32": ["riscv64-unknown-elf-gcc", *RV32],
}
# The compiler's own helpers for 64-bit products and shifts, and for division on a core that has none.
HELPERS = r"__(aeabi_(lmul|llsl|llsr|lasr|u?idiv|u?idivmod)|(ashl|ashr|lshr|mul)di3)"
WORDS = "asm calloc double float free goto long longjmp malloc realloc register setjmp short union unsigned volatile"
FORBIDDEN = WORDS.replace(" ", "|")
# A machine's compiler, and how clang is told of the machine.
CORTEX = ["arm-none-eabi-gcc", "--target=thumbv7em-none-eabi", "-mcpu=cortex-m4"]
PORTS = {
    "host": ["gcc"],
    "mps2-an386": CORTEX,
    "nrf52840": CORTEX,
    "stm32u585": CORTEX,
    "riscv32-virt": ["riscv64-unknown-elf-gcc", "--target=riscv32", "-march=rv32imc"],
}
# Not asked of a port: it owns the state and the linker's symbols are variables; reset and semihosting are assembler;
# registers lie at addresses.
AT_THE_MACHINE = "-cppcoreguidelines-avoid-non-const-global-variables,-hicpp-no-assembler,-performance-no-int-to-ptr"
PACKAGES = "gcc g++ clang clang-tidy cppcheck gcc-arm-none-eabi gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf"


def compiled(folder: Path, compiler: str) -> str:
    """Warnings of a compiler of COMPILERS."""
    return _said(folder, *COMPILERS[compiler], "-c", "model.c", "-o", f"{compiler}.o")


def cppcheck(folder: Path) -> str:
    return _cppcheck(folder, share("firmware", "cppcheck.xml"), "model.c")


def clang_tidy(folder: Path, nodes: int = 20_000) -> str:
    """nodes: of the analyzer's graph, a function."""
    return _clang_tidy(folder, [], ["model.c"], ["-Xclang", "-analyzer-config", "-Xclang", f"max-nodes={nodes}"])


def port(folder: Path, machine: str) -> str:
    """What cppcheck and clang-tidy say about the files of a build that are neither the model nor kernels."""
    files = [file.name for file in sorted(folder.glob("*.c")) if not file.name.startswith(("es_", "model"))]
    said = _cppcheck(folder, share("firmware", "ports", "cppcheck.xml"), *files)
    return said + _clang_tidy(folder, [f"--checks={AT_THE_MACHINE}"], files, _seen_by_clang(PORTS[machine]))


def symbols(folder: Path, machine: str) -> str:
    """Whatever a machine's object has of variables, and what it calls beside memcpy, memset and integer helpers."""
    command = MACHINES[machine]
    made = _said(folder, *command, "-std=c99", "-O2", "-w", "-c", "model.c", "-o", "symbols.o")
    nm = command[0].replace("gcc", "nm") if "-" in command[0] else "nm"
    listed = subprocess.run([nm, "symbols.o"], cwd=folder, capture_output=True, text=True, check=not made).stdout
    allowed = re.compile(rf"( [TtRr] \S+| U (memcpy|memset|{HELPERS}))$")
    return made + "".join(f"{line}\n" for line in listed.splitlines() if not allowed.search(line))


def _cppcheck(folder: Path, suppressions: Path, *files: str) -> str:
    options = ["--enable=all", "--inconclusive", "--std=c99", "--error-exitcode=1", "--quiet"]
    return _said(folder, "cppcheck", *options, f"--suppress-xml={suppressions}", *files)


def _clang_tidy(folder: Path, options: list[str], files: list[str], arguments: list[str]) -> str:
    config = f"--config-file={share('firmware', '.clang-tidy')}"
    return _said(folder, "clang-tidy", "--quiet", config, *options, *files, "--", "-std=c99", "-O2", *arguments)


def _seen_by_clang(machine: list[str]) -> list[str]:
    """Arguments with which clang reads what the gcc of `machine` compiles: its target and its C library's headers."""
    compiler, *target = machine
    asked = [tool(compiler, "read its headers", PACKAGES), "-E", "-x", "c", "-include", "string.h", "/dev/null"]
    text = subprocess.run([*asked, *RV32] if "riscv" in compiler else asked, capture_output=True, text=True).stdout
    folders = dict.fromkeys(re.findall(r'"(/[^"]*)/string\.h"', text))
    return [*target, *(word for name in folders for word in ("-isystem", name))]


def words(folder: Path) -> str:
    """Words, includes and macros with arguments that the rules forbid, outside comments and texts."""
    text = "".join((folder / name).read_text() for name in ("model.h", "model.c"))
    code = re.sub(r'/\*.*?\*/|"(\\.|[^"\\\n])*"', "", text, flags=re.DOTALL)
    standard = r"<(?:limits|stdbool|stddef|stdint|string)\.h>"
    wrong = re.findall(rf"\b(?:{FORBIDDEN})\b|#define \w+\(|//.*|#include (?!{standard}|\n).*", code)
    return "\n".join(wrong)


def _said(folder: Path, *command: str) -> str:
    """What a program that does not return 0 said."""
    tool(command[0], "check the C", PACKAGES)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr
