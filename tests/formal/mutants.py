"""What each proof must refute: its cell, broken. Mostly a mutant of the parity tests that breaks the handshake.

Where they have none: the text to be replaced, its replacement, and the file if it is another cell's.
"""

from tests.formal.sby import Proof
from tests.ops import MATERIAL
from tests.targets.mutant import Mutant

HASTE = (
    "moves on before y is taken",
    "takes before y is taken",
    "takes x1 with x0",
    "drops wait for y",
    "takes the last before y is taken",
    "takes x with the last state",
)
NOT_JOINED = (".y_valid_o(y_valid_o), .y_ready_i(y_ready_i)", ".y_valid_o(y_valid_o), .y_ready_i(1'b1)")
NOT_HELD = ("x_ready_o = y_ready_i", "x_ready_o = 1'b1")
OWN: dict[str, tuple[str, ...]] = {
    "requant": NOT_HELD,
    "hard_sigmoid": NOT_HELD,
    "threshold": NOT_HELD,
    "add": NOT_JOINED,
    "subtract": NOT_JOINED,
    "multiply": NOT_JOINED,
    "adaptive_threshold": NOT_JOINED,
    "fork": ("{N{1'b0}} : taken | y_ready_i", "{N{1'b0}} : y_ready_i"),
    "join": ("{N{y_valid_o & y_ready_i}}", "{N{y_ready_i}}"),
    "fifo": ("(held != MOST[ADDRESS-1:0])", "1'b1"),
    "ram": ("if (fresh) kept", "kept"),
    "rom": ("if (re_i) rdata_o", "rdata_o"),
    "count": ("last_o ? {BITS{1'b0}} : at_o + 1'b1", "at_o + 1'b1"),
    "tick": (".step_i(step_i)", ".step_i(1'b1)"),
    "constant": (".step_i(step_i)", ".step_i(1'b1)"),
    "resize": ("(X_SIGNED != 0) & x_i[X_BITS-1]", "1'b0"),
    "saturate": ("|x_i[X_BITS-2:MAGNITUDE]", "|x_i[X_BITS-2:MAGNITUDE+1]"),
    "exceeds": ("> $signed(b)", ">= $signed(b)"),
    "mac": ("x & {XS{add_i}}", "x"),
    "gate": ("{x_i[BITS-1], x_i}", "{1'b0, x_i}"),
    "history": ("CENTRE = -REACH * CHANNELS;", "CENTRE = (1 - REACH) * CHANNELS;"),
    "refractory": ("ALL = REFRACTORY", "ALL = REFRACTORY + 1"),
    "events": ("else if (y_valid_o & y_ready_i) left", "else if (y_valid_o) left"),
    "samples": ("high & ~gap", "high"),
    "uart_tx": ("left  <= 4'd10", "left  <= 4'd9"),
    "uart_rx": ("left      <= 4'd10", "left      <= 4'd9"),
}


def mutant(proof: Proof) -> Mutant:
    """The proof's mutant. StopIteration if there is none."""
    cell = proof.cell
    if cell in OWN:
        old, new, *file = OWN[cell]
        return Mutant(cell, "the proof's own", old, new, file[0] if file else f"es_{cell}.v")
    (material,) = (material for op, material in MATERIAL.items() if op.kind == cell)
    one = next(one for what in HASTE for one in material.v_mutants if one.what == what)
    return Mutant(cell, one.what, one.old, one.new, one.file or f"es_{cell}.v")
