"""A board that tells its nodes' values: each is the reference's, and a flipped bit of a weight is found in its node."""

import shutil
import struct
from dataclasses import replace

import numpy as np
import pytest

from edgesort.fixed import Int
from edgesort.graph import Graph, Node, Stream
from edgesort.hil import message
from edgesort.hil.message import Kind
from edgesort.hil.player import simulated
from edgesort.hil.session import Plan
from edgesort.hil.stream import stream
from edgesort.ops import Biquad, Dense, Requant, Slice, Upsample, Window
from edgesort.targets import find
from edgesort.targets.target import BuildError, Options, Simulation
from edgesort.targets.verilog import ICEBREAKER
from tests import corners
from tests.graphs import HIGHPASS
from tests.hil.mutated import Mutant, failing, mutated
from tests.hil.on_board import hello_of, trace

WEIGHTS = np.random.default_rng(3).integers(-9, 9, (6, 70))
NODES = (  # values of one byte, of two and of four; more than a message holds; a slow node, one that runs ahead
    Node("highpass", Biquad((HIGHPASS,)), ("adc",)),
    Node("window", Window(35, stride=3), ("highpass",)),
    Node("scale", Requant((9,), Int(8)), ("window",)),
    Node("units", Dense(WEIGHTS, np.array([0, 9, -900, 2, -3, 1])), ("scale",)),
    Node("part", Slice(0, 3), ("units",)),
    Node("fast", Upsample(3), ("part",)),
    Node("events", Requant((3,), Int(8, False)), ("fast",)),
)
GRAPH = Graph("rates", 19531.0, ("adc", Stream((2,), Int(16))), NODES, ("events",)).check()
FRAMES = corners.frames(GRAPH.input[1], 48, seed=6).astype("<i2")
LINK = Options(clock=24e6, input="link", trace=True)
BOARD = replace(ICEBREAKER, bauds=(3e6,)).accept(LINK)
TAP, TRACE, LINK_CELL, HEAR, SAY = "es_tap.v", "es_link_trace.v", "es_link.v", "es_link_hear.v", "es_link_say.v"
MUTANTS = (
    Mutant("shows what waits", "{1'b1, ", "y_valid_o & y_ready_i", "y_valid_o", TAP),
    Mutant("the wrong value", "LAST[15:0], ", "value", "value ^ 32'd2", TAP),
    Mutant("goes on without room", "wire goes = ", "room_i | ~here", "1'b1", TAP),
    Mutant("never the next frame", "frame_o <= ", "frame_o + 1'b1", "frame_o", TRACE),
    Mutant("offsets go on", "offset_o <= ", "frame_last ? 16'd0 : offset_o + 1'b1", "offset_o + 1'b1", TRACE),
    Mutant("done before its values", "assign done_o = ", "(here & behind)", "1'b0", TRACE),
    Mutant("done a frame late", "if (chosen) through <= ", "{16'd0, later}", "32'hffffffff", TRACE),
    Mutant("a message over frames", "ended <= ", "frame_last", "1'b0", TRACE),
    Mutant("messages without end", "| ", "&offset_o[LONG-1:0]", "1'b0", TRACE),
    Mutant("runs before the choice", "assign held = ", "starting | begins", "starting", LINK_CELL),
    Mutant("TRACE in the middle", "| (", "traces & frame != 32'd0", "1'b0", HEAR),
    Mutant("TRACE without a node", ": ", "traces ? 16'd2 : 16'd0", "16'd0", HEAR),
    Mutant("two bytes are all", "default: next = ", "{value_more_i, value_i}", "{2'd1, value_i}", SAY),
)


@pytest.fixture(scope="module")
def command(tmp_path_factory):
    """The board's program, in which +which=K breaks it as the mutant number K, from 1 on, says."""
    return mutated(BOARD, GRAPH, MUTANTS, tmp_path_factory.mktemp("build"), tmp_path_factory.mktemp("bridge"))


def streamed(command, **options):
    plan = Plan(GRAPH, lambda start, end: FRAMES[start:end], len(FRAMES), **options)
    with simulated(Simulation("rtl", "icebreaker", tuple(command), 0)) as connect:
        return stream(plan, connect, "rtl:icebreaker")


def test_every_value_of_every_node_is_the_reference_s(command):
    found = streamed(command, trace=True)
    assert found.equal and found.events > 20 and found.nodes == tuple(GRAPH.streams)
    sizes = {name: len(FRAMES) // GRAPH.rate(name) * stream.size for name, stream in GRAPH.streams.items()}
    assert found.values == sum(sizes.values())


def test_a_flipped_bit_of_a_weight_is_found_and_its_node_named(command, tmp_path):
    program, folder, *rest = command
    shutil.copytree(folder, tmp_path / "build")
    rom = tmp_path / "build" / "model_rom" / "units_weight.hex"
    words = rom.read_text().split()
    words[3] = f"{int(words[3], 16) ^ 8:0{len(words[3])}x}"
    rom.write_text("\n".join(words) + "\n")
    found = streamed([program, str(tmp_path / "build"), *rest])
    assert found.mismatch.node == "events" and found.cause.node == "units"
    assert found.cause.frame <= found.mismatch.frame and f"it begins in {found.cause}" in found.verdict


def wrong(command, which=0):
    """The first thing that is not as docs/link.md says of TRACE; None if all is."""
    return failing(command, which, converse, 2.0)


def converse(board):
    hello = hello_of(board.block())
    assert hello.traces and hello.traces_one, "expected HELLO with TRACE of one node"
    for node in (2, 1, 6):
        board.begin(9 + node)
        trace(board, GRAPH, FRAMES, node, hello.window)
    board.begin(20)
    board.send(Kind.TRACE, message.NODE.pack(message.ALL_NODES))
    board.send(Kind.FRAMES, message.frames(0, FRAMES[:9]))
    board.send(Kind.TRACE, message.NODE.pack(1))
    while (heard := board.hear()).kind is Kind.EVENTS:
        pass
    assert heard.kind is Kind.ERROR and struct.unpack("<BII", heard.payload) == (4, 0, 9), heard


def test_the_board_says_what_the_link_and_the_reference_say(command):
    assert wrong(command) is None


def test_every_mutant_is_noticed(command):
    found = {mutant.what: wrong(command, k) for k, mutant in enumerate(MUTANTS, start=1)}
    print("\n".join(f"{what:30} {how}" for what, how in found.items()))
    assert [what for what, how in found.items() if how is None] == []


@pytest.mark.parametrize(
    ("target", "options", "said"),
    [
        ("icebreaker", Options(trace=True), "icebreaker: expected --input link with --trace, found --input uart"),
        ("verilog", Options(trace=True), "verilog: expected no --trace, which the link of FPGA boards needs, found it"),
        ("host", Options(trace=True), "host: expected no --trace, which the link of FPGA boards needs, found it"),
    ],
)
def test_traces_belong_to_the_link_of_boards(target, options, said):
    with pytest.raises(BuildError, match=said):
        find(target).accept(options)


def test_a_build_without_traces_has_none(tmp_path):
    replace(BOARD, trace=False).emit(GRAPH, tmp_path)
    assert "tap" not in (tmp_path / "model.v").read_text() and "LINK_TRACE" not in (tmp_path / "board.json").read_text()
