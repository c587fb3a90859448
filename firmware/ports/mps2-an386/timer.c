/* CMSDK APB timer 0. */
#include "board.h"

typedef struct {
    volatile uint32_t control, value, reload, interrupt;
} timer_registers;

#define TIMER0 ((timer_registers *)0x40000000u)
#define ENABLE 1u

void timer_init(void)
{
    TIMER0->reload = UINT32_MAX;
    TIMER0->value = UINT32_MAX;
    TIMER0->control = ENABLE;
}

uint32_t timer_ticks(void)
{
    return UINT32_MAX - TIMER0->value; /* it counts down */
}
