/* Element types of streams and constants, and how a kernel reads and writes one element.
 *
 * A stream lives in the narrowest of these types that holds it. A kernel takes the type as a number in its
 * params; where an inner loop matters, it calls its own body with the type written out (ES_INLINE), so that the
 * switch below vanishes.
 */
#ifndef ES_TYPE_H
#define ES_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define ES_INLINE static inline __attribute__((always_inline))
#define ES_APART static __attribute__((noinline)) /* an inner loop, whose registers its callers do not crowd */
#else
#define ES_INLINE static inline
#define ES_APART static
#endif

#ifndef ES_KERNEL
#define ES_KERNEL /* a file of its own; model.c may hold the kernels instead, and then says how */
#endif

/* The low three bits are the element's size in bytes. */
typedef enum {
    ES_INT8 = 1,
    ES_INT16 = 2,
    ES_INT32 = 4,
    ES_UINT8 = 8 + 1,
    ES_UINT16 = 8 + 2,
    ES_UINT32 = 8 + 4
} es_type;

ES_INLINE size_t es_size(es_type type)
{
    return (size_t)type & 7u;
}

/* Element i of x. */
ES_INLINE int64_t es_load(const void *x, es_type type, size_t i)
{
    switch (type) {
    case ES_INT8:
        return ((const int8_t *)x)[i];
    case ES_INT16:
        return ((const int16_t *)x)[i];
    case ES_INT32:
        return ((const int32_t *)x)[i];
    case ES_UINT8:
        return ((const uint8_t *)x)[i];
    case ES_UINT16:
        return ((const uint16_t *)x)[i];
    case ES_UINT32:
    default:
        return ((const uint32_t *)x)[i];
    }
}

/* y[i] = value, which must fit the type. The low bytes are written as unsigned: intN_t is two's complement, so
 * they are the value for a signed type as well. */
ES_INLINE void es_store(void *y, es_type type, size_t i, int64_t value)
{
    switch (es_size(type)) {
    case 1:
        ((uint8_t *)y)[i] = (uint8_t)value;
        return;
    case 2:
        ((uint16_t *)y)[i] = (uint16_t)value;
        return;
    default:
        ((uint32_t *)y)[i] = (uint32_t)value;
        return;
    }
}

#endif
