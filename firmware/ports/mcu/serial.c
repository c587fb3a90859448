/* Bytes and text over the UART. */
#include "board.h"

#include <string.h>

void uart_read(void *to, size_t bytes)
{
    uint8_t *byte = (uint8_t *)to;

    for (size_t i = 0; i < bytes; i++) {
        byte[i] = uart_get();
    }
}

void uart_write(const void *from, size_t bytes)
{
    const uint8_t *byte = (const uint8_t *)from;

    for (size_t i = 0; i < bytes; i++) {
        uart_put(byte[i]);
    }
}

void uart_puts(const char *text)
{
    uart_write(text, strlen(text));
}
