/* The network on the machine. Its command line is one word:
 *
 *   trace   frames.bin -> trace.bin: every node's values in every frame (trace.h)
 *   count   frames.bin -> count.bin: uint64 {frames, bytes of stack used}; model_push alone runs between the two markers
 */
#include "board.h"
#include "semihosting.h"
#include "trace.h"

#include <string.h>

#define BLOCK_FRAMES ((4u << 20) / sizeof(model_sample[MODEL_FRAME]))
#define EVENTS 16

/* An implant would hold only this. */
static model_state state;

/* The harness's blocks are no part of the firmware's RAM. */
__attribute__((section(".harness"))) static model_sample frames[BLOCK_FRAMES][MODEL_FRAME];
__attribute__((section(".harness"))) static uint8_t block[8u << 20];
__attribute__((section(".harness"))) static model_event events[EVENTS];

static int fail(const char *what)
{
    uart_puts(what);
    return 1;
}

static size_t read_frames(int file)
{
    return semihosting_read(file, frames, sizeof frames) / sizeof frames[0];
}

static int trace(int from, int to)
{
    const size_t most = sizeof block - trace_record();
    char head[TRACE_HEAD];
    uint8_t *end = block;
    bool written = semihosting_write(to, head, trace_head(head));

    for (size_t n; written && (n = read_frames(from)) > 0;) {
        for (size_t t = 0; t < n && written; t++) {
            if (model_push(&state, frames[t], 1, NULL, 0) < 0) {
                return fail("expected model_push to take the frame\n");
            }
            end = trace_pack(model_values_of(&state), end);
            if ((size_t)(end - block) > most) {
                written = semihosting_write(to, block, (size_t)(end - block));
                end = block;
            }
        }
    }
    written = written && semihosting_write(to, block, (size_t)(end - block));
    return written ? 0 : fail("cannot write trace.bin\n");
}

/* Instructions are counted between these two, found by their names; the texts keep the compiler from merging them. */
__attribute__((noinline, noclone, used)) static void measure_begin(void)
{
    __asm__ volatile("/* begin */" ::: "memory");
}

__attribute__((noinline, noclone, used)) static void measure_end(void)
{
    __asm__ volatile("/* end */" ::: "memory");
}

static int count(int from, int to)
{
    uint64_t result[2] = {0, 0};

    for (size_t n; (n = read_frames(from)) > 0;) {
        for (size_t t = 0; t < n; t++) {
            int found;

            measure_begin();
            found = model_push(&state, frames[t], 1, events, EVENTS);
            measure_end();
            if (found < 0) {
                return fail("expected model_push to take the frame\n");
            }
        }
        result[0] += n;
    }
    result[1] = stack_used();
    return semihosting_write(to, result, sizeof result) ? 0 : fail("cannot write count.bin\n");
}

int run(void)
{
    char banner[TRACE_HEAD], word[64];
    int from, to, status;

    (void)trace_head(banner);
    uart_puts(banner);
    semihosting_command_line(word, sizeof word);
    from = semihosting_open("frames.bin", false);
    to = semihosting_open(strcmp(word, "count") == 0 ? "count.bin" : "trace.bin", true);
    if (model_init(&state) < 0 || from < 0 || to < 0) {
        return fail("cannot open frames.bin and trace.bin or count.bin\n");
    }
    status = strcmp(word, "count") == 0 ? count(from, to) : trace(from, to);
    semihosting_close(to);
    return status;
}
