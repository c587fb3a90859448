/* STM32U585: 160 MHz from the 16 MHz oscillator HSI16 through PLL1: 16 MHz / 3 * 60 / 2.
 * Registers and the order of the steps: RM0456, PWR (dynamic voltage scaling, EPOD booster), RCC (PLL configuration),
 * FLASH (read access latency).
 */
#include "board.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define FLASH_ACR REGISTER(0x40022000u)
#define PWR_VOSR REGISTER(0x4602080Cu)
#define RCC_CR REGISTER(0x46020C00u)
#define RCC_CFGR1 REGISTER(0x46020C1Cu)
#define RCC_PLL1CFGR REGISTER(0x46020C28u)
#define RCC_PLL1DIVR REGISTER(0x46020C34u)
#define RCC_AHB3ENR REGISTER(0x46020C94u)

#define HSION (1u << 8)
#define HSIRDY (1u << 10)
#define PLL1ON (1u << 24)
#define PLL1RDY (1u << 25)
#define PWREN (1u << 2)
#define VOS_RANGE_1 (3u << 16)
#define VOSRDY (1u << 15)
#define BOOSTEN (1u << 18)
#define BOOSTRDY (1u << 14)
#define WAIT_STATES_4 4u
#define LATENCY 0xFu
#define SW_PLL1 3u
#define SWS (3u << 2)

/* PLL1CFGR: source HSI16, input 16 / 3 = 5.3 MHz (range 4 to 8 MHz: 0), booster at 16 / 2 = 8 MHz, output R on. */
#define PLL1_CONFIGURATION (2u | (3u - 1u) << 8 | 1u << 12 | 1u << 18)
/* PLL1DIVR: N = 60, P = Q = R = 2. */
#define PLL1_DIVIDERS ((60u - 1u) | (2u - 1u) << 9 | (2u - 1u) << 16 | (2u - 1u) << 24)

static void set_and_wait(volatile uint32_t *control, uint32_t bits, uint32_t ready)
{
    *control |= bits;
    while ((*control & ready) == 0) {
    }
}

void clock_init(void)
{
    RCC_AHB3ENR |= PWREN;
    (void)RCC_AHB3ENR; /* the clock is on after a read */
    set_and_wait(&RCC_CR, HSION, HSIRDY);
    RCC_PLL1CFGR = PLL1_CONFIGURATION; /* the booster's clock comes from here */
    RCC_PLL1DIVR = PLL1_DIVIDERS;
    set_and_wait(&PWR_VOSR, VOS_RANGE_1, VOSRDY);
    set_and_wait(&PWR_VOSR, BOOSTEN, BOOSTRDY);
    FLASH_ACR = (FLASH_ACR & ~LATENCY) | WAIT_STATES_4;
    while ((FLASH_ACR & LATENCY) != WAIT_STATES_4) {
    }
    set_and_wait(&RCC_CR, PLL1ON, PLL1RDY);
    RCC_CFGR1 |= SW_PLL1;
    while ((RCC_CFGR1 & SWS) != SWS) {
    }
}
