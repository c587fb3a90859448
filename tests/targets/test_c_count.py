"""What a sample costs: counts that are known, add up and repeat; cycles; the stack; and parts that cannot keep up."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile

import edgesort
from edgesort import cli
from edgesort.share import share
from edgesort.targets import c
from edgesort.targets.c import count, stack
from edgesort.targets.c.disassembly import Instruction
from edgesort.targets.c.timing import alone, cycles
from edgesort.targets.target import BuildError, Options
from tests import corners
from tests.graphs import sorter
from tests.targets import tiny_programs
from tests.targets.tiny_programs import KERNEL, MODEL

TINY = (c.MPS2_AN386, c.RISCV32_VIRT)
NAMES = [machine.name for machine in c.EMULATED]


def counted(machine, folder) -> count.Counts:
    """The counts of the tiny program on a machine."""
    elf = tiny_programs.assembled(machine, folder)
    chosen = count.plan(elf, machine.core.prefix, machine.core.cpu)
    command = [*machine.emulator.command(elf, "count"), *count.plugin(chosen, folder)]
    done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return count.counts(chosen, folder)


@pytest.mark.parametrize("machine", TINY, ids=lambda machine: machine.name)
def test_a_program_that_a_person_counted(machine, tmp_path):
    found = counted(machine, tmp_path)
    assert (found.calls, found.instructions, found.instructions_worst) == (3, KERNEL + MODEL, 2 + 8 * 7 + 6)
    assert {name: count for name, (count, _) in found.kernels.items()} == {"model": MODEL, "es_work": KERNEL}
    assert found.functions == {"es_work": 50, "helper": 28, "es_inner": 22, "model_push": 12}
    assert sum(found.mnemonics.values()) == found.instructions
    assert found.mnemonics["nop"] == 3 + 11 + 11  # helper's and es_inner's


def test_its_cycles_by_the_table(tmp_path):
    """A pass: subs 1, bl 4, nop 1, b 4, nop 1, bx 4, cmp 1, bne 4. Twice: push 2, bl 4, pop {pc} 5. Then nop, bx 4."""
    found = counted(c.MPS2_AN386, tmp_path)
    assert found.cycles == 11 * 20 + 3 * (2 * 7 + 2 * 4 + 5)
    assert found.cycles_worst == 7 * 20 + 2 * 7 + 2 * 4 + 5
    assert {name: cycles for name, (_, cycles) in found.kernels.items()} == {
        "model": 3 * 20,
        "es_work": 11 * 20 + 3 * 7,
    }


PLUGIN_MUTANTS = {
    "a block is counted once": ("&executed[block], 1)", "&executed[block], 0)"),
    "the worst is the last": ("taken.instructions > most.instructions ?", "true ?"),
    "what came before the interval is counted": ("inside[k] -= executed[k];", ""),
    "an owner is charged its caller's": ("charge(blocks[block].own);", "charge((cost){0, 0});"),
    "a kernel that a kernel calls is on its own": ("(owner == 0 || next == 0)", "true"),
    "kernels are the model's": ("owner = next;", ""),
    "the harness counts": ("own.instructions += lines[at].counted;", "own.instructions++;"),
}


@pytest.mark.parametrize("mutant", PLUGIN_MUTANTS.values(), ids=PLUGIN_MUTANTS.keys())
def test_a_broken_plugin_is_noticed(mutant, tmp_path, monkeypatch):
    right = counted(c.MPS2_AN386, tmp_path)
    folder = tmp_path / "mutant"
    folder.mkdir()
    text = share("sim", "qemu", "es_count.c").read_text()
    assert text.count(mutant[0]) == 1
    (folder / "es_count.c").write_text(text.replace(*mutant))
    (folder / "es_plugin.h").write_text(share("sim", "qemu", "es_plugin.h").read_text())
    monkeypatch.setattr(count, "share", lambda *parts: folder / parts[-1])
    try:
        found = counted(c.MPS2_AN386, folder)
    except BuildError:
        return
    assert found != right


def test_a_program_without_markers_is_refused(tmp_path):
    elf = tiny_programs.compiled(c.MPS2_AN386, tmp_path, "void reset(void) { for (;;) { } }")
    with pytest.raises(BuildError, match="expected the functions measure_begin and measure_end"):
        count.plan(elf, c.MPS2_AN386.core.prefix, "cortex-m4")


@pytest.fixture(scope="module", params=c.EMULATED, ids=NAMES)
def built(request, tmp_path_factory):
    """(machine, graph, folder, costs of the build) of a small sorter on each machine."""
    graph, out = sorter(seed=6), tmp_path_factory.mktemp("sorter")
    request.param.emit(graph, out)
    return request.param, graph, out, request.param.build(graph, out)


def test_counts_add_up_repeat_and_the_stack_is_within_its_bound(built):
    machine, graph, out, costs = built
    frames = corners.frames(graph.input[1], 500, seed=8)
    found, used = count.count(machine.program(graph, out), machine.core.prefix, machine.core.cpu, frames)
    kernels = [*zip(*found.kernels.values(), strict=True)]
    assert (sum(kernels[0]), sum(kernels[1])) == (found.instructions, found.cycles or 0)
    assert sum(found.functions.values()) == sum(found.mnemonics.values()) == found.instructions
    assert found.calls == 500
    assert found.instructions_worst >= found.instructions / 500 > 500
    assert 0 < found.kernels["model"][0] < found.instructions / 4
    assert (found.cycles is None) == (machine.core.cpu not in ("cortex-m3", "cortex-m4"))
    assert found.cycles is None or found.cycles_worst >= found.cycles / 500 > found.instructions / 500
    assert used <= costs["stack_bytes"] <= used + 64
    assert 0 < costs["stack_model_push_bytes"] < costs["stack_bytes"] <= costs["stack_reserved_bytes"]
    again = count.count(machine.program(graph, out), machine.core.prefix, machine.core.cpu, frames)
    assert again == (found, used)


CYCLES = (
    ("add.w", "r0, r1, r2", 1, 1),
    ("ldr", "r3, [r0, #0]", 2, 2),
    ("ldrsb.w", "r3, [r0, r1]", 2, 2),
    ("ldrne.w", "r3, [r0], #4", 2, 2),
    ("ldr", "pc, [r3]", 5, 5),
    ("str", "r3, [r0, #4]", 1, 1),
    ("strh.w", "r3, [r0, r1, lsl #1]", 2, 2),
    ("ldrd", "r2, r3, [r0, #8]", 3, 3),
    ("strd", "r2, r3, [sp, #-8]!", 3, 3),
    ("ldmia.w", "r0!, {r1, r2, r3, r4}", 5, 5),
    ("stmdb", "sp!, {r4, r5, r6, r7, r8, r9, sl, fp, lr}", 10, 10),
    ("push", "{r4-r7, lr}", 6, 6),
    ("pop", "{r4, pc}", 6, 6),
    ("b.n", "1234 <f>", 4, 4),
    ("bne.w", "1234 <f>", 4, 4),
    ("bl", "1234 <g>", 4, 4),
    ("bx", "lr", 4, 4),
    ("cbz", "r0, 1234 <f>", 4, 4),
    ("tbb", "[pc, r3]", 6, 6),
    ("bic.w", "r0, r1, #3", 1, 1),
    ("mul.w", "r0, r1, r2", 1, 1),
    ("mla", "r0, r1, r2, r3", 2, 1),
    ("smull", "r0, r1, r2, r3", 5, 1),
    ("smlal", "r0, r1, r2, r3", 7, 1),
    ("smlald", "r0, r1, r2, r3", 1, 1),  # the M4 alone has it
    ("smlad", "r0, r1, r2, r3", 1, 1),
    ("sdiv", "r0, r1, r2", 12, 12),
    ("udivne", "r0, r1, r2", 12, 12),
)


@pytest.mark.parametrize(("mnemonic", "operands", "m3", "m4"), CYCLES, ids=[f"{m} {o}" for m, o, _, _ in CYCLES])
def test_cycles_of_an_instruction(mnemonic, operands, m3, m4):
    instruction = Instruction(0, "f", mnemonic, operands, None)
    assert (alone(instruction, "cortex-m3"), alone(instruction, "cortex-m4")) == (m3, m4)


PAIRS = {
    "a load after a load": ("ldr", "r1, [r0, #0]", "ldr", "r2, [r0, #4]", 1),
    "a load through what was loaded": ("ldr", "r1, [r0, #0]", "ldr", "r2, [r1, #4]", 2),
    "a store after a load": ("ldr", "r1, [r0, #0]", "str", "r1, [r3, r2]", 1),
    "a store that takes one anyway": ("ldr", "r1, [r0, #0]", "str", "r1, [r3, #4]", 1),
    "a load after a store": ("str", "r1, [r0, #0]", "ldr", "r2, [r3, #4]", 2),
    "a load after a pair": ("ldrd", "r1, r2, [r0]", "ldr", "r3, [r4]", 2),
    "an address just computed": ("adds", "r0, r1, #4", "ldr", "r2, [r0, #4]", 3),
    "an address just computed, for a list": ("adds", "r0, r1, #4", "ldmia", "r0!, {r1, r2}", 4),
    "an address of long ago": ("adds", "r3, r1, #4", "ldr", "r2, [r0, #4]", 2),
    "a comparison before": ("cmp", "r0, r1", "ldr", "r2, [r0, #4]", 2),
}


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS.keys())
def test_cycles_of_neighbours(pair):
    first, second = Instruction(0, "f", *pair[:2], None), Instruction(2, "f", *pair[2:4], None)
    assert cycles((first, second), "cortex-m4")[1] == pair[4]


def test_a_load_that_a_branch_leads_to_is_not_taken_to_follow_a_load():
    code = (
        Instruction(0, "f", "ldr", "r1, [r0]", None),
        Instruction(2, "f", "ldr", "r2, [r0]", None),
        Instruction(4, "f", "bne.n", "2 <f+0x2>", 2),
    )
    assert cycles(code, "cortex-m4") == [2, 2, 4]
    assert cycles(code, "cortex-m7") is None


def at(vectors, tmp_path, **options):
    """The sorter built for the Cortex-M4 machine with recorded samples."""
    return edgesort.compile(sorter(seed=6), "mps2-an386", tmp_path / "b", None, vectors, options=Options(**options))


def test_a_part_that_cannot_keep_up(tmp_path):
    vectors = {"corners": corners.frames(sorter().input[1], 300, seed=8)}
    with pytest.raises(BuildError) as refused:
        at(vectors, tmp_path)
    assert not (tmp_path / "b").exists()
    costs = at(vectors, tmp_path, allow_overrun=True).manifest["costs"]
    worst = costs["cycles_per_sample_estimate_worst"]
    assert worst > costs["cycles_per_sample_available"] == 1280  # 25 MHz / 19,531 Hz
    assert costs["real_time"] is False
    assert costs["margin_percent"] == pytest.approx(100 - 100 * worst * 19531 / 25e6, abs=0.06)
    assert str(refused.value) == (
        f"sorter on Cortex-M4: expected at most 1280 cycles a sample (25 MHz, 19531 samples/s), found {worst} in the "
        "worst (cycles estimated from the core's timing table); use a smaller network, a lower sampling frequency, "
        "a higher --clock or a larger part, or --allow-overrun to build it all the same"
    )


def test_a_clock_at_which_it_keeps_up(tmp_path):
    vectors = {"corners": corners.frames(sorter().input[1], 300, seed=8)}
    costs = at(vectors, tmp_path, clock=400e6).manifest["costs"]
    assert costs["real_time"] is True
    assert (costs["clock_mhz"], costs["cycles_per_sample_available"]) == (400.0, 20480)
    assert 0 < costs["margin_percent"] < 100


def test_a_board_is_counted_on_the_machine_of_its_core(tmp_path):
    graph, frames = sorter(seed=6), corners.frames(sorter().input[1], 300, seed=8)
    folders = [tmp_path / name for name in ("board", "machine")]
    for target, out in zip((c.NRF52840, c.MPS2_AN386), folders, strict=True):
        out.mkdir()
        target.emit(graph, out)
        target.build(graph, out)
    allowed = Options(allow_overrun=True)
    board = c.NRF52840.measure(graph, folders[0], frames, allowed)
    machine = c.MPS2_AN386.measure(graph, folders[1], frames, allowed)
    assert board["counted_on"] == "mps2-an386"
    assert board["cycles_per_sample_estimate"] == machine["cycles_per_sample_estimate"]
    assert (board["cycles_per_sample_available"], machine["cycles_per_sample_available"]) == (3276, 1280)


@pytest.mark.parametrize(
    ("target", "clock", "text"),
    [
        ("mps2-an386", 0.0, "expected a clock above 0 and of at most inf Hz, found 0"),
        ("nrf52840", 65e6, "expected a clock above 0 and of at most 6.4e\\+07 Hz, found 6.5e\\+07"),
        ("host", 1e9, "host: expected no --clock, which microcontrollers and FPGAs have, found 1e\\+09"),
    ],
)
def test_clocks_that_a_target_does_not_have(target, clock, text, tmp_path):
    with pytest.raises(BuildError, match=text):
        edgesort.compile(sorter(), target, tmp_path / "b", options=Options(clock=clock))


def test_a_kernel_with_a_large_array_is_refused_with_the_figures(tmp_path):
    graph, machine = sorter(seed=6), c.MPS2_AN386
    machine.emit(graph, tmp_path)
    file = tmp_path / "es_peak.c"
    body = file.read_text().index("{\n", file.read_text().index("bool es_peak("))
    text = file.read_text()
    grown = "{\n    volatile uint8_t scratch[4096];\n\n    scratch[state->count % 4096] = 0;\n"
    file.write_text(text[:body] + grown.replace("state->count", "(uintptr_t)x") + text[body + 2 :])
    with pytest.raises(
        BuildError, match=r"expected at most the 2048 bytes reserved \(STACK_SIZE\), found \d{4} in reset"
    ):
        machine.build(graph, tmp_path)


def test_a_frame_that_lies_is_noticed_by_the_paint(built):
    """The compiler's figure of one kernel made smaller: the painted stack is then above the bound."""
    machine, graph, out, costs = built
    frames = corners.frames(graph.input[1], 50, seed=8)
    _, used = count.count(machine.program(graph, out), machine.core.prefix, machine.core.cpu, frames)
    subprocess.run(["make", "-s", "-B"], cwd=out, check=True)
    before = stack.program(out / "model.elf", out / "obj", machine.core.prefix)
    depth, calls = before.deepest("reset")
    assert depth == costs["stack_bytes"]
    largest = max(calls, key=before.frames.__getitem__)
    lying = replace(before, frames={**before.frames, largest: before.frames[largest] - 72})
    assert lying.deepest("reset")[0] < used


