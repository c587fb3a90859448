/* The link's clock is the core's, in SysTick, which counts 24 bits down: Armv7-M Architecture Reference Manual, B3.3. */
#include "link_port.h"
#include "machine.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define SYST_CSR REGISTER(0xE000E010u)
#define SYST_RVR REGISTER(0xE000E014u)
#define SYST_CVR REGISTER(0xE000E018u)

#define ENABLE 1u
#define CORE_CLOCK 4u
#define MOST 0xFFFFFFu

const uint32_t link_clock = CLOCK_HZ;

/* The counter runs on from the first call, and begins again with MOST after 0. */
uint32_t link_ticks(void)
{
    if ((SYST_CSR & ENABLE) == 0) {
        SYST_RVR = MOST;
        SYST_CVR = 0;
        SYST_CSR = ENABLE | CORE_CLOCK;
    }
    return SYST_CVR;
}

uint32_t link_since(uint32_t moment)
{
    return (moment - SYST_CVR) & MOST;
}
