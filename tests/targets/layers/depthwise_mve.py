"""What es_depthwise_mve must get right."""

from tests.targets.layers.material import LayerKernel
from tests.targets.mutant import Mutant

TAKES = """
    depthwise-stride depthwise-4-i8 depthwise-5-i8 depthwise-k2 shift-1-small-depthwise shift-2-small-depthwise
    shift-9-depthwise half-depthwise-3-i8 half-depthwise-3-u8 half-depthwise-16-i8 half-depthwise-16-u8
    half-depthwise-17-i8 half-depthwise-17-u8 half-depthwise-33-i8 half-depthwise-33-u8 half-depthwise-48-i8
    half-depthwise-48-u8 half-depthwise-k3 half-depthwise-k8 half-depthwise-k12 half-depthwise-u8
    half-depthwise-u4 half-depthwise-u1 half-depthwise-i7 half-depthwise-shift-1 half-depthwise-shift-2
    half-depthwise-shift-9 half-depthwise-shift-16 half-depthwise-shifts half-depthwise-shifts-u8
    half-depthwise-bias-16 half-depthwise-rows half-depthwise-dilation half-depthwise-dilation-i8
    half-depthwise-stride half-depthwise-stride-dilation last-depthwise
"""
MUTANTS = (
    ("the past does not age", '"vstrb.8 %q[x], [%[at], #-32]\\n"', '"\\n"'),
    ("the newest is not kept", "vstrbq_s8(at->past - 16, x);", ""),
    ("unsigned x keeps its top bit", "x = veorq_s8(x, flip);", ""),
    ("past frames are -128", "vstrbq_s8(past + i, vdupq_n_s8(INT8_MIN));", ""),
    ("every frame is the first", "s->began = 1;", ""),
    ("blocks share their bias", "vldrh.16 %q[odd], [%[at]], #16", "vldrh.16 %q[odd], [%[at]], #-16"),
    ("blocks share their shifts", "at->shifts += 16;", ""),
    (
        "the second half has no bias",
        "second = mve_depthwise_bias(&at->bias);",
        "second = mve_depthwise_bias(&at->bias); second.odd = vdupq_n_s16(0);",
    ),
    (
        "all taps in one half",
        "k + 1 < p->kernel; k++) {\n        mve_depthwise_add(&second, p->both || k > p->split",
        "k + 1 < p->kernel; k++) {\n        mve_depthwise_add(&first, true",
    ),
    ("the second half keeps the bias of the first", "p->both || p->split + 1 < p->kernel", "true"),
    ("odd channels by even ones", '"vmullt.s8 %q[w], %q[x], %q[w]\\n"', '"vmullb.s8 %q[w], %q[x], %q[w]\\n"'),
    (
        "halves saturate",
        '"vhadd.s16 %q[odd], %q[odd], %q[odd1]\\n"',
        '"vqadd.s16 %q[odd], %q[odd], %q[odd1]\\nvshr.s16 %q[odd], %q[odd], #1\\n"',
    ),
    (
        "rounds to the nearest",
        '"vhadd.s16 %q[even], %q[even], %q[even1]\\n"',
        '"vrhadd.s16 %q[even], %q[even], %q[even1]\\n"',
    ),
    ("the even shift for all", '"%q[odd], %q[so]", "vqmovun"', '"%q[odd], %q[se]", "vqmovun"'),
    ("no greatest unsigned output", "p->y_type == ES_UINT8 && p->high < UINT8_MAX", "false"),
    ("no bounds of a signed output", "p->y_type == ES_INT8 && p->high < INT8_MAX", "false"),
    ("ignores dilation", "at.past += s->turn * past_bytes;", ""),
    ("a turn too many", "s->turn + 1 < p->dilation", "s->turn + 2 < p->dilation"),
    ("ignores stride", "due = s->phase == 0;", ""),
    ("frames that are not due leave no past", "    (void)mve_depthwise_take(p, at, left);\n", ""),
)
KERNEL = LayerKernel(
    "depthwise_mve",
    "mve",
    tuple(TAKES.split()),
    tuple(Mutant("depthwise_mve", *one, "es_depthwise_mve.h") for one in MUTANTS),
)
