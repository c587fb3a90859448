/* What the parts of a port give each other. */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* start.c: what startup.c comes to, with an empty stack: fills data and bss, paints the stack, runs the program. */
void start(void) __attribute__((noreturn));
uint32_t stack_used(void); /* bytes of stack that were ever used since */

/* start.c: what every exception comes to, on an empty stack: a line on the UART, and the end. */
void fault(void) __attribute__((noreturn));

/* main.c: the program; 0 if all went well. */
int run(void);

/* semihosting.c or halt.c: the end. */
void stop(bool well) __attribute__((noreturn));

/* clock.c: the core's clock. A machine whose clock runs from reset has none. */
void clock_init(void);

/* uart.c */
void uart_init(void);
uint8_t uart_get(void);
void uart_put(uint8_t byte);

/* serial.c */
void uart_read(void *to, size_t bytes);
void uart_write(const void *from, size_t bytes);
void uart_puts(const char *text);

#endif
