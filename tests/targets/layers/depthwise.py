"""What es_depthwise must get right."""

from tests.targets.layers.material import kernel

KERNEL = kernel(
    "depthwise",
    "swar",
    """
    goal-depthwise-k5 goal-depthwise-k5-u8 extreme-16-16-k5-i8--128 extreme-16-16-k5-i8-127
    extreme-16-16-k5-u8--128 extreme-16-16-k5-u8-127 one-channel-1 depthwise-dilation depthwise-stride
    depthwise-stride-2 depthwise-2-i8 depthwise-2-u8 depthwise-3-i8 depthwise-3-u8 depthwise-4-i8 depthwise-4-u8
    depthwise-5-i8 depthwise-5-u8 depthwise-8-i8 depthwise-8-u8 depthwise-16-i8 depthwise-16-u8 depthwise-17-i8
    depthwise-17-u8 depthwise-33-i8 depthwise-33-u8 depthwise-k2 depthwise-k3 depthwise-k31 rows-depthwise
    output-u8-depthwise output-i4-depthwise output-u1-depthwise output-i16-depthwise output-u16-depthwise
    shift-0-small-depthwise shift-1-small-depthwise shift-2-small-depthwise shift-0-depthwise shift-1-depthwise
    shift-8-depthwise shift-9-depthwise shift-15-depthwise shift-16-depthwise shift-20-depthwise
    shift-31-depthwise shift-47-depthwise shifts-depthwise bias-extreme-depthwise accumulator-depthwise
    half-depthwise-3-i8 half-depthwise-3-u8 half-depthwise-16-i8 half-depthwise-16-u8 half-depthwise-17-i8
    half-depthwise-17-u8 half-depthwise-33-i8 half-depthwise-33-u8 half-depthwise-48-i8 half-depthwise-48-u8
    half-depthwise-k2 half-depthwise-k3 half-depthwise-k8 half-depthwise-k12 half-depthwise-u8 half-depthwise-i4
    half-depthwise-u4 half-depthwise-u1 half-depthwise-i7 half-depthwise-shift-1 half-depthwise-shift-2
    half-depthwise-shift-9 half-depthwise-shift-16 half-depthwise-shift-17 half-depthwise-shifts
    half-depthwise-shifts-u8 half-depthwise-low--127 half-depthwise-low--128 half-depthwise-bias-16
    half-depthwise-rows half-depthwise-dilation half-depthwise-dilation-i8 half-depthwise-stride
    half-depthwise-stride-dilation half-depthwise-bias-extreme last-depthwise last-depthwise-wide
    """,
    ("no bias", "{bias[0], bias[1], bias[2], bias[3]}", "{bias[0], bias[1], bias[2], 0}"),
    ("weights swapped", "sum1 += weight[1]", "sum1 += weight[2]"),
    ("channels swapped", "(int32_t)es_load(x, t, 3)", "(int32_t)es_load(x, t, 2)"),
    ("a tap too few", "end = weight + 4 * kernel", "end = weight + 4 * kernel - 4"),
    ("taps lie side by side", "channels * es_size(t);", "4 * es_size(t);"),
    ("sign of the input", "kernel, x, ES_UINT8, p->channels", "kernel, x, ES_INT8, p->channels"),
    ("weights of the first four", "p->weight + c * p->line.kernel", "p->weight"),
    ("shifts of the first four", "p->shift + c, count", "p->shift, count"),
    (
        "leaves out the last of four",
        "p->channels - c < 4 ? p->channels - c : 4",
        "p->channels - c < 4 ? p->channels - c : 3",
    ),
    (
        "ignores stride",
        "if (!es_line(&p->line, state, x, &window)) {",
        "if (!es_line(&p->line, state, x, &window) && p->line.stride == 1) {",
    ),
)
