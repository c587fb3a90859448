/* What Armv7E-M's DSP extension (Cortex-M4, M7; Armv8-M's on M33) does for the kernels es_*_dsp: sums of products of
 * 16 bits, two in an instruction (SMLAD), and saturation.
 *
 * Constants of the model are immediate operands here, so this needs gcc or clang with optimisation. The sums name the
 * registers r2 to r6 and r8 to lr, and leave r0, r1 and r7 to the compiler. SMLAD adds modulo 2^32.
 */
#ifndef ES_DSP_H
#define ES_DSP_H

#include <string.h>

#include "es_fixed.h"

#ifndef __OPTIMIZE__
#error "es_dsp.h: expected a compiler that optimises, found -O0; use -O1, -O2 or -Os"
#endif

/* The compiler takes every line of an __asm__ for an instruction of 4 bytes, and has to know how long the repeated code
 * may be: 16 times 11 instructions. */
#define ES_DSP_LINES_16 "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n"
#define ES_DSP_LINES_64 ES_DSP_LINES_16 ES_DSP_LINES_16 ES_DSP_LINES_16 ES_DSP_LINES_16
#define ES_DSP_ROOM ES_DSP_LINES_64 ES_DSP_LINES_64 ES_DSP_LINES_64

/* Of one pair of inputs in x, by the weights in a, b and c, or in r8 to r11. */
#define ES_DSP_PAIR_3(x, a, b, c) \
    "smlad r4, " x ", " a ", r4\n\tsmlad r5, " x ", " b ", r5\n\tsmlad r6, " x ", " c ", r6\n\t"
#define ES_DSP_PAIR_4(x) ES_DSP_PAIR_3(x, "r8", "r9", "r10") "smlad r12, " x ", r11, r12\n\t"

#define ES_DSP_SUMS_3 \
    ".rept %c[fours]\n\t" \
    "ldmia.w %[x]!, {r2, r3}\n\t" \
    "ldmia.w %[w]!, {r8, r9, r10, r11, r12, lr}\n\t" \
    ES_DSP_PAIR_3("r2", "r8", "r9", "r10") ES_DSP_PAIR_3("r3", "r11", "r12", "lr") \
    ".endr\n\t"

#define ES_DSP_SUMS_4 \
    ".rept %c[fours]\n\t" \
    "ldmia.w %[x]!, {r2, r3}\n\t" \
    "ldmia.w %[w]!, {r8, r9, r10, r11}\n\t" ES_DSP_PAIR_4("r2") \
    "ldmia.w %[w]!, {r8, r9, r10, r11}\n\t" ES_DSP_PAIR_4("r3") \
    ".endr\n\t"

/* Where an inner loop is, and what it keeps for itself. */
#define ES_DSP_RUNS(sums) "1:\n\t" sums "subs %[left], %[left], #1\n\tbne 1b\n\t"
#define ES_DSP_TAKEN "r2", "r3", "r8", "r9", "r10", "r11", "cc", "memory"

/* Three sums over 4 * fours * runs inputs from *x on, which is at a whole word. *weight: the sums' first values, then
 * for each pair of inputs a pair of weights for each sum; moved behind them. fours: 1 to 16. */
ES_INLINE void es_dsp_sums_3(uint32_t runs, uint32_t fours, const int32_t **weight, const int16_t **x, int32_t sum[3])
{
    register int32_t sum0 __asm__("r4"), sum1 __asm__("r5"), sum2 __asm__("r6");
    uint32_t left = runs;

    __asm__ volatile("ldmia.w %[w]!, {r4, r5, r6}"
                     : [w] "+r"(*weight), "=r"(sum0), "=r"(sum1), "=r"(sum2)
                     :
                     : "memory");
    if (runs == 1) {
        __asm__ volatile(ES_DSP_SUMS_3 ES_DSP_ROOM
                         : [w] "+r"(*weight), [x] "+r"(*x), "+r"(sum0), "+r"(sum1), "+r"(sum2)
                         : [fours] "i"(fours)
                         : ES_DSP_TAKEN, "r12", "lr");
    } else {
        __asm__ volatile(ES_DSP_RUNS(ES_DSP_SUMS_3) ES_DSP_ROOM
                         : [w] "+r"(*weight), [x] "+r"(*x), [left] "+r"(left), "+r"(sum0), "+r"(sum1), "+r"(sum2)
                         : [fours] "i"(fours)
                         : ES_DSP_TAKEN, "r12", "lr");
    }
    *x -= 4 * fours * runs;
    sum[0] = sum0;
    sum[1] = sum1;
    sum[2] = sum2;
}

