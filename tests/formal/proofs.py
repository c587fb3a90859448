"""Every proof: of each operator's cell as the compiler makes it, and of the cells between and inside operators."""

from edgesort.fixed import Int
from edgesort.graph import Op, Stream
from edgesort.ops import Delay, DepthToTime, Reshape, Slice, Upsample, Window
from edgesort.share import share
from tests.formal.harness import Instance, flow_text, instances, moves_text, stalls_text
from tests.formal.sby import Proof
from tests.formal.small import SMALL

U1, FRAMES, ROUNDS = Int(1, False), 2, 2
MOVES: tuple[tuple[Op, Stream], ...] = (
    (Window(2, stride=2), Stream((1, 2), U1)),
    (Window(2, dilation=2), Stream((1, 2), U1)),
    (Window(2), Stream((2, 1), U1)),
    (Delay(2), Stream((2,), U1)),
    (Upsample(2), Stream((2,), U1, period=2)),
    (DepthToTime(2), Stream((2, 2), U1, period=2)),
    (Slice(1, 3), Stream((2, 4), U1)),
    (Reshape((4,)), Stream((2, 2), U1)),
)
SAME = (
    *("requant", "add", "subtract", "multiply", "concat", "rectify", "hard_sigmoid", "table", "threshold"),
    *("adaptive_threshold", "arg_max", "slice", "reshape", "upsample", "lif", "delta"),
)
FOLDED = ("PARALLEL", "ENGINE", "HALVES", "DIGITS")  # parameters that fold an op
ROMS = {"words.hex": "c\n5\na\n", "hello.hex": "".join(f"{k:02x}\n" for k in range(16))}


def flow_proof(one: Instance) -> Proof:
    """The handshake of an operator's cell; `patience` counts the cycles in which memories are cleared after a reset."""
    patience = 2 * one.cell.cycles + 24
    return Proof(one.op.kind, "flow", f"{shape(one)}: within {patience} cycles", flow_text(one, patience), one.roms())


def moves_proof(one: Instance) -> Proof:
    return Proof(one.op.kind, "data", shape(one), moves_text(one, FRAMES), bound=f"{FRAMES} frames of x")


def stalls_proof(one: Instance) -> Proof:
    text = stalls_text(one, ROUNDS)
    return Proof(one.op.kind, "stalls", shape(one), text, one.roms(), f"{ROUNDS} frames of y")


def shape(one: Instance) -> str:
    folded = " ".join(f"{name}={value}" for name, value in one.cell.parameters if name in FOLDED)
    streams = f"{', '.join(map(str, one.xs))} → {one.y}"
    return f"{streams}, {folded}" if folded else streams


def written() -> tuple[Proof, ...]:
    """The proofs in hw/formal, a file each, which begins with what it proves."""
    paths = sorted(path for path in share("hw", "formal").glob("*.v") if not path.stem.endswith("_checks"))
    return tuple(_written(path.stem, path.read_text()) for path in paths)


def _written(cell: str, text: str) -> Proof:
    said = [line.removeprefix("//").strip() for line in text.split("`default_nettype")[0].splitlines()]
    return Proof(cell, "own", " ".join(said).strip(), text, {k: v for k, v in ROMS.items() if k in text})


def proofs() -> tuple[Proof, ...]:
    every = {op.kind: instances(op, *xs) for op, xs in SMALL}
    return (
        *(flow_proof(one) for several in every.values() for one in several),
        *(moves_proof(one) for op, x in MOVES for one in instances(op, x)),
        *(stalls_proof(one) for kind in SAME for one in every[kind]),
        *written(),
    )
