#include "trace.h"

#include <string.h>

size_t trace_record(void)
{
    size_t bytes = 0;

    for (size_t k = 0; k < MODEL_TENSORS; k++) {
        bytes += (size_t)model_tensors[k].elements * model_tensors[k].element_size;
        bytes += model_tensors[k].fresh != MODEL_ALWAYS;
    }
    return bytes;
}

size_t trace_head(char text[TRACE_HEAD])
{
    static const char start[] = "edgesort ";
    char digits[20];
    size_t at = sizeof start - 1, count = 0;

    memcpy(text, start, at);
    memcpy(text + at, MODEL_DIGEST, 16);
    at += 16;
    text[at++] = ' ';
    for (size_t rest = trace_record(); count == 0 || rest > 0; rest /= 10) {
        digits[count++] = (char)('0' + rest % 10);
    }
    while (count > 0) {
        text[at++] = digits[--count];
    }
    memcpy(text + at, "\n", 2);
    return at + 1;
}

uint8_t *trace_pack(const model_values *values, uint8_t *record)
{
    const uint8_t *from = (const uint8_t *)values;

    for (size_t k = 0; k < MODEL_TENSORS; k++) {
        const model_tensor *tensor = &model_tensors[k];
        const size_t bytes = (size_t)tensor->elements * tensor->element_size;

        memcpy(record, from + tensor->offset, bytes);
        record += bytes;
        if (tensor->fresh != MODEL_ALWAYS) {
            *record++ = from[tensor->fresh];
        }
    }
    return record;
}
