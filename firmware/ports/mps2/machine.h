/* Arm MPS2 with the images AN385 (Cortex-M3), AN386 (Cortex-M4) and AN500 (Cortex-M7): 25 MHz, UART0.
 * Arm Application Notes 385, 386 and 500, memory map. */
#ifndef MACHINE_H
#define MACHINE_H

#define CLOCK_HZ 25000000u
#define UART_ADDRESS 0x40004000u

#endif
