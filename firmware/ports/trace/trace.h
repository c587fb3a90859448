/* A trace: for each frame, what the input and every node of the network hold, packed without gaps in the order of
 * model_tensors; a tensor that does not have a frame in every frame is followed by its fresh flag, a byte.
 * Before the first frame stands one line, "edgesort <the digest's first 16 characters> <bytes of a record>\n".
 */
#ifndef TRACE_H
#define TRACE_H

#include "model.h"

#define TRACE_HEAD 64 /* bytes that are enough for the head */

/* Bytes of a frame's record. */
size_t trace_record(void);

/* Writes the head, which ends with a newline and a 0, to `text`; returns its length. */
size_t trace_head(char text[TRACE_HEAD]);

/* Writes a record; returns where it ends. */
uint8_t *trace_pack(const model_values *values, uint8_t *record);

#endif
