/* The device of docs/link.md's examples on standard input and output; with an argument, the two that it would not say
 * by itself. */
#include "link.h"
#include "link_port.h"
#include "link_say.h"

#include <stdio.h>

const model_tensor model_tensors[MODEL_TENSORS] = {{"node", 0, 2, 1, 2, MODEL_ALWAYS}};
const char link_target[] = "example";
const uint32_t link_clock = 25000000;

int model_init(void *state)
{
    *(model_state *)state = (model_state){{{-1, 5}}, 0};
    return 0;
}

int model_push(void *state, const model_sample *frames, size_t n, model_event *out, size_t cap)
{
    const uint64_t frame = ((model_state *)state)->frames++;

    (void)frames, (void)n, (void)cap;
    *out = (model_event){frame, 77, 4, 0};
    return frame == 1;
}

const model_values *model_values_of(const void *state)
{
    return &((const model_state *)state)->values;
}

uint32_t link_ticks(void)
{
    return 0;
}

uint32_t link_since(uint32_t moment)
{
    return moment + 1234;
}

void link_put(uint8_t byte)
{
    (void)putchar(byte);
}

void link_flush(void)
{
    (void)fflush(stdout);
}

int main(int argc, char **argv)
{
    static model_state state;
    static link_device device;

    (void)argv;
    link_init(&device, &state);
    if (argc > 1) {
        device.session = 0x5EED0001;
        device.sent = 1;
        device.made[0] = 3;
        link_say_values(&device, 0);
        device.sent = 3;
        link_say_error(&device, 2, 0x12345678, 0x12345679);
        return 0;
    }
    for (int byte = getchar(); byte != EOF; byte = getchar()) {
        link_take(&device, (uint8_t)byte);
    }
    return 0;
}
