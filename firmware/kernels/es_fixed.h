/* The arithmetic rule, y = saturate(x >> shift): the only rounding and saturation code of the kernels.
 *
 * The shift rounds towards minus infinity. C leaves `>>` of a negative value to the compiler, so only values that
 * are not negative are shifted here: ~x = -x - 1 is not negative when x is, and ~(~x >> s) = floor(x / 2^s).
 * gcc makes one arithmetic shift of it.
 */
#ifndef ES_FIXED_H
#define ES_FIXED_H

#include "es_type.h"

/* floor(x / 2^shift) for shift 0 to 63 */
ES_INLINE int64_t es_shift(int64_t x, uint32_t shift)
{
    /* NOLINTNEXTLINE(hicpp-signed-bitwise) what is shifted is not negative */
    return x < 0 ? ~(~x >> shift) : x >> shift;
}

/* floor(x / 2^shift) for any shift: the same in 32 bits, where 31 gives what every greater shift would */
ES_INLINE int32_t es_shift32(int32_t x, uint32_t shift)
{
    const uint32_t s = shift < 31 ? shift : 31;

    /* NOLINTNEXTLINE(hicpp-signed-bitwise) what is shifted is not negative */
    return x < 0 ? ~(~x >> s) : x >> s;
}

ES_INLINE int64_t es_saturate(int64_t x, int64_t low, int64_t high)
{
    return x < low ? low : x > high ? high : x;
}

ES_INLINE int32_t es_saturate32(int32_t x, int32_t low, int32_t high)
{
    return x < low ? low : x > high ? high : x;
}

/* y[i] = saturate(x[i] >> shift[i]) for shifts of 0 to 31 */
ES_INLINE void es_requant_each(
    const int32_t *x, const uint8_t *shift, size_t count, int32_t low, int32_t high, void *y, es_type type)
{
    for (size_t i = 0; i < count; i++) {
        es_store(y, type, i, es_saturate32(es_shift32(x[i], shift[i] & 31u), low, high));
    }
}

/* The same with its own code for results of 8 bits. */
ES_INLINE void es_requant_some(
    const int32_t *x, const uint8_t *shift, size_t count, int32_t low, int32_t high, void *y, es_type type)
{
    if (es_size(type) == 1) {
        es_requant_each(x, shift, count, low, high, y, ES_INT8);
    } else {
        es_requant_each(x, shift, count, low, high, y, type);
    }
}

#endif
