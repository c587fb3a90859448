"""The comparison itself: it must notice every way in which two executors can differ."""

import numpy as np
import pytest

from edgesort.executor import Executor
from edgesort.fixed import Int
from edgesort.graph import Graph, Node, Stream
from edgesort.ops import Window
from edgesort.verify import CHUNK, compare, reference
from tests import corners
from tests.graphs import sorter

GRAPH = sorter()
FRAMES = corners.frames(GRAPH.input[1], CHUNK + 77, 9)
NODES = tuple(node.name for node in GRAPH.nodes)


def executor(change=lambda node, start, values: values, chunk=1000, shows=NODES, skip=0):
    """The reference in pieces of `chunk` frames, with `change` applied to every node's piece."""

    def run(frames):
        start = 0
        for piece in reference(GRAPH, frames, chunk):
            yield {name: change(name, start, v)[max(0, skip - start) :] for name, v in piece.items() if name != "adc"}
            start += len(piece["adc"])

    return Executor("changed", 1.0, run, shows, skip)


def flip(node, frame, index):
    """Add one to a single value."""

    def change(name, start, values):
        if name != node or not start <= frame < start + len(values):
            return values
        values = values.astype(np.int64)
        values[frame - start, index] += 1
        return values

    return change


@pytest.mark.parametrize("chunk", [333, CHUNK, len(FRAMES)])
def test_equal_executors_are_equal(chunk):
    verdict = compare(GRAPH, executor(chunk=chunk), FRAMES)
    assert verdict.equal and verdict.frames == len(FRAMES) and verdict.nodes == NODES
    assert verdict.values == len(FRAMES) * sum(GRAPH.streams[n].size for n in NODES)


@pytest.mark.parametrize(
    ("node", "frame", "index"), [("conv1", 0, 0), ("head_window", CHUNK, 23), ("events", len(FRAMES) - 1, 4)]
)
def test_one_wrong_value_is_found_and_named(node, frame, index):
    verdict = compare(GRAPH, executor(flip(node, frame, index)), FRAMES)
    first = verdict.first_mismatch
    assert not verdict.equal and verdict.mismatches == 1
    assert (first.node, first.frame, first.index) == (node, frame, index)
    assert first.found == first.expected + 1


def test_the_earliest_frame_and_then_the_first_node_is_named():
    late, early = flip("conv1", 500, 3), flip("score", 499, 1)
    both = compare(GRAPH, executor(lambda n, s, v: late(n, s, early(n, s, v))), FRAMES)
    assert (both.first_mismatch.node, both.first_mismatch.frame, both.mismatches) == ("score", 499, 2)


def test_every_wrong_value_of_a_piece_is_counted_and_the_first_is_named():
    one, other = flip("conv1", 2003, 7), flip("conv1", 2001, 2)
    verdict = compare(GRAPH, executor(lambda n, s, v: one(n, s, other(n, s, v))), FRAMES)
    assert verdict.mismatches == 2
    assert (verdict.first_mismatch.frame, verdict.first_mismatch.index) == (2001, 2)


LAST = len(FRAMES) // 1000 * 1000


@pytest.mark.parametrize(
    "change",
    [
        lambda node, start, values: values[:-1] if node == "score" and start == LAST else values,
        lambda node, start, values: values[:-1] if node == "score" and start == 3000 else values,
        lambda node, start, values: np.repeat(values, 2, 0) if node == "conv2" else values,
        lambda node, start, values: values[..., :1] if node == "conv2" else values,
        lambda node, start, values: values[:0],
    ],
    ids=["the last frame lost", "a frame lost", "frames repeated", "elements lost", "nothing"],
)
def test_lost_or_extra_values_are_not_equal(change):
    assert not compare(GRAPH, executor(change), FRAMES).equal


def test_a_node_that_is_owed_and_never_shown_is_not_equal():
    silent = Executor("silent", 1.0, lambda frames: iter(()), ("events",))
    verdict = compare(GRAPH, silent, FRAMES)
    assert not verdict.equal and "events: expected" in verdict.missing


def test_no_frames_prove_nothing():
    assert not compare(GRAPH, executor(), FRAMES[:0]).equal


def test_skipped_frames_are_compared_from_there_on():
    assert compare(GRAPH, executor(shows=("score",), skip=34), FRAMES).frames == len(FRAMES) - 34
    verdict = compare(GRAPH, executor(flip("score", 40, 2), shows=("score",), skip=34), FRAMES)
    assert (verdict.first_mismatch.frame, verdict.first_mismatch.index) == (40, 2)


def test_frames_are_counted_in_input_frames_whatever_the_inputs_period():
    nodes = (Node("half", Window(1, stride=2), ("x",)),)
    graph = Graph("slow", 1000.0, ("x", Stream((1,), Int(8), period=3)), nodes, ("half",)).check()
    frames = corners.frames(graph.input[1], 11, 1)
    same = Executor("same", 1.0, lambda given: reference(graph, given))
    verdict = compare(graph, same, frames)
    assert (verdict.equal, verdict.frames, verdict.values) == (True, 10, 5)