/* Four sums in the same way. */
ES_INLINE void es_dsp_sums_4(uint32_t runs, uint32_t fours, const int32_t **weight, const int16_t **x, int32_t sum[4])
{
    register int32_t sum0 __asm__("r4"), sum1 __asm__("r5"), sum2 __asm__("r6"), sum3 __asm__("r12");
    uint32_t left = runs;

    __asm__ volatile("ldmia.w %[w]!, {r4, r5, r6, r12}"
                     : [w] "+r"(*weight), "=r"(sum0), "=r"(sum1), "=r"(sum2), "=r"(sum3)
                     :
                     : "memory");
    if (runs == 1) {
        __asm__ volatile(ES_DSP_SUMS_4 ES_DSP_ROOM
                         : [w] "+r"(*weight), [x] "+r"(*x), "+r"(sum0), "+r"(sum1), "+r"(sum2), "+r"(sum3)
                         : [fours] "i"(fours)
                         : ES_DSP_TAKEN);
    } else {
        __asm__ volatile(ES_DSP_RUNS(ES_DSP_SUMS_4) ES_DSP_ROOM
                         : [w] "+r"(*weight), [x] "+r"(*x), [left] "+r"(left), "+r"(sum0), "+r"(sum1), "+r"(sum2),
                           "+r"(sum3)
                         : [fours] "i"(fours)
                         : ES_DSP_TAKEN);
    }
    *x -= 4 * fours * runs;
    sum[0] = sum0;
    sum[1] = sum1;
    sum[2] = sum2;
    sum[3] = sum3;
}

/* One sum. */
ES_INLINE void es_dsp_sum(uint32_t fours, const int32_t **weight, const int16_t *x, int32_t *sum)
{
    const int32_t *w = *weight;

    *sum = *w++;
#pragma GCC unroll 4
    for (uint32_t i = 0; i < 2 * fours; i++, x += 2) {
        uint32_t pair;

        memcpy(&pair, x, sizeof pair);
        __asm__("smlad %0, %1, %2, %0" : "+r"(*sum) : "r"(pair), "r"(*w++));
    }
    *weight = w;
}

/* saturate(x >> shift) to so many bits; shift 0 to 31, bits 1 to 31, or 32 if signed: constants both. */
ES_INLINE int32_t es_dsp_requant(int32_t x, uint32_t shift, uint32_t bits, bool is_signed)
{
    int32_t y;

    if (is_signed && shift == 0) {
        __asm__("ssat %0, %1, %2" : "=r"(y) : "i"(bits), "r"(x) : "cc");
    } else if (is_signed) {
        __asm__("ssat %0, %1, %2, asr %3" : "=r"(y) : "i"(bits), "r"(x), "i"(shift) : "cc");
    } else if (shift == 0) {
        __asm__("usat %0, %1, %2" : "=r"(y) : "i"(bits), "r"(x) : "cc");
    } else {
        __asm__("usat %0, %1, %2, asr %3" : "=r"(y) : "i"(bits), "r"(x), "i"(shift) : "cc");
    }
    return y;
}

/* Elements 0 and 2 of four bytes as int16, and elements 1 and 3. */
ES_INLINE void es_dsp_expand(uint32_t four, bool is_signed, uint32_t *even, uint32_t *odd)
{
    if (is_signed) {
        __asm__("sxtb16 %0, %2\n\tsxtb16 %1, %2, ror #8" : "=&r"(*even), "=r"(*odd) : "r"(four));
    } else {
        __asm__("uxtb16 %0, %2\n\tuxtb16 %1, %2, ror #8" : "=&r"(*even), "=r"(*odd) : "r"(four));
    }
}

/* Stores before it are done: gcc would gather bytes into a word first, which takes longer. */
ES_INLINE void es_dsp_stored(void)
{
    __asm__ volatile("" : : : "memory");
}

#endif
