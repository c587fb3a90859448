"""Behind a gate the C sleeps: what it shows has the gated graph's values, whatever the sleeping ones hold."""

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

import edgesort
from edgesort import cli
from edgesort.data import catalog
from edgesort.data.recordings import frames, load_recording
from edgesort.share import share
from edgesort.targets import c
from edgesort.targets.c import duty
from edgesort.targets.c.count import Counts
from edgesort.targets.target import BuildError
from edgesort.verify import compare
from tests.graphs import sorter
from tests.passes import gated
from tests.targets import gates
from tests.targets.mutants_gate import MUTANTS, killer
from tests.targets.test_c_emit import C99, CXX20

MODEL = share("models", "cnn_sorter", "model.onnx")
FRAMES = 400
MANY = (*gated.examples()[2:8:2], gated.examples()[5], *gated.random_cases(range(40, 45)))
CASES = [case for case in MANY if gates.sleepers(case.graph)]


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    return tmp_path_factory.mktemp("gate")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.plain.name)
def test_values_are_equal_under_sanitizers_whatever_sleeping_ones_hold(case, tmp_path):
    c.HOST.emit(case.graph, tmp_path)
    gates.poison(case.graph, tmp_path)
    c.HOST.build(case.graph, tmp_path, sanitize=True)
    (executor,) = c.HOST.executors(case.graph, tmp_path)
    verdict = compare(case.graph, executor, gated.frames_of(case.graph, 1, FRAMES))
    assert verdict.equal, verdict
    assert {"gate", *case.graph.outputs} <= set(verdict.nodes)


@pytest.mark.parametrize("machine", [c.MPS2_AN386, c.MPS3_AN547, c.RISCV32_VIRT], ids=lambda machine: machine.name)
def test_the_kernels_of_each_machine_sleep(machine, tmp_path):
    """The sorter on the first second of the N1 files, poisoned: layers in one call take their frames asleep."""
    graph = edgesort.gate(edgesort.load(MODEL), "scale>20")
    machine.emit(graph, tmp_path)
    gates.poison(graph, tmp_path, machine.features)
    machine.build(graph, tmp_path)
    data = frames(load_recording(catalog.get("neuralink_n1")[0]))[:19531]
    assert 0.002 < duty.duty(graph, data)["gate_duty"] < 0.5
    verdict = compare(graph, machine.executors(graph, tmp_path)[0], data)
    assert verdict.equal, verdict
    assert verdict.nodes[-2:] == ("head_act_gated", "events")


@pytest.mark.parametrize("mutant", MUTANTS, ids=[f"{m.source}: {m.what}" for m in MUTANTS])
def test_the_mutant_dies(mutant, work):
    assert killer(mutant, work) is not None


def test_the_calls_that_sleep_stand_together(tmp_path):
    c.HOST.emit(edgesort.gate(sorter(), "scale>40"), tmp_path)
    text = (tmp_path / "model.c").read_text()
    first = """    if (awake > 0) {
        es_dense(&conv1_params, v->conv1_window, v->conv1);
        es_requant(&conv1_act_params, v->conv1, v->conv1_act);
        es_dense(&conv2_params, v->conv1_act, v->conv2);
        es_requant(&conv2_act_params, v->conv2, v->conv2_act);
    }
"""
    assert first in text and "es_pass(&score_gated_params, v->score, v->gate, v->score_gated);" in text
    assert "awake > 2 ? v->head_window : NULL" in text


@pytest.mark.parametrize("compiler", [C99, CXX20], ids=lambda command: command[0])
def test_no_warnings_with_strict_flags(compiler, tmp_path):
    c.HOST.emit(gated.examples()[5].graph, tmp_path)
    for source in ("model.c", "es_gate.c", "es_pass.c"):
        command = [*compiler, "-I", tmp_path, "-c", tmp_path / source, "-o", tmp_path / "x.o"]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


def test_without_a_gate_nothing_sleeps(tmp_path):
    c.HOST.emit(sorter(), tmp_path)
    assert "awake" not in (tmp_path / "model.c").read_text()


def test_real_time_is_judged_by_an_open_gate():
    """Frames that keep the gate shut are made louder; counts take the worst of both, and the mean of the first."""
    graph = edgesort.gate(sorter(), "scale>40")
    quiet = np.random.default_rng(0).integers(-40, 40, (3000, 1)).astype(np.int16)
    loud = duty.waking(graph, quiet)
    assert duty.duty(graph, quiet) == {"gate_duty": 0.0} and duty.duty(graph, loud)["gate_duty"] > 0
    assert duty.waking(graph, loud) is None and duty.waking(sorter(), quiet) is None
    assert np.array_equal(loud, quiet << int(np.log2(loud.max() / quiet.max())))
    with pytest.raises(BuildError, match=r"^sorter: expected recorded frames that open the gate when they are loud"):
        duty.waking(graph, np.zeros((100, 1), np.int16))
    one = Counts(10, 500, 60, 700, 80, {}, {}, {})
    most = duty.worst(one, replace(one, instructions=1, instructions_worst=90, cycles_worst=85))
    assert (most.instructions, most.instructions_worst, most.cycles_worst) == (500, 90, 85)
    assert duty.worst(replace(one, cycles_worst=None), replace(one, cycles_worst=None)).cycles_worst is None


def test_a_target_that_takes_only_chains_names_the_gate(tmp_path):
    with pytest.raises(BuildError, match=r"^hls4ml: node gate: expected a graph without an event gate, found one"):
        edgesort.compile(edgesort.gate(edgesort.load(MODEL), "scale>20"), "hls4ml", tmp_path / "out")


def test_the_command_line(tmp_path, monkeypatch, capsys):
    """The level is measured on the recording; the build says how often the network was awake, and verifies."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["edgesort", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            cli.main()
        return stop.value.code, *capsys.readouterr()

    recording, out = catalog.get("neuralink_n1")[0], tmp_path / "build"
    code, said, _ = run("compile", MODEL, "--target", "host", "--gate", 4, "--recording", recording, "--out", out)
    assert code == 0 and "gate: |scale| > 23 (4 times its noise), from 0 frames before to 23 after\n" in said
    assert 0 < json.loads((out / "manifest.json").read_text())["costs"]["gate_duty"] < 0.1
    code, said, _ = run("verify", out, "--json")
    assert code == 0 and json.loads(said)["equal"]
    for arguments, text in (
        (("--gate", "4"), "expected recorded frames to measure the noise of scale on, found none; give a recording"),
        (("--gate-after", "4"), "expected --gate with --gate-before and --gate-after, found none"),
        (("--gate", "scale>999"), "expected a level of 0 to 127, which |scale| can exceed, found 999"),
    ):
        code, _, error = run("compile", MODEL, "--target", "host", "--out", tmp_path / "no", *arguments)
        assert code == 2 and text in error and not (tmp_path / "no").exists()
