"""What an op's cell takes and sends, as hw/formal/stream_checks.v counts it: from the streams and the cell's grain."""

from dataclasses import dataclass
from math import prod

from edgesort.graph import Op, Stream
from edgesort.ops import Concat, Slice
from edgesort.targets.verilog.cells.grains import GRAINS


@dataclass(frozen=True)
class Flow:
    """Over and over a cell takes `takes[k]` beats of input k and sends one for each row of `needs`.

    needs[b][k]: beats of input k that it has before it sends the b-th. sent: beats of the first round that come before
    any input, or None. joined: inputs are taken together, else one after the other.
    """

    takes: tuple[int, ...]
    needs: tuple[tuple[int, ...], ...]
    sent: int | None
    joined: bool


def flow(op: Op, xs: tuple[Stream, ...], y: Stream) -> Flow:
    """The flow of the op's cell; one round is the input of one output frame, or of all that one input frame makes."""
    grain = GRAINS[type(op)]
    if y.period < xs[0].period:
        factor = xs[0].period // y.period
        return Flow((xs[0].size,), ((xs[0].size,),) * (factor * y.size), y.size, True)
    frames = y.period // xs[0].period
    takes = tuple(frames * x.size for x in xs)
    if grain == "frame":
        return Flow(takes, (takes,) * y.size, None, False)
    lines, width = prod(y.shape[:-1]), y.shape[-1]
    if grain == "line":
        ends = [tuple((frames - 1) * x.size + (line + 1) * x.shape[-1] for x in xs) for line in range(lines)]
        return Flow(takes, tuple(end for end in ends for _ in range(width)), None, False)
    if isinstance(op, Concat):
        rows = [_parts(line, j, xs) for line in range(lines) for j in range(width)]
        return Flow(takes, tuple(rows), None, False)
    return Flow(takes, tuple((need,) * len(xs) for need in _elements(op, xs[0], y, frames)), None, True)


def _parts(line: int, j: int, xs: tuple[Stream, ...]) -> tuple[int, ...]:
    """What the j-th element of a line needs when the inputs' lines come one after the other."""
    need = []
    for x in xs:
        need.append(line * x.shape[-1] + max(0, min(j + 1, x.shape[-1])))
        j -= x.shape[-1]
    return tuple(need)


def _elements(op: Op, x: Stream, y: Stream, frames: int) -> list[int]:
    """For each element of an output frame, how many of the input it needs, of a cell that sends as it takes."""
    own, made = x.shape[-1], y.shape[-1]
    if y.size > x.size:  # one for each, then the rest of the line
        return [line * own + min(j + 1, own) for line in range(y.size // made) for j in range(made)]
    if y.size == x.size:
        return [(frames - 1) * x.size + j + 1 for j in range(x.size)]
    first = op.start if isinstance(op, Slice) else own - 1
    return [line * own + first + j + 1 for line in range(x.size // own) for j in range(y.size * own // x.size)]
