#include "link.h"
#include "link_port.h"
#include "link_say.h"

#define CHECK 4u           /* bytes of a check */
#define EVERY_NODE 65535u  /* in TRACE */
#define NO_TRACE 65536u

/* Error 9, more messages than the window, cannot happen where nothing is heard while a message is taken. */
enum {
    WELL,
    WRONG_FRAMING,
    WRONG_CHECK,
    WRONG_SEQUENCE,
    WRONG_FIRST,
    WRONG_LENGTH,
    WRONG_SAMPLE,
    WRONG_TYPE,
    NO_SESSION
};

typedef struct {
    uint8_t code;
    uint32_t expected, found;
} link_fault;

static link_fault fault(uint8_t code, uint32_t expected, uint32_t found)
{
    const link_fault made = {code, expected, found};

    return made;
}

static uint16_t load16(const uint8_t *bytes)
{
    return (uint16_t)((uint32_t)bytes[0] | (uint32_t)bytes[1] << 8);
}

static uint32_t load32(const uint8_t *bytes)
{
    return (uint32_t)load16(bytes) | (uint32_t)load16(bytes + 2) << 16;
}

static void start_session(link_device *device, uint32_t session)
{
    device->session = session;
    device->frames = device->found = device->worst = device->waiting = 0;
    device->taken = device->sent = 0;
    device->traced = NO_TRACE;
    device->halted = false;
    for (uint32_t k = 0; k < MODEL_TENSORS; k++) {
        device->made[k] = 0;
    }
    (void)model_init(device->model);
    link_say_hello(device);
}

static bool is_traced(const link_device *device, const model_tensor *tensor)
{
    return tensor->node != MODEL_NO_NODE && (device->traced == EVERY_NODE || device->traced == tensor->node);
}

/* Counts the frames that the nodes made of the last input frame, and sends those that are asked for. */
static void trace(link_device *device)
{
    const uint8_t *values = (const uint8_t *)model_values_of(device->model);

    for (uint32_t k = 0; k < MODEL_TENSORS; k++) {
        const model_tensor *tensor = &model_tensors[k];
        const bool fresh = tensor->fresh == MODEL_ALWAYS || values[tensor->fresh] != 0;

        if (fresh && is_traced(device, tensor)) {
            link_say_values(device, k);
        }
        device->made[k] += fresh;
    }
}

static void push(link_device *device, const model_sample *frame)
{
    const uint32_t start = link_ticks();
    const int found = model_push(device->model, frame, 1, device->events + device->waiting, MODEL_EVENTS);
    const uint32_t took = link_since(start);

    device->frames++;
    device->worst = took > device->worst ? took : device->worst;
    device->found += (uint32_t)found;
    device->waiting += (uint32_t)found;
    trace(device);
    if (device->waiting >= LINK_EVENTS) {
        link_say_events(device);
    }
}

static bool is_outside(int64_t sample)
{
    return sample < MODEL_SAMPLE_MIN || sample > MODEL_SAMPLE_MAX;
}

static uint32_t samples_of(uint32_t payload)
{
    return (payload - (LINK_HEAD - LINK_BODY)) / (uint32_t)sizeof(model_sample);
}

/* A message of frames is taken whole or not at all. */
static link_fault fault_of_frames(const link_device *device, uint32_t samples)
{
    const uint32_t first = load32(device->head + LINK_BODY);

    if (first != device->frames) {
        return fault(WRONG_FIRST, device->frames, first);
    }
    for (uint32_t i = 0; i < samples; i++) {
        if (is_outside(device->samples[i])) {
            return fault(WRONG_SAMPLE, 0, i);
        }
    }
    return fault(WELL, 0, 0);
}

/* Bytes of payload that a message of this type has; at the most, of FRAMES. */
static uint32_t payload_of(uint8_t type)
{
    switch (type) {
    case KIND_RESET:
        return 4;
    case KIND_TRACE:
        return 2;
    case KIND_FRAMES:
        return LINK_MOST;
    default:
        return 0;
    }
}

static bool is_long(uint8_t type, uint32_t payload)
{
    const uint32_t first = LINK_HEAD - LINK_BODY;

    if (type != KIND_FRAMES) {
        return payload == payload_of(type);
    }
    return payload > first && payload <= LINK_MOST && (payload - first) % LINK_FRAME_BYTES == 0;
}

