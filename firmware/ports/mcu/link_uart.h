/* The link's line is the UART. */
#ifndef LINK_UART_H
#define LINK_UART_H

#include "link.h"

/* A device of the link for ever. Both belong to the caller. */
void link_serve(link_device *device, model_state *state) __attribute__((noreturn));

#endif
