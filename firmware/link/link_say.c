#include "link_say.h"
#include "link_port.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "samples and values go over the line as they lie in memory, which the link needs little-endian"
#endif

#define PROTOCOL 1u
#define TRACES 1u /* of HELLO's flags */
#define WINDOW 1u

typedef char most_fits_hello[LINK_MOST <= 65535u ? 1 : -1];

bool link_is_sessionless(uint8_t type)
{
    return type == KIND_HELLO || type == KIND_RESET;
}

static link_writer *start_message(link_device *device, uint8_t type)
{
    const bool counts = !link_is_sessionless(type);

    link_begin(&device->writer, counts ? device->session : 0);
    link_put8(&device->writer, type);
    link_put16(&device->writer, counts ? device->sent : 0);
    device->sent = (uint16_t)(device->sent + counts);
    return &device->writer;
}

static uint8_t digit(char hex)
{
    return (uint8_t)(hex <= '9' ? hex - '0' : hex - 'a' + 10);
}

void link_say_hello(link_device *device)
{
    static const char digest[] = MODEL_DIGEST;
    link_writer *message = start_message(device, KIND_HELLO);

    link_put8(message, PROTOCOL);
    link_put8(message, TRACES);
    link_put16(message, MODEL_FRAME);
    link_put32(message, device->session);
    for (uint32_t i = 0; i + 1 < sizeof digest; i += 2) {
        link_put8(message, (uint8_t)(digit(digest[i]) * 16u + digit(digest[i + 1])));
    }
    link_put32(message, MODEL_FREQUENCY);
    link_put32(message, link_clock);
    link_put16(message, (uint16_t)LINK_MOST);
    link_put8(message, WINDOW);
    link_put8(message, (uint8_t)sizeof(model_sample));
    for (const char *letter = link_target; *letter != '\0'; letter++) {
        link_put8(message, (uint8_t)*letter);
    }
    link_end(message);
}

void link_say_stats(link_device *device)
{
    link_writer *message = start_message(device, KIND_STATS);

    link_put32(message, device->frames);
    link_put32(message, device->found);
    link_put32(message, 0); /* there is room for all events of a frame, and the host waits for each answer */
    link_put32(message, device->worst);
    link_end(message);
}

void link_say_error(link_device *device, uint8_t code, uint32_t expected, uint32_t found)
{
    link_writer *message;

    if (device->halted) {
        return;
    }
    message = start_message(device, KIND_ERROR);
    link_put8(message, code);
    link_put32(message, expected);
    link_put32(message, found);
    link_end(message);
    device->halted = true;
}

/* One message of the events from number `at` on; returns the next one's. Before that one's frame all are done. */
static uint32_t say_events(link_device *device, uint32_t at)
{
    const uint32_t left = device->waiting - at;
    const uint32_t next = at + (left < LINK_EVENTS ? left : LINK_EVENTS);
    link_writer *message = start_message(device, KIND_EVENTS);

    link_put16(message, device->taken);
    link_put32(message, next < device->waiting ? (uint32_t)device->events[next].frame : device->frames);
    for (uint32_t i = at; i < next; i++) {
        link_put32(message, (uint32_t)device->events[i].frame);
        link_put32(message, (uint32_t)device->events[i].score);
        link_put16(message, device->events[i].unit);
        link_put16(message, device->events[i].output);
    }
    link_end(message);
    return next;
}

void link_say_events(link_device *device)
{
    uint32_t at = say_events(device, 0);

    while (at < device->waiting) {
        at = say_events(device, at);
    }
    device->waiting = 0;
}

/* One message of the values from number `at` on; returns the next one's. */
static uint32_t say_values(link_device *device, uint32_t k, uint32_t at)
{
    const model_tensor *tensor = &model_tensors[k];
    const uint8_t *values = (const uint8_t *)model_values_of(device->model) + tensor->offset;
    const uint32_t full = at + LINK_VALUES / tensor->element_size;
    const uint32_t next = full < tensor->elements ? full : tensor->elements;
    link_writer *message = start_message(device, KIND_TRACE);

    link_put16(message, tensor->node);
    link_put16(message, (uint16_t)at);
    link_put32(message, device->made[k]);
    for (uint32_t i = at * tensor->element_size; i < next * tensor->element_size; i++) {
        link_put8(message, values[i]);
    }
    link_end(message);
    return next;
}

void link_say_values(link_device *device, uint32_t k)
{
    for (uint32_t at = 0; at < model_tensors[k].elements;) {
        at = say_values(device, k, at);
    }
}
