"""A board's end of the link (docs/link.md): the parameters of hw/cells/es_link.v, and the HELLO that it sends."""

from __future__ import annotations

import struct

from edgesort.graph import Graph
from edgesort.targets.verilog.taps import widest

BOARD_FILE = "board.json"  # of a build: the clock, and the parameters of module top, for whoever simulates the board
PROTOCOL = 1
HELLO = struct.Struct("<BBHI32sIIHBB")
TYPE, SEQUENCE = 1, 0  # of HELLO
SLOT, SLOTS = 7, 2  # address bits of a message's words, and of messages: 4 of 256 bytes are on their way
RECORDS = 16  # of es_link, events of a message
SAMPLE = 2  # bytes
ROOM = 1.3  # of the line's rate, for what messages have besides samples
BLOCK_RAMS = 5  # of an iCE40: two of messages, records, what is being sent, HELLO
TRACE_RAMS = 2  # and of values of up to 32 bits
TRACE_ONE = 2  # of HELLO's flags: TRACE, of one node at a time


def slot(graph: Graph) -> int:
    """Address bits of a message's 16-bit words, two of which are no samples; a frame fits."""
    return max(SLOT, (graph.input[1].size + 1).bit_length())


def most(graph: Graph) -> int:
    """Bytes of a FRAMES message's payload, at most."""
    return SAMPLE << slot(graph)


def hello(graph: Graph, target: str, clock: float, trace: bool = False) -> bytes:
    """HELLO's type, sequence and payload, with session 0; the board puts the session in its place."""
    digest, frequency = bytes.fromhex(graph.digest()), round(graph.sampling_frequency * 1000)
    channels, window = graph.input[1].size, 1 << SLOTS
    fields = PROTOCOL, TRACE_ONE * trace, channels, 0, digest, frequency, round(clock), most(graph), window, SAMPLE
    return struct.pack("<BH", TYPE, SEQUENCE) + HELLO.pack(*fields) + target.encode()


def hello_text(graph: Graph, target: str, clock: float, trace: bool) -> str:
    """The file hello.hex: a byte a line."""
    return "".join(f"{byte:02x}\n" for byte in hello(graph, target, clock, trace))


def parameters(graph: Graph, target: str, clock: float, trace: bool) -> dict[str, int]:
    """Those of module board."""
    count, rate = len(hello(graph, target, clock)), graph.rate(graph.outputs[0])
    return {"LINK": 1, "LINK_RATE": rate, "LINK_SLOT": slot(graph), "LINK_SLOTS": SLOTS, "LINK_HELLO": count} | (
        {"LINK_TRACE": widest(graph)} if trace else {}
    )
