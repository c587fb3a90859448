/* y[t][l][o] = saturate((bias[g][o] + sum_{k, c} weight[g][o][k][c] * x[t - (kernel - 1 - k) * dilation][l][c])
 *                       >> shift[g][o]),  g = l mod groups, for every stride-th t
 *
 * es_window, es_dense and es_requant in one call, for a core with MVE (Armv8.1-M). x: [lines][width],
 * y: [lines][outputs], lines = rows * groups. Elements and weights of 8 bits: 16 products an instruction; of 16: 8.
 * Ranges: every sum is exact in 32 bits, which the compiler proves; shift 0 to 31. The bias makes good what inputs that
 * are kept less half their range lack. State: as in es_mve.h; two vectors from a window's start on may be read.
 *
 * Everything is in this header: with the params known, the compiler makes for each layer a function of its own.
 */
#ifndef ES_CONV_MVE_H
#define ES_CONV_MVE_H

#include "es_mve.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    es_mve_line line;
    uint32_t groups;
    uint32_t outputs; /* of a line */
    uint32_t inputs;  /* of an output: kernel * width */
    bool wide;        /* lines and weights have 16 bits, or else 8 */
    es_type y_type;   /* any but ES_UINT32 */
    int32_t low;
    int32_t high;
    uint32_t weight_bytes; /* of a group */
    uint32_t table_words;  /* of a group */
    const void *weight;    /* [groups][blocks][vectors][4][16 bytes]: by four outputs, zeros behind the last */
    const int32_t *table;  /* [groups][blocks] { bias[4], -shift[4] } */
} es_conv_mve_params;

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

/* Marked (&) as written before all is read: inputs and outputs may be as many, and must not share a register. */
#define ES_CONV_MVE_OUTPUTS [weight] "+&r"(weight), [table] "+&r"(table), [y] "+&l"(y), [left] "+&r"(left)

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
                     : [weight] "+&r"(weight), [table] "+&r"(table), [x] "=&r"(x), [sums] "=&w"(sums) \
                     : [line] "r"(line), [inputs] "r"(p->inputs)                                  \
                     : ES_CONV_MVE_SUMS, "lr", "q0")

/* The same for any types. */
ES_INLINE void mve_conv_any_rows(const es_conv_mve_params *p, const uint8_t *line, uint32_t group, uint8_t *y)
{
    const uint8_t *weight = (const uint8_t *)p->weight + group * p->weight_bytes, *x;
    const int32_t *table = p->table + group * p->table_words;

    for (uint32_t o = 0; o < p->outputs; o += 4, table += 4) {
        int32x4_t sums;

        if (p->wide) {
            ES_CONV_MVE_DOT("16", "vldrh.16", "vmladava.s16");
        } else {
            ES_CONV_MVE_DOT("8", "vldrb.8", "vmladava.s8");
        }
        sums = vshlq_s32(sums, vldrwq_s32(table));
        sums = vminq_s32(vmaxq_s32(sums, vdupq_n_s32(p->low)), vdupq_n_s32(p->high));
        mve_store(y, p->y_type, o, sums, p->outputs - o);
    }
}

/* One frame in; true if a frame came out, false (y untouched) where none is due. y: NULL where it is not wanted. */
ES_INLINE bool es_conv_mve(const es_conv_mve_params *p, void *state, const void *x, void *y)
{
    bool due;
    const uint8_t *window = mve_take(&p->line, state, (const uint8_t *)x, &due);

    if (!due || y == NULL) {
        return due;
    }
    for (uint32_t l = 0, group = 0; l < p->line.lines; l++) {
        const uint8_t *from = window + l * 2 * p->line.window_bytes;
        uint8_t *to = (uint8_t *)y + l * p->outputs * es_size(p->y_type);

        if (!p->wide && es_size(p->y_type) == 1) {
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
