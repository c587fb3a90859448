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

/* Where one run is not all, again. */
#define ES_DSP_AGAIN ".if %c[runs] > 1\n\tsubs %[left], %[left], #1\n\tbne 1b\n\t.endif\n" ES_DSP_ROOM

/* Of one pair of inputs in r2 or r3, by the weights in the registers a, b, c (and d). */
#define ES_DSP_PAIR_3(x, a, b, c) \
    "smlad r4, " x ", " a ", r4\n\tsmlad r5, " x ", " b ", r5\n\tsmlad r6, " x ", " c ", r6\n\t"
#define ES_DSP_PAIR_4(x) ES_DSP_PAIR_3(x, "r8", "r9", "r10") "smlad r12, " x ", r11, r12\n\t"

/* Three sums over 4 * fours * runs inputs from x on, which is at a whole word. weight: the sums' first values, then for
 * each pair of inputs a pair of weights for each sum. fours of 1 to 16. Returns what follows these weights. */
ES_INLINE const int32_t *es_dsp_sums_3(uint32_t runs, uint32_t fours, const int32_t *weight, const int16_t *x, int32_t sum[3])
{
    register int32_t sum0 __asm__("r4"), sum1 __asm__("r5"), sum2 __asm__("r6");
    uint32_t left = runs;

    __asm__ volatile("ldmia.w %[w]!, {r4, r5, r6}\n"
                     "1:\n\t"
                     ".rept %c[fours]\n\t"
                     "ldmia.w %[x]!, {r2, r3}\n\t"
                     "ldmia.w %[w]!, {r8, r9, r10, r11, r12, lr}\n\t"
                     ES_DSP_PAIR_3("r2", "r8", "r9", "r10")
                     ES_DSP_PAIR_3("r3", "r11", "r12", "lr")
                     ".endr\n\t"
                     ES_DSP_AGAIN
                     : [w] "+r"(weight), [x] "+r"(x), [left] "+r"(left), "=r"(sum0), "=r"(sum1), "=r"(sum2)
                     : [fours] "i"(fours), [runs] "i"(runs)
                     : "r2", "r3", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
    sum[0] = sum0;
    sum[1] = sum1;
    sum[2] = sum2;
    return weight;
}

/* Four sums in the same way. */
ES_INLINE const int32_t *es_dsp_sums_4(uint32_t runs, uint32_t fours, const int32_t *weight, const int16_t *x, int32_t sum[4])
{
    register int32_t sum0 __asm__("r4"), sum1 __asm__("r5"), sum2 __asm__("r6"), sum3 __asm__("r12");
    uint32_t left = runs;

    __asm__ volatile("ldmia.w %[w]!, {r4, r5, r6, r12}\n"
                     "1:\n\t"
                     ".rept %c[fours]\n\t"
                     "ldmia.w %[x]!, {r2, r3}\n\t"
                     "ldmia.w %[w]!, {r8, r9, r10, r11}\n\t"
                     ES_DSP_PAIR_4("r2")
                     "ldmia.w %[w]!, {r8, r9, r10, r11}\n\t"
                     ES_DSP_PAIR_4("r3")
                     ".endr\n\t"
                     ES_DSP_AGAIN
                     : [w] "+r"(weight), [x] "+r"(x), [left] "+r"(left), "=r"(sum0), "=r"(sum1), "=r"(sum2), "=r"(sum3)
                     : [fours] "i"(fours), [runs] "i"(runs)
                     : "r2", "r3", "r8", "r9", "r10", "r11", "cc", "memory");
    sum[0] = sum0;
    sum[1] = sum1;
    sum[2] = sum2;
    sum[3] = sum3;
    return weight;
}

/* One sum. */
ES_INLINE const int32_t *es_dsp_sum(uint32_t fours, const int32_t *weight, const int16_t *x, int32_t *sum)
{
    *sum = *weight++;
#pragma GCC unroll 4
    for (uint32_t i = 0; i < 2 * fours; i++, x += 2) {
        uint32_t pair;

        memcpy(&pair, x, sizeof pair);
        __asm__("smlad %0, %1, %2, %0" : "+r"(*sum) : "r"(pair), "r"(*weight++));
    }
    return weight;
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
ES_INLINE void es_dsp_expand(uint32_t four, bool is_signed, uint32_t pair[2])
{
    if (is_signed) {
        __asm__("sxtb16 %0, %2\n\tsxtb16 %1, %2, ror #8" : "=&r"(pair[0]), "=r"(pair[1]) : "r"(four));
    } else {
        __asm__("uxtb16 %0, %2\n\tuxtb16 %1, %2, ror #8" : "=&r"(pair[0]), "=r"(pair[1]) : "r"(four));
    }
}

#endif
