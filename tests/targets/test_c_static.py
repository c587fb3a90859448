"""The library is clean in the eyes of every tool, and each tool notices what it is there for."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import partial

import pytest

from edgesort.passes.gate import gate
from edgesort.share import share
from edgesort.targets import c, find
from tests.graphs import sorter
from tests.targets.every_op import every_op
from tests.targets.static_checks import COMPILERS, MACHINES, PORTS, clang_tidy, compiled, cppcheck, port, symbols, words
from tests.targets.test_c_emit import tiny

CHECKS = {
    **{compiler: partial(compiled, compiler=compiler) for compiler in COMPILERS},
    **{f"symbols-{machine}": partial(symbols, machine=machine) for machine in MACHINES},
    "cppcheck": cppcheck,
    "clang-tidy": clang_tidy,
    "words": words,
}
DOCS = share("docs", "c.md").read_text()
GRAPHS = {"sorter": lambda: gate(sorter(), "scale", (20,)), "every_op": every_op}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    made = {name: tmp_path_factory.mktemp(name) for name in GRAPHS}
    for name, graph in GRAPHS.items():
        c.LIBRARY.emit(graph(), made[name])
    return made


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("name", GRAPHS)
def test_no_tool_complains(name, check, folders):
    assert CHECKS[check](folders[name]) == ""


@dataclass(frozen=True)
class Mistake:
    """`old` becomes `new` in the sorter's model.c; `check` must say `says`."""

    what: str
    check: str
    old: str
    new: str
    says: str


START = "static int check_place(const void *state)\n{\n"
STEP = "        s->frames++;\n"
MISTAKES = (
    Mistake("memory from the heap", "symbols-gcc", STEP, "s->lost += malloc(s->lost) != NULL;", "U malloc"),
    Mistake("memory from the heap, by name", "words", STEP, "s->lost += malloc(s->lost) != NULL;", "malloc"),
    Mistake("soft float", "symbols-cortex-m4", STEP, "s->lost = (uint64_t)(1.5f * (float)s->lost);", "__aeabi_fmul"),
    Mistake("soft float", "symbols-rv32", STEP, "s->lost = (uint64_t)(1.5f * (float)s->lost);", "__mulsf3"),
    Mistake("float, by name", "words", STEP, "s->lost = (uint64_t)(1.5f * (float)s->lost);", "float"),
    Mistake("a counter of all instances", "symbols-gcc", STEP, "static uint64_t n; s->frames = n++;", " b n"),
    Mistake("a counter of all instances", "symbols-rv32", STEP, "static uint64_t n; s->frames = n++;", " n"),
    Mistake("a variable outside functions", "clang-tidy", START, "int n;" + START, "non-const-global-variables"),
    Mistake("a shift of a signed number", "clang-tidy", STEP, "s->lost = (uint64_t)(sink.out->score >> 1);", "signed"),
    Mistake("a shift of a negative number", "cppcheck", STEP, "s->lost = (uint64_t)(-1 << 3);", "shiftNegative"),
    Mistake("a shift by too much", "gcc", STEP, "s->lost = (uint32_t)n << 32;", "shift-count-overflow"),
    Mistake("signed overflow", "gcc", STEP, "s->lost = (uint64_t)(INT_MAX + 1);", "overflow"),
    Mistake("a value that nobody set", "clang-tidy", START, START + "int k; if (k > 0) { return 1; }", "garbage"),
    Mistake("a value that nobody set", "cppcheck", STEP, "int k; s->lost = k > 0;", "uninitvar"),
    Mistake(
        "an element that is not there", "cppcheck", STEP, "s->lost = s->values.score[99] > 0;", "arrayIndexOutOfBounds"
    ),
    Mistake("NULL looked into", "clang-tidy", START, START + "int *k = NULL; *k = 1;", "null pointer"),
    Mistake("recursion", "clang-tidy", STEP, "model_push(state, frames, 0, out, cap);", "recurs"),
    Mistake("goto", "clang-tidy", STEP, "if (n > 1) { goto end; } end:", "goto"),
    Mistake("assembler", "clang-tidy", STEP, '__asm__("nop");', "assembler"),
    Mistake("an if without braces", "clang-tidy", STEP, "if (n > 1) s->lost = 0;", "braces"),
    Mistake("a product widened after it overflowed", "clang-tidy", STEP, "s->lost = s->full * 2;", "widening"),
    Mistake("union", "words", START, "typedef union { int32_t a; } u;" + START, "union"),
    Mistake("a switch without default", "gcc", STEP, "switch (n) { case 1: s->lost = 1; break; }", "switch-default"),
    Mistake("a number narrowed", "gcc", STEP, "uint8_t k = n; s->lost = k;", "conversion"),
    Mistake("a sign changed", "clang", STEP, "int k = status; s->lost = k;", "sign-conversion"),
    Mistake("const cast away", "gcc", STEP, "*(model_sample *)frames = 0;", "cast-qual"),
    Mistake("a pointer to more aligned things", "clang", STEP, "s->lost = *(const uint64_t *)frames;", "cast-align"),
    Mistake("a name that hides another", "clang", STEP, "size_t cap = n; s->lost = cap;", "shadow"),
    Mistake("an array of variable length", "gcc", STEP, "uint8_t k[n]; k[0] = 1; s->lost = k[0];", "vla"),
    Mistake("a function without prototype", "gcc", START, "int model_more(void) { return 1; }" + START, "prototypes"),
    Mistake("a function nobody calls", "clang", START, "static int more(void) { return 1; }" + START, "unused"),
    Mistake("a function nobody calls", "cppcheck", START, "int more(void) { return 1; }" + START, "unusedFunction"),
    Mistake("a macro with arguments", "words", START, "#define TWICE(x) (x + x)\n" + START, "TWICE"),
    Mistake("a machine's own type", "words", STEP, "unsigned long k = n; s->lost = k;", "unsigned"),
    Mistake("a header of the library", "words", START, "#include <stdlib.h>\n" + START, "stdlib"),
    Mistake("C that is not C++", "g++", STEP, "uint8_t *k = state; s->lost = *k;", "invalid conversion"),
    Mistake("C that is not C++", "clang++", STEP, "uint8_t *k = state; s->lost = *k;", "cannot initialize"),
    Mistake("a number narrowed", "arm-none-eabi-gcc", STEP, "int32_t k = n; s->lost += k > 0;", "conversion"),
    Mistake("a number narrowed", "riscv64-unknown-elf-gcc", STEP, "int32_t k = n; s->lost += k > 0;", "conversion"),
)


