"""What es_linear_swar must get right."""

from tests.targets.layers.material import kernel

KERNEL = kernel(
    "linear_swar",
    "swar",
    """
    goal-32-32 goal-32-32-u8 extreme-64-4-k1-i8--128 extreme-64-4-k1-i8-127 extreme-64-4-k1-u8--128
    extreme-64-4-k1-u8-127 kernel-1-i8 kernel-1-u8 dense-1-4 dense-1-17 dense-2-4 dense-2-17 dense-5-4
    dense-5-17 dense-15-4 dense-15-17 dense-31-4 dense-31-17 dense-64-4 dense-64-17 square-16 square-64
    pointwise-16-8 period-3-dense grouped-dense rows-dense window-read-twice rows-joined rows-joined-by-pairs
    """,
    ("a sum without its bias", "{word[0], word[1], word[2], word[3]}", "{word[0], word[1], word[2], 0}"),
    ("sums swapped", "sum[1] += word[4 * i + 1] * xi;", "sum[1] += word[4 * i + 2] * xi;"),
    ("sign of the input", "swar_add_all(b, word, x, ES_UINT8, inputs)", "swar_add_all(b, word, x, ES_INT8, inputs)"),
    ("unsigned input", "swar_add_all(b, word, x, ES_INT8, inputs)", "swar_add_all(b, word, x, ES_UINT8, inputs)"),
    ("the rest of the inputs is left out", "i < inputs % 4; i++", "i + 1 < inputs % 4; i++"),
    ("the rest of the words is not passed", "return word + 4 * (inputs % 4);", "return word;"),
    ("the last of a chain keeps the first", "(last << spare), spare)", "last, 0)"),
    ("a chain is added up", "last = sum[k] - (last << base);", "last = sum[k] + (last << base);"),
    ("a carry is left in", "sum[k - 1] - (uint32_t)output[k]", "sum[k - 1]"),
    (
        "chains overlap",
        "swar_unchain(b->sum + 2, b->output + 3, 2, 11);",
        "swar_unchain(b->sum + 2, b->output + 2, 2, 11);",
    ),
    ("too few outputs", "4 + 4 / p->chain", "4 + 2 / p->chain"),
    ("groups keep the first's words", "g++;", "rest.word = p->word;\n        g++;"),
    ("rows take further words", "            rest.word = p->word;\n", ""),
    ("units overlap", "xi += p->step * es_size(p->x_type)", "xi += es_size(p->x_type)"),
)
