#include "link_bytes.h"
#include "link_port.h"

uint32_t link_crc(uint32_t crc, uint8_t byte)
{
    /* What four bits that leave the register do to the rest: they are divided by the polynomial 0xEDB88320. */
    static const uint32_t table[16] = {
        0x00000000u, 0x1DB71064u, 0x3B6E20C8u, 0x26D930ACu, 0x76DC4190u, 0x6B6B51F4u, 0x4DB26158u, 0x5005713Cu,
        0xEDB88320u, 0xF00F9344u, 0xD6D6A3E8u, 0xCB61B38Cu, 0x9B64C2B0u, 0x86D3D2D4u, 0xA00AE278u, 0xBDBDF21Cu,
    };

    crc ^= byte;
    crc = (crc >> 4) ^ table[crc & 15u];
    return (crc >> 4) ^ table[crc & 15u];
}

int link_read(link_reader *reader, uint8_t byte)
{
    const bool gap = reader->code != 0 && reader->code <= LINK_BLOCK; /* a 0 was left out after the last block */

    if (byte == 0) {
        return LINK_END;
    }
    if (reader->owed > 0) {
        reader->owed--;
        return byte;
    }
    reader->code = byte;
    reader->owed = (uint8_t)(byte - 1u);
    return gap ? 0 : LINK_NONE;
}

static void put_block(link_writer *writer)
{
    link_put((uint8_t)(writer->count + 1u));
    for (uint32_t i = 0; i < writer->count; i++) {
        link_put(writer->bytes[i]);
    }
    writer->full = writer->count == LINK_BLOCK;
    writer->count = 0;
}

void link_begin(link_writer *writer, uint32_t start)
{
    writer->crc = ~start;
    writer->full = false;
}

void link_put8(link_writer *writer, uint8_t number)
{
    writer->crc = link_crc(writer->crc, number);
    if (number != 0) {
        writer->bytes[writer->count++] = number;
    }
    if (number == 0 || writer->count == LINK_BLOCK) {
        put_block(writer);
    }
}

void link_put16(link_writer *writer, uint16_t number)
{
    link_put8(writer, (uint8_t)number);
    link_put8(writer, (uint8_t)(number >> 8));
}

void link_put32(link_writer *writer, uint32_t number)
{
    link_put16(writer, (uint16_t)number);
    link_put16(writer, (uint16_t)(number >> 16));
}

void link_end(link_writer *writer)
{
    link_put32(writer, ~writer->crc);
    if (writer->count > 0 || !writer->full) {
        put_block(writer);
    }
    link_put(0);
    link_flush();
}
