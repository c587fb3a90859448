"""The link's end in hardware: a Verilated board on a socket says what the reference does, and notices what is wrong."""

import struct
import time
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edgesort.fixed import Int
from edgesort.graph import Graph, Node, Stream
from edgesort.hil import message
from edgesort.hil.message import Kind
from edgesort.ops import Biquad, Dense, Requant, Window
from edgesort.targets.target import Options
from edgesort.targets.verilog import ICEBREAKER
from tests import corners
from tests.graphs import HIGHPASS
from tests.hil.mutated import Mutant, failing, mutated
from tests.hil.on_board import Board, framed, hello_of, records, stream, told

UNITS, SESSION = 6, 0x5EED0001
WEIGHTS = np.array([[3, -5, 1], [-4, 2, 5], [7, 7, 7], [-6, 1, 2], [0, -3, 9], [5, -5, 0]])
NODES = (
    Node("highpass", Biquad((HIGHPASS,)), ("adc",)),
    Node("scale", Requant((9,), Int(8)), ("highpass",)),
    Node("window", Window(3), ("scale",)),
    Node("units", Dense(WEIGHTS, np.array([0, 9, -900, 2, -3, 1])), ("window",)),
    Node("events", Requant((3,), Int(8, False)), ("units",)),
)
GRAPH = Graph("busy", 19531.0, ("adc", Stream((1,), Int(16))), NODES, ("events",)).check()
FRAMES = corners.frames(GRAPH.input[1], 200, seed=6).astype("<i2")
BOARD = replace(ICEBREAKER, bauds=(3e6,)).accept(Options(clock=24e6, input="link"))


COUNTED, READY = "counted & (kind == FRAMES)", "(x_data_i == {SCORE_BITS{1'b0}}) | (part == 2'd3)"
HEAR, RING, RECORDS, SAY = (f"es_link_{name}.v" for name in ("hear", "ring", "records", "say"))
MUTANTS = (
    Mutant("the check is not compared", "odd_check    <= ", "(tail != ~crc)", "1'b0", HEAR),
    Mutant("a check of no session", "? 32'hffffffff : ", "~session_o", "32'hffffffff", HEAR),
    Mutant("any sequence", "odd_sequence <= ", "(number != due)", "1'b0", HEAR),
    Mutant("any first frame", "odd_first    <= (", "(kind == FRAMES) & (word != frame)", "1'b0", HEAR),
    Mutant("any length", "wire ragged = ", "~whole | size[0] | frames == 16'd0 | size > LONGEST", "1'b0", HEAR),
    Mutant("more than the window", "beyond       <= ", "(kind == FRAMES) & (missed | full_i)", "1'b0", HEAR),
    Mutant("any type", "unknown      <= ", "~sessionless & kind != FRAMES & kind != STATS & ~traces", "1'b0", HEAR),
    Mutant("needs no session", "nobody       <= ", "~sessionless & session_o == 32'd0", "1'b0", HEAR),
    Mutant("half a block is one", "wire [3:0] fault = ", "(owed != 8'd0)", "1'b0", HEAR),
    Mutant(
        "keeps what is not right", "assign frames_right = ", COUNTED, "(state == ACT) & ~deaf_o & kind == FRAMES", HEAR
    ),
    Mutant("hears after an error", "wire counted = ", "right & ~sessionless & ~deaf_o", "right & ~sessionless", HEAR),
    Mutant("RESET leaves the model", "assign model_rst_no = ", "rst_ni & ~held", "rst_ni", "es_link.v"),
    Mutant("done too early", "assign frame_o   = ", "taken & unit_last", "taken & unit == {UA{1'b0}}", RECORDS),
    Mutant("full, it loses a record", "assign x_ready_o = ", READY, f"{READY} | waiting_o[RB]", RECORDS),
    Mutant("taken when it came", "        if (", "~there_o | (sent & last)", "1'b1", RING),
    Mutant("HELLO of no session", "if (hello) next = ", "(step == SESSION[A-1:0])", "1'b0", SAY),
)


@pytest.fixture(scope="module")
def command(tmp_path_factory):
    """The board's program, in which +which=K breaks it as the mutant number K, from 1 on, says."""
    return mutated(BOARD, GRAPH, MUTANTS, tmp_path_factory.mktemp("build"), tmp_path_factory.mktemp("bridge"))


def wrong(command, which=0):
    """The first thing that is not as docs/link.md says in a conversation with the board; None if all is."""
    return failing(command, which, converse, 20.0)


def converse(board):
    hello = hello_of(board.block())
    assert hello is not None and hello.session == 0, "expected HELLO at the start"
    assert (hello.digest, hello.target, hello.channels) == (GRAPH.digest(), "icebreaker", 1)
    assert (hello.frequency, hello.clock, hello.sample, hello.traces) == (
        GRAPH.sampling_frequency,
        24_000_000,
        2,
        False,
    )
    refused(board, framed(Kind.STATS, 0, b"", 0), (8, 0, Kind.STATS))
    board.begin(SESSION)
    for size in (30, 7):
        stream(board, GRAPH, FRAMES[:120], size, hello.window)
        answers(board, 120)
        board.send(Kind.FRAMES, message.frames(120, FRAMES[120:150]))  # on their way when RESET comes
        board.begin(board.session + 1)
    for line, error in faults(board.session, hello):
        board.send(Kind.FRAMES, message.frames(0, FRAMES[:10]))
        refused(board, line, error)
        board.begin(board.session)
    stream(board, GRAPH, FRAMES[:40], 40, hello.window)


