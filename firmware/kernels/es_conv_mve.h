/* y[t][l][o] = saturate((bias[g][o] + sum_{k, c} weight[g][o][k][c] * x[t - (kernel - 1 - k) * dilation][l][c])
 *                       >> shift[g][o]),  g = l mod groups, for every stride-th t
 *
 * es_window, es_dense and es_requant in one call, for a core with MVE (Armv8.1-M). x: [lines][width],
 * y: [lines][outputs], lines = rows * groups. Elements and weights of 8 bits: 16 products an instruction; of 16: 8.
 * Unsigned inputs that use their top bit are stored less half their range, which the bias makes good, so that all
 * products are of signed numbers.
 * Ranges: every sum is exact in 32 bits, which the compiler proves; shift 0 to 31.
 * State: es_conv_mve_state, then `dilation` sets of { uint32 at; int8 or int16 line[lines][2][kernel * width]; }, zeros
 * at first. A frame is written twice, a window apart, so that a window always lies in one piece, which begins at `at`.
 *
 * Everything is in this header: with the params known, the compiler makes for each layer a function of its own.
 */
#ifndef ES_CONV_MVE_H
#define ES_CONV_MVE_H

#include "es_type.h"

#include <arm_mve.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t lines;
    uint32_t groups;
    uint32_t outputs; /* of a line */
    uint32_t inputs;  /* of an output: kernel * width */
    uint32_t width;   /* elements of a line in a frame */
    uint32_t dilation;
    uint32_t stride;
    uint32_t flip;     /* what is exclusive-ored to four bytes of x: 0, or the top bit of each element */
    es_type x_type;    /* of 8 or 16 bits */
    es_type y_type;    /* any but ES_UINT32 */
    es_type line_type; /* ES_INT8 or ES_INT16: of the lines and of the weights */
    int32_t low;
    int32_t high;
    uint32_t set_words;    /* of a set's lines */
    uint32_t weight_bytes; /* of a group */
    uint32_t table_words;  /* of a group */
    const void *weight;    /* [groups][blocks][vectors][4][16 bytes]: by four outputs, zeros behind the last */
    const int32_t *table;  /* [groups][blocks] { bias[4], -shift[4] } */
} es_conv_mve_params;

typedef struct {
    uint32_t turn;  /* which set of lines takes the next frame: frames modulo dilation */
    uint32_t phase; /* frames since the last one that came out */
} es_conv_mve_state;

/* Four outputs, whose sums are in r4, r6, r8 and r10, get the products of a vector x with the weights of each. */
#define ES_CONV_MVE_ADD(load, add, x)                     \
    load " q2, [%[weight]], #16\n" add " r4, " x ", q2\n" \
    load " q3, [%[weight]], #16\n" add " r6, " x ", q3\n" \
    load " q2, [%[weight]], #16\n" add " r8, " x ", q2\n" \
    load " q3, [%[weight]], #16\n" add " r10, " x ", q3\n"

/* The same of all inputs of a line, in a loop that is predicated in its tail: lanes behind the last add nothing. */
#define ES_CONV_MVE_ADD_ALL(width, load, add)                  \
    "mov %[x], %[line]\n"                                      \
    "dlstp." width " lr, %[inputs]\n"                          \
    "2:\n"                                                     \
    load " q0, [%[x]], #16\n" ES_CONV_MVE_ADD(load, add, "q0") \
    "letp lr, 2b\n"

#define ES_CONV_MVE_SUMS "r4", "r6", "r8", "r10", "q2", "q3", "cc", "memory"

/* y = saturate(sums >> shift), by fours until none is left; `add` adds the products to the biases. */
#define ES_CONV_MVE_ROWS(add)                  \
    "1:\n"                                     \
    "ldmia %[table]!, {r4, r6, r8, r10}\n" add \
    "vmov q2[2], q2[0], r4, r8\n"              \
    "vmov q2[3], q2[1], r6, r10\n"             \
    "vldrw.32 q3, [%[table]], #16\n"           \
    "vshl.s32 q2, q2, q3\n"                    \
    "vmax.s32 q2, q2, %q[low]\n"               \
    "vmin.s32 q2, q2, %q[high]\n"              \
    "vctp.32 %[left]\n"                        \
    "vpst\n"                                   \
    "vstrbt.32 q2, [%[y]], #4\n"               \
    "subs %[left], %[left], #4\n"              \
    "bgt 1b\n"

