/* The machine: ARM MPS2 with the AN386 image, a Cortex-M4 at 25 MHz, as QEMU's mps2-an386 has it. */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* main.c: the program; 0 if all went well. */
int run(void);

/* startup.c: bytes of stack that were ever used, since reset. */
uint32_t stack_used(void);

/* uart.c: UART0. */
void uart_init(void);
void uart_puts(const char *text);

/* timer.c: a free-running 32-bit count of the 25 MHz clock. */
void timer_init(void);
uint32_t timer_ticks(void);

/* semihosting.c: files of the computer that runs the machine. */
int semihosting_open(const char *name, bool write); /* a handle, or -1 */
size_t semihosting_read(int file, void *to, size_t bytes); /* bytes read; fewer at the end of the file */
bool semihosting_write(int file, const void *from, size_t bytes);
void semihosting_close(int file);
void semihosting_command_line(char *text, size_t size); /* "" if there is none */
void semihosting_exit(bool well) __attribute__((noreturn));

#endif
