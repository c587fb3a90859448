/* The 16550 UART of QEMU's riscv32 `virt` machine, which runs at any speed. Registers: TI PC16550D data sheet, 8.0. */
#include "board.h"

#define UART0 ((volatile uint8_t *)0x10000000u)
#define DATA 0
#define LINE_STATUS 5
#define RX_READY 0x01u
#define TX_EMPTY 0x20u

void uart_init(void)
{
}

uint8_t uart_get(void)
{
    while (!(UART0[LINE_STATUS] & RX_READY)) {
    }
    return UART0[DATA];
}

void uart_put(uint8_t byte)
{
    while (!(UART0[LINE_STATUS] & TX_EMPTY)) {
    }
    UART0[DATA] = byte;
}