UNBOUNDED = {
    "recursion": (
        "expected no recursion, found reset -> f -> f",
        "int f(int n) { return n < 2 ? n : n + f(n / 3) * f(n - 1); }",
    ),
    "a pointer": (
        "expected calls by name, found one through a pointer in f",
        "extern int (*volatile g)(int); int (*volatile g)(int);\nint f(int n) { return 1 + g(n); }",
    ),
    "a frame of any size": (
        "expected a frame of constant size in f, found one that is dynamic",
        "void h(volatile char *x) { *x = 1; }\nint f(int n) { volatile char a[n]; h(a); return a[n - 1]; }",
    ),
}


@pytest.mark.parametrize(("text", "source"), UNBOUNDED.values(), ids=UNBOUNDED.keys())
def test_a_stack_without_a_bound_is_refused(text, source, tmp_path):
    source = f"__attribute__((noinline)) int f(int);\n{source}\nvolatile int x;\nvoid reset(void) {{ x = f(x); }}\n"
    elf = tiny_programs.compiled(c.MPS2_AN386, tmp_path, source)
    with pytest.raises(BuildError, match=text):
        stack.program(elf, tmp_path / "obj", c.MPS2_AN386.core.prefix).deepest("reset")


def test_without_the_compilers_figures_there_is_no_bound(tmp_path):
    elf = tiny_programs.compiled(c.MPS2_AN386, tmp_path, "void reset(void) { for (;;) { } }")
    Path(tmp_path, "obj", "model.ci").unlink()
    with pytest.raises(BuildError, match=r"expected gcc's \.ci files"):
        stack.program(elf, tmp_path / "obj", c.MPS2_AN386.core.prefix)


