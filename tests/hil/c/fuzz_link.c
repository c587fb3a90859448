/* libFuzzer on the link: whatever comes, what the device says is well-formed, and a RESET always revives it.
 *
 * The first bit of the input chooses: its bytes as they are, or as what a host does. Then each byte is an action, of which
 * most are messages with the right session, sequence, first frame and check, so that what is behind these is reached.
 */
#include "link.h"
#include "link_bytes.h"
#include "link_port.h"

#include <stdlib.h>
#include <string.h>

#define LONGEST 4096u
#define SESSION 0x5EED0001u

enum { HELLO = 1, RESET, FRAMES, EVENTS, TRACE, STATS, ERROR };

typedef struct {
    const uint8_t *next;
    size_t left;
} input;

const char link_target[] = "fuzz";
const uint32_t link_clock = 1;

static link_device device;
static model_state state;

/* What the device has said: the message that it is in, and what the host knows of its session. */
static uint8_t said[LONGEST];
static uint32_t length, session, heard, taken, done, hellos, errors;
static link_reader ear;

static void expect(bool well)
{
    if (!well) {
        abort();
    }
}

static uint32_t number(const uint8_t *bytes, uint32_t count)
{
    uint32_t made = 0;

    for (uint32_t i = 0; i < count; i++) {
        made |= (uint32_t)bytes[i] << 8 * i;
    }
    return made;
}

static uint32_t check_of(const uint8_t *bytes, uint32_t count, uint32_t start)
{
    uint32_t crc = ~start;

    for (uint32_t i = 0; i < count; i++) {
        crc = link_crc(crc, bytes[i]);
    }
    return ~crc;
}

static void expect_events(const uint8_t *payload, uint32_t bytes)
{
    expect(bytes >= 6 && (bytes - 6) % 12 == 0);
    expect(number(payload, 2) - taken <= 1 && number(payload + 2, 4) >= done);
    taken = number(payload, 2);
    done = number(payload + 2, 4);
    for (uint32_t at = 6; at < bytes; at += 12) {
        expect(number(payload + at, 4) < done + 1 && number(payload + at + 4, 4) != 0);
    }
}

static void expect_values(const uint8_t *payload, uint32_t bytes)
{
    const uint32_t node = number(payload, 2), offset = number(payload + 2, 2);
    uint32_t k = 0;

    while (k < MODEL_TENSORS && model_tensors[k].node != node) {
        k++;
    }
    expect(k < MODEL_TENSORS && bytes > 8 && (bytes - 8) % model_tensors[k].element_size == 0);
    expect(offset + (bytes - 8) / model_tensors[k].element_size <= model_tensors[k].elements);
}

/* A message that the device said. */
static void expect_message(void)
{
    const uint8_t type = said[0], *payload = said + 3;
    const uint32_t bytes = length - 7;

    expect(ear.owed == 0 && length >= 7);
    expect(number(said + length - 4, 4) == check_of(said, length - 4, type == HELLO ? 0 : session));
    expect(number(said + 1, 2) == (type == HELLO ? 0 : heard & 0xFFFFu));
    heard += type != HELLO;
    expect(errors == 0 || type == HELLO);
    if (type == HELLO) {
        expect(bytes == 52 + sizeof link_target - 1 && payload[0] == 1);
        hellos++;
        session = number(payload + 4, 4);
        if (device.sent == 0) {
            heard = taken = done = errors = 0;
        }
    } else if (type == EVENTS) {
        expect_events(payload, bytes);
    } else if (type == TRACE) {
        expect_values(payload, bytes);
    } else if (type == STATS) {
        expect(bytes == 16);
        taken++;
    } else {
        expect(type == ERROR && bytes == 9 && payload[0] >= 1 && payload[0] <= 8);
        errors++;
    }
}

void link_put(uint8_t byte)
{
    const int found = link_read(&ear, byte);

    if (found >= 0) {
        expect(length < LONGEST);
        said[length++] = (uint8_t)found;
    }
    if (found != LINK_END) {
        return;
    }
    if (ear.code != 0) {
        expect_message();
    }
    ear.code = ear.owed = 0;
    length = 0;
}

void link_flush(void)
{
    expect(length == 0);
}

uint32_t link_ticks(void)
{
    return 0;
}

