/* From reset to main on a Cortex-M4: the vector table, the stack's paint, data and bss. */
#include "board.h"

#include <string.h>

extern uint32_t stack_start[], stack_end[];
extern uint32_t data_start[], data_end[], bss_start[], bss_end[];
extern const uint32_t data_load[];

void reset(void);

#define PAINT 0xC0DEC0DEu

/* Every exception ends the run: nothing here uses interrupts, so one is a fault. */
static void fault(void)
{
    uart_puts("fault\n");
    semihosting_exit(false);
}

/* Paints the stack below the frame that it is called in. */
static void paint_stack(void)
{
    const uint32_t *top = (const uint32_t *)__builtin_frame_address(0) - 16;

    for (volatile uint32_t *word = stack_start; word < top; word++) {
        *word = PAINT;
    }
}

uint32_t stack_used(void)
{
    const uint32_t *word = stack_start;

    while (word < stack_end && *word == PAINT) {
        word++;
    }
    return (uint32_t)((const uint8_t *)stack_end - (const uint8_t *)word);
}

void reset(void)
{
    memcpy(data_start, data_load, (size_t)((uint8_t *)data_end - (uint8_t *)data_start));
    memset(bss_start, 0, (size_t)((uint8_t *)bss_end - (uint8_t *)bss_start));
    paint_stack();
    uart_init();
    semihosting_exit(run() == 0);
}

typedef struct {
    const uint32_t *stack;
    void (*handlers[15])(void); /* reset, NMI, HardFault, ... SysTick */
} vector_table;

__attribute__((section(".vectors"), used)) static const vector_table vectors = {
    stack_end,
    {reset, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault},
};
