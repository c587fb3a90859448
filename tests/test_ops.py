"""Each op: `run` equals repeated `step` for any chunking, values stay in their type, state is not mutated."""

from itertools import pairwise

import numpy as np
import pytest

from edgesort.ops import OPS
from tests import corners

CASES = [(op, streams, corners.name(op, i)) for kind in OPS for i, (op, streams) in enumerate(kind.cases())]


@pytest.mark.parametrize(("op", "streams"), [c[:2] for c in CASES], ids=[c[2] for c in CASES])
@pytest.mark.parametrize("seed", [1, 2])
def test_run_equals_repeated_step_in_any_chunks(op, streams, seed):
    rng = np.random.default_rng(seed)
    inputs = [corners.frames(s, 301, seed + 10 * k) for k, s in enumerate(streams)]
    out = op.infer(*streams)

    state, stepped = op.initial_state(*streams), []
    for t in range(301):
        before = [part.copy() for part in state]
        after, y = op.step(state, *(x[t] for x in inputs))
        assert all(np.array_equal(a, b) for a, b in zip(before, state, strict=True)), "step changed its argument"
        state = after
        stepped += [] if y is None else [y]
    stepped = np.array(stepped, np.int64)

    cuts = [0, 0, *sorted(rng.integers(0, 302, 6)), 301]
    state2, chunks = op.initial_state(*streams), []
    for a, b in pairwise(cuts):
        state2, y = op.run(state2, *(x[a:b] for x in inputs))
        chunks.append(np.asarray(y, np.int64))

    assert np.array_equal(stepped, np.concatenate(chunks))
    assert all(np.array_equal(a, b) for a, b in zip(state, state2, strict=True))
    assert stepped.shape[1:] == out.shape
    assert out.dtype.holds(stepped.min(), stepped.max())
