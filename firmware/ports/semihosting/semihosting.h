/* Files and the command line of the computer that runs the machine. */
#ifndef SEMIHOSTING_H
#define SEMIHOSTING_H

#include <stdbool.h>
#include <stddef.h>

int semihosting_open(const char *name, bool write); /* a handle, or -1 */
size_t semihosting_read(int file, void *to, size_t bytes); /* bytes read; fewer at the end of the file */
bool semihosting_write(int file, const void *from, size_t bytes);
void semihosting_close(int file);
void semihosting_command_line(char *text, size_t size); /* "" if there is none */

#endif