@pytest.mark.parametrize("mistake", MISTAKES, ids=[f"{m.check}: {m.what}" for m in MISTAKES])
def test_each_tool_notices_a_mistake(mistake, folders, tmp_path):
    shutil.copytree(folders["sorter"], tmp_path, dirs_exist_ok=True)
    text = (tmp_path / "model.c").read_text()
    assert text.count(mistake.old) == 1
    (tmp_path / "model.c").write_text(text.replace(mistake.old, mistake.new))
    assert mistake.says in CHECKS[mistake.check](tmp_path)


@pytest.mark.parametrize("machine", PORTS)
def test_no_tool_complains_about_a_port(machine, tmp_path):
    find(machine).emit(tiny(), tmp_path)
    assert port(tmp_path, machine) == ""
    main = tmp_path / "main.c"
    main.write_text(main.read_text() + "int f(int *p);\nint f(int *p)\n{\n    return p == NULL ? *p : 0;\n}\n")
    said = port(tmp_path, machine)
    assert "nullPointer" in said and "NullDereference" in said


def test_the_docs_name_checks_that_run():
    """Every check of clang-tidy that docs/c.md names, and every id of cppcheck, which a mistake has shown."""
    named = set(re.findall(r"`((?:bugprone|cert|cppcoreguidelines|hicpp|misc|readability)-[\w-]+)`", DOCS))
    config = f"--config-file={share('firmware', '.clang-tidy')}"
    listed = subprocess.run(["clang-tidy", config, "--list-checks"], capture_output=True, text=True, check=True).stdout
    assert len(named) > 6
    assert named <= set(listed.split())
    proven = {mistake.says for mistake in MISTAKES if mistake.check == "cppcheck"}
    assert set(re.findall(r"cppcheck `(\w+)`", DOCS)) == proven


def test_every_check_has_a_mistake_that_it_notices():
    noticed = {mistake.check.partition("-")[0] for mistake in MISTAKES}
    assert noticed == {check.partition("-")[0] for check in CHECKS}
