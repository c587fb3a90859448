/* What a device says. */
#ifndef LINK_SAY_H
#define LINK_SAY_H

#include "link.h"

#define LINK_BODY 3u /* bytes of type and sequence */
#define LINK_MOST (LINK_HEAD - LINK_BODY + (uint32_t)sizeof(model_sample[LINK_FRAMES * MODEL_FRAME])) /* of FRAMES */

enum { KIND_HELLO = 1, KIND_RESET, KIND_FRAMES, KIND_EVENTS, KIND_TRACE, KIND_STATS, KIND_ERROR };

/* HELLO and RESET stand outside sessions: they always count as message 0 of session 0. */
bool link_is_sessionless(uint8_t type);

void link_say_hello(link_device *device);
void link_say_stats(link_device *device);

/* What was wrong: once in a session. */
void link_say_error(link_device *device, uint8_t code, uint32_t expected, uint32_t found);

/* The events that wait, in as many messages as they need; one if there are none. */
void link_say_events(link_device *device);

/* The values of model_tensors[k], in as many messages as they need. */
void link_say_values(link_device *device, uint32_t k);

#endif
