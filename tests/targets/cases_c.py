"""What C's parity matrix runs: every op's every case, and cases for the kernels' own paths."""

import numpy as np

from edgesort.fixed import Int
from edgesort.graph import Stream
from edgesort.ops import Biquad, Dense, Peak, Requant, Window
from tests.targets.cases import CASES


def dense(out: int, width: int, top: int, groups: int = 1) -> Dense:
    rng = np.random.default_rng(out)
    weight = rng.integers(-top - 1, top + 1, (out, width))
    weight.flat[0], weight.flat[-1] = -top - 1, top
    return Dense(weight, rng.integers(-9000, 9000, out), groups)


# (name, op, input): element types and paths of the kernels that the ops' own cases do not reach.
OWN = [
    ("requant-u32", Requant((3,), Int(16)), Stream((3,), Int(32, False))),
    ("requant-to-u32", Requant((0,), Int(31, False)), Stream((3,), Int(32))),
    ("requant-i32-far", Requant((40, 31, 32), Int(8)), Stream((3,), Int(32))),
    ("requant-i16-far", Requant((47,), Int(8)), Stream((3,), Int(16))),
    ("requant-i16-to-u8", Requant((2, 3, 9), Int(5, False)), Stream((3,), Int(13))),
    ("requant-u16-to-i16", Requant((1,), Int(14)), Stream((2,), Int(16, False))),
    ("dense-i8-i16", dense(7, 4, 7), Stream((4,), Int(6))),
    ("dense-u8-i16", dense(6, 5, 7), Stream((5,), Int(6, False))),
    ("dense-groups-by-four", dense(10, 3, 100, groups=2), Stream((2, 6), Int(8, False))),
    ("dense-w16", dense(5, 3, 30000), Stream((3,), Int(8))),
    ("dense-w32", dense(5, 2, 1 << 20), Stream((2,), Int(9, False))),
    ("dense-u16", dense(5, 3, 127), Stream((3,), Int(16, False))),
    ("dense-i32", dense(5, 3, 7), Stream((3,), Int(24))),
    ("dense-u32", Dense(np.ones((5, 2), np.int64), np.zeros(5, np.int64)), Stream((2,), Int(30, False))),
    ("window-i32", Window(3, dilation=2), Stream((2,), Int(20))),
    ("peak-i16", Peak((50, 0), reach=2, refractory=2), Stream((2,), Int(12))),
    ("peak-u16", Peak((3000,), reach=3, refractory=1), Stream((1,), Int(13, False))),
    ("peak-i32", Peak((0, 9), reach=1, refractory=1), Stream((2,), Int(18))),
    ("biquad-i8-i16", Biquad(((8000, 4000, 0, -100, 5000),), bits=11, guard=2), Stream((2,), Int(8))),
]
C_CASES = [*CASES, *((name, op, (stream,)) for name, op, stream in OWN)]