static bool is_for_devices(uint8_t type)
{
    return type >= KIND_HELLO && type <= KIND_STATS && type != KIND_EVENTS;
}

/* What is wrong with the bytes between two zeros, the first thing of it. */
static link_fault fault_of(const link_device *device, uint8_t type, uint32_t payload)
{
    const uint16_t expected = link_is_sessionless(type) ? 0 : device->taken, sequence = load16(device->head + 1);
    const uint32_t check = ~device->crc;

    if (device->session == 0 && !link_is_sessionless(type)) {
        return fault(NO_SESSION, 0, type);
    }
    if (device->check != check) {
        return fault(WRONG_CHECK, check, device->check);
    }
    if (sequence != expected) {
        return fault(WRONG_SEQUENCE, expected, sequence);
    }
    if (!is_for_devices(type)) {
        return fault(WRONG_TYPE, 0, type);
    }
    if (!is_long(type, payload)) {
        return fault(WRONG_LENGTH, payload_of(type), payload);
    }
    return type == KIND_FRAMES ? fault_of_frames(device, samples_of(payload)) : fault(WELL, 0, 0);
}

static void take_frames(link_device *device, uint32_t samples)
{
    for (uint32_t i = 0; i < samples; i += MODEL_FRAME) {
        push(device, device->samples + i);
    }
    device->taken++;
    link_say_events(device);
}

static void take_trace(link_device *device)
{
    device->traced = load16(device->head + LINK_BODY);
    device->taken++;
    link_say_events(device); /* the window is one message: the host sends no other until it hears of this one */
}

static void take_stats(link_device *device)
{
    device->taken++;
    link_say_stats(device);
}

static void obey(link_device *device, uint8_t type, uint32_t payload)
{
    switch (type) {
    case KIND_RESET:
        start_session(device, load32(device->head + LINK_BODY));
        break;
    case KIND_FRAMES:
        take_frames(device, samples_of(payload));
        break;
    case KIND_TRACE:
        take_trace(device);
        break;
    case KIND_STATS:
        take_stats(device);
        break;
    default:
        link_say_hello(device);
        break;
    }
}

/* The line holds a message, or what came up to a 0. */
static void take_message(link_device *device)
{
    const uint8_t type = device->head[0];
    const uint32_t around = LINK_BODY + CHECK;
    link_fault found;

    if (device->reader.owed > 0) {
        link_say_error(device, WRONG_FRAMING, device->reader.owed, 0);
        return;
    }
    if (device->length < around) {
        link_say_error(device, WRONG_LENGTH, 0, 0);
        return;
    }
    if (device->halted && !link_is_sessionless(type)) {
        return;
    }
    found = fault_of(device, type, device->length - around);
    if (found.code != WELL) {
        link_say_error(device, found.code, found.expected, found.found);
        return;
    }
    obey(device, type, device->length - around);
}

/* Byte number `at` of what the check is about. What is beyond the longest message counts, and is not kept. */
static void keep(link_device *device, uint32_t at, uint8_t byte)
{
    if (at == 0) {
        device->crc = ~(link_is_sessionless(byte) ? 0u : device->session);
    }
    device->crc = link_crc(device->crc, byte);
    if (at < LINK_HEAD) {
        device->head[at] = byte;
    } else if (at - LINK_HEAD < sizeof device->samples) {
        ((uint8_t *)device->samples)[at - LINK_HEAD] = byte;
    }
}

/* The last four bytes are the check, so a byte is none of it once four more have come. */
static void take_byte(link_device *device, uint8_t byte)
{
    if (device->length >= CHECK) {
        keep(device, device->length - CHECK, (uint8_t)device->check);
    }
    device->check = device->check >> 8 | (uint32_t)byte << 24;
    device->length += device->length < UINT32_MAX;
}

void link_take(link_device *device, uint8_t byte)
{
    const int found = link_read(&device->reader, byte);

    if (found >= 0) {
        take_byte(device, (uint8_t)found);
    }
    if (found != LINK_END) {
        return;
    }
    if (device->reader.code != 0) {
        take_message(device);
    }
    device->reader.code = device->reader.owed = 0;
    device->length = 0;
}

void link_init(link_device *device, model_state *model)
{
    device->model = model;
    device->length = device->check = 0;
    device->reader.code = device->reader.owed = 0;
    device->writer.count = 0;
    device->writer.full = false;
    link_put(0); /* ends whatever stood on the line before */
    start_session(device, 0);
}
