"""The ports: what a build of each holds and costs, what it refuses, and how it comes to a board."""

import os
import re
import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pytest

from edgesort import build as builds
from edgesort.share import share
from edgesort.targets import TARGETS, c
from edgesort.targets.c.build import make, tool
from edgesort.targets.target import BuildError, ToolMissing
from edgesort.verify import compare
from tests import corners
from tests.graphs import sorter
from tests.hil import checks
from tests.hil.peer import Peer, running

MACHINES = (*c.EMULATED, *c.BOARDS)


def named(*machines):
    return pytest.mark.parametrize("machine", machines or MACHINES, ids=lambda machine: machine.name)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The sorter for a machine: its folder and its costs; made once."""
    made = {}

    def of(machine):
        if machine.name not in made:
            out = tmp_path_factory.mktemp(machine.name)
            machine.emit(sorter(seed=6), out)
            made[machine.name] = (out, machine.build(sorter(seed=6), out))
        return made[machine.name]

    return of


@named()
def test_costs_are_those_of_the_part(machine, built):
    _, costs = built(machine)
    assert 3_000 < costs["flash_bytes"] < 16_000 < machine.part.flash
    program = 1_100 if machine in c.BOARDS else 0  # a frame, and the events of an answer
    least = costs["state_bytes"] + costs["stack_reserved_bytes"]
    assert least <= costs["ram_bytes"] <= least + program < machine.part.ram
    assert 1_500 < costs["overhead_flash_bytes"] < costs["flash_bytes"] - 1_000  # the graph's constants: 1 KB
    assert costs["overhead_ram_bytes"] == 0


def test_a_compiler_behind_ccache_tells_the_stack_all_the_same(built, tmp_path, monkeypatch):
    (tmp_path / "arm-none-eabi-gcc").symlink_to(shutil.which("ccache"))
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setenv("CCACHE_DIR", str(tmp_path / "cache"))
    _, costs = built(c.EMULATED[0])
    for k in range(2):
        (out := tmp_path / str(k)).mkdir()
        c.EMULATED[0].emit(sorter(seed=6), out)
        assert c.EMULATED[0].build(sorter(seed=6), out) == costs


def test_every_machine_is_a_target_and_states_its_memories():
    assert set(MACHINES) <= set(TARGETS)
    assert {
        m.name: (m.limits()["flash_bytes"], m.limits()["ram_bytes"], m.limits()["clock_mhz"]) for m in c.BOARDS
    } == {
        "nrf52840": (1 << 20, 256 << 10, 64.0),
        "stm32u585": (2 << 20, 768 << 10, 160.0),
    }
    assert all(board.counter.core is board.core for board in c.BOARDS)


VECTORS = {"nrf52840": 0, "stm32u585": 0x0800_0000, "mps2-an505": 0x1000_0000}


ARM = named(*(machine for machine in MACHINES if machine.core.prefix.startswith("arm")))


@ARM
def test_the_vector_table_is_where_the_core_looks_for_it(machine, built):
    """Its words: the end of the stack, which lies at the bottom of RAM, and the handlers' addresses, odd for Thumb."""
    out, costs = built(machine)
    symbols = symbols_of(machine, out)
    image = raw(machine, out)
    words = np.frombuffer(image[:64], "<u4")
    assert symbols["vectors"] == VECTORS.get(machine.name, 0)
    assert words[0] == symbols["stack_end"] == symbols["stack_start"] + costs["stack_reserved_bytes"]
    assert symbols["stack_start"] in (0x2000_0000, 0x3000_0000, 0x3800_0000)
    assert words[1] == symbols["reset"] | 1
    assert set(words[2:]) == {symbols["exception"] | 1}


def test_the_risc_v_starts_at_reset(built):
    out, _ = built(c.RISCV32_VIRT)
    assert symbols_of(c.RISCV32_VIRT, out)["reset"] == 0x8000_0000