uint32_t link_since(uint32_t moment)
{
    return moment + 1;
}

static uint8_t take(input *from)
{
    if (from->left == 0) {
        return 0;
    }
    from->left--;
    return *from->next++;
}

/* A message to the device, through a writer of its own: COBS by the simplest rule, a block at a time. */
static void tell(const uint8_t *body, uint32_t count, uint32_t start)
{
    uint8_t bytes[600];
    const uint32_t check = check_of(body, count, start);

    memcpy(bytes, body, count);
    for (uint32_t i = 0; i < 4; i++) {
        bytes[count + i] = (uint8_t)(check >> 8 * i);
    }
    for (uint32_t at = 0; at <= count + 4;) {
        uint32_t run = 0;

        while (run < LINK_BLOCK && at + run < count + 4 && bytes[at + run] != 0) {
            run++;
        }
        link_take(&device, (uint8_t)(run + 1));
        for (uint32_t i = 0; i < run; i++) {
            link_take(&device, bytes[at + i]);
        }
        at += run + (run < LINK_BLOCK);
        if (run == LINK_BLOCK && at == count + 4) {
            break;
        }
    }
    link_take(&device, 0);
}

/* RESET, after what ends the message that is on its way. */
static void reset(uint32_t to)
{
    uint8_t body[7] = {RESET, 0, 0};
    uint32_t before;

    for (uint32_t i = 0; i < 4; i++) {
        body[3 + i] = (uint8_t)(to >> 8 * i);
    }
    link_take(&device, 0);
    before = hellos; /* what this ended may have been a RESET, too */
    tell(body, sizeof body, 0);
    expect(hellos == before + 1 && session == to && heard == 0 && errors == 0);
}

static uint32_t samples(input *from, uint8_t *to, uint32_t count)
{
    for (uint32_t i = 0; i < 2 * count; i += 2) {
        const int16_t sample = (int16_t)((take(from) - 128) * 16 + (take(from) & 15)); /* of i12, but for one in 16 */

        to[i] = (uint8_t)sample;
        to[i + 1] = (uint8_t)((uint16_t)sample >> 8);
    }
    return 2 * count;
}

/* A message whose numbers are right but for those that `wrong` changes. */
static void message(input *from, uint8_t type, uint8_t wrong)
{
    uint8_t body[560] = {type};
    const uint32_t sequence = type == HELLO || type == RESET ? 0 : device.taken;
    uint32_t count = 3;

    body[1] = (uint8_t)(sequence + (wrong == 1));
    body[2] = (uint8_t)(sequence >> 8);
    if (type == FRAMES) {
        const uint32_t first = device.frames + (wrong == 2);

        for (uint32_t i = 0; i < 4; i++) {
            body[count++] = (uint8_t)(first >> 8 * i);
        }
        count += samples(from, body + count, 1 + take(from) % 255u);
    }
    if (type == TRACE) {
        body[count] = take(from);
        body[count + 1] = body[count] == 255 ? 255 : 0;
        count += 2;
    }
    count -= wrong == 3;
    tell(body, count, (type == HELLO || type == RESET ? 0 : device.session) + (wrong == 4));
}

static void act(input *from)
{
    const uint8_t action = take(from), wrong = action >> 4;

    switch (action & 15u) {
    case 0:
        link_take(&device, take(from));
        break;
    case 1:
        message(from, HELLO, wrong);
        break;
    case 2:
        reset(take(from));
        break;
    case 3:
        message(from, TRACE, wrong);
        break;
    case 4:
        message(from, STATS, wrong);
        break;
    case 5:
        message(from, take(from), wrong);
        break;
    default:
        message(from, FRAMES, wrong);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input from = {data, size};
    const bool raw = (take(&from) & 1u) != 0;
    uint32_t frames;

    memset(&device, 0xA5, sizeof device);
    memset(&ear, 0, sizeof ear);
    session = length = hellos = 0;
    link_init(&device, &state);
    expect(hellos == 1);
    while (from.left > 0) {
        if (raw) {
            link_take(&device, take(&from));
        } else {
            act(&from);
        }
    }
    reset(SESSION);
    frames = device.frames;
    message(&from, FRAMES, 0);
    expect(frames == 0 && errors == 0 && device.frames == 1 && taken == 1 && done == 1);
    return 0;
}
