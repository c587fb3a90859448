/* nRF52840: the core runs at 64 MHz from reset; the crystal makes that exact.
 * Registers: nRF52840 Product Specification v1.7, CLOCK (clock control).
 */
#include "board.h"

#define CLOCK 0x40000000u
#define TASKS_HFCLKSTART (*(volatile uint32_t *)(CLOCK + 0x000u))
#define EVENTS_HFCLKSTARTED (*(volatile uint32_t *)(CLOCK + 0x100u))

void clock_init(void)
{
    EVENTS_HFCLKSTARTED = 0;
    TASKS_HFCLKSTART = 1;
    while (EVENTS_HFCLKSTARTED == 0) {
    }
}
