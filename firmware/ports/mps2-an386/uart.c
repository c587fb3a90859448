/* CMSDK APB UART. */
#include "board.h"

typedef struct {
    volatile uint32_t data, state, control, interrupt, divider;
} uart_registers;

#define UART0 ((uart_registers *)0x40004000u)
#define TX_FULL 1u
#define TX_ENABLE 1u

void uart_init(void)
{
    UART0->divider = 217; /* 25 MHz / 115200 baud */
    UART0->control = TX_ENABLE;
}

void uart_puts(const char *text)
{
    for (; *text != '\0'; text++) {
        while (UART0->state & TX_FULL) {
        }
        UART0->data = (uint8_t)*text;
    }
}
