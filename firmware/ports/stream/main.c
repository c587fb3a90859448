/* The network behind a UART: a frame of samples in, its events out. README.md has the protocol. */
#include "board.h"
#include "model.h"

#define EVENTS 63      /* in an answer, at most */
#define MORE 0x80u     /* in an answer: the frame had more events */
#define REFUSED 0xFFu  /* an answer: a sample is outside the network's range */

static model_state state;
static model_sample frame[MODEL_FRAME];
static model_event events[EVENTS];

static void greet(void)
{
    char digits[12];
    size_t at = sizeof digits;

    digits[--at] = '\0';
    digits[--at] = '\n';
    for (size_t rest = sizeof frame; rest > 0; rest /= 10) {
        digits[--at] = (char)('0' + rest % 10);
    }
    uart_puts("edgesort " MODEL_DIGEST " ");
    uart_puts(digits + at);
}

static void answer(int found, bool more)
{
    uart_put((uint8_t)((unsigned)found | (more ? MORE : 0u)));
    uart_write(events, (size_t)found * sizeof events[0]);
}

int run(void)
{
    if (model_init(&state) < 0) {
        return 1;
    }
    greet();
    for (;;) {
        const uint64_t lost = model_lost(&state);
        int found;

        uart_read(frame, sizeof frame);
        found = model_push(&state, frame, 1, events, EVENTS);
        if (found < 0) {
            uart_put(REFUSED);
        } else {
            answer(found, model_lost(&state) != lost);
        }
    }
}
