/* B-U585I-IOT02A: USART1, which the board's debugger shows as a serial port, TX PA9, RX PA10, 1 MBd from HSI16.
 * Registers: RM0456, RCC, GPIO, USART. Pins: UM2839, virtual COM port.
 */
#include "board.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define RCC_AHB2ENR1 REGISTER(0x46020C8Cu)
#define RCC_APB2ENR REGISTER(0x46020CA4u)
#define RCC_CCIPR1 REGISTER(0x46020CE0u)
#define GPIOA_MODER REGISTER(0x42020000u)
#define GPIOA_PUPDR REGISTER(0x4202000Cu)
#define GPIOA_AFRH REGISTER(0x42020024u)
#define USART1_CR1 REGISTER(0x40013800u)
#define USART1_BRR REGISTER(0x4001380Cu)
#define USART1_ISR REGISTER(0x4001381Cu)
#define USART1_RDR REGISTER(0x40013824u)
#define USART1_TDR REGISTER(0x40013828u)

#define GPIOAEN (1u << 0)
#define USART1EN (1u << 14)
#define USART1SEL 3u
#define USART1SEL_HSI16 2u
#define PINS(bits, width) ((bits) << (9u * (width)) | (bits) << (10u * (width)))       /* PA9, PA10 */
#define PINS_HIGH(bits, width) ((bits) << (1u * (width)) | (bits) << (2u * (width)))  /* in AFRH */
#define MODE_ALTERNATE 2u
#define PULL_UP 1u
#define AF7 7u
#define UE_RE_TE_FIFO (1u << 0 | 1u << 2 | 1u << 3 | 1u << 29)
#define RX_READY (1u << 5)
#define TX_READY (1u << 7)
#define DIVIDER 16u /* 16 MHz / 1 MBd */

void uart_init(void)
{
    RCC_AHB2ENR1 |= GPIOAEN;
    RCC_CCIPR1 = (RCC_CCIPR1 & ~USART1SEL) | USART1SEL_HSI16;
    RCC_APB2ENR |= USART1EN;
    (void)RCC_APB2ENR; /* the clock is on after a read */
    GPIOA_PUPDR = (GPIOA_PUPDR & ~PINS(3u, 2u)) | PINS(PULL_UP, 2u);
    GPIOA_AFRH = (GPIOA_AFRH & ~PINS_HIGH(15u, 4u)) | PINS_HIGH(AF7, 4u);
    GPIOA_MODER = (GPIOA_MODER & ~PINS(3u, 2u)) | PINS(MODE_ALTERNATE, 2u);
    USART1_BRR = DIVIDER;
    USART1_CR1 = UE_RE_TE_FIFO;
}

uint8_t uart_get(void)
{
    while (!(USART1_ISR & RX_READY)) {
    }
    return (uint8_t)USART1_RDR;
}

void uart_put(uint8_t byte)
{
    while (!(USART1_ISR & TX_READY)) {
    }
    USART1_TDR = byte;
}
