"""Kernels of whole layers: every case exact on the machine of each feature, by the kernel that it is meant for."""

import subprocess
from collections import Counter
from dataclasses import replace

import pytest

from edgesort.targets import find
from edgesort.targets.c import HOST, values_of
from edgesort.targets.c.build import make
from edgesort.targets.c.steps import steps
from edgesort.targets.c.wires import LAYERS as FAST
from tests.targets.cases import difference, stepped
from tests.targets.cases_layers import LAYERS, layers_frames, layers_graph
from tests.targets.layers import KERNELS, MACHINES
from tests.targets.mutants_layers import ROOM, killed_by
from tests.targets.test_c_emit import C99

FRAMES = 240
NAMES = {case.name for case in LAYERS}
FEATURES = [feature for feature in MACHINES if FAST[feature]]


@pytest.fixture(scope="module")
def wanted():
    """The graph of all cases, its frames and every node's values."""
    graph, frames = layers_graph(), layers_frames(FRAMES, seed=1)
    return graph, frames, stepped(graph, frames)


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    return tmp_path_factory.mktemp("layers")


@pytest.mark.parametrize("features", [(), ("swar",)], ids=["plain", "swar"])
def test_portable_kernels_are_exact_under_sanitizers(features, wanted, tmp_path):
    graph, frames, expected = wanted
    target = replace(HOST, features=features)
    target.emit(graph, tmp_path)
    target.build(graph, tmp_path, sanitize=True)
    (executor,) = target.executors(graph, tmp_path)
    assert difference({name: expected[name] for name in executor.shows}, values_of(graph, executor, frames)) is None


@pytest.mark.parametrize("machine", [*(MACHINES[feature] for feature in FEATURES), "mps2-an505"])
def test_every_case_is_exact_on_the_machine(machine, wanted, tmp_path):
    """On a second core with the DSP extension, too, for which gcc chooses other registers around the assembly."""
    graph, frames, expected = wanted
    target = find(machine)
    target.emit(graph, tmp_path)
    make(tmp_path, ROOM)
    (executor,) = target.executors(graph, tmp_path)
    found = values_of(graph, executor, frames)
    shown = {name: expected[name] for name in executor.shows}
    assert set(shown) >= NAMES
    assert difference(shown, found) is None


@pytest.mark.parametrize("feature", FEATURES)
def test_each_kernel_takes_the_cases_that_are_meant_for_it(feature):
    taken = {step.name: step.kernel for step in steps(layers_graph(), (feature,)) if step.name in NAMES}
    meant = {name: kernel.name for kernel in KERNELS if kernel.feature == feature for name in kernel.takes}
    fast = {name for name, _ in FAST[feature]}
    assert {name: kernel for name, kernel in taken.items() if kernel in fast} == meant
    assert fast == set(meant.values())


@pytest.mark.parametrize("feature", FEATURES)
def test_a_mutant_dies(feature, work):
    """All of them die in `make mutants`, and the kernels themselves pass."""
    kernel = next(kernel for kernel in KERNELS if kernel.feature == feature)
    assert killed_by(kernel, kernel.mutants[0], work) is not None


def test_every_kernel_has_six_mutants():
    counts = Counter({kernel.name: len(kernel.mutants) for kernel in KERNELS})
    assert not [name for name, count in counts.items() if count < 6], counts
    assert {kernel.name for kernel in KERNELS} == {name for feature in FAST.values() for name, _ in feature}


@pytest.mark.parametrize("feature", FEATURES)
def test_no_kernel_warns_with_strict_flags(feature, wanted, tmp_path):
    """Those that are a header stand in model.c."""
    target = find(MACHINES[feature])
    target.emit(wanted[0], tmp_path)
    command = [f"{target.core.prefix}gcc", *target.core.flags.split(), *C99[1:], "-Og", "-fsyntax-only"]
    done = subprocess.run([*command, *tmp_path.glob("es_*.c"), tmp_path / "model.c"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_without_features_every_node_is_a_step_of_its_own():
    graph = layers_graph()
    assert [step.nodes for step in steps(graph, ())] == [(node.name,) for node in graph.nodes]