@pytest.fixture
def command(monkeypatch, capsys):
    """Run `edgesort compile` on the demo's model for the Cortex-M4 at a clock; returns (exit code, stdout, stderr)."""

    def run(*options):
        model = share("models", "cnn_sorter", "model.onnx")
        arguments = ["edgesort", "compile", model, "--target", "mps2-an386", "--json", *options]
        monkeypatch.setattr(sys, "argv", [*map(str, arguments)])
        capsys.readouterr()
        code = 0
        try:
            cli.main()
        except SystemExit as stop:
            code = stop.code
        return code, *capsys.readouterr()

    return run


def test_the_command_refuses_an_overrun_with_one_line_and_leaves_nothing(command, tmp_path):
    wavfile.write(tmp_path / "noise.wav", 19531, np.random.default_rng(0).normal(0, 400, 3000).astype(np.int16))
    given = ("--recording", tmp_path / "noise.wav", "--out", tmp_path / "b")
    code, out, err = command(*given, "--clock", 5e6)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "cnn_sorter on Cortex-M4: expected at most 256 cycles a sample (5 MHz, 19531 samples/s), found" in err
    assert not (tmp_path / "b").exists()
    code, out, _ = command(*given, "--clock", 5e6, "--allow-overrun")
    manifest = json.loads(out)
    assert (code or 0, manifest["costs"]["real_time"]) == (0, False)
    assert json.loads((tmp_path / "b" / "manifest.json").read_text())["costs"] == manifest["costs"]
