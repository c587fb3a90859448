/* What each function of model.h answers to arguments that cannot be right, and that it touches nothing then. The model
 * takes one sample of 12 bits a frame, and each frame whose sample is 16 or more is an event. Prints each line whose
 * expectation does not hold; returns how many. */
#include "model.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPECT(condition) wrong += (condition) ? 0 : (printf("line %d: %s\n", __LINE__, #condition), 1)

static int wrong;

static model_state *instance(void)
{
    model_state *state = malloc(model_state_size()); /* exactly as many, so that a sanitizer sees one byte more */

    memset(state, 0xA5, model_state_size());
    EXPECT(model_init(state) == MODEL_OK);
    return state;
}

static void refused_without_a_trace(void)
{
    const model_sample good[4] = {0, 2047, -2048, 16}, low[2] = {16, -2049}, high[2] = {16, 2048};
    model_event out[4], untouched[4];
    model_state *state = instance(), *before = malloc(sizeof *before);

    memset(out, 0x5A, sizeof out);
    memcpy(untouched, out, sizeof out);
    memcpy(before, state, sizeof *state);
    EXPECT(model_push(NULL, good, 4, out, 4) == MODEL_ERROR_NULL);
    EXPECT(model_push(state, NULL, 4, out, 4) == MODEL_ERROR_NULL);
    EXPECT(model_push(state, good, 4, NULL, 4) == MODEL_ERROR_NULL);
    EXPECT(model_push((char *)state + 1, good, 4, out, 4) == MODEL_ERROR_ALIGN);
    EXPECT(model_push(state, good, SIZE_MAX / sizeof(model_sample) + 1, out, 4) == MODEL_ERROR_SIZE);
    EXPECT(model_push(state, good, SIZE_MAX, out, 4) == MODEL_ERROR_SIZE);
    EXPECT(model_push(state, good, 4, out, (size_t)INT_MAX + 1) == MODEL_ERROR_SIZE);
    EXPECT(model_push(state, good, 4, out, SIZE_MAX) == MODEL_ERROR_SIZE);
    EXPECT(model_push(state, low, 2, out, 4) == MODEL_ERROR_SAMPLE);
    EXPECT(model_push(state, high, 2, out, 4) == MODEL_ERROR_SAMPLE);
    EXPECT(memcmp(state, before, sizeof *state) == 0);
    EXPECT(memcmp(out, untouched, sizeof out) == 0);
    EXPECT(model_push(state, good, 4, out, 4) == 2);
    free(before);
    free(state);
}

static void no_instance(void)
{
    const model_sample good[1] = {16};
    model_state *state = calloc(1, sizeof *state);
    model_event out[1];

    EXPECT(model_init(NULL) == MODEL_ERROR_NULL);
    EXPECT(model_init((char *)state + 1) == MODEL_ERROR_ALIGN);
    EXPECT(model_push(state, good, 1, out, 1) == MODEL_ERROR_STATE);
    EXPECT(model_push(state, good, 0, out, 0) == MODEL_ERROR_STATE);
    EXPECT(model_status(NULL) == MODEL_ERROR_NULL && model_lost(NULL) == 0 && model_values_of(NULL) == NULL);
    EXPECT(model_status(state) == MODEL_ERROR_STATE && model_lost(state) == 0 && model_values_of(state) == NULL);
    EXPECT(model_status((char *)state + 1) == MODEL_ERROR_ALIGN && model_values_of((char *)state + 1) == NULL);
    free(state);
}

static void nothing_is_no_error(void)
{
    const model_sample good[1] = {16};
    model_state *state = instance();
    model_event out[1];

    EXPECT(model_push(state, NULL, 0, NULL, 0) == 0 && model_push(state, good, 0, out, 1) == 0);
    EXPECT(state->frames == 0 && model_status(state) == MODEL_OK);
    EXPECT(model_push(state, good, 1, NULL, 0) == 0); /* no room for any event */
    EXPECT(model_status(state) == MODEL_FULL && model_lost(state) == 1);
    free(state);
}

static void full_buffer(void)
{
    const model_sample spikes[3] = {16, 32, 48}, none[1] = {0}, bad[1] = {2048};
    model_state *state = instance();
    model_event out[2];

    EXPECT(model_push(state, spikes, 3, out, 2) == 2 && out[1].frame == 1 && out[1].score == 2);
    EXPECT(model_status(state) == MODEL_FULL && model_lost(state) == 1);
    EXPECT(model_push(state, bad, 1, out, 2) == MODEL_ERROR_SAMPLE && model_status(state) == MODEL_FULL);
    EXPECT(model_push(state, none, 1, out, 2) == 0 && model_status(state) == MODEL_OK && model_lost(state) == 1);
    EXPECT(model_push(state, spikes, 2, out, 2) == 2 && model_status(state) == MODEL_OK && out[0].frame == 4);
    EXPECT(model_push(state, spikes, 3, out, 1) == 1 && model_status(state) == MODEL_FULL && model_lost(state) == 3);
    EXPECT(model_values_of(state)->y[0] == 3);
    EXPECT(model_init(state) == MODEL_OK && model_status(state) == MODEL_OK && model_lost(state) == 0);
    free(state);
}

int main(void)
{
    EXPECT(MODEL_OK == 0 && MODEL_FULL == 1 && MODEL_ERROR_NULL == -1 && MODEL_ERROR_ALIGN == -2);
    EXPECT(MODEL_ERROR_STATE == -3 && MODEL_ERROR_SAMPLE == -4 && MODEL_ERROR_SIZE == -5);
    EXPECT(model_state_size() == sizeof(model_state));
    refused_without_a_trace();
    no_instance();
    nothing_is_no_error();
    full_buffer();
    return wrong;
}
