"""Firmware on every machine that QEMU has: the same values as the reference, and what a run refuses."""

from pathlib import Path

import numpy as np
import pytest

import edgesort
from edgesort.data import catalog
from edgesort.data.recordings import frames, load_recording
from edgesort.ops import OPS
from edgesort.share import share
from edgesort.targets import c
from edgesort.targets.c import qemu
from edgesort.targets.target import BuildError
from edgesort.verify import compare
from tests import corners
from tests.graphs import sorter
from tests.targets import joined
from tests.targets.cases import difference, stepped
from tests.targets.cases_c import C_CASES

SECONDS = 5.0
MACHINES = pytest.mark.parametrize("machine", c.EMULATED, ids=lambda machine: machine.name)


def built(machine, graph, out):
    machine.emit(graph, out)
    machine.build(graph, out)
    return machine.executors(graph, out)[0]


@pytest.fixture(scope="module")
def every_case():
    """The whole parity matrix of C as one graph, frames for it, and what they come to."""
    graph, data = joined.joined(C_CASES), joined.frames(C_CASES, 300, seed=7)
    assert {node.op.kind for node in graph.nodes} == {op.kind for op in OPS}
    return graph, data, graph.run(graph.initial_state(), data)[1]


@MACHINES
def test_every_case_of_every_op(machine, every_case, tmp_path):
    graph, data, expected = every_case
    executor = built(machine, graph, tmp_path)
    found = c.values_of(graph, executor, data)
    assert difference({name: expected[name] for name in executor.shows}, found) is None
    assert len(executor.shows) > 2 * len(C_CASES)


@MACHINES
def test_recorded_data(machine, tmp_path):
    """cnn_sorter on the first 5 s of the N1 files."""
    graph = edgesort.load(share("models", "cnn_sorter", "model.onnx"))
    count = round(SECONDS * graph.sampling_frequency)
    data = np.concatenate([frames(load_recording(path)) for path in catalog.get("neuralink_n1")[:2]])[:count]
    verdict = compare(graph, built(machine, graph, tmp_path), data)
    assert (verdict.equal, verdict.frames, verdict.first_mismatch) == (True, count, None)


@pytest.fixture(scope="module")
def m4(tmp_path_factory):
    """The sorter for a Cortex-M4: its graph, and the program."""
    graph, out = sorter(seed=6), tmp_path_factory.mktemp("sorter")
    built(c.MPS2_AN386, graph, out)
    return graph, c.MPS2_AN386.program(graph, out)


def test_the_sorter_equals_step(m4):
    graph, program = m4
    data = corners.frames(graph.input[1], 2_000, seed=8)
    (executor,) = c.MPS2_AN386.executors(graph, program.out)
    found = c.values_of(graph, executor, data)
    expected = stepped(graph, data)
    assert difference({name: expected[name] for name in found}, found) is None
    assert expected["events"].any()


def test_kills_a_run_that_takes_too_long(m4):
    _, program = m4
    with pytest.raises(BuildError, match=r"expected 97655 frames within 0\.05 s, killed it"):
        next(qemu.run(program, np.zeros((97_655, 1), np.int16), timeout=0.05))


def test_firmware_of_another_graph_is_refused(m4):
    _, program = m4
    other = c.MPS2_AN386.program(sorter(seed=1), program.out)
    with pytest.raises(BuildError, match="qemu trace: expected"):
        next(qemu.run(other, np.zeros((3, 1), np.int16)))


HARNESS_MUTANTS = {
    "the head states another size": ("trace.c", "bytes += model_tensors[k].fresh != MODEL_ALWAYS;", "bytes += 1;"),
    "a frame is left out": (
        "main.c",
        "end = trace_pack(model_values_of(&state), end);",
        "end += t ? trace_record() : 0;",
    ),
    "a byte is left out": (
        "trace.c",
        "memcpy(record, from + tensor->offset, bytes);",
        "memcpy(record, from + tensor->offset, bytes - 1);",
    ),
    "frames are cut": ("main.c", "written = written && semihosting_write(to, block, (size_t)(end - block));", ""),
}


@pytest.mark.parametrize(("file", "old", "new"), HARNESS_MUTANTS.values(), ids=HARNESS_MUTANTS.keys())
def test_a_broken_harness_is_noticed(file, old, new, tmp_path):
    graph = sorter(seed=6)
    data = corners.frames(graph.input[1], 200, seed=8)
    c.MPS2_AN386.emit(graph, tmp_path)
    _break(tmp_path / file, old, new)
    c.MPS2_AN386.build(graph, tmp_path)
    try:
        verdict = compare(graph, c.MPS2_AN386.executors(graph, tmp_path)[0], data)
    except BuildError:
        return
    assert not verdict.equal


def _break(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert text.count(old) == 1, f"{file.name}: expected {old!r} once; bring the mutant up to date"
    file.write_text(text.replace(old, new))
