"""Mutants of the link's device side in C: a line of firmware/link replaced, which checks.py must notice.

`python -m tests.hil.mutants_link` prints what kills each.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from edgesort.hil.errors import LineLost, LinkError
from edgesort.share import share
from edgesort.targets import c
from tests.hil.checks import CHECKS, GRAPHS, Devices
from tests.hil.peer import example
from tests.targets.mutant import Mutant, show

PLAIN = ["-O0", "-w"]
PATIENCE_S = 10.0

MUTANTS = tuple(
    Mutant("link", what, old, new, source)
    for source, what, old, new in (
        ("link.c", "the check is not compared", "device->check != check", "check != check"),
        ("link.c", "the sequence is not compared", "sequence != expected", "sequence != sequence"),
        ("link.c", "the first frame is not compared", "first != device->frames", "first != first"),
        ("link.c", "the length is not compared", "!is_long(type, payload)", "payload == UINT32_MAX"),
        ("link.c", "part of a frame is taken", "(payload - first) % LINK_FRAME_BYTES == 0", "true"),
        ("link.c", "the type is not compared", "!is_for_devices(type)", "type == 0"),
        ("link.c", "a sample out of range", "sample > MODEL_SAMPLE_MAX", "false"),
        ("link.c", "RESET keeps the network's state", "(void)model_init(", "session > 0 || model_init("),
        (
            "link.c",
            "RESET keeps counters",
            "device->frames = device->found = ",
            "device->found = device->frames += 0, ",
        ),
        ("link.c", "RESET keeps the nodes' counters", "device->made[k] = 0", "device->made[k] += 0"),
        ("link.c", "RESET keeps TRACE", "device->traced = NO_TRACE;", ""),
        ("link.c", "RESET keeps its error", "    device->halted = false;\n", ""),
        ("link.c", "RESET to 0 keeps the session", "device->session = session;", "device->session |= session;"),
        ("link.c", "a session without RESET", "device->session == 0 && ", "false && "),
        ("link.c", "takes on after an error", "device->halted && !", "false && !"),
        ("link.c", "a cut message is taken", "device->reader.owed > 0", "device->reader.owed > 254"),
        ("link.c", "what is too short is judged", "device->length < around", "device->length < 1"),
        ("link.c", "trace of a stale node", "values[tensor->fresh] != 0", "true"),
        ("link.c", "trace of old values", "tensor->node != MODEL_NO_NODE && ", ""),
        ("link.c", "trace of every node", "device->traced == EVERY_NODE || ", "device->traced != NO_TRACE || "),
        ("link.c", "RESET's check is the session's", "link_is_sessionless(byte) ? 0u : ", ""),
        (
            "link.c",
            "not cleared after a message",
            "    device->length = 0;\n}\n\nvoid link_init",
            "}\n\nvoid link_init",
        ),
        ("link_say.c", "events lost when a message is full", "while (at < device->waiting)", "while (false)"),
        ("link_say.c", "half of a frame's events are all", "next < device->waiting ?", "false ?"),
        ("link_say.c", "events told twice", "    device->waiting = 0;\n", ""),
        ("link_say.c", "errors again and again", "if (device->halted)", "if (false)"),
        ("link_say.c", "values beyond a message are left out", "at < model_tensors[k].elements;", "at == 0;"),
        ("link_say.c", "values without their place", "(uint16_t)at)", "0)"),
        ("link_say.c", "messages are not counted", "device->sent + counts", "device->sent + 0"),
        ("link_bytes.c", "a 0 after a full block", "reader->code <= LINK_BLOCK", "true"),
        ("link_bytes.c", "no block ends after 254 bytes", "|| writer->count == LINK_BLOCK", ""),
        (
            "link_bytes.c",
            "numbers turned round",
            "(uint16_t)number);\n    link_put16(writer",
            "0);\n    link_put16(writer",
        ),
    )
)


def killed_by(mutant: Mutant, work: Path) -> str | None:
    """The check that notices the mutant, and how; None if it survives. AssertionError if its text is gone."""
    link = Path(tempfile.mkdtemp(dir=work))
    shutil.copytree(share("firmware", "link"), link, dirs_exist_ok=True)
    (link / mutant.source).write_text(mutant.apply((link / mutant.source).read_text()))
    return failing(link, work)


def failing(link: Path, work: Path) -> str | None:
    """The first check that the devices with the link in the folder `link` do not pass, and how; None if all do."""
    made = Path(tempfile.mkdtemp(dir=work))
    programs = {name: _program(name, link, made, work) for name in GRAPHS}
    devices = Devices({frames: example(made, frames, PLAIN, link) for frames in (126, 130)}, programs, PATIENCE_S)
    for check in CHECKS:
        try:
            check(devices)
        except (AssertionError, LinkError, LineLost, LookupError) as error:
            said = next(iter(str(error).splitlines()), "")
            return f"{check.__name__}: {type(error).__name__} {said}"
    return None


def _program(name: str, link: Path, made: Path, work: Path) -> Path:
    folder = _prepared(name, work)
    _gcc("-I", link, "-I", folder, *folder.glob("*.o"), *link.glob("*.c"), "-o", made / name)
    return made / name


@cache
def _prepared(name: str, work: Path) -> Path:
    """The host build of a graph, of which the link is missing."""
    folder = work / name
    folder.mkdir()
    c.HOST.emit(GRAPHS[name](), folder)
    for source in folder.glob("*.c"):
        if not source.name.startswith("link"):
            _gcc("-c", source, "-o", source.with_suffix(".o"))
    for source in folder.glob("link*.[ch]"):
        source.unlink()
    return folder


def _gcc(*arguments: str | Path) -> None:
    subprocess.run(["gcc", "-std=c99", *PLAIN, *arguments], check=True, capture_output=True)


def results() -> Iterator[tuple[Mutant, str | None]]:
    """Each mutant and what killed it."""
    with tempfile.TemporaryDirectory() as work:
        for mutant in MUTANTS:
            yield mutant, killed_by(mutant, Path(work))


if __name__ == "__main__":
    show(results())
