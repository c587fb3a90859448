/* From reset to main on a Cortex-M (Armv7-M, Armv8-M, Armv8.1-M): the vector table and what runs before C may.
 * Registers: Armv7-M and Armv8-M Architecture Reference Manuals, system control space.
 */
#include "board.h"

extern uint32_t stack_start[], stack_end[];

void reset(void);

/* The core loads the stack pointer from the vector table. Then, where they exist: the limit of the stack, below which
 * a push faults, and the vector registers, which compiled C may use for copies (CPACR: full access to CP10 and CP11). */
__attribute__((naked)) void reset(void)
{
    __asm__ volatile(
#if defined(__ARM_ARCH) && __ARM_ARCH >= 8
        "ldr r0, =stack_start\n"
        "msr msplim, r0\n"
#endif
#if defined(__ARM_FEATURE_MVE)
        "ldr r0, =0xE000ED88\n"
        "ldr r1, [r0]\n"
        "orr r1, r1, #(0xF << 20)\n"
        "str r1, [r0]\n"
        "dsb\n"
        "isb\n"
#endif
        "b start\n");
}

/* Every exception ends the run: nothing here uses interrupts, so one is a fault. The stack may be what faulted, so the
 * report starts on an empty one. */
__attribute__((naked)) static void exception(void)
{
    __asm__ volatile(
        "ldr r0, =stack_end\n"
        "msr msp, r0\n"
        "b fault\n");
}

typedef struct {
    const uint32_t *stack;
    void (*handlers[15])(void); /* reset, NMI, HardFault, ... SysTick */
} vector_table;

__attribute__((section(".vectors"), used)) static const vector_table vectors = {
    stack_end,
    {reset, exception, exception, exception, exception, exception, exception, exception, exception, exception,
     exception, exception, exception, exception, exception},
};
