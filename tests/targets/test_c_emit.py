"""The emitted text: golden, readable by strict compilers of C and C++, safe for any node name; and what is refused."""

import subprocess

import numpy as np
import pytest

from edgesort.fixed import Int
from edgesort.graph import Graph, Node, Stream
from edgesort.ops import OPS, Biquad, Dense, Peak, Requant, Window
from edgesort.share import share
from edgesort.targets import c
from edgesort.targets.c.build import make, tool
from edgesort.targets.c.emit import identifiers
from edgesort.targets.target import BuildError
from tests import corners, golden
from tests.graphs import HIGHPASS, Unknown, sorter
from tests.targets.cases import difference, stepped

WARNINGS = """
    -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wcast-align -Wcast-qual -Wundef -Wvla
    -Wdouble-promotion -Wfloat-equal -Wswitch-enum -Wredundant-decls -Werror
"""
STRICT = WARNINGS.split()
C99 = ["gcc", "-std=c99", "-O2", "-Wmissing-prototypes", "-Wstrict-prototypes", *STRICT]
CXX20 = ["g++", "-x", "c++", "-std=c++20", "-O2", *STRICT]
CORTEX_M4 = ["arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb", *C99[1:]]


def tiny() -> Graph:
    """The operators of a sorter, with a stride."""
    nodes = (
        Node("highpass", Biquad((HIGHPASS,)), ("adc",)),
        Node("scale", Requant((12,), Int(8)), ("highpass",)),
        Node("line", Window(3, stride=2), ("scale",)),
        Node("conv", Dense(np.array([[1, -2, 3], [-4, 5, -6]]), np.array([7, -8])), ("line",)),
        Node("act", Requant((1, 2), Int(4, False)), ("conv",)),
        Node("spikes", Peak((3, 5), reach=1, refractory=2), ("act",)),
    )
    source = ("adc", Stream((1,), Int(12)))
    return Graph("tiny", 20000.0, source, nodes, ("spikes",), ("any", "unit0"), event_delay=2).check()


@pytest.mark.parametrize("name", ["model.h", "model.c"])
def test_golden_text(name, tmp_path, pytestconfig):
    c.HOST.emit(tiny(), tmp_path)
    golden.check(f"tiny_{name}", (tmp_path / name).read_text(), pytestconfig)


@pytest.mark.parametrize("graph", [tiny(), sorter()], ids=lambda g: g.name)
@pytest.mark.parametrize("compiler", [C99, CXX20, CORTEX_M4], ids=lambda command: command[0])
def test_no_warnings_with_strict_flags(compiler, graph, tmp_path):
    """Kernels, model.c and the harness are C99, and C++20 as they are (designated initialisers)."""
    target = c.MPS2_AN386 if compiler is CORTEX_M4 else c.HOST
    target.emit(graph, tmp_path)
    tool(compiler[0], "compile strictly", "gcc g++ gcc-arm-none-eabi")
    for source in sorted(tmp_path.glob("*.c")):
        done = subprocess.run([*compiler, "-c", source, "-o", tmp_path / "x.o"], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("compiler", [C99, CXX20, CORTEX_M4], ids=lambda command: command[0])
def test_no_kernel_warns_with_strict_flags(compiler, tmp_path):
    tool(compiler[0], "compile strictly", "gcc g++ gcc-arm-none-eabi")
    kernels = sorted(share("firmware", "kernels").glob("*.c"))
    assert {f"es_{op.kind}.c" for op in OPS} <= {path.name for path in kernels}
    for source in kernels:
        done = subprocess.run([*compiler, "-c", source, "-o", tmp_path / "x.o"], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


def test_any_node_name_becomes_an_identifier(tmp_path):
    names = ["int", "a.b", "a/b", "3d", "values", "es_dense", "*/ #error", 'quote"\\', "class", "x", "x_params"]
    nodes = tuple(Node(name, Requant((0,), Int(8)), (names[k - 1] if k else "µ",)) for k, name in enumerate(names))
    graph = Graph("names */", 1e3, ("µ", Stream((1,), Int(8))), nodes, (names[-1],), ("*/ a\\",)).check()
    ids = identifiers(graph)
    assert len(set(ids.values())) == len(ids)
    frames = corners.frames(graph.input[1], 20, seed=1)
    assert difference(stepped(graph, frames), c.host_values(graph, frames, tmp_path)) is None


def test_no_node_is_called_what_a_kernel_calls_its_own(tmp_path):
    """Where each node has a function, es_<kernel>_params and es_<kernel>_state are still types."""
    nodes = (Node("state", Window(3), ("x",)), Node("params", Requant((0,), Int(8)), ("state",)))
    graph = Graph("names", 1e3, ("x", Stream((1,), Int(8))), nodes, ("params",)).check()
    c.MPS2_AN386.emit(graph, tmp_path)
    make(tmp_path)


def test_the_same_graph_gives_the_same_text(tmp_path):
    for name in "ab":
        (tmp_path / name).mkdir()
        c.MPS2_AN386.emit(tiny(), tmp_path / name)
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()


REFUSED = [
    (Unknown(), Stream((1,), Int(8)), "node y: expected an op with a C kernel, found unknown"),
    (Requant((0,), Int(40)), Stream((1,), Int(8)), "node y: expected a stream of 32 bits at most, found i40[1]"),
    (
        Dense(np.array([[1 << 31]]), np.array([0])),
        Stream((1,), Int(1, False)),
        "node y: expected weights of 32 bits signed, found 0 to 2147483648",
    ),
    (
        Requant((0,), Int(32, False)),
        Stream((1,), Int(8)),
        "node y: expected an output of 65536 elements and 31 bits at most, found u32[1]",
    ),
]


def test_refuses_a_name_that_cannot_stand_in_a_line():
    graph = Graph("n", 1e3, ("x", Stream((1,), Int(8))), (Node("a\nb", Requant((0,), Int(8)), ("x",)),), ("a\nb",))
    assert c.HOST.unsupported(graph) == [r"expected printable names, found 'a\nb'"]


@pytest.mark.parametrize(("op", "stream", "line"), REFUSED, ids=[case[2][:60] for case in REFUSED])
def test_refuses_what_it_cannot_compute(op, stream, line, tmp_path):
    graph = Graph("refused", 1e3, ("x", stream), (Node("y", op, ("x",)),), ("y",))
    assert line in c.HOST.unsupported(graph)
    with pytest.raises(BuildError, match="node y"):
        c.HOST.emit(graph, tmp_path)
    assert not list(tmp_path.iterdir())
