/* Arm MPS3 with the image AN547, a Cortex-M55 with MVE, which stays in the secure state: 32 MHz, UART0.
 * Arm Application Note 547, memory map. */
#ifndef MACHINE_H
#define MACHINE_H

#define CLOCK_HZ 32000000u
#define UART_ADDRESS 0x59303000u

#endif
