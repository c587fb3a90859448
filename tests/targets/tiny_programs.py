"""Programs whose instructions a person can count, with the markers of firmware/ports/semihosting/main.c.

model_push(n) calls `helper` once itself, and n times in the kernel es_work by way of another kernel, es_inner; it is
called with 3, 7 and 1.
"""

import subprocess
from pathlib import Path

ARM = """
    .syntax unified
    .thumb
    .section .vectors, "a"
    .word 0x20001000, reset
    .text
    .thumb_func
measure_begin: bx lr
    .thumb_func
measure_end: nop
    bx lr
    .thumb_func
helper: nop
    bx lr
    .thumb_func
es_inner: nop
    b helper
    .thumb_func
es_work: push {lr}
1:  subs r0, #1
    bl es_inner
    cmp r0, #0
    bne 1b
    pop {pc}
    .thumb_func
model_push: push {lr}
    bl helper
    bl es_work
    pop {pc}
    .thumb_func
    .global reset
reset:
    movs r0, #3
    bl once
    movs r0, #7
    bl once
    movs r0, #1
    bl once
    movs r0, #0x18
    ldr r1, =0x20026
    bkpt 0xab
    .thumb_func
once: mov r5, lr
    bl measure_begin
    bl model_push
    bl measure_end
    bx r5
"""
RISCV = """
    .text
    .global reset
reset:
    li sp, 0x80010000
    li a0, 3
    jal once
    li a0, 7
    jal once
    li a0, 1
    jal once
    li t0, 0x100000
    li t1, 0x5555
    sw t1, 0(t0)
    j .
measure_begin: ret
measure_end: nop
    ret
helper: nop
    ret
es_inner: nop
    j helper
es_work: mv t2, ra
1:  addi a0, a0, -1
    jal es_inner
    addi a1, a0, 0
    bnez a0, 1b
    jr t2
model_push: mv t3, ra
    jal helper
    jal es_work
    jr t3
once: mv t5, ra
    jal measure_begin
    jal model_push
    jal measure_end
    jr t5
"""
SOURCES = {"arm-none-eabi-": (ARM, "0x0"), "riscv64-unknown-elf-": (RISCV, "0x80000000")}
PASSES = (3, 7, 1)
KERNEL = sum(2 + 8 * n for n in PASSES)  # the first and the last instruction; a pass takes 4, es_inner's 2, helper's 2
MODEL = 6 * len(PASSES)  # 4 and the helper's 2


def assembled(machine, folder: Path) -> Path:
    """The program for a machine, model.elf in `folder`."""
    source, start = SOURCES[machine.core.prefix]
    (folder / "model.S").write_text(source)
    flags = [f for f in machine.core.flags.split() if not f.startswith("--specs")]
    link = ["-nostdlib", f"-Wl,--section-start=.vectors={start},-Ttext={hex(int(start, 16) + 64)},-e,reset"]
    if "riscv" in machine.core.prefix:
        link = ["-nostdlib", f"-Wl,-Ttext={start},-e,reset"]
    command = [f"{machine.core.prefix}gcc", *flags, *link, "-o", "model.elf", "model.S"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder / "model.elf"


def compiled(machine, folder: Path, source: str) -> Path:
    """A C program that only has to link: model.elf and obj/model.ci in `folder`."""
    (folder / "obj").mkdir()
    (folder / "model.c").write_text(source)
    flags = [*machine.core.flags.split(), "-std=c99", "-O2", "-ffreestanding", "-fcallgraph-info=su"]
    for step in (
        ["-c", "-o", "obj/model.o", "model.c"],
        ["-nostartfiles", "-e", "reset", "-o", "model.elf", "obj/model.o"],
    ):
        subprocess.run([f"{machine.core.prefix}gcc", *flags, *step], cwd=folder, check=True, capture_output=True)
    return folder / "model.elf"
