"""What es_channels_mve must get right."""

from tests.targets.layers.material import LayerKernel
from tests.targets.mutant import Mutant

TAKES = """
    goal-depthwise-k5 goal-depthwise-k5-u8 extreme-16-16-k5-i8--128 extreme-16-16-k5-i8-127
    extreme-16-16-k5-u8--128 extreme-16-16-k5-u8-127 depthwise-dilation depthwise-stride-2 depthwise-2-i8
    depthwise-2-u8 depthwise-3-i8 depthwise-3-u8 depthwise-4-u8 depthwise-5-u8 depthwise-8-i8 depthwise-8-u8
    depthwise-16-i8 depthwise-16-u8 depthwise-17-i8 depthwise-17-u8 depthwise-33-i8 depthwise-33-u8 depthwise-k3
    depthwise-k31 rows-depthwise output-u8-depthwise output-i4-depthwise output-u1-depthwise
    output-i16-depthwise output-u16-depthwise weights-16-depthwise shift-0-small-depthwise shift-0-depthwise
    shift-1-depthwise shift-8-depthwise shift-15-depthwise shift-16-depthwise shift-20-depthwise
    shift-31-depthwise shift-47-depthwise shifts-depthwise bias-extreme-depthwise accumulator-depthwise
    half-depthwise-k2 half-depthwise-i4 half-depthwise-shift-17 half-depthwise-low--127 half-depthwise-low--128
    half-depthwise-bias-extreme last-depthwise-wide
"""
MUTANTS = (
    ("no bias", "int32x4_t sums = vldrwq_s32(table);", "int32x4_t sums = vdupq_n_s32(0);"),
    ("bias of the first four", "c += 4, table += 8", "c += 4"),
    ("weights of the first tap", "k++, weight += 4,", "k++,"),
    ("channels of the first four", "window + c * es_size(p->line.x_type)", "window"),
    ("taps lie side by side", "at += p->line.frame_bytes", "at += 4"),
    ("the sign of 8 bits", "vreinterpretq_s32_u32(vldrbq_u32(x))", "vldrbq_s32((const int8_t *)(const void *)x)"),
    ("the bias is the shift", "vldrwq_s32(table + 4)", "vldrwq_s32(table)"),
    ("no least output", "vmaxq_s32(sums, vdupq_n_s32(p->low))", "sums"),
    ("outputs behind the last are written", "p->channels - c)", "4)"),
    ("computes what is not due", "!due || y == NULL", "y == NULL"),
)
KERNEL = LayerKernel(
    "channels_mve",
    "mve",
    tuple(TAKES.split()),
    tuple(Mutant("channels_mve", *one, "es_channels_mve.h") for one in MUTANTS),
)
