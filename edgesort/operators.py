"""docs/operators.md, made from the operators themselves: `python -m edgesort.operators > docs/operators.md`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable

import numpy as np

from edgesort.graph import Graph, GraphError, Node, Op, Stream
from edgesort.ops import OPS, Dense
from edgesort.share import share
from edgesort.targets.c.wires import wire
from edgesort.targets.hls4ml import objections
from edgesort.targets.target import BuildError
from edgesort.targets.verilog.cells import choices

Case = tuple[Op, tuple[Stream, ...]]
LABELS = ("Shapes", "Types", "State", "Latency", "Corner cases", "Source")
HEAD = """\
# Operators

Made by `python -m edgesort.operators`; a test fails when it is stale. `step` of an operator is its definition
(`edgesort/ops`); everything else must equal it in every value.

"""
PARITY = """\
## Parity

Corner cases that an operator states itself (`cases()`), and on how many of them each implementation is compared with
`step`: the vectorised reference (`tests/test_ops.py`), C under sanitizers (`tests/targets/test_c_parity.py`), RTL with
random stalls and resets (`tests/targets/test_verilog_parity.py`), and the C simulation of hls4ml
(`tests/targets/hls4ml_parity.py` in `make fuzz`; the tests run one whole network). Further cases, random instances and
mutants of each are in `tests/ops`.

"""
FORMS = (
    ("Conv1d", "Window + Dense; strided and dilated in the Window"),
    ("grouped, depthwise Conv1d", "Window + Reshape or the weights' order + Dense with groups"),
    ("pointwise Conv1d, Linear, Gemm, MatMul", "Dense"),
    ("ConvTranspose1d", "Window + Dense + DepthToTime: no multiplication by zero"),
    ("the same weights for each channel", "Dense on the last axis of several; Reshape before and after"),
    ("BatchNorm", "in the weights and biases before it, folded in training"),
    ("ReLU, ReLU6", "Requant to an unsigned type"),
    ("hard tanh, clip", "Requant to a signed type"),
    ("hard sigmoid", "HardSigmoid; rectified and shifted, between 0 and 1"),
    ("tanh, sigmoid, GELU, any function of 12 bits", "Table"),
    ("quantizer, cast, rescale", "Requant, the only operator that changes scale"),
    ("residual connection", "Delay on the short path + Add"),
    ("U-Net skip", "Delay on the short path + Concat"),
    ("gate", "HardSigmoid + Multiply"),
    ("attention", "Attention over a short window, its scores rectified in place of a softmax"),
    ("moving average", "AveragePool with stride 1"),
    ("max pool, average pool over time", "MaxPool, AveragePool"),
    ("down-sampling", "Window with kernel 1 and a stride"),
    ("repeat, zero-order hold, nearest Resize", "Upsample"),
    ("band-pass, high-pass, notch", "Biquad, a cascade of sections, then a Requant"),
    ("common average, common median reference", "CommonAverage, CommonMedian"),
    ("absolute value", "Rectify"),
    ("nonlinear (Teager-Kaiser) energy", "NonlinearEnergy"),
    ("noise level: median of the absolute value, a quantile", "Noise"),
    ("threshold at a multiple of the noise", "Noise + AdaptiveThreshold"),
    ("refractory peak picking", "Peak; over neighbouring channels LocalPeak"),
    ("which class", "ArgMax"),
    ("GRU", "Gru: PyTorch's, with hard sigmoid and hard tanh"),
    ("leaky integrate-and-fire, Leaky, RLeaky", "Lif, with recurrent weights or without"),
    ("delta modulation, spike encoding", "Delta"),
    ("steady-state Kalman filter, linear decoder with memory", "StateSpace, then a Dense that reads it out"),
    ("Flatten, Transpose of one axis, Squeeze", "Reshape"),
    ("Split", "a Slice for each part"),
)


def page() -> str:
    """The whole document."""
    counts: dict[type[Op], list[int]] = {op: [_count(check, op) for _, check in COLUMNS] for op in OPS}
    return HEAD + _parity(counts) + _unsupported() + _operators() + _forms()


def _parity(counts: dict[type[Op], list[int]]) -> str:
    rows = [["operator", *(name for name, _ in COLUMNS)]]
    rows += [[f"[{op.__name__}](#{op.__name__.lower()})", *(str(n) if n else "-" for n in counts[op])] for op in OPS]
    return PARITY + _table(rows)


def _count(check: Callable[[Case], str | None], op: type[Op]) -> int:
    return sum(check(case) is None for case in op.cases())


def _unsupported() -> str:
    """Each operator and target that is refused, or refused in some of the cases, and why."""
    lines = []
    for op in OPS:
        for name, check in COLUMNS:
            said = [text for case in op.cases() if (text := check(case)) is not None]
            some = f"{len(said)} of {len(op.cases())} cases: " if 0 < len(said) < len(op.cases()) else ""
            lines += [f"- {op.__name__}, {name}: {some}{_plain(said[0])}"] if said else []
    return "## Unsupported pairs\n\n" + "\n".join(lines or ["None."]) + "\n\n"


def _reference(case: Case) -> str | None:
    op, streams = case
    try:
        op.infer(*streams)
    except GraphError as error:
        return str(error)
    return None


def _c(case: Case) -> str | None:
    op, streams = case
    if not share("firmware", "kernels", f"es_{op.kind}.c").is_file():
        return "no kernel"
    try:
        wire(op, *streams, op.infer(*streams))
    except BuildError as error:
        return str(error)
    return None


def _verilog(case: Case) -> str | None:
    op, streams = case
    try:
        choices(op, *streams, op.infer(*streams))
    except BuildError as error:
        return str(error)
    return None


def hls4ml_graph(case: Case) -> Graph:
    """A case's op of one input between two Dense that change nothing: inside the network that hls4ml takes."""
    op, (x,) = case
    y = op.infer(x)
    nodes = (Node("a", _identity(x), ("x",)), Node("b", op, ("a",)), Node("c", _identity(y), ("b",)))
    return Graph("case", 1000.0, ("x", x), nodes, ("c",))


