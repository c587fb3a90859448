"""What the page is told: every event, every sample's column, nothing twice, and no more than is kept."""

import json
import struct

import numpy as np
import pytest

from edgesort.hil.message import RECORD, Events, Hello
from edgesort.hil.monitor.columns import Columns, HighPass
from edgesort.hil.monitor.picture import Page, Picture
from edgesort.hil.monitor.seen import PIECES, Seen
from edgesort.hil.monitor.units import Units
from edgesort.hil.monitor.waveforms import SHOWN, Waveforms
from edgesort.verify import Mismatch
from tests.graphs import sorter

GRAPH = sorter(seed=3)
RATE = GRAPH.sampling_frequency
HELLO = Hello(1, 0, 1, 7, "", RATE, 1000, 100, 1, 2, "python")


def noise(count, channels=1):
    return np.random.default_rng(0).normal(0, 1000, (count, channels)).astype(np.int16)


def events(*records, done=0):
    return Events(0, done, np.array(list(records), RECORD))


def unpack(data):
    """As page.js does."""
    (length,) = struct.unpack_from("<I", data)
    head, at, parts = json.loads(data[4 : 4 + length]), 4 + length, {}
    for part in head["parts"]:
        at += -at % 8
        size = int(np.prod(part["shape"]))
        parts[part["name"]] = np.frombuffer(data, part["type"], size, at).reshape(part["shape"])
        at += parts[part["name"]].nbytes
    assert at == len(data)
    return head, parts


@pytest.mark.parametrize("cuts", [[], [7], [20, 20, 41], list(range(0, 400, 3))])
def test_a_column_holds_the_least_and_the_largest_however_the_samples_come(cuts):
    columns, samples = Columns(20_000.0, 3), noise(400, 3).astype(np.float32)
    for start, end in zip([0, *cuts], [*cuts, 400], strict=True):
        columns.push(start, samples[start:end])
    first, found = columns.since(0)
    pieces = samples.reshape(20, 20, 3)
    assert first == 0 and columns.made == 20
    assert np.array_equal(found, np.stack([pieces.min(1), pieces.max(1)], -1))


