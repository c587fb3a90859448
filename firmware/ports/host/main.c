/* The network on this computer.
 *
 *   model trace  < frames > trace     every node's values in every frame (trace.h)
 *   model events < frames > events    the events alone: {uint64 frame, int32 score, uint16 unit, uint16 output}
 *   model link                        a device of the link (link.h) until its input ends
 *
 * Frames are MODEL_FRAME samples each. All numbers are little-endian. Exit code 0, or 1 and a line on stderr.
 */
#include "link.h"
#include "link_port.h"
#include "target.h"
#include "trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "this harness writes the machine's own numbers and needs them little-endian"
#endif

#define BLOCK 4096 /* frames read at once */

static model_state state;
static model_sample frames[BLOCK][MODEL_FRAME];

static int fail(const char *what, int code)
{
    (void)fprintf(stderr, "model: %s (%d)\n", what, code);
    return 1;
}

/* Reads to the end of a block or of the input; a part of a frame is an error, -1. */
static long read_frames(void)
{
    const size_t bytes = fread(frames, 1, sizeof frames, stdin);

    return bytes % sizeof frames[0] == 0 ? (long)(bytes / sizeof frames[0]) : -1;
}

static int trace_start(void)
{
    char head[TRACE_HEAD];
    const size_t bytes = trace_head(head);

    return fwrite(head, 1, bytes, stdout) == bytes ? 0 : fail("cannot write", 0);
}

static int trace_block(long count, uint8_t *block)
{
    uint8_t *end = block;

    for (long t = 0; t < count; t++) {
        const int status = model_push(&state, frames[t], 1, NULL, 0);

        if (status < 0) {
            return fail("expected model_push to take the frame", status);
        }
        end = trace_pack(model_values_of(&state), end);
    }
    return fwrite(block, 1, (size_t)(end - block), stdout) == (size_t)(end - block) ? 0 : fail("cannot write", 0);
}

static int events_block(long count)
{
    static model_event events[BLOCK];

    for (long t = 0; t < count; t++) {
        const int found = model_push(&state, frames[t], 1, events, BLOCK);

        if (found < 0) {
            return fail("expected model_push to take the frame", found);
        }
        if (fwrite(events, sizeof events[0], (size_t)found, stdout) != (size_t)found) {
            return fail("cannot write", 0);
        }
    }
    return model_lost(&state) == 0 ? 0 : fail("expected at most 4096 events a frame", 0);
}

static int run(int trace)
{
    uint8_t *block = (uint8_t *)malloc(BLOCK * trace_record());
    long count = 0;
    int status = block == NULL ? fail("out of memory", 0) : model_init(&state);

    if (status == 0 && trace) {
        status = trace_start();
    }
    while (status == 0 && (count = read_frames()) > 0) {
        status = trace ? trace_block(count, block) : events_block(count);
    }
    if (status == 0 && count < 0) {
        status = fail("expected whole frames, found part of one at the end", 0);
    }
    free(block);
    return status;
}

const char link_target[] = TARGET_NAME;
const uint32_t link_clock = (uint32_t)CLOCKS_PER_SEC;

uint32_t link_ticks(void)
{
    return (uint32_t)clock();
}

uint32_t link_since(uint32_t moment)
{
    return link_ticks() - moment;
}

void link_put(uint8_t byte)
{
    (void)putchar(byte);
}

void link_flush(void)
{
    (void)fflush(stdout);
}

static int serve(void)
{
    static link_device device;

    link_init(&device, &state);
    for (int byte = getchar(); byte != EOF; byte = getchar()) {
        link_take(&device, (uint8_t)byte);
    }
    return ferror(stdin) || ferror(stdout) ? fail("cannot read or write", 0) : 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "trace") == 0) {
        return run(1);
    }
    if (argc == 2 && strcmp(argv[1], "events") == 0) {
        return run(0);
    }
    if (argc == 2 && strcmp(argv[1], "link") == 0) {
        return serve();
    }
    return fail("expected one argument, trace, events or link", 0);
}
