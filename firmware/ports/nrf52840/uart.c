/* nRF52840 DK: the UART that the board's interface chip shows as a serial port, TXD P0.06, RXD P0.08, 1 MBd.
 * Registers: nRF52840 Product Specification v1.7, UART (universal asynchronous receiver/transmitter), GPIO.
 * Pins: nRF52840 DK hardware user guide, virtual COM port.
 */
#include "board.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define TASKS_STARTRX REGISTER(0x40002000u)
#define TASKS_STARTTX REGISTER(0x40002008u)
#define EVENTS_RXDRDY REGISTER(0x40002108u)
#define EVENTS_TXDRDY REGISTER(0x4000211Cu)
#define ENABLE REGISTER(0x40002500u)
#define PSEL_TXD REGISTER(0x4000250Cu)
#define PSEL_RXD REGISTER(0x40002514u)
#define RXD REGISTER(0x40002518u)
#define TXD REGISTER(0x4000251Cu)
#define BAUDRATE REGISTER(0x40002524u)
#define P0_OUTSET REGISTER(0x50000508u)
#define P0_DIRSET REGISTER(0x50000518u)

#define PIN_TXD 6u
#define PIN_RXD 8u
#define ENABLE_UART 4u
#define BAUD_1M 0x10000000u

void uart_init(void)
{
    P0_OUTSET = 1u << PIN_TXD; /* the line rests high */
    P0_DIRSET = 1u << PIN_TXD;
    PSEL_TXD = PIN_TXD;
    PSEL_RXD = PIN_RXD;
    BAUDRATE = BAUD_1M;
    ENABLE = ENABLE_UART;
    EVENTS_RXDRDY = 0;
    TASKS_STARTRX = 1;
    TASKS_STARTTX = 1;
}

uint8_t uart_get(void)
{
    while (EVENTS_RXDRDY == 0) {
    }
    EVENTS_RXDRDY = 0; /* before the byte is taken: reading it lets the next one raise the event */
    return (uint8_t)RXD;
}

void uart_put(uint8_t byte)
{
    EVENTS_TXDRDY = 0;
    TXD = byte;
    while (EVENTS_TXDRDY == 0) {
    }
}