def hls4ml_refuses(case: Case) -> str | None:
    """What hls4ml objects to in a case's op; None if it takes it."""
    op, streams = case
    if len(streams) > 1:
        return "expected one input, found several"
    if op.infer(*streams).period < streams[0].period:
        return "expected a rate that does not rise"
    found = objections(hls4ml_graph(case))
    said = [text.removeprefix(f"node b ({op.kind}): ") for text in found if text.startswith("node b ")]
    return said[0].partition(";")[0] if said else None


def _identity(x: Stream) -> Dense:
    return Dense(np.eye(x.shape[-1], dtype=np.int64), np.zeros(x.shape[-1], np.int64))


COLUMNS: tuple[tuple[str, Callable[[Case], str | None]], ...] = (
    ("reference `step`", _reference),
    ("reference `run`", _reference),
    ("C", _c),
    ("Verilog", _verilog),
    ("hls4ml", hls4ml_refuses),
)


def parts(op: type[Op]) -> tuple[str, str, dict[str, str]]:
    """An operator's docstring: the equation, what it is, and what it says under each label."""
    equation, _, rest = (inspect.getdoc(op) or "").partition("\n\n")
    paragraphs = [" ".join(p.split()) for p in rest.split("\n\n")]
    about, *labelled = re.split(rf"(?<![\w-])({'|'.join(LABELS)}): ", "\n\n".join(paragraphs))
    said = dict(zip(labelled[::2], (text.strip() for text in labelled[1::2]), strict=True))
    return equation, about.strip(), said


def _operators() -> str:
    return "## The operators\n\n" + "".join(_operator(op) for op in OPS)


def _operator(op: type[Op]) -> str:
    equation, about, said = parts(op)
    lines = [f"- {label}: {_plain(text)}" for label, text in said.items()]
    text = f"{_plain(about)}\n\n" if about else ""
    return f"### {op.__name__}\n\n```text\n{equation}\n```\n\n{text}" + "\n".join(lines) + "\n\n"


def _forms() -> str:
    return "## Where is ...?\n\n" + _table([["familiar name", "here"], *map(list, FORMS)]).rstrip() + "\n"


def _table(rows: list[list[str]]) -> str:
    rule = ["---"] * len(rows[0])
    return "".join(f"| {' | '.join(row)} |\n" for row in (rows[0], rule, *rows[1:])) + "\n"


def _plain(text: str) -> str:
    """Text that Markdown leaves as it is, code apart."""
    pieces = text.split("`")
    pieces[::2] = [re.sub(r"([*<])", r"\\\1", piece) for piece in pieces[::2]]
    return "`".join(pieces)


if __name__ == "__main__":
    print(page(), end="")
