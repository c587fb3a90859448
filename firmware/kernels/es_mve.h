/* What the kernels for a core with MVE (Armv8.1-M) share: a line buffer without copies, and outputs of any type.
 *
 * A frame has `lines` lines, each with a window of its own: the frames t - (kernel-1)*dilation, ..., t - dilation, t
 * side by side. A frame is written twice, a window apart, so that a window always lies in one piece. Frames `dilation`
 * apart share a set of lines. Elements of 8 bits may be widened to 16. Unsigned ones that use their top bit are kept
 * less half their range (flip), to be multiplied as signed ones; whoever reads them makes that good.
 * State: es_mve_state, then `dilation` sets of { uint32_t at; uint32_t line[words]; }: [lines][2][window_bytes] and
 * what may be read behind them; zeros at first. `at` is where the set's last window begins, 0 before its first frame.
 */
#ifndef ES_MVE_H
#define ES_MVE_H

#include "es_type.h"

#include <arm_mve.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t lines;
    uint32_t window_bytes; /* of a line's window, frame_bytes of its part of a frame */
    uint32_t frame_bytes;
    uint32_t dilation;
    uint32_t stride;
    uint32_t words;
    uint32_t flip;  /* what is exclusive-ored to four bytes: 0, or the top bit of each element */
    bool widens;    /* from 8 bits to 16 */
    es_type x_type; /* of 8 or 16 bits */
} es_mve_line;

typedef struct {
    uint32_t turn;  /* which set takes the next frame: frames modulo dilation */
    uint32_t phase; /* frames since the last one that came out */
} es_mve_state;

/* A line's part of a frame, to both of its places. */
ES_INLINE void mve_copy(const es_mve_line *p, const uint8_t *from, uint8_t *to)
{
    const uint8x16_t flip = vreinterpretq_u8_u32(vdupq_n_u32(p->flip));
    uint8_t *again = to + p->window_bytes;

    __asm__ volatile("dlstp.8 lr, %[bytes]\n"
                     "1:\n"
                     "vldrb.8 q0, [%[from]], #16\n"
                     "veor q0, q0, %q[flip]\n"
                     "vstrb.8 q0, [%[to]], #16\n"
                     "vstrb.8 q0, [%[again]], #16\n"
                     "letp lr, 1b\n"
                     : [from] "+&r"(from), [to] "+&r"(to), [again] "+&r"(again)
                     : [bytes] "r"(p->frame_bytes), [flip] "w"(flip)
                     : "lr", "q0", "memory");
}

/* The same of elements of 8 bits that become 16. */
ES_INLINE void mve_widen(const es_mve_line *p, const uint8_t *from, uint8_t *to)
{
    int16_t *first = (int16_t *)(void *)to, *again = first + p->window_bytes / 2;

    for (uint32_t i = 0; i < p->frame_bytes / 2; i++) {
        first[i] = again[i] = (int16_t)es_load(from, p->x_type, i);
    }
}

/* Frames before the first are zeros, less half the range as all are. */
ES_INLINE void mve_begin(const es_mve_line *p, uint32_t *line)
{
    for (uint32_t i = 0; i < p->words; i++) {
        line[i] = p->flip;
    }
}

/* Takes a frame. Returns where the window of the first line begins; that of the next is 2 * window_bytes further on.
 * *due: one in `stride` is. */
ES_INLINE const uint8_t *mve_take(const es_mve_line *p, void *state, const uint8_t *x, bool *due)
{
    es_mve_state *s = (es_mve_state *)state;
    uint32_t *set = (uint32_t *)(s + 1) + (p->dilation > 1 ? s->turn * (p->words + 1) : 0);
    const uint32_t at = set[0] == p->window_bytes ? 0 : set[0];
    uint8_t *line = (uint8_t *)(set + 1) + at;

    if (p->flip != 0 && set[0] == 0) {
        mve_begin(p, set + 1);
    }
    set[0] = at + p->frame_bytes;
    if (p->dilation > 1) {
        s->turn = s->turn + 1 < p->dilation ? s->turn + 1 : 0;
    }
    if (p->stride > 1) {
        s->phase = s->phase + 1 < p->stride ? s->phase + 1 : 0;
    }
    *due = p->stride == 1 || s->phase == 0;
    for (uint32_t l = 0; l < p->lines; l++) {
        if (p->widens) {
            mve_widen(p, x + l * p->frame_bytes / 2, line + l * 2 * p->window_bytes);
        } else {
            mve_copy(p, x + l * p->frame_bytes, line + l * 2 * p->window_bytes);
        }
    }
    return line + p->frame_bytes;
}

/* The first `left` of four values, as elements of y from the i-th on. */
ES_INLINE void mve_store(void *y, es_type type, size_t i, int32x4_t values, uint32_t left)
{
    const mve_pred16_t lanes = vctp32q(left);

    if (es_size(type) == 1) {
        vstrbq_p_s32((int8_t *)y + i, values, lanes);
    } else if (es_size(type) == 2) {
        vstrhq_p_s32((int16_t *)y + i, values, lanes);
    } else {
        vstrwq_p_s32((int32_t *)y + i, values, lanes);
    }
}

#ifdef __cplusplus
}
#endif

#endif
