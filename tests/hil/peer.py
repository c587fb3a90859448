"""A host that says exactly what a test wants to a device in C, and what such devices are built from."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from edgesort.hil import message
from edgesort.hil.line import Descriptors, Line
from edgesort.hil.message import SESSIONLESS, Kind, Message, pack, unpack
from edgesort.share import share
from edgesort.targets import c

SESSION = 0x5EED0001
STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Wsign-conversion", "-Wpedantic", "-Werror"]
CHECKED = ["-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover"]


@dataclass
class Peer:
    """session, sent, heard: of this end. The device's messages count up from 0, or that is an AssertionError.

    patience: seconds without a byte, after which it is one, too.
    """

    line: Line
    patience: float = 60.0
    session: int = 0
    sent: int = 0
    heard: int = 0
    rest: bytes = field(default=b"")

    def hear(self) -> Message:
        """The device's next message; AssertionError if none comes."""
        while b"\0" not in self.rest:
            self._more()
        block, _, self.rest = self.rest.partition(b"\0")
        if not block:
            return self.hear()
        found = unpack(block, self.session)
        assert pack(found, self.session) == block + b"\0"
        if found.kind not in SESSIONLESS:
            assert found.sequence == self.heard & 0xFFFF
            self.heard += 1
        return found

    def raw(self, count: int) -> bytes:
        """The next bytes."""
        while len(self.rest) < count:
            self._more()
        found, self.rest = self.rest[:count], self.rest[count:]
        return found

    def _more(self) -> None:
        found = self.line.read(self.patience)
        assert found, f"expected more than {self.rest.hex() or 'nothing'}"
        self.rest += found

    def hello(self) -> message.Hello:
        found = self.hear()
        assert found.kind is Kind.HELLO, found
        return message.hello(found.payload)

    def reset(self, session: int = SESSION) -> message.Hello:
        """Start a session; what the device said when it started is passed over."""
        self.line.write(pack(Message(Kind.RESET, 0, message.SESSION.pack(session)), 0))
        self.session, self.sent, self.heard = session, 0, 0
        while (said := self.hello()).session == 0:
            pass
        assert said.session == session
        return said

    def send(self, kind: Kind, payload: bytes = b"") -> None:
        """The next message of this session."""
        counts = kind not in SESSIONLESS
        self.line.write(pack(Message(kind, self.sent if counts else 0, payload), self.session))
        self.sent += counts

    def frames(self, first: int, samples) -> list[Message]:
        """Send frames; what the device says up to the EVENTS that takes them."""
        self.send(Kind.FRAMES, message.frames(first, samples))
        said = [self.hear()]
        while said[-1].kind is not Kind.EVENTS or message.events(said[-1].payload).taken != self.sent & 0xFFFF:
            said.append(self.hear())
        return said

    def silent(self) -> None:
        """AssertionError if the device has more to say: it is asked who it is, and that must be all that comes."""
        self.line.write(pack(Message(Kind.HELLO, 0), 0))
        self.hello()
        assert not self.rest


@contextmanager
def running(*command) -> Iterator[Line]:
    """A process, whose input and output are a line. It is killed at the end."""
    pipe = subprocess.PIPE
    with subprocess.Popen([str(word) for word in command], stdin=pipe, stdout=pipe, bufsize=0) as process:
        try:
            yield Descriptors(process.stdout.fileno(), process.stdin.fileno(), lambda: None)
        finally:
            process.kill()


@contextmanager
def started(program: Path, patience: float) -> Iterator[Peer]:
    """A host build that has said HELLO."""
    with running(program, "link") as line:
        peer = Peer(line, patience)
        assert peer.hello().session == 0
        yield peer


def example(folder: Path, frames: int, flags=CHECKED, link: Path | None = None) -> Path:
    """The device of the examples. frames: in a message. link: a folder in place of firmware/link."""
    source, made = link or share("firmware", "link"), folder / f"example{frames}"
    c_files = [*source.glob("*.c"), Path(__file__).parent / "c" / "example.c"]
    include = ["-I", source, "-I", Path(__file__).parent / "c", f"-DLINK_FRAMES={frames}"]
    subprocess.run(["gcc", *STRICT, *flags, *include, *c_files, "-o", made], check=True)
    return made


def program(graph, folder: Path, sanitize: bool = True, link: Path | None = None) -> Path:
    """The host build of a graph in the new folder `folder`."""
    folder.mkdir()
    c.HOST.emit(graph, folder)
    for source in link.iterdir() if link else ():
        shutil.copyfile(source, folder / source.name)
    c.HOST.build(graph, folder, sanitize)
    return folder / "model"