def answers(board, frames):
    """STATS and HELLO in a session tell of it and change nothing."""
    board.send(Kind.STATS)
    board.raw(framed(Kind.HELLO, 0, b"", 0))
    found = {}
    while len(found) < 2:
        heard = board.hear()
        if heard.kind is not Kind.EVENTS:
            found[heard.kind] = heard.payload
    stats, hello = message.stats(found[Kind.STATS]), message.hello(found[Kind.HELLO])
    assert hello.session == board.session
    assert (stats.frames, stats.events, stats.overruns) == (frames, len(records(GRAPH, FRAMES[:frames])), 0)
    assert 60 < stats.worst < 20_000


def refused(board, line, error):
    """The board says what is wrong with `line`, once; of what comes after it nothing is taken."""
    board.raw(line)
    board.raw(framed(Kind.FRAMES, 1, message.frames(10, FRAMES[10:20]), board.session))
    said = []
    for _ in range(2):  # HELLO goes before EVENTS: what it overtook comes before the second one
        board.raw(framed(Kind.HELLO, 0, b"", 0))
        while (hello := hello_of(block := board.block())) is None:
            said.append(message.unpack(block, board.session))
        assert hello.session == board.session
    errors = [struct.unpack("<BII", one.payload) for one in said if one.kind is Kind.ERROR]
    assert errors == [error], f"expected error {error}, found {[told(one) for one in said]}"
    counted = [message.events(one.payload) for one in said if one.kind is Kind.EVENTS]
    taken = max((one.taken for one in counted), default=0)
    if error[0] not in (8, 9):
        assert taken <= 1 and max(one.done for one in counted) <= 10, f"expected 10 frames, found {counted[-1]}"


def faults(session, hello):
    """Lines behind one message of 10 frames, and the error that each is."""

    check = zlib.crc32(struct.pack("<BHI", Kind.FRAMES, 1, 10) + FRAMES[10:13].tobytes(), session)
    part, long = message.frames(10, FRAMES[10:13])[:-1], message.frames(10, FRAMES[10:137])
    many = [message.frames(at, FRAMES[at : at + 30]) for at in range(10, 190, 30)]
    return (
        (b"\x05\x01\x01\0", (1, 2, 0)),
        (framed(Kind.FRAMES, 1, message.frames(10, FRAMES[10:13]), session, wrong=1 << 9), (2, check, check ^ 1 << 9)),
        (framed(Kind.FRAMES, 5, message.frames(10, FRAMES[10:13]), session), (3, 1, 5)),
        (framed(Kind.FRAMES, 1, message.frames(11, FRAMES[11:13]), session), (4, 10, 11)),
        (framed(Kind.FRAMES, 1, part, session), (5, hello.most, len(part))),
        (framed(Kind.FRAMES, 1, long, session), (5, hello.most, len(long))),
        (framed(Kind.STATS, 1, b"?", session), (5, 0, 1)),
        (b"\x03\x03\x01\0", (5, 0, 0)),
        (framed(Kind.TRACE, 1, b"\xff\xff", session), (7, 0, Kind.TRACE)),
        (framed(9, 1, b"", session), (7, 0, 9)),
        (b"".join(framed(Kind.FRAMES, 1 + k, one, session) for k, one in enumerate(many)), (9, 4, 5)),
    )


def test_the_board_says_what_the_link_and_the_reference_say(command):
    assert wrong(command) is None


def test_messages_cut_anywhere_noise_and_a_pulled_cable(command, tmp_path):
    """After each a RESET starts the board anew, and then it says what the reference says."""
    board = Board([*command, "--log", str(tmp_path / "log")])
    whole = framed(Kind.FRAMES, 0, message.frames(0, FRAMES[:9]), SESSION)
    for k, piece in enumerate([*(whole[:cut] for cut in range(0, len(whole), 4)), bytes(range(1, 40)), bytes(5)]):
        board.begin(SESSION)
        board.raw(piece)
        board.begin(SESSION + 1 + k)
    stream(board, GRAPH, FRAMES[:40], 17, 4)
    board.send(Kind.FRAMES, message.frames(40, FRAMES[40:60])[:20])
    session = board.session
    board.line.close()
    board.connect()
    board.raw(b"\0" + framed(Kind.HELLO, 0, b"", 0))
    while (hello := hello_of(board.block())) is None:
        pass
    assert hello.session == session, "expected that the board does not notice"
    board.begin(SESSION)
    stream(board, GRAPH, FRAMES[:30], 30, 4)
    sleeps(board.process.pid)
    assert board.close() == 0
    log = np.fromfile(tmp_path / "log", [("cycle", "<u8"), ("from_board", "u1"), ("value", "u1"), ("zero", "u1", 6)])
    assert not log["zero"].any() and set(log["from_board"]) == {0, 1}
    for direction in (0, 1):
        cycles = log["cycle"][log["from_board"] == direction]
        assert np.diff(cycles).min() >= 10 * BOARD.parameters(GRAPH)["DIVIDE"], "bytes that overlap"
    last = framed(Kind.FRAMES, 0, message.frames(0, FRAMES[:30]), SESSION)
    assert log["value"][log["from_board"] == 0].tobytes().endswith(last)


def sleeps(pid):
    """The program stands still when the line is quiet: AssertionError if it still computes after a while."""
    ticks = -1
    for _ in range(100):
        before, ticks = ticks, sum(map(int, Path(f"/proc/{pid}/stat").read_text().split()[13:15]))
        if ticks == before:
            return
        time.sleep(0.3)
    raise AssertionError("expected that the clock stands still on a quiet line")


def test_every_mutant_is_noticed(command):
    found = {mutant.what: wrong(command, k) for k, mutant in enumerate(MUTANTS, start=1)}
    print("\n".join(f"{what:30} {how}" for what, how in found.items()))
    assert [what for what, how in found.items() if how is None] == []
