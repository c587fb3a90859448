/* tiny: the constants of the network and its wiring, written by edgesort. Do not edit.
 * The arithmetic is in the es_ functions, the interface in model.h. */
#include "model.h"

#include <limits.h>
#include <string.h>

#define MAGIC UINT64_C(0x935fa0d4cc2bb6bd)

/* highpass: i22*2^-6[1] = biquad(adc; sections=((15305,-30611,15305,-30537,14300),) bits=22 fraction=14 guard=6) */
static const int16_t highpass_sections[1][5] = {
    {15305, -30611, 15305, -30537, 14300},
};
static const es_biquad_params highpass_params = {
    .elements = 1,
    .sections = 1,
    .guard = 6,
    .fraction = 14,
    .low = -2097152,
    .high = 2097151,
    .x_type = ES_INT16,
    .y_type = ES_INT32,
    .coefficients = highpass_sections[0],
};

/* scale: i8[1] = requant(highpass; shift=(12,) dtype=i8) */
static const uint8_t scale_shift[1] = {12};
static const es_requant_params scale_params = {
    .elements = 1,
    .shifts = 1,
    .low = -128,
    .high = 127,
    .x_type = ES_INT32,
    .y_type = ES_INT8,
    .shift = scale_shift,
};

/* line: i8[3] /2 = window(scale; kernel=3 dilation=1 stride=2) */
static const es_window_params line_params = {
    .kernel = 3,
    .dilation = 1,
    .stride = 2,
    .rows = 1,
    .row_bytes = 1,
};

/* conv: i12[2] /2 = dense(line; weight=[[1,-2,3],[-4,5,-6]] bias=[7,-8] groups=1 weight_exponent=0) */
static const int8_t conv_weight[2][3] = {
    {1, -2, 3},
    {-4, 5, -6},
};
static const int32_t conv_bias[2] = {7, -8};
static const es_dense_params conv_params = {
    .rows = 1,
    .groups = 1,
    .outputs = 2,
    .inputs = 3,
    .x_type = ES_INT8,
    .y_type = ES_INT16,
    .weight_type = ES_INT8,
    .weight = conv_weight,
    .bias = conv_bias,
};

/* act: u4[2] /2 = requant(conv; shift=(1,2) dtype=u4) */
static const uint8_t act_shift[2] = {1, 2};
static const es_requant_params act_params = {
    .elements = 2,
    .shifts = 2,
    .low = 0,
    .high = 15,
    .x_type = ES_INT16,
    .y_type = ES_UINT8,
    .shift = act_shift,
};

/* spikes: u4[2] /2 = peak(act; threshold=(3,5) reach=1 refractory=2) */
static const uint32_t spikes_threshold[2] = {3, 5};
static const es_peak_params spikes_params = {
    .elements = 2,
    .reach = 1,
    .refractory = 2,
    .x_type = ES_UINT8,
    .y_type = ES_UINT8,
    .threshold = spikes_threshold,
};

/* One frame through the network. */
ES_APART void step(model_state *s)
{
    model_values *v = &s->values;

    es_biquad(&highpass_params, &s->highpass, v->adc, v->highpass);
    es_requant(&scale_params, v->highpass, v->scale);
    v->fresh.line = es_window(&line_params, &s->line, v->scale, v->line);
    v->fresh.conv = v->fresh.line && es_dense(&conv_params, v->line, v->conv);
    v->fresh.act = v->fresh.conv && es_requant(&act_params, v->conv, v->act);
    v->fresh.spikes = v->fresh.act && es_peak(&spikes_params, &s->spikes, v->act, v->spikes);
}

typedef struct {
    model_event *out;
    size_t cap;
    size_t count;
} model_sink;

static void report(model_state *s, model_sink *sink, uint16_t output, size_t unit, int32_t score)
{
    model_event *event;

    if (sink->count == sink->cap) {
        s->lost++;
        return;
    }
    event = &sink->out[sink->count];
    event->frame = s->frames;
    event->score = score;
    event->unit = (uint16_t)unit;
    event->output = output;
    sink->count++;
}

