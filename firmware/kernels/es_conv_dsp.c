#include "es_conv_dsp.h"

#include <string.h>

#include "es_fixed.h"

/* The code for four inputs by three sums and by four is unrolled eight times; these are the bytes of one. */
#define BYTES_3 32
#define BYTES_4 44

/* What is left of a unit's constants and outputs. */
typedef struct {
    const int32_t *weight;
    const uint8_t *shift;
    uint8_t *y;
} conv_rest;

/* The sums of a block, then its outputs. */
typedef struct {
    int32_t v[5];
} conv_block;

/* How often the unrolled code runs, and how much of it the first time. */
typedef struct {
    uint32_t runs;
    uint32_t first;
} conv_loop;

ES_INLINE int32_t conv_times_256(int32_t x)
{
    return (int32_t)((uint32_t)x << 8);
}

ES_INLINE int32_t conv_minus(int32_t a, int32_t b)
{
    return (int32_t)((uint32_t)a - (uint32_t)b);
}

/* Three sums over all inputs. r8 to lr hold the weights of four inputs, r2 and r3 the inputs. */
ES_INLINE const int32_t *conv_sums_3(conv_loop loop, const int32_t *weight, const int16_t *x, conv_block *b)
{
    register uint32_t skip __asm__("r2") = loop.first * BYTES_3;
    register int32_t v0 __asm__("r4"), v1 __asm__("r5"), v2 __asm__("r6");

    __asm__ volatile("ldmia %[w]!, {r4, r5, r6}\n"
                     "adr.w r8, 2f\n"
                     "sub r8, r8, r2\n"
                     "mov pc, r8\n"
                     "1:\n"
                     ".rept 8\n"
                     "ldmia.w %[x]!, {r2, r3}\n"
                     "ldmia.w %[w]!, {r8, r9, r10, r11, r12, lr}\n"
                     "smlad r4, r2, r8, r4\n"
                     "smlad r5, r2, r9, r5\n"
                     "smlad r6, r2, r10, r6\n"
                     "smlad r4, r3, r11, r4\n"
                     "smlad r5, r3, r12, r5\n"
                     "smlad r6, r3, lr, r6\n"
                     ".endr\n"
                     "2:\n"
                     "subs %[runs], %[runs], #1\n"
                     "bne 1b\n"
                     : [w] "+r"(weight), [x] "+r"(x), [runs] "+r"(loop.runs), "+r"(skip), "=r"(v0), "=r"(v1), "=r"(v2)
                     :
                     : "r3", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
    b->v[0] = v0;
    b->v[1] = v1;
    b->v[2] = v2;
    return weight;
}

/* Four sums over all inputs. */
ES_INLINE const int32_t *conv_sums_4(conv_loop loop, const int32_t *weight, const int16_t *x, conv_block *b)
{
    register uint32_t skip __asm__("r2") = loop.first * BYTES_4;
    register int32_t v0 __asm__("r4"), v1 __asm__("r5"), v2 __asm__("r6"), v3 __asm__("r12");

    __asm__ volatile("ldmia %[w]!, {r4, r5, r6, r12}\n"
                     "adr.w r8, 2f\n"
                     "sub r8, r8, r2\n"
                     "mov pc, r8\n"
                     "1:\n"
                     ".rept 8\n"
                     "ldmia.w %[x]!, {r2, r3}\n"
                     "ldmia.w %[w]!, {r8, r9, r10, r11}\n"
                     "smlad r4, r2, r8, r4\n"
                     "smlad r5, r2, r9, r5\n"
                     "smlad r6, r2, r10, r6\n"
                     "smlad r12, r2, r11, r12\n"
                     "ldmia.w %[w]!, {r8, r9, r10, r11}\n"
                     "smlad r4, r3, r8, r4\n"
                     "smlad r5, r3, r9, r5\n"
                     "smlad r6, r3, r10, r6\n"
                     "smlad r12, r3, r11, r12\n"
                     ".endr\n"
                     "2:\n"
                     "subs %[runs], %[runs], #1\n"
                     "bne 1b\n"
                     : [w] "+r"(weight), [x] "+r"(x), [runs] "+r"(loop.runs), "+r"(skip), "=r"(v0), "=r"(v1), "=r"(v2),
                       "=r"(v3)
                     :
                     : "r3", "r8", "r9", "r10", "r11", "cc", "memory");
    b->v[0] = v0;
    b->v[1] = v1;
    b->v[2] = v2;
    b->v[3] = v3;
    return weight;
}

/* One sum. */
ES_INLINE const int32_t *conv_sum(uint32_t fours, const int32_t *weight, const int16_t *x, conv_block *b)
{
    int32_t sum = *weight++;

    for (uint32_t i = 0; i < 2 * fours; i++, x += 2) {
        uint32_t pair;

        memcpy(&pair, x, sizeof pair);
        __asm__("smlad %0, %1, %2, %0" : "+r"(sum) : "r"(pair), "r"(*weight++));
    }
    b->v[0] = sum;
    return weight;
}

/* (a - b) / 256, which is whole */
ES_INLINE int32_t conv_part(int32_t a, int32_t b)
{
    return es_shift32(conv_minus(a, b), 8);
}

/* The sums 256 A + B, 256 B + C, 256 C + D become A, B, C, D. */
ES_INLINE void conv_four_of_three(conv_block *b)
{
    const int32_t high = conv_minus(conv_times_256(b->v[0]), b->v[1]); /* 256^2 A - C */

    b->v[3] = es_shift32(conv_times_256(conv_minus(b->v[2], -conv_times_256(high))), 8);
    b->v[2] = conv_part(b->v[2], b->v[3]);
    b->v[1] = conv_part(b->v[1], b->v[2]);
    b->v[0] = conv_part(b->v[0], b->v[1]);
}

/* The sums 256 A + B, 256 B + C, 256 C + D, 256 D + E become A, B, C, D, E; 256^4 A is 0 modulo 2^32. */
ES_INLINE void conv_five_of_four(conv_block *b)
{
    const int32_t high = conv_minus(conv_times_256(b->v[0]), b->v[1]);
    const int32_t low = conv_minus(conv_times_256(b->v[2]), b->v[3]);

    b->v[4] = conv_minus(conv_minus(0, low), conv_times_256(conv_times_256(high)));
    b->v[3] = conv_part(b->v[3], b->v[4]);
    b->v[2] = conv_part(b->v[2], b->v[3]);
    b->v[1] = conv_part(b->v[1], b->v[2]);
    b->v[0] = conv_part(b->v[0], b->v[1]);
}

/* One output, shifted and saturated. */
ES_INLINE void conv_put(const es_conv_dsp_params *p, conv_rest *rest, int32_t value)
{
    const int32_t shifted = es_shift32(value, *rest->shift++);

    if (p->packed) {
        *rest->y = (uint8_t)((uint32_t)es_saturate32(shifted, 0, 255) ^ p->flip);
    } else {
        es_store(rest->y, p->y_type, 0, es_saturate32(shifted, p->low, p->high));
    }
    rest->y += es_size(p->y_type);
}

/* The upper halves of two words as bytes, saturated: the first in bits 0 to 7, the second in bits 16 to 23. */
ES_INLINE uint32_t conv_upper(uint32_t low, uint32_t high)
{
    uint32_t both;

    __asm__("pkhtb %0, %1, %2, asr #16\n\tusat16 %0, #8, %0" : "=r"(both) : "r"(high), "r"(low));
    return both;
}

ES_INLINE uint32_t conv_lift(const es_conv_dsp_params *p, int32_t x)
{
    return (uint32_t)x << p->lift;
}

/* The first four outputs. Packed: each is moved into the upper half of its word, and two are saturated at a time. */
ES_INLINE void conv_put_4(const es_conv_dsp_params *p, conv_rest *rest, const conv_block *b)
{
    uint32_t even, odd;

    if (!p->packed) {
        for (size_t i = 0; i < 4; i++) {
            conv_put(p, rest, b->v[i]);
        }
        return;
    }
    even = conv_upper(conv_lift(p, b->v[0]), conv_lift(p, b->v[2]));
    odd = conv_upper(conv_lift(p, b->v[1]), conv_lift(p, b->v[3]));
    even = (even | odd << 8) ^ p->flip;
    memcpy(rest->y, &even, sizeof even);
    rest->y += 4;
    rest->shift += 4;
}

/* The outputs of one block. */
ES_INLINE void conv_outputs(const es_conv_dsp_params *p, uint8_t kind, const int16_t *x, conv_rest *rest)
{
    const conv_loop loop = {p->runs, p->first};
    conv_block b;

    switch (kind) {
    case ES_CONV_FOUR_OF_THREE:
        rest->weight = conv_sums_3(loop, rest->weight, x, &b);
        conv_four_of_three(&b);
        conv_put_4(p, rest, &b);
        return;
    case ES_CONV_FIVE_OF_FOUR:
        rest->weight = conv_sums_4(loop, rest->weight, x, &b);
        conv_five_of_four(&b);
        conv_put_4(p, rest, &b);
        conv_put(p, rest, b.v[4]);
        return;
    case ES_CONV_FOUR:
        rest->weight = conv_sums_4(loop, rest->weight, x, &b);
        conv_put_4(p, rest, &b);
        return;
    case ES_CONV_THREE:
        rest->weight = conv_sums_3(loop, rest->weight, x, &b);
        for (size_t i = 0; i < 3; i++) {
            conv_put(p, rest, b.v[i]);
        }
        return;
    default:
        rest->weight = conv_sum(p->fours, rest->weight, x, &b);
        conv_put(p, rest, b.v[0]);
        return;
    }
}

/* Elements of x as int16 into a line from `to` on, and again `apart` elements further; by fours in the order 0, 2, 1, 3. */
ES_INLINE void conv_expand_fours(const uint8_t *x, bool is_signed, size_t elements, int16_t *to, size_t apart)
{
    for (const uint8_t *end = x + elements; x < end; x += 4, to += 4) {
        uint32_t four, pair[2];

        memcpy(&four, x, sizeof four);
        if (is_signed) {
            __asm__("sxtb16 %0, %2\n\tsxtb16 %1, %2, ror #8" : "=&r"(pair[0]), "=r"(pair[1]) : "r"(four));
        } else {
            __asm__("uxtb16 %0, %2\n\tuxtb16 %1, %2, ror #8" : "=&r"(pair[0]), "=r"(pair[1]) : "r"(four));
        }
        memcpy(to, pair, sizeof pair);
        memcpy(to + apart, pair, sizeof pair);
    }
}

/* The same one by one and in order; again in the second copy, where there is one. */
ES_INLINE void conv_expand(const void *x, es_type type, size_t elements, int16_t *to, size_t apart, size_t copy)
{
    for (size_t i = 0; i < elements; i++) {
        const int16_t value = (int16_t)es_load(x, type, i);

        to[i] = to[i + apart] = value;
        if (copy > 0) {
            to[i + copy + 1] = to[i + copy + 1 + apart] = value;
        }
    }
}

/* A unit's part of a frame into its line. */
static void conv_push(const es_conv_dsp_params *p, const void *x, int16_t *to)
{
    const size_t apart = p->kernel > 1 ? (size_t)p->kernel * p->channels : 0;

    if (p->quads) {
        conv_expand_fours((const uint8_t *)x, p->x_type == ES_INT8, p->channels, to, apart);
    } else if (p->x_type == ES_INT8) {
        conv_expand(x, ES_INT8, p->channels, to, apart, p->copy);
    } else if (p->x_type == ES_UINT8) {
        conv_expand(x, ES_UINT8, p->channels, to, apart, p->copy);
    } else {
        conv_expand(x, ES_INT16, p->channels, to, apart, p->copy);
    }
}

/* A frame into the lines; where in a line its window begins, which is at a whole word. */
static size_t conv_take(const es_conv_dsp_params *p, es_conv_dsp_state *s, const uint8_t *x, int16_t *line)
{
    const uint32_t next = s->at + 1 < p->kernel ? s->at + 1 : 0;
    const size_t bytes = p->channels * es_size(p->x_type), begin = (size_t)next * p->channels;

    for (uint32_t u = 0; u < p->units; u++) {
        conv_push(p, x + u * bytes, line + u * p->unit_elements + s->at * p->channels);
    }
    s->turn++;
    if (s->turn >= p->dilation) {
        s->turn = 0;
        s->at = next;
    }
    return begin % 2 == 0 ? begin : begin + p->copy + 1;
}

bool es_conv_dsp(const es_conv_dsp_params *p, void *state, const void *x, void *y)
{
    es_conv_dsp_state *s = (es_conv_dsp_state *)state;
    int16_t *line = (int16_t *)(s + 1) + (size_t)s->turn * p->units * p->unit_elements;
    const int16_t *window = line + conv_take(p, s, (const uint8_t *)x, line);
    const uint8_t *block = p->block;
    conv_rest rest = {p->weight, p->shift, (uint8_t *)y};

    s->phase++;
    if (s->phase < p->stride) {
        return false;
    }
    s->phase = 0;
    for (uint32_t u = 0, set = 0; u < p->units; u++, window += p->unit_elements) {
        for (; *block != ES_CONV_END; block++) {
            conv_outputs(p, *block, window, &rest);
        }
        block++;
        set++;
        if (set == p->weights) {
            set = 0;
            block = p->block;
            rest.weight = p->weight;
            rest.shift = p->shift;
        }
    }
    return true;
}
