"""What es_fir_mve must get right."""

from tests.targets.layers.material import LayerKernel
from tests.targets.mutant import Mutant

TAKES = """
    channels-1 one-channel-1 one-channel-2 one-channel-3 one-channel-4 one-channel-8 one-channel-9 output-u8-1
    shift-1-small-1 shift-2-small-1 shift-1-1 half-1-8-k2-i8 half-1-8-k3-i8 half-1-8-k3-u8 half-1-8-k5-i8
    half-1-8-k5-u8 half-1-8-k8-i8 half-1-8-k8-u8 half-1-3 half-1-16 half-1-17 half-1-i4 half-1-u4 half-1-u1
    half-1-i7 half-1-u7 half-1-shift-1 half-1-shift-2 half-1-shift-8 half-1-shift-9 half-1-shift-16
    half-1-period-2 half-1-bias-16 last-1
"""
MUTANTS = (
    ("the past stays", "past[k - 1] = tap[k];", "past[k - 1] = past[k - 1];"),
    ("the past is a tap late", "past[k - 1] = tap[k];", "past[k - 1] = tap[k - 1];"),
    ("weights of the first eight", "p->weight + o * p->kernel", "p->weight"),
    ("bias of the first eight", "{vldrhq_s16(p->bias + 2 * o), ", "{vldrhq_s16(p->bias), "),
    ("the second half has no bias", "vldrhq_s16(p->bias + 2 * o + 8)}", "vdupq_n_s16(0)}"),
    (
        "all taps in one half",
        "half[k >= p->split] = mve_fir_add(half[k >= p->split]",
        "half[0] = mve_fir_add(half[0]",
    ),
    ("weights of the first tap", '[%[at]], #8\\n"', '[%[at]], #0\\n"'),
    ("rounds to the nearest", "mve_fir_requant(p, vhaddq_s16(", "mve_fir_requant(p, vrhaddq_s16("),
    ("halves saturate", "vhaddq_s16(half[0], half[1])", "vshrq_n_s16(vqaddq_s16(half[0], half[1]), 1)"),
    ("shifts by one too many", "1 - (int32_t)p->shift", "-(int32_t)p->shift"),
    (
        "all outputs are signed",
        "vqmovunbq_s16(vuninitializedq_u8(), shifted)",
        "vqmovnbq_u16(vuninitializedq_u8(), vreinterpretq_u16_s16(shifted))",
    ),
    ("no least output", "vmaxq_s16(shifted, vdupq_n_s16((int16_t)p->low))", "shifted"),
    ("the sign of x", "es_load(x, p->x_type, 0)", "es_load(x, ES_INT8, 0)"),
)
KERNEL = LayerKernel(
    "fir_mve", "mve", tuple(TAKES.split()), tuple(Mutant("fir_mve", *one, "es_fir_mve.h") for one in MUTANTS)
)
