"""What es_conv_mve must get right."""

from tests.targets.layers.material import LayerKernel
from tests.targets.mutant import Mutant

TAKES = """
    goal-1-8-k5 goal-1-8-k5-u8 goal-4-16-k5 goal-4-16-k5-u8 goal-16-32-k5 goal-16-32-k5-u8 goal-32-32
    goal-32-32-u8 goal-256-64 goal-256-64-u8 extreme-1-8-k5-i8--128 extreme-16-5-k3-i8--128
    extreme-64-4-k1-i8--128 extreme-1-8-k5-i8-127 extreme-16-5-k3-i8-127 extreme-64-4-k1-i8-127
    extreme-1-8-k5-u8--128 extreme-16-5-k3-u8--128 extreme-64-4-k1-u8--128 extreme-1-8-k5-u8-127
    extreme-16-5-k3-u8-127 extreme-64-4-k1-u8-127 kernel-1-i8 kernel-1-u8 kernel-2-i8 kernel-2-u8 kernel-3-i8
    kernel-3-u8 kernel-5-i8 kernel-5-u8 kernel-31-i8 kernel-31-u8 channels-2 channels-3 channels-4 channels-5
    channels-16 channels-17 channels-32 channels-33 outputs-1 outputs-2 outputs-3 outputs-4 outputs-5 outputs-7
    outputs-8 outputs-16 outputs-17 one-channel-5 one-channel-17 dense-1-1 dense-1-4 dense-1-17 dense-2-1
    dense-2-4 dense-2-17 dense-5-1 dense-5-4 dense-5-17 dense-15-1 dense-15-4 dense-15-17 dense-31-1 dense-31-4
    dense-31-17 dense-64-1 dense-64-4 dense-64-17 square-16 square-40 square-64 square-144 long-31-16
    pointwise-16-8 window-3x8-5 dilation-2-i8 dilation-2-u8 dilation-3-i8 dilation-3-u8 stride-2-i8 stride-2-u8
    stride-3-i8 stride-3-u8 stride-dilation stride-above-kernel stride-pointwise one-channel-dilation
    one-channel-stride period-2 period-3-dense period-2-stride-2 depthwise-k1 depthwise-multiplier grouped-2
    grouped-2-u8 grouped-dense rows rows-u8 rows-dense input-i4 input-u4 input-i1 input-u1 input-i7 input-u7
    input-i9 input-i12 input-u12 input-u15 input-i16 input-u16 input-i4-low input-u4-low input-i16-low
    input-u16-low output-u8 output-i4 output-u4 output-i1 output-u1 output-i12 output-i16 output-u16 output-i4-1
    output-u1-1 output-i16-1 output-u16-1 output-i24-1 output-i32 weights-1-i8 weights-1-u8 weights-2-i8
    weights-2-u8 weights-4-i8 weights-4-u8 weights-9-i8 weights-9-u8 weights-16-i8 weights-16-u8
    weights-16-one-channel weights-16-low weights-16-low-u8 weights-16-input-i16 weights-16-input-i16-low
    weights-0 shift-0-small shift-1-small shift-2-small shift-0-small-1 shift-0 shift-1 shift-7 shift-8 shift-15
    shift-16 shift-20 shift-31 shift-32 shift-47 shift-0-1 shift-8-1 shift-15-1 shift-16-1 shift-20-1 shift-31-1
    shift-32-1 shift-47-1 shifts shifts-1 shifts-rows bias-extreme bias-extreme-u8 bias-extreme-shift-0
    bias-extreme-1 bias-extreme-1-shift-0 bias-extreme-weights-16 accumulator accumulator-u8 accumulator-i16
    accumulator-1 accumulator-rising chain-long chain-groups chain-16-bits chain-17-bits chain-21-bits
    chain-22-bits chain-24-bits chain-25-bits chain-six-20-bits chain-six-21-bits chain-six-groups
    chain-six-shifts chain-shift-31 chain-shifts half-1-8-k2-u8 half-1-shift-17 half-1-bias-extreme
    half-1-low--127 half-1-low--128 window-read-twice depthwise-read-twice groups-of-taps rows-joined
    rows-joined-by-pairs last
"""
MUTANTS = (
    (
        "the third output by the second's weights",
        'load " q2, [%[weight]], #16\\n" add " r8, " x ", q2\\n" \\\n',
        'load " q3, [%[weight]], #16\\n" add " r8, " x ", q2\\n" \\\n',
    ),
    ("the third output twice", 'add " r10, " x ", q3\\n"', 'add " r8, " x ", q3\\n"'),
    (
        "the first vector twice",
        'ES_CONV_MVE_ADD("vldrb.8", "vmladava.s8", "%q[x1]")',
        'ES_CONV_MVE_ADD("vldrb.8", "vmladava.s8", "%q[x0]")',
    ),
    ("outputs swapped", '"vmov q2[3], q2[1], r6, r10\\n"', '"vmov q2[3], q2[1], r10, r6\\n"'),
    ("no least output", '"vmax.s32 q2, q2, %q[low]\\n"', '"\\n"'),
    ("no greatest output", '"vmin.s32 q2, q2, %q[high]\\n"', '"\\n"'),
    (
        "outputs behind the last are written",
        '"vctp.32 %[left]\\n"',
        '"vctp.32 %[y]\\n"',
    ),
    ("an input too few", '"dlstp." width " lr, %[inputs]\\n"', '"sub lr, %[inputs], #1\\ndlstp." width " lr, lr\\n"'),
    (
        "16 bits are 8",
        'ES_CONV_MVE_DOT("16", "vldrh.16", "vmladava.s16")',
        'ES_CONV_MVE_DOT("8", "vldrb.8", "vmladava.s8")',
    ),
    ("sums of any type are not shifted", "vshlq_s32(sums, vldrwq_s32(table))", "sums"),
    ("sums of any type have no least output", "vmaxq_s32(sums, vdupq_n_s32(p->low))", "sums"),
    ("weights of the first group", "group + 1 < p->groups ? group + 1 : 0", "0"),
    ("rows go on with the weights", "group + 1 < p->groups ? group + 1 : 0", "group + 1"),
    ("counts of inputs and of outputs share a register", '[left] "+&r"(left)', '[left] "+r"(left)'),
    ("outputs of the first line", "(uint8_t *)y + l * p->outputs * es_size(p->y_type)", "(uint8_t *)y"),
)
SHARED = (
    ("a frame is written once", '"vstrb.8 q0, [%[again]], #16\\n"', '"\\n"'),
    ("unsigned x keeps its top bit", '"veor q0, q0, %q[flip]\\n"', '"\\n"'),
    ("past frames are less half the range", "p->flip != 0 && set[0] == 0", "false"),
    ("lines share a window", "line + l * 2 * p->window_bytes);\n        }\n", "line);\n        }\n"),
    ("a place too many", "set[0] == p->window_bytes ? 0 : set[0]", "set[0] > p->window_bytes ? 0 : set[0]"),
    ("ignores dilation", "s->turn * (p->words + 1)", "0 * s->turn"),
    ("ignores stride", "*due = p->stride == 1 || s->phase == 0;", "*due = true;"),
    ("widens without the second copy", "first[i] = again[i] =", "first[i] ="),
    ("elements of two bytes are stored as one", "es_size(type) == 1", "es_size(type) <= 2"),
)
KERNEL = LayerKernel(
    "conv_mve",
    "mve",
    tuple(TAKES.split()),
    (
        *(Mutant("conv_mve", *one, "es_conv_mve.h") for one in MUTANTS),
        *(Mutant("conv_mve", *one, "es_mve.h") for one in SHARED),
    ),
)
