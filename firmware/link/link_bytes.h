/* A message as bytes on the line: consistent overhead byte stuffing (COBS), which leaves the zeros out, and a CRC-32.
 * S. Cheshire and M. Baker, Consistent overhead byte stuffing, IEEE/ACM Transactions on Networking 7(2), 1999.
 *
 * A block is a code and code - 1 bytes that are not 0. After it stands a 0 that was left out, unless its code is 255 or
 * the message ends.
 */
#ifndef LINK_BYTES_H
#define LINK_BYTES_H

#include <stdbool.h>
#include <stdint.h>

#define LINK_BLOCK 254 /* bytes in a block, at most */
#define LINK_NONE (-1) /* a code, after which the message goes on without a byte */
#define LINK_END (-2)  /* the message's end */

/* The register of IEEE 802.3's CRC-32 after one more byte. It starts at the complement of a start value, and its
 * complement at the end is the check. */
uint32_t link_crc(uint32_t crc, uint8_t byte);

/* All 0 before a message. */
typedef struct {
    uint8_t code; /* of this block; 0 before the first */
    uint8_t owed; /* bytes of this block that are to come; at the end the message is cut if there are any */
} link_reader;

/* Takes a byte from the line. Returns the message's next byte, LINK_NONE or LINK_END. */
int link_read(link_reader *reader, uint8_t byte);

/* All 0 before the first message. Its bytes go to the line (link_put) once it is known how far the next 0 is. */
typedef struct {
    uint32_t crc;
    uint8_t bytes[LINK_BLOCK]; /* of this block */
    uint8_t count;
    bool full; /* the block before this one had 254 bytes: no 0 stands between them */
} link_writer;

/* A message, its numbers little-endian. start: of its check, which goes behind it. */
void link_begin(link_writer *writer, uint32_t start);
void link_put8(link_writer *writer, uint8_t number);
void link_put16(link_writer *writer, uint16_t number);
void link_put32(link_writer *writer, uint32_t number);
void link_end(link_writer *writer);

#endif
