/* From startup.c to the program: the memory that sections.ld lays out, the clock, the UART; and what ends the program. */
#include "board.h"

#include <string.h>

extern uint32_t stack_start[], stack_end[];
extern uint32_t data_start[], data_end[], bss_start[], bss_end[];
extern const uint32_t data_load[];

#define PAINT 0xC0DEC0DEu

static size_t bytes_between(const uint32_t *start, const uint32_t *end)
{
    return (size_t)((uintptr_t)end - (uintptr_t)start);
}

/* Paints the stack below the frame that it is called in. */
static void paint_stack(void)
{
    const uint32_t *top = (const uint32_t *)__builtin_frame_address(0) - 16;

    for (volatile uint32_t *word = stack_start; word < top; word++) {
        *word = PAINT;
    }
}

static void memory_init(void)
{
    memcpy(data_start, data_load, bytes_between(data_start, data_end));
    memset(bss_start, 0, bytes_between(bss_start, bss_end));
    paint_stack();
}

uint32_t stack_used(void)
{
    const uint32_t *word = stack_start;

    while (word < stack_end && *word == PAINT) {
        word++;
    }
    return (uint32_t)bytes_between(word, stack_end);
}

__attribute__((weak)) void clock_init(void)
{
}

void start(void)
{
    memory_init();
    clock_init();
    uart_init();
    stop(run() == 0);
}

void fault(void)
{
    uart_puts("fault\n");
    stop(false);
}
