"""The link's messages in Python: the examples of docs/link.md, and what is refused."""

import numpy as np
import pytest

from edgesort.hil import message
from edgesort.hil.errors import LinkError
from edgesort.hil.message import Kind, Message, pack, unpack
from tests.hil.examples import EXAMPLES

PAYLOADS = [bytes(n) for n in (0, 1, 253, 254, 255)] + [b"\1" * n for n in (247, 248, 254, 255, 600)]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.what)
def test_the_examples_of_the_specification(example):
    assert pack(example.message, example.session) == example.bytes
    assert unpack(example.bytes[:-1], example.session) == example.message


def test_each_type_has_an_example():
    assert {example.message.kind for example in EXAMPLES} == set(Kind) - {Kind.LOAD}


@pytest.mark.parametrize("payload", PAYLOADS, ids=len)
def test_a_message_comes_back_and_has_one_zero(payload):
    sent = Message(Kind.FRAMES, 65535, payload)
    packed = pack(sent, 7)
    assert packed.index(0) == len(packed) - 1
    assert unpack(packed[:-1], 7) == sent


def test_each_flipped_bit_is_noticed():
    packed = pack(Message(Kind.FRAMES, 3, bytes(range(40))), 9)[:-1]
    for k in range(8 * len(packed)):
        broken = bytearray(packed)
        broken[k // 8] ^= 1 << k % 8
        with pytest.raises(LinkError):
            unpack(bytes(broken), 9)


@pytest.mark.parametrize("session", [0, 8, 9 ^ 0x80000000])
def test_a_message_of_another_session_is_none(session):
    with pytest.raises(LinkError, match="expected the check"):
        unpack(pack(Message(Kind.EVENTS, 0, bytes(6)), 9)[:-1], session)


@pytest.mark.parametrize(
    ("read", "payload", "line"),
    [
        (message.hello, b"\2" + bytes(60), "expected the link's protocol 1, found 02"),
        (message.hello, b"\1" + bytes(20), "expected 52 bytes at least, found 21"),
        (message.events, bytes(6 + 11), "expected whole records of 12 bytes"),
        (message.stats, bytes(15), "expected 16 bytes at least, found 15"),
    ],
)
def test_what_a_device_cannot_mean(read, payload, line):
    with pytest.raises(LinkError, match=line):
        read(payload)


def test_what_a_device_says_is_read():
    said = {example.what: example.message.payload for example in EXAMPLES}
    found = message.hello(next(payload for what, payload in said.items() if what.startswith("an `example`")))
    assert (found.channels, found.frequency, found.clock, found.most, found.window) == (1, 30000.0, 25_000_000, 256, 1)
    assert (found.session, found.digest, found.target) == (0x5EED0001, bytes(range(32)).hex(), "example")
    (payload,) = (payload for what, payload in said.items() if what.startswith("message 0 taken"))
    events = message.events(payload)
    assert (events.taken, events.done, events.records.tolist()) == (1, 3, [(1, 77, 4, 0)])
    assert message.error(said["a wrong check"]) == "check: expected 12345678, found 12345679"
    (payload,) = (payload for what, payload in said.items() if what.startswith("node 2"))
    found = message.values(payload)
    assert (found.node, found.frame, np.frombuffer(found.values, np.int8).tolist()) == (2, 3, [-1, 5])
