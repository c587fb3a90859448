/* The link's clock is mtime of QEMU's riscv32 `virt` machine, in its CLINT, whose low word is enough: 10 MHz. */
#include "link_port.h"

#define MTIME (*(const volatile uint32_t *)0x0200BFF8u)

const uint32_t link_clock = 10000000u;

uint32_t link_ticks(void)
{
    return MTIME;
}

uint32_t link_since(uint32_t moment)
{
    return MTIME - moment;
}
