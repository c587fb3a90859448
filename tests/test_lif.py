"""Lif against unbounded Python integers and against snnTorch, whose order of operations it has."""

import numpy as np
import pytest
import snntorch
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from edgesort.fixed import Int
from edgesort.graph import GraphError, Stream
from edgesort.ops import Lif
from tests import corners
from tests.ops.lif import NONE, random


def exact_step(op: Lif, u, spiked, wait, x):
    """The definition in unbounded integers, element by element; // floors."""
    after = []
    for i, value in enumerate(x):
        leak, threshold = op.leak[i % len(op.leak)], op.threshold[i % len(op.threshold)]
        fed_back = sum(int(w) * s for w, s in zip(op.recurrent[i], spiked, strict=True)) if op.recurrent.size else 0
        risen = u[i] - u[i] // 2**leak + value + fed_back
        risen = min(max(risen, -(2 ** (op.bits - 1))), 2 ** (op.bits - 1) - 1)
        spike = risen > threshold and wait[i] == 0
        after.append((risen - threshold * spike, int(spike), op.refractory if spike else max(wait[i] - 1, 0)))
    return tuple(map(list, zip(*after, strict=True)))


@st.composite
def layers(draw) -> tuple[Lif, Stream]:
    """What the fuzz draws, on any input type."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    x = Stream((int(rng.integers(1, 6)),), Int(int(rng.choice([2, 3, 8, 12, 31])), bool(rng.random() < 0.7)))
    return random(rng, x), x


@settings(max_examples=200, deadline=None)
@given(layers())
def test_step_is_the_definition_in_unbounded_integers_and_the_membrane_stays_in_its_type(layer):
    op, x = layer
    try:
        op.infer(x)
    except GraphError:
        return
    state, expected, said = op.initial_state(x), ([0] * x.size,) * 3, []
    frames = corners.frames(x, 60, seed=1)
    for frame in frames:
        state, y = op.step(state, frame)
        expected = exact_step(op, *expected, frame.tolist())
        assert [part.tolist() for part in state] == list(expected)
        assert y.tolist() == expected[1]
        assert Int(op.bits).holds(min(expected[0]), max(expected[0]))
        said.append(expected[1])
    assert op.run(op.initial_state(x), frames)[1].tolist() == said


LEAK, FRAMES, CHANNELS = 2, 12, 4
UNIT = (1 << LEAK) ** FRAMES  # a multiple of it leaks that many times without a remainder
THRESHOLD = 20 * UNIT


def leaky(recurrent) -> torch.nn.Module:
    """snnTorch's neuron with beta = 1 - 2^-LEAK, in float64, which holds all these integers."""
    settings = {"beta": 1 - 2**-LEAK, "threshold": THRESHOLD, "reset_delay": False}
    if not recurrent.size:
        return snntorch.Leaky(**settings).double()
    layer = snntorch.RLeaky(linear_features=CHANNELS, all_to_all=True, **settings).double()
    layer.recurrent.weight.data = torch.from_numpy(recurrent.astype(np.float64))
    layer.recurrent.bias.data.zero_()
    return layer


def snntorch_run(layer, x):
    """Spikes and membranes [FRAMES, CHANNELS]."""
    said, parts = [], 2 if isinstance(layer, snntorch.RLeaky) else 1
    state = (torch.zeros(1, CHANNELS, dtype=torch.float64),) * 2
    with torch.no_grad():
        for frame in torch.from_numpy(x.astype(np.float64)):
            state = [part.double() for part in layer(frame[None], *state[-parts:])]
            said.append(torch.cat(state).numpy())
    return np.moveaxis(np.array(said, np.int64), 1, 0)


def lif_run(recurrent, x):
    op = Lif((LEAK,), (THRESHOLD,), 32, recurrent)
    state, said = op.initial_state(Stream((CHANNELS,), Int(32))), []
    for frame in x:
        state, spikes = op.step(state, frame)
        said.append((spikes, state[0]))
    return np.moveaxis(np.array(said), 1, 0)


@pytest.mark.parametrize("recurrent", [False, True], ids=["Leaky", "RLeaky"])
def test_spikes_and_membranes_are_snntorchs(recurrent):
    """Membranes reach at most 15 + 16 + 4 units, less than twice the threshold."""
    count = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        weight = UNIT * rng.integers(-1, 2, (CHANNELS, CHANNELS)) if recurrent else NONE
        x = UNIT * rng.integers(-4, 17, (FRAMES, CHANNELS))
        found = lif_run(weight, x)
        assert np.array_equal(found, snntorch_run(leaky(weight), x))
        count += found[0].sum()
    assert count > 500


def test_above_twice_the_threshold_snntorch_waits_for_another_threshold():
    """Where the docstring says that the two differ: what a reset leaves above the threshold spikes again here alone."""
    x = np.zeros((2, CHANNELS), np.int64)
    x[0] = 60 * UNIT  # 60, reset to 40, leaks to 30
    assert lif_run(NONE, x)[0].all()
    assert snntorch_run(leaky(NONE), x)[0].tolist() == [[1] * CHANNELS, [0] * CHANNELS]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"leak": (1, 2)}, r"expected \[C\] and one leak and threshold or one an element, found \(3,\), 2 and 1"),
        ({"leak": (0,)}, r"expected leaks of 1 to 15, found \(0,\)"),
        ({"threshold": (128,)}, r"expected thresholds of 1 to 127, found \(128,\)"),
        ({"bits": 33}, "expected a membrane of 2 to 32 bits and a refractory time of 0 or more, found 33 and 0"),
        ({"recurrent": np.ones((2, 3))}, r"expected recurrent weights \[3,3\] or none, found \[2, 3\]"),
        ({"recurrent": np.full((3, 3), 1 << 30)}, "expected results of 32 bits at most"),
    ],
)
def test_what_cannot_be_taken_is_named(change, said):
    fields = {"leak": (3,), "threshold": (9,), "bits": 8} | change
    with pytest.raises(GraphError, match=said):
        Lif(**fields).infer(Stream((3,), Int(8)))