#define ES_CONV_MVE_OUTPUTS [weight] "+r"(weight), [table] "+r"(table), [y] "+l"(y), [left] "+r"(left)

/* The outputs of a line, where x, weights and y have 8 bits. Up to 32 inputs stay in registers; the weights behind
 * the last are zeros. */
ES_INLINE void mve_conv_rows(const es_conv_mve_params *p, const uint8_t *line, uint32_t group, uint8_t *y)
{
    const uint8_t *weight = (const uint8_t *)p->weight + group * p->weight_bytes, *x;
    const int32_t *table = p->table + group * p->table_words;
    const int32x4_t low = vdupq_n_s32(p->low), high = vdupq_n_s32(p->high);
    uint32_t left = p->outputs;

    if (p->inputs <= 16) {
        const uint8x16_t x0 = vldrbq_u8(line);

        __asm__ volatile(ES_CONV_MVE_ROWS(ES_CONV_MVE_ADD("vldrb.8", "vmladava.s8", "%q[x0]"))
                         : ES_CONV_MVE_OUTPUTS
                         : [x0] "w"(x0), [low] "w"(low), [high] "w"(high)
                         : ES_CONV_MVE_SUMS);
    } else if (p->inputs <= 32) {
        const uint8x16_t x0 = vldrbq_u8(line), x1 = vldrbq_u8(line + 16);

        __asm__ volatile(ES_CONV_MVE_ROWS(ES_CONV_MVE_ADD("vldrb.8", "vmladava.s8", "%q[x0]")
                                   ES_CONV_MVE_ADD("vldrb.8", "vmladava.s8", "%q[x1]"))
                         : ES_CONV_MVE_OUTPUTS
                         : [x0] "w"(x0), [x1] "w"(x1), [low] "w"(low), [high] "w"(high)
                         : ES_CONV_MVE_SUMS);
    } else {
        __asm__ volatile(ES_CONV_MVE_ROWS(ES_CONV_MVE_ADD_ALL("8", "vldrb.8", "vmladava.s8"))
                         : ES_CONV_MVE_OUTPUTS, [x] "=&r"(x)
                         : [line] "r"(line), [inputs] "r"(p->inputs), [low] "w"(low), [high] "w"(high)
                         : ES_CONV_MVE_SUMS, "lr", "q0");
    }
}

#define ES_CONV_MVE_DOT(width, load, add)                                                         \
    __asm__ volatile("ldmia %[table]!, {r4, r6, r8, r10}\n" ES_CONV_MVE_ADD_ALL(width, load, add) \
                     "vmov %q[sums][2], %q[sums][0], r4, r8\n"                                    \
                     "vmov %q[sums][3], %q[sums][1], r6, r10\n"                                   \
                     : [weight] "+r"(weight), [table] "+r"(table), [x] "=&r"(x), [sums] "=w"(sums) \
                     : [line] "r"(line), [inputs] "r"(p->inputs)                                  \
                     : ES_CONV_MVE_SUMS, "lr", "q0")

/* The same for any types. */
ES_INLINE void mve_conv_any_rows(const es_conv_mve_params *p, const uint8_t *line, uint32_t group, uint8_t *y)
{
    const uint32_t size = (uint32_t)es_size(p->y_type);
    const uint8_t *weight = (const uint8_t *)p->weight + group * p->weight_bytes, *x;
    const int32_t *table = p->table + group * p->table_words;
    const int32x4_t low = vdupq_n_s32(p->low), high = vdupq_n_s32(p->high);

    for (uint32_t o = 0; o < p->outputs; o += 4, table += 4, y += 4 * size) {
        const mve_pred16_t left = vctp32q(p->outputs - o);
        int32x4_t sums;

        if (p->line_type == ES_INT16) {
            ES_CONV_MVE_DOT("16", "vldrh.16", "vmladava.s16");
        } else {
            ES_CONV_MVE_DOT("8", "vldrb.8", "vmladava.s8");
        }
        sums = vminq_s32(vmaxq_s32(vshlq_s32(sums, vldrwq_s32(table)), low), high);
        if (size == 1) {
            vstrbq_p_s32((int8_t *)y, sums, left);
        } else if (size == 2) {
            vstrhq_p_s32((int16_t *)(void *)y, sums, left);
        } else {
            vstrwq_p_s32((int32_t *)(void *)y, sums, left);
        }
    }
}