def symbols_of(machine, out):
    command = [f"{machine.core.prefix}nm", out / "model.elf"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {line.split()[2]: int(line.split()[0], 16) for line in text.splitlines() if len(line.split()) == 3}


def raw(machine, out):
    command = [f"{machine.core.prefix}objcopy", "-O", "binary", out / "model.elf", out / "raw"]
    subprocess.run(command, check=True)
    return (out / "raw").read_bytes()


@ARM
def test_no_instruction_computes_with_floats(machine, built):
    """The M55 has vector instructions, of integers alone; the others were given none that touch a float register.

    The RISC-V that runs the other tests has no such instructions.
    """
    out, _ = built(machine)
    command = [f"{machine.core.prefix}objdump", "-d", "--no-show-raw-insn", out / "model.elf"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    used = set(re.findall(r"^\s*[0-9a-f]+:\t(\S+)", text, re.MULTILINE))
    assert {"bl", "ldr", "push"} <= used
    vectors = {name for name in used if name.startswith("v")}
    assert not {name for name in vectors if ".f" in name}
    assert machine is c.MPS3_AN547 or not vectors


@named(*c.EMULATED)
def test_a_stack_that_overflows_faults(machine, built, tmp_path):
    out, _ = built(machine)
    shutil.copytree(out, tmp_path, dirs_exist_ok=True)
    make(tmp_path, "STACK_SIZE=160")
    with pytest.raises(BuildError, match=r"found 1: fault$"):
        run(machine, tmp_path)


def run(machine, out):
    graph = sorter(seed=6)
    return c.values_of(graph, machine.executors(graph, out)[0], np.zeros((5, 1), np.int16))


def test_what_does_not_stop_the_stack_is_noticed(built, tmp_path):
    """Without the guard the same stack runs into the code and nobody says so."""
    out, _ = built(c.RISCV32_VIRT)
    shutil.copytree(out, tmp_path, dirs_exist_ok=True)
    startup = tmp_path / "startup.c"
    startup.write_text(startup.read_text().replace("li t0, 0x8D00", "li t0, 0"))
    make(tmp_path, "STACK_SIZE=160")
    assert "events" in run(c.RISCV32_VIRT, tmp_path)


@named(c.NRF52840, c.MPS3_AN547, c.RISCV32_VIRT)
def test_cmake_makes_the_same_bytes(machine, built, tmp_path):
    out, _ = built(machine)
    tool("cmake", "build without make", "cmake")
    for command in (["-S", out, "-B", tmp_path], ["--build", tmp_path]):
        done = subprocess.run(["cmake", *command], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "model.hex").read_bytes() == (out / "model.hex").read_bytes()


def test_cmake_takes_another_stack(built, tmp_path):
    out, _ = built(c.NRF52840)
    tool("cmake", "build without make", "cmake")
    command = ["cmake", "-S", out, "-B", tmp_path, "-DSTACK_SIZE=4096"]
    subprocess.run(command, capture_output=True, check=True)
    subprocess.run(["cmake", "--build", tmp_path], capture_output=True, check=True)
    symbols = symbols_of(c.NRF52840, tmp_path)
    assert symbols["stack_end"] - symbols["stack_start"] == 4096


@pytest.mark.parametrize(("region", "part"), [("flash", {"flash": 4000}), ("ram", {"ram": 2200})])
@named(c.NRF52840, c.RISCV32_VIRT)
def test_refuses_a_part_that_is_too_small_and_says_by_how_much(machine, region, part, tmp_path):
    target = replace(machine, part=replace(machine.part, **part))
    graph = sorter()
    target.emit(graph, tmp_path)
    limit = part[region]
    with pytest.raises(BuildError, match=rf"expected at most {limit} bytes of {region}, found \d+ \(\d+ too many\)"):
        target.build(graph, tmp_path)


@named(c.MPS2_AN386, c.MPS2_AN505, c.RISCV32_VIRT)
def test_the_program_of_a_board_streams_events(machine, tmp_path):
    """The boards' main.c, a device of the link, on a machine that QEMU has."""
    graph = sorter(seed=3)
    data = corners.frames(graph.input[1], 600, seed=9)
    machine.emit(graph, tmp_path)
    (tmp_path / "semihosting.c").unlink()
    for name in ("main.c", "halt.c"):
        shutil.copyfile(share("firmware", "ports", "stream", name), tmp_path / name)
    make(tmp_path)
    with running(*machine.emulator.command(tmp_path / "model.elf", "none")) as line:
        peer = Peer(line)
        assert (peer.hello().target, peer.reset().clock) == (machine.name, checks.CLOCKS[machine.name])
        checks.compared(graph, peer, data, 254)


@named(*c.BOARDS)
def test_the_model_of_a_board_runs_on_the_machine_of_its_core(machine, built, tmp_path):
    out, _ = built(machine)
    graph = sorter(seed=6)
    data = corners.frames(graph.input[1], 500, seed=4)
    (executor,) = machine.executors(graph, out)
    assert executor.name == f"qemu-{machine.counter.name}"
    assert compare(graph, executor, data).equal
    shutil.copytree(out, tmp_path, dirs_exist_ok=True)
    kernel = tmp_path / "es_requant.c"
    text = kernel.read_text()
    assert "p->shift[k]" in text
    kernel.write_text(text.replace("p->shift[k]", "p->shift[k] + 1"))
    assert not compare(graph, machine.executors(graph, tmp_path)[0], data).equal


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    """A finished build for the nRF52840."""
    return builds.compile(sorter(), "nrf52840", tmp_path_factory.mktemp("flash") / "board")


def pyocd(folder, code):
    """A pyocd that writes down its arguments."""
    folder.mkdir()
    program = folder / "pyocd"
    program.write_text(f'#!/bin/sh\necho "$@" > {folder}/said\nexit {code}\n')
    program.chmod(0o755)
    return folder / "said"


def test_flash_calls_pyocd(board, tmp_path, monkeypatch):
    said = pyocd(tmp_path / "bin", 0)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    builds.flash(board.path)
    assert said.read_text() == f"flash -t nrf52840 {board.path}/model.hex\n"


def test_flash_says_that_pyocd_failed(board, tmp_path, monkeypatch):
    pyocd(tmp_path / "bin", 3)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    with pytest.raises(BuildError, match=r"pyocd flash -t nrf52840 .*model\.hex: expected exit code 0, found 3"):
        builds.flash(board.path)


def test_flash_without_pyocd_says_how_to_get_it(board, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissing, match=r"pyocd: expected it on PATH to write to a nrf52840, .*; pip install pyocd"):
        builds.flash(board.path)


def test_flash_refuses_a_build_without_its_image(board, tmp_path):
    shutil.copytree(board.path, tmp_path / "copy")
    (tmp_path / "copy" / "model.hex").unlink()
    with pytest.raises(BuildError, match=r"model\.hex: expected the firmware, found none; compile again"):
        builds.flash(tmp_path / "copy")


def test_flash_refuses_what_is_no_board(tmp_path):
    for target in (*c.EMULATED, c.HOST):
        with pytest.raises(BuildError, match=f"^{target.name}: expected a target that is a board"):
            target.flash(tmp_path)
