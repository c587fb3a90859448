"""Firmware in QEMU: the same values as `step`, what it costs, and what it refuses."""

from dataclasses import replace

import numpy as np
import pytest

from edgesort.ops import OPS
from edgesort.targets import c
from edgesort.targets.c.qemu import run_qemu
from edgesort.targets.target import BuildError
from edgesort.verify import compare
from tests import corners
from tests.graphs import sorter
from tests.targets.cases import case_graph, difference, stepped
from tests.targets.cases_c import C_CASES

FURTHER = ("biquad-1", "requant-5", "requant-u32", "window-4", "window-5", "dense-3", "dense-u8-i16", "peak-4")
CASES = [case for case in C_CASES if case[0].endswith("-0") or case[0] in FURTHER]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    graph, out = sorter(seed=6), tmp_path_factory.mktemp("sorter")
    c.MPS2_AN386.emit(graph, out)
    return graph, out, c.MPS2_AN386.build(graph, out)


@pytest.mark.parametrize(("op", "streams"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_firmware_equals_step(op, streams, tmp_path):
    graph = case_graph(op, streams)
    c.MPS2_AN386.emit(graph, tmp_path)
    c.MPS2_AN386.build(graph, tmp_path)
    frames = corners.frames(graph.input[1], 300, seed=7)
    (executor,) = c.MPS2_AN386.executors(graph, tmp_path)
    assert difference(stepped(graph, frames), c.values_of(graph, executor, frames)) is None


def test_every_op_is_among_the_chosen_cases():
    assert {type(op) for _, op, _ in CASES} == set(OPS)
    assert len(CASES) == len(OPS) + len(FURTHER)


def test_the_sorter_in_firmware_equals_the_reference(built):
    graph, out, _ = built
    (executor,) = c.MPS2_AN386.executors(graph, out)
    verdict = compare(graph, executor, corners.frames(graph.input[1], 10_000, seed=8))
    assert (verdict.equal, verdict.frames, len(verdict.nodes)) == (True, 10_000, len(graph.nodes))


def test_costs_are_those_of_the_part(built):
    graph, out, costs = built
    assert 4_000 < costs["flash_bytes"] < 16_000
    assert costs["state_bytes"] + costs["stack_bytes"] <= costs["ram_bytes"] < costs["state_bytes"] + 2_100
    counted = c.MPS2_AN386.measure(graph, out, corners.frames(graph.input[1], 2_000, seed=8))
    macs = sum(node.op.macs(*graph.ins(node)) for node in graph.nodes)
    assert 2 * macs < counted["instructions_per_sample"] < 6 * macs
    assert counted["instructions_per_sample"] <= counted["instructions_per_sample_worst"] < 10 * macs
    assert counted["instructions_per_sample_available"] == 1280  # 25 MHz / 19,531 Hz
    assert counted["stack_used_bytes"] < costs["stack_bytes"]


def test_counts_repeat_exactly(built):
    graph, out, _ = built
    frames = corners.frames(graph.input[1], 500, seed=8)
    assert c.MPS2_AN386.measure(graph, out, frames) == c.MPS2_AN386.measure(graph, out, frames)


@pytest.mark.parametrize(("region", "part"), [("flash", {"flash": 5000}), ("ram", {"ram": 2200})])
def test_refuses_a_part_that_is_too_small_and_says_by_how_much(region, part, tmp_path):
    target = replace(c.MPS2_AN386, part=replace(c.MPS2_AN386.part, **part))
    graph = sorter()
    target.emit(graph, tmp_path)
    limit = part[region]
    with pytest.raises(BuildError, match=rf"expected at most {limit} bytes of {region}, found \d+ \(\d+ too many\)"):
        target.build(graph, tmp_path)


def test_kills_a_run_that_takes_too_long(built):
    graph, out, _ = built
    with pytest.raises(BuildError, match=r"expected 97655 frames within 0\.05 s, killed it"):
        next(run_qemu(graph, out, np.zeros((97_655, 1), np.int16), timeout=0.05))


def test_firmware_of_another_graph_is_refused(built):
    _, out, _ = built
    with pytest.raises(BuildError, match="qemu trace: expected"):
        next(run_qemu(sorter(seed=1), out, np.zeros((3, 1), np.int16)))
