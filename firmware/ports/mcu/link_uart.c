#include "link_uart.h"
#include "board.h"
#include "link_port.h"
#include "target.h"

const char link_target[] = TARGET_NAME;

void link_put(uint8_t byte)
{
    uart_put(byte);
}

void link_flush(void)
{
}

void link_serve(link_device *device, model_state *state)
{
    link_init(device, state);
    for (;;) {
        link_take(device, uart_get());
    }
}
