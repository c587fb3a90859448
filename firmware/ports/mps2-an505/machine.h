/* Arm MPS2+ with the image AN505, a Cortex-M33 with TrustZone, which stays in the secure state: 20 MHz, UART0.
 * Arm Application Note 505, memory map. */
#ifndef MACHINE_H
#define MACHINE_H

#define CLOCK_HZ 20000000u
#define UART_ADDRESS 0x50200000u

#endif
