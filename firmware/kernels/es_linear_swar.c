#include "es_linear_swar.h"

#include "es_fixed.h"

/* The constants of the next four outputs. */
typedef struct {
    const uint32_t *run;
    const uint32_t *start;
    const uint8_t *shift;
} swar_cursor;

/* One input for two pairs of outputs. */
ES_INLINE void swar_add(uint32_t *pair0, uint32_t *pair1, const uint32_t *weight, const uint8_t *x, es_type t, size_t i)
{
    const uint32_t xi = (uint32_t)es_load(x, t, i);

    *pair0 += weight[2 * i] * xi;
    *pair1 += weight[2 * i + 1] * xi;
}

/* floor(pair / 2^16) */
ES_INLINE uint32_t swar_upper(uint32_t pair)
{
    return (uint32_t)es_shift32((int32_t)pair, 16);
}

/* The sums of four outputs for one unit's inputs. Returns the runs of the next four. */
ES_INLINE const uint32_t *swar_four(const uint32_t *run, const uint8_t *x, es_type t, uint32_t sum[4])
{
    uint32_t whole0 = sum[0], upper0 = sum[1], whole1 = sum[2], upper1 = sum[3];

    for (uint32_t head = *run; head != 0; head = *run) {
        const uint8_t *xi = x + (head & 0xFFFFu);
        uint32_t pair0 = run[1], pair1 = run[2], quads = head >> 16;

        run += 3;
        do {
            swar_add(&pair0, &pair1, run, xi, t, 0);
            swar_add(&pair0, &pair1, run, xi, t, 1);
            swar_add(&pair0, &pair1, run, xi, t, 2);
            swar_add(&pair0, &pair1, run, xi, t, 3);
            run += 8;
            xi += 4;
            quads--;
        } while (quads > 0);
        whole0 += pair0;
        whole1 += pair1;
        upper0 += swar_upper(pair0);
        upper1 += swar_upper(pair1);
    }
    sum[0] = whole0 - (upper0 << 16);
    sum[1] = upper0;
    sum[2] = whole1 - (upper1 << 16);
    sum[3] = upper1;
    return run + 1;
}

ES_APART const uint32_t *swar_sums(const uint32_t *run, const uint8_t *x, es_type t, uint32_t sum[4])
{
    return t == ES_INT8 ? swar_four(run, x, ES_INT8, sum) : swar_four(run, x, ES_UINT8, sum);
}

static void swar_unit(const es_linear_swar_params *p, swar_cursor *at, const uint8_t *x, void *y, size_t i)
{
    for (size_t left = p->outputs; left > 0; at->start += 4, at->shift += 4) {
        const size_t count = left < 4 ? left : 4;
        uint32_t sum[4] = {at->start[0], at->start[1], at->start[2], at->start[3]};

        at->run = swar_sums(at->run, x, p->x_type, sum);
        for (size_t k = 0; k < count; k++, i++) {
            const int32_t value = es_shift32((int32_t)sum[k], at->shift[k] & 31u);

            es_store(y, p->y_type, i, es_saturate32(value, p->low, p->high));
        }
        left -= count;
    }
}

bool es_linear_swar(const es_linear_swar_params *p, const void *x, void *y)
{
    const swar_cursor start = {p->run, p->start, p->shift};
    const uint8_t *xi = (const uint8_t *)x;
    swar_cursor at = start;

    for (size_t unit = 0, g = 0; unit < p->units; unit++, xi += p->step) {
        swar_unit(p, &at, xi, y, unit * p->outputs);
        g++;
        if (g == p->groups) {
            g = 0;
            at = start;
        }
    }
    return true;
}
