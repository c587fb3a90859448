/* tiny: a streaming network from raw samples to events, written by edgesort. Do not edit.
 *
 * graph tiny @ 20000 Hz, event delay 2
 *   adc: i12[1] = input
 *   highpass: i22*2^-6[1] = biquad(adc; sections=((15305,-30611,15305,-30537,14300),) bits=22 fraction=14 guard=6)
 *   scale: i8[1] = requant(highpass; shift=(12,) dtype=i8)
 *   line: i8[3] /2 = window(scale; kernel=3 dilation=1 stride=2)
 *   conv: i12[2] /2 = dense(line; weight=[[1,-2,3],[-4,5,-6]] bias=[7,-8] groups=1 weight_exponent=0)
 *   act: u4[2] /2 = requant(conv; shift=(1,2) dtype=u4)
 *   spikes: u4[2] /2 = peak(act; threshold=(3,5) reach=1 refractory=2)
 *   output spikes labels any unit0
 *
 * One model_state is one instance; it belongs to the caller, holds no pointers, and any number of them may run side by
 * side. A call looks at nothing but its arguments.
 */
#ifndef MODEL_H
#define MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "es_type.h"
#include "es_biquad.h"
#include "es_dense.h"
#include "es_peak.h"
#include "es_requant.h"
#include "es_window.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MODEL_DIGEST "935fa0d4cc2bb6bd23f344220cb22676f8340cbac57f82cc7ffeafd06901b039"
#define MODEL_EVENT_DELAY 2 /* frames from a spike's peak to the frame of its event */
#define MODEL_FRAME 1 /* elements in an input frame */
#define MODEL_FREQUENCY UINT32_C(20000000) /* frames a second, times 1000 */
#define MODEL_EVENTS 2 /* events of a frame, at most */
#define MODEL_TENSORS 7

typedef int16_t model_sample;

#define MODEL_SAMPLE_MIN INT64_C(-2048)
#define MODEL_SAMPLE_MAX INT64_C(2047)

/* Unit `unit` was found in the frame `frame`, counted from 0 at model_init. Its peak: frame - MODEL_EVENT_DELAY.
 * Output 0: spikes, with the units 0 = any, 1 = unit0.
 */
typedef struct {
    uint64_t frame;
    int32_t score; /* the value of the output's element, never 0 */
    uint16_t unit; /* the element */
    uint16_t output;
} model_event;

/* What every node of the network holds after the last frame. */
typedef struct {
    int16_t adc[1];                      /* i12[1] */
    int32_t highpass[1];                 /* i22*2^-6[1] */
    int8_t scale[1];                     /* i8[1] */
    int8_t line[3];                      /* i8[3] /2 */
    int16_t conv[2];                     /* i12[2] /2 */
    uint8_t act[2];                      /* u4[2] /2 */
    uint8_t spikes[2];                   /* u4[2] /2 */
    struct { /* true if the node had a frame due */
        bool line;
        bool conv;
        bool act;
        bool spikes;
    } fresh;
} model_values;

typedef struct {
    model_values values;
    int32_t highpass[4];
    struct { es_window_state line; int8_t ring[3][1]; } line;
    struct { es_peak_state line; uint32_t wait[2]; uint8_t ring[3][2]; } spikes;
    uint64_t frames;
    uint64_t lost;
    uint64_t magic;
    bool full; /* the last model_push lost events */
} model_state;

/* What the functions return; these numbers stay as they are. After an error nothing was consumed or written. */
#define MODEL_OK 0
#define MODEL_FULL 1            /* the last model_push found events for which `out` had no room */
#define MODEL_ERROR_NULL (-1)   /* a pointer is NULL */
#define MODEL_ERROR_ALIGN (-2)  /* the state is not aligned as a model_state is */
#define MODEL_ERROR_STATE (-3)  /* the state was not initialised by model_init of this model */
#define MODEL_ERROR_SAMPLE (-4) /* a sample is outside the input's range (i12) */
#define MODEL_ERROR_SIZE (-5)   /* n frames or cap events are more than memory can hold, or cap is above INT_MAX */

/* Bytes of a state: sizeof(model_state). */
size_t model_state_size(void);

/* Starts an instance in model_state_size() bytes, whatever they hold. Returns MODEL_OK, MODEL_ERROR_NULL or
 * MODEL_ERROR_ALIGN. */
int model_init(void *state);

/* Consumes n frames of MODEL_FRAME samples. Writes their events to out, cap at most, and counts the rest as lost.
 * Returns the number of events written, or an error. How the frames are cut into calls changes nothing.
 * n = 0 consumes nothing and returns 0; frames may then be NULL. With cap = 0, where out may be NULL, every event is
 * lost. State, frames and out do not overlap. */
int model_push(void *state, const model_sample *frames, size_t n, model_event *out, size_t cap);

/* MODEL_FULL if the last model_push that returned no error lost events, MODEL_OK if it did not, or
 * MODEL_ERROR_NULL, MODEL_ERROR_ALIGN or MODEL_ERROR_STATE if the state is no instance. */
int model_status(const void *state);

/* Events since model_init that found `out` full; 0 if the state is no instance. */
uint64_t model_lost(const void *state);

/* The values after the last frame; NULL if the state is no instance. */
const model_values *model_values_of(const void *state);

/* Where the input and each node lie in model_values, in the order of the graph. */
#define MODEL_ALWAYS UINT32_MAX
#define MODEL_NO_NODE UINT16_MAX

typedef struct {
    const char *name;
    uint32_t offset;
    uint32_t elements;
    uint16_t element_size;
    uint16_t node; /* number in the graph, the input's is 0; MODEL_NO_NODE if the values may be old */
    uint32_t fresh; /* offset of the node's fresh flag; MODEL_ALWAYS if it has a frame in every frame */
} model_tensor;

extern const model_tensor model_tensors[MODEL_TENSORS];

#ifdef __cplusplus
}
#endif

#endif