/* Every element of an output that is not 0 is an event. */
static void collect(model_state *s, model_sink *sink)
{
    const model_values *v = &s->values;

    for (size_t i = 0; v->fresh.spikes && i < 2; i++) {
        if (v->spikes[i] != 0) {
            report(s, sink, 0, i, v->spikes[i]);
        }
    }
}

typedef struct {
    char byte;
    model_state state;
} model_aligned;

/* Where a state may be. */
static int check_place(const void *state)
{
    if (state == NULL) {
        return MODEL_ERROR_NULL;
    }
    return (uintptr_t)state % offsetof(model_aligned, state) == 0 ? MODEL_OK : MODEL_ERROR_ALIGN;
}

static int check(const void *state)
{
    const int status = check_place(state);

    if (status < 0) {
        return status;
    }
    return ((const model_state *)state)->magic == MAGIC ? MODEL_OK : MODEL_ERROR_STATE;
}

static int check_push(const void *state, const model_sample *frames, size_t n, const model_event *out, size_t cap)
{
    const int status = check(state);

    if (status < 0) {
        return status;
    }
    if ((frames == NULL && n > 0) || (out == NULL && cap > 0)) {
        return MODEL_ERROR_NULL;
    }
    if (n > SIZE_MAX / sizeof(model_sample) / MODEL_FRAME || cap > SIZE_MAX / sizeof(model_event) || cap > INT_MAX) {
        return MODEL_ERROR_SIZE;
    }
    for (size_t i = 0; i < n * MODEL_FRAME; i++) {
        if (frames[i] < -2048 || frames[i] > 2047) {
            return MODEL_ERROR_SAMPLE;
        }
    }
    return MODEL_OK;
}

size_t model_state_size(void)
{
    return sizeof(model_state);
}

int model_init(void *state)
{
    const int status = check_place(state);

    if (status == MODEL_OK) {
        memset(state, 0, sizeof(model_state));
        ((model_state *)state)->magic = MAGIC;
    }
    return status;
}

int model_push(void *state, const model_sample *frames, size_t n, model_event *out, size_t cap)
{
    model_state *s = (model_state *)state;
    model_sink sink = {out, cap, 0};
    const int status = check_push(state, frames, n, out, cap);
    uint64_t lost;

    if (status < 0) {
        return status;
    }
    lost = s->lost;
    for (size_t t = 0; t < n; t++) {
        memcpy(s->values.adc, frames + t * MODEL_FRAME, sizeof s->values.adc);
        step(s);
        collect(s, &sink);
        s->frames++;
    }
    s->full = s->lost != lost;
    return (int)sink.count;
}

int model_status(const void *state)
{
    const int status = check(state);

    if (status < 0) {
        return status;
    }
    return ((const model_state *)state)->full ? MODEL_FULL : MODEL_OK;
}

uint64_t model_lost(const void *state)
{
    return check(state) < 0 ? 0 : ((const model_state *)state)->lost;
}

const model_values *model_values_of(const void *state)
{
    return check(state) < 0 ? NULL : &((const model_state *)state)->values;
}

const model_tensor model_tensors[MODEL_TENSORS] = {
    {"adc", offsetof(model_values, adc), 1, sizeof(int16_t), 0, MODEL_ALWAYS},
    {"highpass", offsetof(model_values, highpass), 1, sizeof(int32_t), 1, MODEL_ALWAYS},
    {"scale", offsetof(model_values, scale), 1, sizeof(int8_t), 2, MODEL_ALWAYS},
    {"line", offsetof(model_values, line), 3, sizeof(int8_t), 3, offsetof(model_values, fresh.line)},
    {"conv", offsetof(model_values, conv), 2, sizeof(int16_t), 4, offsetof(model_values, fresh.conv)},
    {"act", offsetof(model_values, act), 2, sizeof(uint8_t), 5, offsetof(model_values, fresh.act)},
    {"spikes", offsetof(model_values, spikes), 2, sizeof(uint8_t), 6, offsetof(model_values, fresh.spikes)},
};
