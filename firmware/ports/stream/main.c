/* The network behind the UART, as a device of the link (link.h). */
#include "board.h"
#include "link_uart.h"

static model_state state;
static link_device device;

int run(void)
{
    link_serve(&device, &state);
}
