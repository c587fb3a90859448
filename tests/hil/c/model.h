/* Stands in for a network, so that a device says the examples of docs/link.md: in frame 1 an event of unit 4 with score
 * 77; node 2 holds -1 and 5. */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODEL_DIGEST "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define MODEL_FRAME 1
#define MODEL_FREQUENCY UINT32_C(30000000)
#define MODEL_EVENTS 1
#define MODEL_TENSORS 1
#define MODEL_SAMPLE_MIN INT64_C(-32768)
#define MODEL_SAMPLE_MAX INT64_C(32767)
#define MODEL_ALWAYS UINT32_MAX
#define MODEL_NO_NODE UINT16_MAX

typedef int16_t model_sample;

typedef struct {
    uint64_t frame;
    int32_t score;
    uint16_t unit;
    uint16_t output;
} model_event;

typedef struct {
    int8_t node[2];
} model_values;

typedef struct {
    model_values values;
    uint64_t frames;
} model_state;

typedef struct {
    const char *name;
    uint32_t offset;
    uint32_t elements;
    uint16_t element_size;
    uint16_t node;
    uint32_t fresh;
} model_tensor;

extern const model_tensor model_tensors[MODEL_TENSORS];

int model_init(void *state);
int model_push(void *state, const model_sample *frames, size_t n, model_event *out, size_t cap);
const model_values *model_values_of(const void *state);

#endif
