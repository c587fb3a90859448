/* A device on a line: frames come from a host, the network takes them, its events go back. This is the device's side of
 * edgesort's link, protocol 1; docs/link.md of edgesort is its specification.
 *
 *   link_init(&device, &state);
 *   for (;;) {
 *       link_take(&device, uart_get());
 *   }
 *
 * Nothing is heard while a message's frames are computed, so only one such message may be on its way (the window), and
 * error 9 cannot happen. No allocation, no recursion; a byte takes bounded time, the last one of a message that of its
 * frames and its answer.
 */
#ifndef LINK_H
#define LINK_H

#include "link_bytes.h"
#include "model.h"

#define LINK_FRAME_BYTES ((uint32_t)sizeof(model_sample[MODEL_FRAME]))

#ifndef LINK_FRAMES /* frames in a message, at most */
#define LINK_FRAMES (LINK_FRAME_BYTES > 508u ? 1u : 508u / LINK_FRAME_BYTES)
#endif

#ifndef LINK_EVENTS /* events in a message, at most */
#define LINK_EVENTS 8u
#endif

#ifndef LINK_VALUES /* bytes of values in a message, at most */
#define LINK_VALUES 512u
#endif

#define LINK_HEAD 7u /* bytes of a message before the samples: type, sequence, and the first frame's number */

typedef struct {
    model_state *model;

    /* the message that comes */
    link_reader reader;
    uint32_t length; /* bytes so far */
    uint32_t check;  /* the last four of them */
    uint32_t crc;    /* of those before */
    uint8_t head[LINK_HEAD];
    model_sample samples[LINK_FRAMES * MODEL_FRAME];

    /* the session */
    uint32_t session; /* 0: none */
    uint32_t frames;
    uint32_t found; /* events */
    uint32_t worst; /* ticks of a frame */
    uint16_t taken; /* messages from the host */
    uint16_t sent;  /* messages to it */
    uint32_t traced;
    uint32_t made[MODEL_TENSORS]; /* frames of each node */
    bool halted;                  /* an error was sent */

    /* events that are still to be sent */
    uint32_t waiting;
    model_event events[MODEL_EVENTS + LINK_EVENTS];

    /* the message that goes */
    link_writer writer;
} link_device;

/* The device starts: the state is initialised, HELLO is sent. Both belong to the caller. */
void link_init(link_device *device, model_state *model);

/* Takes a byte from the line, and does what a message asks for once it is whole. */
void link_take(link_device *device, uint8_t byte);

#endif
