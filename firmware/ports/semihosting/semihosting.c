/* Semihosting: an operation's number and a block of arguments, by the instruction that a debugger or QEMU takes for it.
 * Semihosting for AArch32 and AArch64 (Arm); RISC-V Semihosting. */
#include "semihosting.h"
#include "board.h"

#include <string.h>

enum { SYS_OPEN = 0x01, SYS_CLOSE = 0x02, SYS_WRITE = 0x05, SYS_READ = 0x06, SYS_GET_CMDLINE = 0x15, SYS_EXIT = 0x18 };

#define OPEN_READ 1u  /* "rb" */
#define OPEN_WRITE 5u /* "wb" */
#define EXIT_WELL 0x20026u /* ADP_Stopped_ApplicationExit */
#define EXIT_ERROR 0x20023u /* ADP_Stopped_RunTimeErrorUnknown */

#if defined(__riscv)
/* The three instructions are uncompressed and lie in one page. */
static uint32_t call(uint32_t operation, uintptr_t argument)
{
    register uint32_t a0 __asm__("a0") = operation;
    register uintptr_t a1 __asm__("a1") = argument;

    __asm__ volatile(
        ".balign 16\n"
        ".option push\n"
        ".option norvc\n"
        "slli x0, x0, 0x1f\n"
        "ebreak\n"
        "srai x0, x0, 7\n"
        ".option pop\n"
        : "+r"(a0)
        : "r"(a1)
        : "memory");
    return a0;
}
#else
static uint32_t call(uint32_t operation, uintptr_t argument)
{
    register uint32_t r0 __asm__("r0") = operation;
    register uintptr_t r1 __asm__("r1") = argument;

    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}
#endif

int semihosting_open(const char *name, bool write)
{
    const uintptr_t arguments[] = {(uintptr_t)name, write ? OPEN_WRITE : OPEN_READ, strlen(name)};

    return (int)call(SYS_OPEN, (uintptr_t)arguments);
}

size_t semihosting_read(int file, void *to, size_t bytes)
{
    const uintptr_t arguments[] = {(uintptr_t)file, (uintptr_t)to, bytes};

    return bytes - call(SYS_READ, (uintptr_t)arguments); /* it returns how many are missing */
}

bool semihosting_write(int file, const void *from, size_t bytes)
{
    const uintptr_t arguments[] = {(uintptr_t)file, (uintptr_t)from, bytes};

    return call(SYS_WRITE, (uintptr_t)arguments) == 0;
}

void semihosting_close(int file)
{
    const uintptr_t arguments[] = {(uintptr_t)file};

    (void)call(SYS_CLOSE, (uintptr_t)arguments);
}

void semihosting_command_line(char *text, size_t size)
{
    const uintptr_t arguments[] = {(uintptr_t)text, size};

    if (call(SYS_GET_CMDLINE, (uintptr_t)arguments) != 0) {
        text[0] = '\0';
    }
}

void stop(bool well)
{
    for (;;) {
        (void)call(SYS_EXIT, well ? EXIT_WELL : EXIT_ERROR);
    }
}
