"""What es_conv_dsp must get right."""

from tests.targets.layers.material import LayerKernel
from tests.targets.mutant import Mutant

TAKES = """
    goal-4-16-k5 goal-4-16-k5-u8 goal-16-32-k5 goal-16-32-k5-u8 goal-32-32 goal-32-32-u8 goal-256-64
    goal-256-64-u8 extreme-16-5-k3-i8--128 extreme-64-4-k1-i8--128 extreme-16-5-k3-i8-127 extreme-64-4-k1-i8-127
    extreme-16-5-k3-u8--128 extreme-64-4-k1-u8--128 extreme-16-5-k3-u8-127 extreme-64-4-k1-u8-127 kernel-1-i8
    kernel-1-u8 kernel-2-i8 kernel-2-u8 kernel-3-i8 kernel-3-u8 kernel-5-i8 kernel-5-u8 kernel-31-i8
    kernel-31-u8 channels-2 channels-3 channels-4 channels-5 channels-16 channels-17 channels-32 channels-33
    outputs-1 outputs-2 outputs-3 outputs-4 outputs-5 outputs-7 outputs-8 outputs-16 outputs-17 dense-1-1
    dense-1-4 dense-1-17 dense-2-1 dense-2-4 dense-2-17 dense-5-1 dense-5-4 dense-5-17 dense-15-1 dense-15-4
    dense-15-17 dense-31-1 dense-31-4 dense-31-17 dense-64-1 dense-64-4 dense-64-17 square-16 square-40
    square-64 square-144 long-31-16 pointwise-16-8 window-3x8-5 dilation-2-i8 dilation-2-u8 dilation-3-i8
    dilation-3-u8 stride-2-i8 stride-2-u8 stride-3-i8 stride-3-u8 stride-dilation stride-above-kernel
    stride-pointwise one-channel-dilation depthwise-dilation depthwise-stride-2 period-2 period-3-dense
    period-2-stride-2 depthwise-k1 depthwise-k2 depthwise-k31 grouped-2 grouped-2-u8 grouped-dense rows
    rows-dense input-i4 input-u4 input-i1 input-u1 input-i7 input-u7 input-i9 input-i12 input-u12 input-u15
    input-i16 input-i4-low input-u4-low input-i16-low output-u8 output-i4 output-u4 output-i1 output-u1
    output-i12 output-i16 output-u16 output-i32 weights-1-i8 weights-1-u8 weights-2-i8 weights-2-u8 weights-4-i8
    weights-4-u8 weights-9-i8 weights-9-u8 weights-16-i8 weights-16-u8 weights-16-low weights-16-low-u8
    weights-16-input-i16 weights-16-input-i16-low weights-0 shift-0-small shift-1-small shift-2-small shift-0
    shift-1 shift-7 shift-8 shift-15 shift-16 shift-20 shift-31 shift-32 shift-47 shifts shifts-1
    shifts-depthwise shifts-rows bias-extreme bias-extreme-u8 bias-extreme-shift-0 bias-extreme-weights-16
    accumulator accumulator-u8 accumulator-i16 accumulator-rising chain-long chain-groups chain-16-bits
    chain-17-bits chain-21-bits chain-22-bits chain-24-bits chain-25-bits chain-six-20-bits chain-six-21-bits
    chain-six-groups chain-six-shifts chain-shift-31 chain-shifts half-1-8-k2-i8 half-1-8-k2-u8
    half-depthwise-k2 half-depthwise-k12 half-depthwise-shifts half-depthwise-shifts-u8 half-depthwise-rows
    half-depthwise-dilation half-depthwise-dilation-i8 half-depthwise-stride-dilation window-read-twice
    depthwise-read-twice groups-of-taps rows-joined rows-joined-by-pairs last
"""
MUTANTS = (
    ("D has 23 bits", "(es_conv_dsp_left(low, 8), 8)", "(es_conv_dsp_left(low, 9), 9)"),
    ("lifted by half", "es_conv_dsp_left(lift, 7)", "es_conv_dsp_left(lift, 6)"),
    ("fours stay lifted", "es_conv_dsp_lower(v, 3, lift);", ""),
    ("fives stay lifted", "es_conv_dsp_lower(v, 4, lift);", ""),
    ("C has 19 bits", "es_conv_dsp_left(low, 12), 12)", "es_conv_dsp_left(low, 13), 13)"),
    ("C keeps A", "es_conv_dsp_minus(sum[1], es_conv_dsp_left(sum[0], 10))", "sum[1]"),
    ("the first three of six twice", "es_conv_dsp_three_of_two(sum + 2, v);", "es_conv_dsp_three_of_two(sum, v);"),
    ("A of four is left", "es_conv_dsp_left(low, 8), 8)", "es_conv_dsp_left(v[2], 8), 8)"),
    ("the last of five is a sum", "v[4] = es_conv_dsp_minus(v[3], es_conv_dsp_left(low, 8))", "v[4] = v[3]"),
    ("the chain is not undone to its start", "size_t i = sums - 1; i > 0; i--", "size_t i = sums - 1; i > 1; i--"),
    ("the last is scaled, too", "i + 1 < count ? scale : 0", "scale"),
    ("shifts of the first block", "rest->shift += p->shifts == NULL ? 0 : count;", ""),
    ("shifts of the first set go on", "rest.shift = p->shifts;", ""),
    ("weights of the first set go on", "rest.weight = p->weight;", ""),
    ("a set for all units", "u % p->weights == 0", "true"),
    ("the sign of fours", "p->x_type == ES_INT8, &even", "true, &even"),
    ("fours in order", "memcpy(to + i + 2, &odd", "memcpy(to + i + 2, &even"),
    ("a frame by fours is written once", "memcpy(to + i + again, &even, sizeof even);", ""),
    ("a frame is written once", "to[i] = to[i + again] = value;", "to[i] = value;"),
    ("the second copy is written once", "to[i + p->copy + 1 + again] = value", "value"),
    ("the second copy is not read", "begin % 2 == 1 ? begin + p->copy + 1 : begin", "begin % 2 == 1 ? begin : begin"),
    ("the window is a frame old", "begin = next * p->channels", "begin = at * p->channels"),
    ("units share a line", "        line += p->line_elements;\n", ""),
    ("units share a window", "u++, window += p->line_elements", "u++"),
    ("ignores dilation", "s->turn + 1 < p->dilation ? s->turn + 1 : 0", "0"),
    ("dilated frames change their place", "(p->dilation == 1 || s->turn == 0)", "true"),
    ("a place too many", "at + 1 < p->kernel ? at + 1 : 0", "at < p->kernel ? at + 1 : 0"),
    ("ignores stride", "return s->phase == 0;", "return true;"),
    ("stride a frame long", "s->phase + 1 < p->stride", "s->phase < p->stride"),
)
SHARED = (
    (
        "a sum of three by the other's weights",
        'ES_DSP_PAIR_3("r3", "r11", "r12", "lr")',
        'ES_DSP_PAIR_3("r3", "r12", "r11", "lr")',
    ),
    ("an input too late", 'ES_DSP_PAIR_3("r2", "r8", "r9", "r10") ES', 'ES_DSP_PAIR_3("r3", "r8", "r9", "r10") ES'),
    ("the fourth sum twice", '"smlad r12, " x ", r11, r12', '"smlad r12, " x ", r10, r12'),
    ("a run too few", '"1:\\n\\t" sums', '"subs %[left], %[left], #1\\n\\t1:\\n\\t" sums'),
    ("one sum without its bias", "*sum = *w++;", "*sum = 0 * *w++;"),
    ("bytes have a sign", '"uxtb16 %0, %2\\n', '"sxtb16 %0, %2\\n'),
    ("shifts by 3", 'usat %0, %1, %2, asr %3"', 'usat %0, %1, %2, asr #3"'),
)
KERNEL = LayerKernel(
    "conv_dsp",
    "dsp",
    tuple(TAKES.split()),
    (
        *(Mutant("conv_dsp", *mutant, "es_conv_dsp.h") for mutant in MUTANTS),
        *(Mutant("conv_dsp", *mutant, "es_dsp.h") for mutant in SHARED),
    ),
)
