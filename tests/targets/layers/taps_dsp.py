"""What es_taps_dsp must get right."""

from tests.targets.layers.material import LayerKernel
from tests.targets.mutant import Mutant

TAKES = """
    goal-1-8-k5 goal-1-8-k5-u8 goal-depthwise-k5 goal-depthwise-k5-u8 extreme-1-8-k5-i8--128
    extreme-16-16-k5-i8--128 extreme-1-8-k5-i8-127 extreme-16-16-k5-i8-127 extreme-1-8-k5-u8--128
    extreme-16-16-k5-u8--128 extreme-1-8-k5-u8-127 extreme-16-16-k5-u8-127 channels-1 one-channel-1
    one-channel-2 one-channel-3 one-channel-4 one-channel-5 one-channel-8 one-channel-9 one-channel-17
    one-channel-stride depthwise-stride depthwise-2-i8 depthwise-2-u8 depthwise-3-i8 depthwise-3-u8
    depthwise-4-i8 depthwise-4-u8 depthwise-5-i8 depthwise-5-u8 depthwise-8-i8 depthwise-8-u8 depthwise-16-i8
    depthwise-16-u8 depthwise-17-i8 depthwise-17-u8 depthwise-33-i8 depthwise-33-u8 depthwise-k3
    depthwise-multiplier rows-u8 rows-depthwise output-u8-1 output-i4-1 output-u1-1 output-i16-1 output-u16-1
    output-i24-1 output-u8-depthwise output-i4-depthwise output-u1-depthwise output-i16-depthwise
    output-u16-depthwise weights-16-one-channel weights-16-depthwise shift-0-small-1 shift-1-small-1
    shift-2-small-1 shift-0-small-depthwise shift-1-small-depthwise shift-2-small-depthwise shift-0-1 shift-1-1
    shift-8-1 shift-15-1 shift-16-1 shift-20-1 shift-31-1 shift-32-1 shift-47-1 shift-0-depthwise
    shift-1-depthwise shift-8-depthwise shift-9-depthwise shift-15-depthwise shift-16-depthwise
    shift-20-depthwise shift-31-depthwise shift-47-depthwise bias-extreme-1 bias-extreme-1-shift-0
    bias-extreme-depthwise accumulator-1 accumulator-depthwise half-1-8-k3-i8 half-1-8-k3-u8 half-1-8-k5-i8
    half-1-8-k5-u8 half-1-8-k8-i8 half-1-8-k8-u8 half-1-3 half-1-16 half-1-17 half-1-i4 half-1-u4 half-1-u1
    half-1-i7 half-1-u7 half-1-shift-1 half-1-shift-2 half-1-shift-8 half-1-shift-9 half-1-shift-16
    half-1-shift-17 half-1-period-2 half-1-bias-extreme half-1-bias-16 half-1-low--127 half-1-low--128
    half-depthwise-3-i8 half-depthwise-3-u8 half-depthwise-16-i8 half-depthwise-16-u8 half-depthwise-17-i8
    half-depthwise-17-u8 half-depthwise-33-i8 half-depthwise-33-u8 half-depthwise-48-i8 half-depthwise-48-u8
    half-depthwise-k3 half-depthwise-k8 half-depthwise-u8 half-depthwise-i4 half-depthwise-u4 half-depthwise-u1
    half-depthwise-i7 half-depthwise-shift-1 half-depthwise-shift-2 half-depthwise-shift-9
    half-depthwise-shift-16 half-depthwise-shift-17 half-depthwise-low--127 half-depthwise-low--128
    half-depthwise-bias-16 half-depthwise-stride half-depthwise-bias-extreme last-1 last-depthwise
    last-depthwise-wide
"""
MUTANTS = (
    ("the sample goes to the next place", "+ 2 * at, &sample", "+ 2 * at + 2, &sample"),
    ("the weights of one place", "p->weight + at * p->weights", "p->weight + 0 * p->weights"),
    ("a place too many", "at + 1 < p->kernel ? at + 1 : 0", "at < p->kernel ? at + 1 : 0"),
    ("two words: the second by the first's weights", '"smlad r4, %3, r6, r4"\n', '"smlad r4, %3, r5, r4"\n'),
    ("three words: two pairs", '"smlad r4, %4, r8, r4"\n', '""\n'),
    ("units share their taps", "%0!, {r2, r3, r12}", "%0, {r2, r3, r12}"),
    ("rows do not share weights", "            weight = first;\n", ""),
    ("one output for all", "*y += p->outputs * es_size(p->y_type);", ""),
    ("ignores stride", "if (phase > 0 || y == NULL)", "if (y == NULL)"),
    ("stride a frame long", "s->phase + 1 < p->stride", "s->phase < p->stride"),
    ("frames between are lost", "(void)es_taps_dsp_load(words, (int16_t)es_load(x, p->x_type, u), at, &line);", ""),
)
KERNEL = LayerKernel(
    "taps_dsp", "dsp", tuple(TAKES.split()), tuple(Mutant("taps_dsp", *mutant, "es_taps_dsp.h") for mutant in MUTANTS)
)
