"""Target c99: its two files compute the reference's values, and its README, its interface and its module are true."""

import re
import shutil
import subprocess
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import yaml

from edgesort import build
from edgesort.fixed import Int
from edgesort.graph import Graph, Node, Stream
from edgesort.ops import OPS, Requant, Window
from edgesort.passes.gate import gate
from edgesort.share import share
from edgesort.targets import c
from edgesort.targets.c import library
from edgesort.targets.c.build import tool
from edgesort.targets.c.run import EVENT, run_host
from edgesort.targets.c.steps import steps
from tests import corners
from tests.graphs import sorter
from tests.targets.cases import difference, stepped
from tests.targets.every_op import every_op
from tests.targets.test_c_emit import tiny

SANITIZE = ["-O1", "-g", "-fsanitize=undefined,address", "-fno-sanitize-recover"]
ADC12 = Graph("adc12", 1e3, ("x", Stream((1,), Int(12))), (Node("y", Requant((4,), Int(8, False)), ("x",)),), ("y",))


def emitted(graph, folder):
    folder.mkdir(exist_ok=True)
    c.LIBRARY.emit(graph, folder)
    return folder


def gcc(folder, *arguments):
    done = subprocess.run(["gcc", "-std=c99", *arguments], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def events(graph, frames):
    """The reference's events."""
    _, values = graph.run(graph.initial_state(), frames)
    score = values[graph.outputs[0]]
    return np.array([(t, score[t, unit], unit, 0) for t, unit in np.argwhere(score)], EVENT)


def readme_block(folder, language, heading):
    text = (folder / "README.md").read_text().partition(heading)[2]
    return text.split(f"```{language}\n")[1].split("```")[0]


GATED = replace(gate(sorter(), "scale", (20,)), name="gated")


@pytest.mark.parametrize("graph", [sorter(seed=2, channels=3), GATED, every_op()], ids=lambda g: g.name)
def test_the_two_files_equal_step(graph, tmp_path):
    library.program(graph, emitted(graph, tmp_path / "lib"), emitted(graph, tmp_path / "work"), sanitize=True)
    frames = corners.frames(graph.input[1], 300, seed=6)
    pieces = list(run_host(graph, tmp_path / "work", frames, library.FEATURES))
    (executor,) = c.LIBRARY.executors(graph, tmp_path / "lib")
    assert set(graph.outputs) <= set(executor.shows)
    expected = stepped(graph, frames)
    found = {name: np.concatenate([piece[name] for piece in pieces]) for name in executor.shows}
    assert difference({name: expected[name] for name in executor.shows}, found) is None


def test_a_build_holds_what_it_says_and_verifies(tmp_path):
    graph = sorter(seed=1)
    frames = corners.frames(graph.input[1], 500, seed=2)
    made = build.compile(graph, "c99", tmp_path / "lib", vectors={"some": frames})
    files = {str(path.relative_to(made.path)) for path in made.path.rglob("*") if path.is_file()}
    own = {"model.h", "model.c", "README.md", *library.ZEPHYR}
    assert files == own | {"graph.json", "graph.txt", "manifest.json", "vectors.npz"}
    (verdict,) = build.verify(made)
    assert (verdict.name, verdict.equal, verdict.frames) == ("c99", True, 500)
    assert {"highpass", "conv1_act", "conv2_act", "score", "events"} <= set(verdict.nodes)

    text = (made.path / "model.c").read_text()
    assert text.count(".high = 255,") == 3
    (made.path / "model.c").write_text(text.replace(".high = 255,", ".high = 254,"))
    (verdict,) = build.verify(made)
    assert (verdict.equal, verdict.first_mismatch.node) == (False, "conv1_act")


def test_no_kernel_shares_a_name_with_another_or_with_a_constant():
    """All kernels of a model stand in one file beside the constants <node>_<suffix>."""
    files = {file.stem: file.read_text() for file in share("firmware", "kernels").glob("es_*.c")}
    kernels = [text for name, text in files.items() if not name.endswith(("_dsp", "_mve"))]
    names = Counter(re.findall(r"^(?:static|ES_(?!KERNEL)\w+) [^;=\n]*?(\w+)\(", "\n".join(kernels), re.MULTILINE))
    assert len(kernels) > len(OPS) and len(names) > 20
    assert [name for name, count in names.items() if count > 1] == []
    calls = [step for graph in (every_op(), GATED) for step in steps(graph, library.FEATURES)]
    suffixes = {"params", *(suffix for call in calls for suffix, _, _ in call.wire.tables)}
    assert [name for name in names if name.endswith(tuple(f"_{suffix}" for suffix in suffixes))] == []


def test_only_the_kernels_that_a_model_uses(tmp_path):
    source = (emitted(tiny(), tmp_path) / "model.c").read_text()
    found = set(re.findall(r"^static bool es_(\w+)\(", source, re.MULTILINE))
    calls = steps(tiny(), library.FEATURES)
    assert found == {kind for call in calls for kind in (call.kernel, *call.wire.uses)}
    assert "es_saturate(" in source
    alone = Graph("alone", 1e3, ("x", Stream((1,), Int(8))), (Node("y", Window(2), ("x",)),), ("y",))
    source = (emitted(alone, tmp_path / "alone") / "model.c").read_text()
    assert "saturat" not in source and "es_store" not in source


def test_the_interface_answers_every_wrong_argument(tmp_path):
    emitted(ADC12, tmp_path)
    shutil.copyfile(share("tests", "targets", "c", "interface.c"), tmp_path / "interface.c")
    gcc(tmp_path, *SANITIZE, "-Wall", "interface.c", "model.c", "-o", "interface")
    done = subprocess.run([tmp_path / "interface"], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


UNGUARDED = [
    ("state == NULL", "false"),
    ("(out == NULL && cap > 0)", "false"),
    ("% offsetof(model_aligned, state) == 0", "% 1 == 0"),
    ("->magic == MAGIC", "->magic != 1"),
    ("n > SIZE_MAX / sizeof(model_sample) / MODEL_FRAME", "false"),
    ("|| cap > INT_MAX", ""),
    ("s->lost != lost", "s->lost > 0"),
    ("s->lost++;", ""),
    ("check(state) < 0 ? 0 :", ""),
    ("check(state) < 0 ? NULL :", ""),
]


@pytest.mark.parametrize(("guard", "without"), UNGUARDED, ids=[guard for guard, _ in UNGUARDED])
def test_each_guard_is_needed(guard, without, tmp_path):
    text = (emitted(ADC12, tmp_path) / "model.c").read_text()
    assert text.count(guard) == 1
    (tmp_path / "model.c").write_text(text.replace(guard, without))
    shutil.copyfile(share("tests", "targets", "c", "interface.c"), tmp_path / "interface.c")
    gcc(tmp_path, "-O0", "-fsanitize=undefined,address", "-w", "interface.c", "model.c", "-o", "interface")
    assert subprocess.run([tmp_path / "interface"], capture_output=True).returncode != 0


def test_the_readme_example_finds_the_reference_s_events(tmp_path):
    graph = sorter(seed=3)
    c.LIBRARY.build(graph, emitted(graph, tmp_path))
    frames = corners.frames(graph.input[1], 400, seed=9)
    harness = """
        #include <stdio.h>
        #include <inttypes.h>
        size_t read_frames(model_sample *frames, size_t most) { return fread(frames, MODEL_FRAME * 2, most, stdin); }
        void spike(unsigned unit, uint64_t frame) { printf("%u %" PRIu64 "\\n", unit, frame); }
    """
    example = readme_block(tmp_path, "c", "## Use").replace("8", "99")
    (tmp_path / "main.c").write_text(example + harness)
    gcc(tmp_path, *SANITIZE, "-Wall", "-Wextra", "-Werror", "main.c", "model.c", "-o", "main")
    done = subprocess.run([tmp_path / "main"], input=frames.tobytes(), capture_output=True, check=True)
    expected = [f"{e['unit']} {(int(e['frame']) - graph.event_delay) % (1 << 64)}" for e in events(graph, frames)]
    assert len(expected) > 20
    assert done.stdout.decode().splitlines() == expected


def test_two_networks_in_one_program_and_two_instances_of_one(tmp_path):
    """As the README says: each gets names of its own."""
    graphs = {"first": sorter(seed=3), "second": sorter(seed=5)}
    for name, graph in graphs.items():
        c.LIBRARY.build(graph, emitted(graph, tmp_path / name))
        commands = readme_block(tmp_path / name, "", "## Two networks")
        commands = commands.replace("first", name).replace("FIRST", name.upper())
        subprocess.run(["sh", "-e", "-c", commands], cwd=tmp_path / name, check=True)
    shutil.copyfile(share("tests", "targets", "c", "two.c"), tmp_path / "two.c")
    gcc(tmp_path, *SANITIZE, "-Ifirst", "-Isecond", "two.c", "first/first.c", "second/second.c", "-o", "two")
    frames = corners.frames(graphs["first"].input[1], 600, seed=9)
    done = subprocess.run([tmp_path / "two"], input=frames.tobytes(), capture_output=True, check=True)
    found = np.frombuffer(done.stdout, EVENT)
    for whose, expected in enumerate(
        (events(graphs["first"], frames), events(graphs["first"], frames[::-1]), events(graphs["second"], frames))
    ):
        assert len(expected) > 10
        own = found[found["output"] == whose]
        assert np.array_equal(own[["frame", "score", "unit"]], expected[["frame", "score", "unit"]])


SIZE = """
#include "model.h"
#include <stdio.h>
int main(void) { printf("%zu", model_state_size()); return 0; }
"""


def test_the_readme_states_what_was_measured(tmp_path, monkeypatch):
    graph = sorter()
    costs = c.LIBRARY.build(graph, emitted(graph, tmp_path))
    (tmp_path / "size.c").write_text(SIZE)
    gcc(tmp_path, "size.c", "model.c", "-o", "size")
    assert int(subprocess.run([tmp_path / "size"], capture_output=True).stdout) == costs["state_bytes"]
    readme = (tmp_path / "README.md").read_text()
    assert f"| this computer | {costs['code_bytes']} | {costs['state_bytes']} |" in readme
    assert 2000 < costs["code_bytes"] < 20_000
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert c.LIBRARY.build(graph, tmp_path) == {}
    assert "| not measured |" in (tmp_path / "README.md").read_text()


STUB = """
cmake_minimum_required(VERSION 3.20)
project(stub C)
function(zephyr_library_named name)
  add_library(${name} STATIC)
  set(ZEPHYR_CURRENT_LIBRARY ${name} PARENT_SCOPE)
endfunction()
function(zephyr_library_sources)
  target_sources(${ZEPHYR_CURRENT_LIBRARY} PRIVATE ${ARGN})
endfunction()
function(zephyr_include_directories)
  target_include_directories(${ZEPHYR_CURRENT_LIBRARY} PUBLIC ${ARGN})
endfunction()
set(CONFIG_EDGESORT_TINY ${ON})
add_subdirectory(lib/zephyr)
if(CONFIG_EDGESORT_TINY)
  add_executable(app main.c)
  target_link_libraries(app edgesort_tiny)
endif()
"""


@pytest.mark.parametrize("on", ["y", ""])
def test_the_zephyr_module_builds_with_a_stub_of_zephyr(on, tmp_path):
    folder = emitted(tiny(), tmp_path / "lib")
    tool("cmake", "read the Zephyr module", "cmake")
    (tmp_path / "CMakeLists.txt").write_text(STUB)
    (tmp_path / "main.c").write_text('#include "model.h"\nint main(void) { model_state s; return model_init(&s); }\n')
    configure = ["cmake", f"-DON={on}", "-S", tmp_path, "-B", tmp_path / "out"]
    subprocess.run(configure, check=True, capture_output=True)
    subprocess.run(["cmake", "--build", tmp_path / "out"], check=True, capture_output=True)
    assert (tmp_path / "out" / "app").is_file() == bool(on)
    module = yaml.safe_load((folder / "zephyr" / "module.yml").read_text())
    assert module == {"name": "edgesort_tiny", "build": {"cmake": "zephyr", "kconfig": "zephyr/Kconfig"}}
    assert "\nconfig EDGESORT_TINY\n\tbool " in "\n" + (folder / "zephyr" / "Kconfig").read_text()
