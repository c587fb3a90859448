"""The pieces of training: split, targets, thresholds, front end, quantizers."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from edgesort.data.errors import DataError
from edgesort.data.noise import sections
from edgesort.fixed import Int, requant
from edgesort.graph import Stream
from edgesort.train.events import Picking, accuracy, choose_thresholds, spikes
from edgesort.train.execute import windows
from edgesort.train.frontend import ADC_EXPONENT, filtered, filtered_float, highpass
from edgesort.train.quantizers import signed, unsigned
from edgesort.train.split import GAP_S, split
from edgesort.train.targets import targets
from edgesort.train.timing import Timing


@given(st.integers(40_000, 10_000_000), st.sampled_from([10_000.0, 19_531.0, 30_000.0]))
def test_the_parts_never_touch(frames, frequency):
    if frames < 101 * round(GAP_S * frequency):
        return
    parts = split(frames, frequency)
    assert parts.train == (0, frames // 2)
    assert parts.score[1] == frames
    gap = round(GAP_S * frequency)
    assert parts.threshold[0] - parts.train[1] >= gap
    assert parts.score[0] - parts.threshold[1] >= gap
    assert all(start < end for start, end in (parts.train, parts.threshold, parts.score))


def test_a_recording_too_short_to_split_is_refused():
    with pytest.raises(DataError, match="expected 39100 frames or more to train on, found 30000"):
        split(30_000, 19531.0)


def test_targets_mark_each_spike_after_the_delay_and_leave_the_edges_alone():
    rows = targets([np.array([10, 99]), np.array([12])], 100, 5)
    assert rows.shape == (3, 100)
    assert np.flatnonzero(rows[1]).tolist() == [14, 15, 16]
    assert np.flatnonzero(rows[2]).tolist() == [16, 17, 18]
    assert np.array_equal(rows[0], rows[1:].max(0))


@given(st.lists(st.integers(0, 300), max_size=12, unique=True), st.lists(st.integers(0, 300), max_size=12, unique=True))
def test_accuracy_is_a_greatest_matching(true, found):
    """On a line, the greedy matching in order is a greatest one: compared with augmenting paths."""
    near = [[j for j, f in enumerate(sorted(found)) if abs(t - f) <= 8] for t in sorted(true)]
    owner = {}

    def place(i, seen):
        for j in near[i]:
            if j not in seen:
                seen.add(j)
                if j not in owner or place(owner[j], seen):
                    owner[j] = i
                    return True
        return False

    hits = sum(place(i, set()) for i in range(len(true)))
    expected = hits / max(1, len(true) + len(found) - hits)
    assert accuracy(np.array(sorted(true)), np.array(sorted(found)), 8) == pytest.approx(expected)


def test_spikes_are_found_where_they_were():
    scores = np.zeros((200, 2), np.int64)
    scores[[50, 120], 0] = 30
    scores[80, 1] = 9
    found = spikes(scores, (20, 20), Picking(8, 5, 16))
    assert [f.tolist() for f in found] == [[42, 112], []]
    found = spikes(scores, (20, 20), Picking(8, 5, 16, stride=4))
    assert [f.tolist() for f in found] == [[50 * 4 + 3 - 8, 120 * 4 + 3 - 8], []]


def test_thresholds_part_spikes_from_noise_and_prefer_the_middle_of_a_plateau():
    rng = np.random.default_rng(1)
    scores = rng.integers(0, 20, (5000, 1))
    true = np.arange(100, 5000, 100)
    scores[true + 8, 0] = 60 + rng.integers(0, 20, len(true))
    (threshold,), (reached,) = choose_thresholds(scores, [true], np.arange(0, 100), Picking(8, 5, 16), 19531.0)
    assert reached == 1
    assert 20 <= threshold < 60


def test_the_quantized_high_pass_is_the_butterworth_within_its_rounding():
    frequency = 19531.0
    (row,) = highpass(frequency).sections
    assert sum(row[:3]) == 0, "a level must not pass"
    assert np.abs(np.array(row) / 2**14 - sections(frequency)[0, [0, 1, 2, 4, 5]]).max() < 2**-12
    x = np.random.default_rng(0).integers(-3000, 3000, (20000, 1)).astype(np.int16)
    x[0] = 0
    difference = filtered(x, frequency) - filtered_float(x, frequency)
    assert np.abs(difference).max() < 0.02 * np.abs(filtered_float(x, frequency)).max()


def test_what_training_sees_is_what_the_device_computes():
    x = np.random.default_rng(0).integers(-32768, 32768, (500, 1)).astype(np.int16)
    op = highpass(19531.0)
    state, frames = op.initial_state(Stream((1,), Int(16))), []
    for sample in x:
        state, y = op.step(state, sample)
        frames.append(y)
    exponent = op.infer(Stream((1,), Int(16, True, ADC_EXPONENT))).dtype.exponent
    assert np.array_equal(filtered(x, 19531.0), np.array(frames) * 2.0**exponent)


@pytest.mark.parametrize(("make", "sign"), [(signed, True), (unsigned, False)])
@pytest.mark.parametrize(("exponent", "bits"), [(-4, 8), (0, 4), (-2, 6)])
def test_a_quantizer_is_a_requant(make, sign, exponent, bits):
    x = np.arange(-5000, 5000)  # at scale 2^-8
    layer = make(exponent, bits).eval()
    found = layer(torch.from_numpy(x * 2.0**-8).float()).value.detach().numpy() / 2.0**exponent
    assert np.array_equal(found, requant(x, 8 + exponent, Int(bits, sign)))


@given(st.integers(1, 60), st.integers(0, 9), st.integers(1, 5), st.sampled_from([1, 2, 4]), st.booleans())
def test_windows_answer_for_each_input_once(frames, history, chunk, period, recurrent):
    import edgesort.train.execute as execute

    timing = Timing(history, period=period, recurrent=recurrent, zeros=history // period * period if recurrent else 0)
    if frames <= timing.lead:
        return
    x, before = np.arange(1, frames + 1, dtype=np.float32)[:, None], execute.CHUNK
    execute.CHUNK = chunk * period
    try:
        pieces = list(windows(x, timing))
    finally:
        execute.CHUNK = before
    answered = [w[0, 0, timing.lead : timing.lead + n].numpy() for w, n in pieces]
    assert np.array_equal(np.concatenate(answered), x[timing.unanswered :, 0])
    starts = [w[0, 0, 0].item() - 1 for w, _ in pieces]
    assert all(start % period == 0 for start in starts) or recurrent
    assert all(w.shape[2] % period == 0 for w, _ in pieces)
    assert not recurrent or (len(pieces) == 1 and not pieces[0][0][0, 0, : timing.zeros].any())
