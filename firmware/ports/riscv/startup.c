/* From reset to main on RV32IMC in machine mode, one hart.
 * Registers: The RISC-V Instruction Set Manual, volume II, machine-level CSRs and physical memory protection.
 */
#include "board.h"

void reset(void);

/* A locked entry of the memory protection lets nobody, machine mode included, write between the code's start and the
 * RAM's (TOR, L, R, X: 0x8D): a stack that overflows the bottom of RAM faults. Every trap ends the run: nothing here
 * uses interrupts, so one is a fault. The stack may be what faulted, so the report starts on an empty one. */
__attribute__((naked, section(".vectors"), used)) void reset(void)
{
    __asm__ volatile(
        ".option push\n"
        ".option arch, +zicsr\n"
        "la t0, trap\n"
        "csrw mtvec, t0\n"
        "la t0, reset\n"
        "srli t0, t0, 2\n"
        "csrw pmpaddr0, t0\n"
        "la t0, stack_start\n"
        "srli t0, t0, 2\n"
        "csrw pmpaddr1, t0\n"
        "li t0, 0x8D00\n"
        "csrw pmpcfg0, t0\n"
        "la sp, stack_end\n"
        "j start\n"
        ".balign 4\n"
        "trap:\n"
        "la sp, stack_end\n"
        "j fault\n"
        ".option pop\n");
}
