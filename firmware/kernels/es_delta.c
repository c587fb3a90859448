#include "es_delta.h"

ES_KERNEL bool es_delta(const es_delta_params *p, void *state, const void *x, void *y)
{
    size_t i = 0;

    for (size_t row = 0; row < p->rows; row++) {
        for (size_t c = 0; c < p->channels; c++, i++) {
            const int64_t threshold = p->threshold[c];
            const int64_t r = es_load(state, p->x_type, i);
            const int64_t error = es_load(x, p->x_type, i) - r;
            const bool up = error > threshold;
            const bool down = error < -threshold;

            es_store(y, p->y_type, i + row * p->channels, up);
            es_store(y, p->y_type, i + (row + 1) * p->channels, down);
            es_store(state, p->x_type, i, up ? r + threshold : down ? r - threshold : r);
        }
    }
    return true;
}