/* A line's part of a frame, to both of its places. */
ES_INLINE void mve_conv_copy(const es_conv_mve_params *p, const uint8_t *from, uint8_t *to, uint32_t apart)
{
    const uint8x16_t flip = vreinterpretq_u8_u32(vdupq_n_u32(p->flip));
    uint8_t *again = to + apart;

    __asm__ volatile("dlstp.8 lr, %[bytes]\n"
                     "1:\n"
                     "vldrb.8 q0, [%[from]], #16\n"
                     "veor q0, q0, %q[flip]\n"
                     "vstrb.8 q0, [%[to]], #16\n"
                     "vstrb.8 q0, [%[again]], #16\n"
                     "letp lr, 1b\n"
                     : [from] "+r"(from), [to] "+r"(to), [again] "+r"(again)
                     : [bytes] "r"(p->width * es_size(p->line_type)), [flip] "w"(flip)
                     : "lr", "q0", "memory");
}

/* The same of elements of 8 bits that become 16. */
ES_INLINE void mve_conv_widen(const es_conv_mve_params *p, const uint8_t *x, uint8_t *to)
{
    int16_t *first = (int16_t *)(void *)to, *again = first + p->inputs;

    for (uint32_t i = 0; i < p->width; i++) {
        first[i] = again[i] = (int16_t)es_load(x, p->x_type, i);
    }
}

/* Frames before the first are zeros, less half the range as all are. */
ES_INLINE void mve_conv_begin(const es_conv_mve_params *p, uint32_t *line)
{
    for (uint32_t i = 0; i < p->set_words; i++) {
        line[i] = p->flip;
    }
}

/* One frame in; true if a frame came out, false (y untouched) where none is due. y: NULL where it is not wanted. */
ES_INLINE bool es_conv_mve(const es_conv_mve_params *p, void *state, const void *x, void *y)
{
    es_conv_mve_state *s = (es_conv_mve_state *)state;
    const uint32_t size = (uint32_t)es_size(p->line_type), window = p->inputs * size, frame = p->width * size;
    uint32_t *set = (uint32_t *)(s + 1) + (p->dilation > 1 ? s->turn * (p->set_words + 1) : 0);
    const uint32_t at = set[0] == window ? 0 : set[0];
    uint8_t *line = (uint8_t *)(set + 1) + at;

    if (p->flip != 0 && set[0] == 0) {
        mve_conv_begin(p, set + 1);
    }
    set[0] = at + frame;
    if (p->dilation > 1) {
        s->turn = s->turn + 1 < p->dilation ? s->turn + 1 : 0;
    }
    if (p->stride > 1) {
        s->phase = s->phase + 1 < p->stride ? s->phase + 1 : 0;
    }
    for (uint32_t l = 0; l < p->lines; l++) {
        const uint8_t *from = (const uint8_t *)x + l * p->width * es_size(p->x_type);
        uint8_t *to = line + l * 2 * window;

        if (es_size(p->x_type) == size) {
            mve_conv_copy(p, from, to, window);
        } else {
            mve_conv_widen(p, from, to);
        }
    }
    if (y == NULL || (p->stride > 1 && s->phase != 0)) {
        return p->stride == 1 || s->phase == 0;
    }
    for (uint32_t l = 0, group = 0; l < p->lines; l++) {
        const uint8_t *from = line + l * 2 * window + frame;
        uint8_t *to = (uint8_t *)y + l * p->outputs * es_size(p->y_type);

        if (size == 1 && es_size(p->y_type) == 1) {
            mve_conv_rows(p, from, group, to);
        } else {
            mve_conv_any_rows(p, from, group, to);
        }
        group = group + 1 < p->groups ? group + 1 : 0;
    }
    return true;
}

#ifdef __cplusplus
}
#endif

#endif