@pytest.mark.parametrize("start", [100, 103, 113, 120, 90_000])
def test_what_was_not_seen_is_a_gap(start):
    columns, samples = Columns(20_000.0, 1), np.ones((200, 1), np.float32)
    columns.push(0, samples[:45])
    columns.push(start, samples[:7])
    columns.push(start + 7, samples[:100])
    first, found = columns.since(0)
    whole = -(-start // 20)
    assert columns.made == (start + 107) // 20 and len(found) == min(columns.made, columns.most)
    shown = {first + k for k in np.flatnonzero(~np.isnan(found[:, 0, 0]))}
    assert shown == {k for k in (0, 1, *range(whole, columns.made)) if k >= first}


def test_no_more_columns_are_kept_than_four_seconds():
    columns = Columns(20_000.0, 2)
    for at in range(0, 200_000, 10_000):
        columns.push(at, np.full((10_000, 2), at, np.float32))
    first, found = columns.since(0)
    assert (first, len(found)) == (10_000 - columns.most, columns.most) and columns.most == 4000
    assert np.array_equal(found[:, 0, 0], np.repeat(np.arange(12, 20) * 10_000, 500))


def test_the_filter_takes_the_offset_away_and_is_the_same_in_pieces():
    samples = noise(3000, 2) + 5000
    whole = HighPass(20_000.0).push(samples, True)
    filter_ = HighPass(20_000.0)
    pieces = np.concatenate([filter_.push(part, k == 0) for k, part in enumerate(np.split(samples, [100, 100, 1717]))])
    assert np.allclose(pieces, whole, atol=1e-2) and abs(whole.mean()) < 20
    assert np.array_equal(HighPass(1000.0).push(samples, True), samples.astype(np.float32))


def test_units_have_the_reports_colours_and_unknown_records_none():
    units = Units.of(GRAPH)
    assert units.names == ("any", "unit0", "unit1", "unit2", "unit3")
    assert units.colours == ("#6B7280", "#0072B2", "#D55E00", "#009E73", "#CC79A7")
    assert units.numbers(events((0, 1, 4, 0), (0, 1, 5, 0), (0, 1, 0, 1)).records).tolist() == [4, -1, -1]


def test_a_waveform_is_cut_around_its_peak_on_its_largest_channel():
    waveforms = Waveforms(2, 3, 20_000.0, 20)
    samples = np.zeros((4000, 3), np.float32)
    peaks = np.arange(100, 3900, 60)
    samples[peaks] = [1, 8, 5]
    for at in range(0, 4000, 50):  # the events come late, and some before their waveform's end
        due = peaks[(peaks + 20 >= at) & (peaks + 20 < at + 50)]
        waveforms.push(at, samples[at : at + 50], due, np.ones(len(due), np.int64))
    assert waveforms.counts.tolist() == [0, len(peaks)]
    assert waveforms.near(1) == [1, 2] and waveforms.near(0) == []
    assert len(waveforms.shown[1]) == SHOWN
    assert all(wave.argmax() == waveforms.before and wave.max() == 8 for wave in waveforms.shown[1])
    assert waveforms.means[1, waveforms.before].tolist() == [1, 8, 5]


def test_a_spike_is_where_its_peak_was_also_after_a_new_session_and_many_frames():
    seen = Seen(GRAPH)
    for start, at in ((0, 0), (10_000, 10_000), (10_000, 10_000 + (1 << 32) - 50)):
        seen.started(HELLO, start)
        frame = (at - start + 30) % (1 << 32)
        seen.passed(at, noise(100), events((frame, 5, 2, 0), (frame, 5, 9, 0)))
        (piece,) = seen.take()
        assert piece.peaks.tolist() == [at + 30 - GRAPH.event_delay] and piece.units.tolist() == [2]
    assert seen.facts()["counts"] == [0, 0, 3, 0, 0] and seen.facts()["events"] == 6


def test_frames_that_were_not_checked_are_counted():
    seen = Seen(GRAPH)
    seen.started(HELLO, 0)
    seen.passed(0, noise(100), events())
    seen.fault("the cable")
    seen.started(HELLO, 140)
    seen.passed(140, noise(10), events())
    facts = seen.facts()
    assert (facts["checked"], facts["unchecked"], facts["frames"], facts["sessions"]) == (110, 40, 150, 2)
    assert facts["faults"] == [{"frame": 100, "what": "the cable"}]


def test_nobody_looking_costs_no_memory_and_no_count():
    seen = Seen(GRAPH)
    seen.started(HELLO, 0)
    for k in range(PIECES + 100):
        seen.passed(3 * k, noise(3), events((3 * k, 1, 1, 0)))
        seen.latency(1e-3)
    facts = seen.facts()
    assert len(seen.take()) == PIECES and facts["undrawn"] == 300
    assert facts["counts"][1] == sum(facts["histogram"]) == PIECES + 100 and facts["latency_ms"] == [1.0, 1.0, 1.0]


def test_a_page_gets_what_is_new_and_a_new_page_all_that_is_kept():
    seen = Seen(GRAPH)
    picture, old = Picture(seen, {"link": "x"}), Page()
    seen.started(HELLO, 0)
    parts = []
    for at in range(0, 19_000, 190):
        seen.passed(at, noise(190), events((at + 50, 1, at % 5, 0)))
        seen.passed(at + 190, noise(0), events())  # what a device says that has taken frames and is through with none
        picture.advance()
        head, part = unpack(picture.since(old))
        assert ("about" in head) == (at == 0)
        parts.append(part)
    head, new = unpack(picture.since(Page()))
    for name in ("columns", "peaks", "units"):
        assert np.array_equal(np.concatenate([part[name] for part in parts]), new[name], equal_nan=True)
    assert len(new["peaks"]) == 100 and head["frames"] == 19_000 and head["about"]["model"] == "sorter"
    assert sum(head["counts"]) == 100 and new["waves"].shape[1] == picture.waveforms.length
    assert len(new["waves"]) == sum(unit["lines"] for unit in head["waves"])


def test_a_mismatch_is_told_as_it_is():
    seen = Seen(GRAPH)
    assert seen.facts()["mismatch"] is None
    seen.differs(Mismatch("events", 77, 2, 0, 9))
    text = "events, frame 77, element 2: expected 0, found 9"
    expected = {"node": "events", "frame": 77, "index": 2, "expected": 0, "found": 9, "text": text}
    assert seen.facts()["mismatch"] == expected
