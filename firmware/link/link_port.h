/* What a port does for the link. */
#ifndef LINK_PORT_H
#define LINK_PORT_H

#include <stdint.h>

extern const char link_target[];  /* the target's name, in ASCII */
extern const uint32_t link_clock; /* ticks a second */

/* A moment, and the ticks since then, modulo what the clock can count: 2^24 at the least. */
uint32_t link_ticks(void);
uint32_t link_since(uint32_t moment);

/* Puts a byte on the line; waits while the line is busy. */
void link_put(uint8_t byte);

/* A message ended: what was kept back goes out now. */
void link_flush(void);

#endif
