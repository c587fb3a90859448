/* nRF52840: the core runs at 64 MHz. nRF52840 Product Specification v1.7, CPU. */
#ifndef MACHINE_H
#define MACHINE_H

#define CLOCK_HZ 64000000u

#endif
