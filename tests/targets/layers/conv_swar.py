"""What es_conv_swar must get right: es_line, the window where it lies, and es_linear_swar of it."""

from tests.targets.layers.material import LayerKernel
from tests.targets.mutant import Mutant

TAKES = """
    goal-1-8-k5 goal-1-8-k5-u8 goal-4-16-k5 goal-4-16-k5-u8 goal-16-32-k5 goal-16-32-k5-u8 goal-256-64
    goal-256-64-u8 extreme-1-8-k5-i8--128 extreme-16-5-k3-i8--128 extreme-1-8-k5-i8-127 extreme-16-5-k3-i8-127
    extreme-1-8-k5-u8--128 extreme-16-5-k3-u8--128 extreme-1-8-k5-u8-127 extreme-16-5-k3-u8-127 kernel-2-i8
    kernel-2-u8 kernel-3-i8 kernel-3-u8 kernel-5-i8 kernel-5-u8 kernel-31-i8 kernel-31-u8 channels-1 channels-2
    channels-3 channels-4 channels-5 channels-16 channels-17 channels-32 channels-33 outputs-3 outputs-4
    outputs-5 outputs-7 outputs-8 outputs-16 outputs-17 one-channel-3 one-channel-4 one-channel-5 one-channel-8
    one-channel-9 one-channel-17 square-40 square-144 long-31-16 window-3x8-5 dilation-2-i8 dilation-2-u8
    dilation-3-i8 dilation-3-u8 stride-2-i8 stride-2-u8 stride-3-i8 stride-3-u8 stride-dilation
    stride-above-kernel stride-pointwise one-channel-dilation one-channel-stride period-2 period-2-stride-2
    grouped-2-u8 rows rows-u8 input-i4 input-u4 input-i1 input-u1 input-i7 input-u7 input-i9 input-i12 input-u12
    input-i4-low input-u4-low output-u8 output-i4 output-u4 output-i1 output-u1 output-i12 output-i16 output-u16
    output-u8-1 output-i4-1 output-u1-1 output-i16-1 output-u16-1 output-i24-1 weights-1-i8 weights-1-u8
    weights-2-i8 weights-2-u8 weights-4-i8 weights-4-u8 weights-9-i8 weights-9-u8 weights-0 shift-0-small
    shift-1-small shift-2-small shift-0-small-1 shift-1-small-1 shift-2-small-1 shift-0 shift-1 shift-7 shift-8
    shift-15 shift-16 shift-20 shift-31 shift-32 shift-47 shift-0-1 shift-1-1 shift-8-1 shift-15-1 shift-16-1
    shift-20-1 shift-31-1 shift-32-1 shift-47-1 shifts shifts-1 shifts-rows accumulator accumulator-u8
    accumulator-i16 accumulator-1 chain-long chain-groups chain-16-bits chain-17-bits chain-21-bits
    chain-22-bits chain-24-bits chain-six-20-bits chain-six-21-bits chain-six-groups chain-six-shifts
    chain-shift-31 chain-shifts half-1-8-k2-i8 half-1-8-k2-u8 half-1-8-k3-i8 half-1-8-k3-u8 half-1-8-k5-i8
    half-1-8-k5-u8 half-1-8-k8-i8 half-1-8-k8-u8 half-1-3 half-1-16 half-1-17 half-1-i4 half-1-u4 half-1-u1
    half-1-i7 half-1-u7 half-1-shift-1 half-1-shift-2 half-1-shift-8 half-1-shift-9 half-1-shift-16
    half-1-shift-17 half-1-period-2 half-1-bias-extreme half-1-bias-16 half-1-low--127 half-1-low--128
    groups-of-taps last-1 last
"""
MUTANTS = (
    ("the window is a frame old", "*window = ring + slot + p->row_bytes;", "*window = ring + slot;", "es_line.c"),
    ("a frame is written once", "to[kernel_bytes] = *from++;", "from++;", "es_line.c"),
    ("rows share a ring", "r++, ring += 2 * kernel_bytes", "r++", "es_line.c"),
    ("frames that are not apart share a ring", "(size_t)s->ring * p->rows * 2 * kernel_bytes", "0", "es_line.c"),
    ("ignores dilation", "s->ring + 1 < p->dilation ? s->ring + 1 : 0", "0", "es_line.c"),
    ("a slot too many", "s->at + 1 < p->kernel ?", "s->at < p->kernel ?", "es_line.c"),
    ("ignores stride", "return s->phase == 0;", "return true;", "es_line.c"),
    ("stride a frame long", "s->phase + 1 < p->stride", "s->phase < p->stride", "es_line.c"),
    ("shifts of the first block", "rest->shift += count;", "", "es_linear_swar.c"),
    (
        "ignores the window",
        "es_linear_swar(&p->linear, window, y)",
        "es_linear_swar(&p->linear, x, y)",
        "es_conv_swar.c",
    ),
)
KERNEL = LayerKernel(
    "conv_swar",
    "swar",
    tuple(TAKES.split()),
    tuple(Mutant("conv_swar", *mutant) for mutant in MUTANTS),
)
