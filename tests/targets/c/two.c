/* Two networks in one program, the first of them twice, taking turns frame by frame: the second instance of the first
 * gets the frames in the other order. Frames in, events out: {uint64 frame, int32 score, uint16 unit, uint16 whose}. */
#include <stdio.h>

#include "first.h"
#include "second.h"

#define MOST 4096

static first_sample frames[MOST][FIRST_FRAME];
static first_state one, other;
static second_state third;

static void tell(uint64_t frame, int32_t score, uint16_t unit, uint16_t whose)
{
    fwrite(&frame, sizeof frame, 1, stdout);
    fwrite(&score, sizeof score, 1, stdout);
    fwrite(&unit, sizeof unit, 1, stdout);
    fwrite(&whose, sizeof whose, 1, stdout);
}

static int push_first(first_state *state, const first_sample *frame, uint16_t whose)
{
    first_event events[8];
    const int found = first_push(state, frame, 1, events, 8);

    for (int k = 0; k < found; k++) {
        tell(events[k].frame, events[k].score, events[k].unit, whose);
    }
    return found;
}

static int push_second(const second_sample *frame)
{
    second_event events[8];
    const int found = second_push(&third, frame, 1, events, 8);

    for (int k = 0; k < found; k++) {
        tell(events[k].frame, events[k].score, events[k].unit, 2);
    }
    return found;
}

int main(void)
{
    const size_t count = fread(frames, sizeof frames[0], MOST, stdin);

    if (first_init(&one) < 0 || first_init(&other) < 0 || second_init(&third) < 0) {
        return 1;
    }
    for (size_t t = 0; t < count; t++) {
        if (push_first(&one, frames[t], 0) < 0 || push_first(&other, frames[count - 1 - t], 1) < 0 ||
            push_second(frames[t]) < 0) {
            return 1;
        }
    }
    return 0;
}
