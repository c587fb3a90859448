/* STM32U585: clock.c sets the core's clock to 160 MHz. */
#ifndef MACHINE_H
#define MACHINE_H

#define CLOCK_HZ 160000000u

#endif
