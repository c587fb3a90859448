"""The examples of docs/link.md, for the three implementations."""

import re
from dataclasses import dataclass
from pathlib import Path

from edgesort.hil.message import Kind, Message

PAGE = Path(__file__).parents[2] / "docs" / "link.md"
ROW = re.compile(r"\| ([^|]+) \| ([A-Z]+) \| ([0-9a-f]{8}) \| (\d+) \| ([0-9a-f ]*) \| ([0-9a-f ]+) \|")


@dataclass(frozen=True)
class Example:
    """session: that the message belongs to, 0 for HELLO and RESET. bytes: with the zero at their end."""

    what: str
    session: int
    message: Message
    bytes: bytes


def _example(row):
    what, kind, session, sequence, payload, found = row
    message = Message(Kind[kind], int(sequence), bytes.fromhex(payload))
    return Example(what, int(session, 16), message, bytes.fromhex(found))


EXAMPLES = [_example(row) for row in ROW.findall(PAGE.read_text())]
