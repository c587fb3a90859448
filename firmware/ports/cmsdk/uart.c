/* The UART of Arm's Cortex-M System Design Kit (CMSDK APB UART, DDI 0479, section 4.3). */
#include "board.h"
#include "machine.h"

typedef struct {
    volatile uint32_t data, state, control, interrupt, divider;
} uart_registers;

#define UART0 ((uart_registers *)UART_ADDRESS)
#define TX_FULL 1u
#define RX_FULL 2u
#define TX_ENABLE 1u
#define RX_ENABLE 2u
#define BAUD 115200u

void uart_init(void)
{
    UART0->divider = CLOCK_HZ / BAUD;
    UART0->control = TX_ENABLE | RX_ENABLE;
}

uint8_t uart_get(void)
{
    while (!(UART0->state & RX_FULL)) {
    }
    return (uint8_t)UART0->data;
}

void uart_put(uint8_t byte)
{
    while (UART0->state & TX_FULL) {
    }
    UART0->data = byte;
}
