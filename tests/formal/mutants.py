"""What each proof must refute: its cell, broken. Mostly a mutant of the parity tests that breaks the handshake.

Where they have none, one of the proof's own: the mistake, the text to be replaced and its replacement.
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
    "computes while sums wait",
)
NOT_JOINED = (
    "takes before y is taken",
    ".y_valid_o(y_valid_o), .y_ready_i(y_ready_i)",
    ".y_valid_o(y_valid_o), .y_ready_i(1'b1)",
)
NOT_HELD = ("takes before y is taken", "x_ready_o = y_ready_i", "x_ready_o = 1'b1")
ALWAYS = ("steps when nothing does", ".step_i(step_i)", ".step_i(1'b1)")
OWN: dict[str, tuple[str, str, str]] = {
    "requant": NOT_HELD,
    "hard_sigmoid": NOT_HELD,
    "threshold": NOT_HELD,
    "add": NOT_JOINED,
    "subtract": NOT_JOINED,
    "multiply": NOT_JOINED,
    "adaptive_threshold": NOT_JOINED,
    "fork": ("forgets who has taken", "{N{1'b0}} : taken | y_ready_i", "{N{1'b0}} : y_ready_i"),
    "join": ("takes before all are there", "{N{y_valid_o & y_ready_i}}", "{N{y_ready_i}}"),
    "fifo": ("takes when it is full", "(held != MOST[ADDRESS-1:0])", "1'b1"),
    "ram": ("what was read does not stay", "if (fresh) kept", "kept"),
    "rom": ("what was read does not stay", "if (re_i) rdata_o", "rdata_o"),
    "count": ("does not begin again", "last_o ? {BITS{1'b0}} : at_o + 1'b1", "at_o + 1'b1"),
    "tick": ALWAYS,
    "constant": ALWAYS,
    "resize": ("knows no sign", "(X_SIGNED != 0) & x_i[X_BITS-1]", "1'b0"),
    "saturate": ("a bit too many passes", "|x_i[X_BITS-2:MAGNITUDE]", "|x_i[X_BITS-2:MAGNITUDE+1]"),
    "exceeds": ("equal is greater", "> $signed(b)", ">= $signed(b)"),
    "mac": ("adds what it is not told to", "x & {XS{add_i}}", "x"),
    "digit": ("twice is once", "{x_i[BITS-2:0], 1'b0}", "x_i"),
    "sum": ("adds what it is not told to", "else if (add_i)", "else"),
    "mac_digit": ("-x is ~x", " + {{(Y_BITS-1){1'b0}}, minus}", ""),
    "mac_pair": ("both take the first weight", ".w_i(w_i), .y_o", ".w_i({2{w_i[W_BITS-1:0]}}), .y_o"),
    "lanes": ("all take the first weight", ".w_i(w_i[W_BITS*k +: W_BITS])", ".w_i(w_i[0 +: W_BITS])"),
    "halves": ("fills a half that is read", "assign room_o     = ~full[write];", "assign room_o     = 1'b1;"),
    "rom_loop": ("begins with the second word", "read = step_i | ~there", "read = step_i"),
    "send": ("moves on before all are sent", "~valid | (y_ready_i & last)", "~valid | y_ready_i"),
    "operands": ("a line too many", ".emptied_i(line_done)", ".emptied_i(1'b0)"),
    "engine": ("two layers at once", "ask_i & ~above &", "ask_i &"),
    "dense_shared": ("asks before its sum is there", "full & ~owed &", "full &"),
    "gate": ("knows no sign", "{x_i[BITS-1], x_i}", "{1'b0, x_i}"),
    "history": ("the centre a frame early", "CENTRE = -REACH * CHANNELS;", "CENTRE = (1 - REACH) * CHANNELS;"),
    "refractory": ("a frame too long", "ALL = REFRACTORY", "ALL = REFRACTORY + 1"),
    "events": ("moves on before a byte is taken", "else if (y_valid_o & y_ready_i) left", "else if (y_valid_o) left"),
    "samples": ("keeps a byte over a gap", "high & ~gap", "high"),
    "uart_tx": ("a stop bit too few", "left  <= 4'd10", "left  <= 4'd9"),
    "axis_in": ("counts what waits", ".step_i(taken)", ".step_i(x_tvalid_i)"),
    "axis_out": ("counts what waits", "y_tvalid_o & y_tready_i", "y_tvalid_o"),
    "spi_adc": ("CS rises with the last edge", "(at < 33)", "(at < 32)"),
    "crc32": ("adds the next bit twice", "y_o[0] ^ bit_i", "y_o[0]"),
    "cobs_decode": ("a zero after 254 bytes, too", "(open & ~full)", "open"),
    "link_records": ("takes more than it holds", "happened & ~waiting_o[RB]", "happened"),
    "link_ring": ("sends what is not kept", "if (keep_i) write_slot", "if (we_i) write_slot"),
    "link_tx": ("counts a zero twice", "(put & zero) code_at <= at;", "(put & zero) code_at <= at + 1'b1;"),
    "link_hear": ("tells every error", "(verdict != 4'd0) & ~deaf_o", "(verdict != 4'd0)"),
    "link_say": ("goes on before a byte is taken", "(y_valid_o & y_ready_i) {more", "(y_valid_o) {more"),
    "link": ("the model runs from the start", "rst_ni & ~held;", "rst_ni;"),
    "link_trace": ("writes over what waits", ".waddr_i(write_at)", ".waddr_i(read_at)"),
    "tap": ("passes without room", "x_valid_i & goes;", "x_valid_i;"),
    "uart_rx": ("a bit too few", "left      <= 4'd10", "left      <= 4'd9"),
}
OTHERWISE = {  # where the flow's mutant is none for this kind of proof
    ("slice", "data"): "an element early",
    ("slice", "stalls"): "counts beats that wait",
    ("lif", "stalls"): "spikes of the same frame",
}


def mutant(proof: Proof) -> Mutant:
    """The proof's mutant. StopIteration if there is none."""
    cell = proof.cell
    if cell in OWN:
        return Mutant(cell, *OWN[cell], f"es_{cell}.v")
    named = (OTHERWISE[cell, proof.kind],) if (cell, proof.kind) in OTHERWISE else HASTE
    (material,) = (material for op, material in MATERIAL.items() if op.kind == cell)
    one = next(one for what in named for one in material.v_mutants if one.what == what)
    return Mutant(cell, one.what, one.old, one.new, one.file or f"es_{cell}.v")
