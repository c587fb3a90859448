"""What local_peak's kernel and cell must get right."""

import numpy as np

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import LocalPeak
from tests.ops import peak
from tests.ops.material import Material, c, case, v


def random(rng, x):
    alone = peak.random(rng, x)
    channels = len(alone.threshold)
    neighbours = (rng.random((channels, channels)) < rng.choice([0.3, 1.0])) & ~np.eye(channels, dtype=bool)
    return LocalPeak(alone.threshold, neighbours.astype(np.int64), alone.reach, alone.refractory)


RING = np.array([[0, 1, 0, 1], [1, 0, 1, 0], [0, 1, 0, 1], [1, 0, 1, 0]])
MATERIAL = Material(
    random=random,
    cases=(case("local_peak-i32", LocalPeak((0, 9, 0, 9), RING, reach=3, refractory=1), Stream((4,), Int(18))),),
    c_mutants=(
        c("last of equals in a frame", "j < i", "j > i"),
        c("every one of equals in a frame", "k == reach && j < i", "false"),
        c("every one of equals in two frames", "before ? other >= c : other > c", "other > c"),
        c("neighbours the other way round", "i * channels + j] != 0", "j * channels + i] != 0"),
        c("looks ahead a frame less", "k < slots; k++", "k + 1 < slots; k++"),
        c("looks back a frame less", "uint32_t k = 0;", "uint32_t k = 1;"),
        c("what is suppressed silences", "wait[i] = 0;", ""),
        c(
            "no neighbours",
            "if (c > 0 && !local_peak_is_first(p, ring, s->at, i, c))",
            "if (false && !local_peak_is_first(p, ring, s->at, i, c))",
        ),
    ),
    v_mutants=(
        v("last of equals in a frame", "(other < channel)", "(other > channel)", "local_peak-0"),
        v("every one of equals in a frame", " | (tie & (other < channel))", "", "local_peak-0"),
        v("every one of equals in two frames", "(other_past >= c)", "(other_past > c)", "local_peak-0"),
        v("does not look ahead", " | (other_later > c)", "", "local_peak-0"),
        v("the last neighbour decides", "(other_first | so_far) & ~beaten", "~beaten", "local_peak-0"),
        v("a threshold that counts itself", "(c > (threshold", "(c >= (threshold", "local_peak-2"),
        v("first threshold for all", ".COUNT(COUNT), .VALUES", ".COUNT(1), .VALUES", "local_peak-0"),
        v("ignores the refractory time", "peak & over &", "peak &", "local_peak-0"),
        v("sign of the input lost", "(X_SIGNED != 0)", "(X_SIGNED == 0)", "local_peak-3"),
        v("takes while it picks", " & ~picking & ~word_valid & ~other_valid", "", "local_peak-0"),
        v("moves on before y is taken", "~y_valid_o | y_ready_i", "1'b1", "local_peak-0"),
    ),
)
