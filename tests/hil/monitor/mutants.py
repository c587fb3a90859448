"""Mutants of the monitor: a line of it replaced in a copy of the package, which its tests must notice.

`python -m tests.hil.monitor.mutants` prints what kills each.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from edgesort.share import share
from tests.targets.mutant import Mutant, show

PICTURE = "test_picture.py"
TOKEN = "test_page.py::test_nothing_without_the_token_or_under_another_name"
RIGHT = "test_page.py::test_a_right_device_is_shown_with_all_its_spikes_and_no_banner"
LIE = "test_page.py::test_a_lie_is_a_banner_that_names_it_and_its_cause"
FAULT = "test_page.py::test_a_fault_is_told_and_what_was_not_checked"
HIDDEN = "test_page.py::test_neither_a_hidden_nor_a_closed_page_stops_the_stream"
BROKEN = {
    (PICTURE, "hil/monitor/columns.py"): (
        ("a column is its mean", "pieces.min(axis=1)", "pieces.mean(axis=1)"),
        ("a gap is not shown", "gap % self.most] = np.nan", "gap % self.most] *= 1"),
        ("a column takes up samples of before", "self._rest if at == self.next else samples[:0]", "self._rest"),
    ),
    (PICTURE, "hil/monitor/seen.py"): (
        ("a spike is where its event left", " - self.graph.event_delay", ""),
        ("frames not checked are not counted", "self.unchecked += at - self.done", "pass"),
        ("pieces are kept for ever", "deque(maxlen=PIECES)", "deque()"),
        ("a mismatch is forgotten", "self.mismatch = found", "pass"),
    ),
    (PICTURE, "hil/monitor/units.py"): (("an unknown unit is the first", "+ unit, -1)", "+ unit, 0)"),),
    (PICTURE, "hil/monitor/picture.py"): (("a page gets a spike twice", "self.spikes - page.spikes,", "9,"),),
    (PICTURE, "hil/monitor/waveforms.py"): (("of the least channel", "axis=0).argmax())", "axis=0).argmin())"),),
    (TOKEN, "hil/monitor/app.py"): (
        ("any token will do", "compare_digest(token.encode(), self.token.encode()) and ", ""),
        ("any host will do", 'asked.headers.get("host") in self.hosts', "True"),
        ("any origin will do", "named and near", "named"),
    ),
    (HIDDEN, "hil/monitor/app.py"): (("a page that draws nothing gets more", "await socket.receive_text()", "pass"),),
    (LIE, "hil/stream.py"): (("the watcher hears of no mismatch", "plan.watch.differs(mismatch)", "pass"),),
    (RIGHT, "hil/session.py"): (("the check's samples are coarser", "expect(more)", "expect(more // 64 * 64)"),),
    (LIE, "hil/monitor/static/page.js"): (
        ("no banner", '$("banner").hidden = !mismatch', '$("banner").hidden = true'),
    ),
    (FAULT, "hil/monitor/static/page.js"): (("faults are not listed", "head.faults].reverse()", "].reverse()"),),
    (RIGHT, "hil/monitor/static/traces.js"): (
        ("a hole in each trace", "if (low <= high) {", "if (low <= high && x % 2) {"),
        ("the largest samples are not drawn", "(lastLow > high ? lastLow : high)", "low"),
        ("no ticks", "if (x < 0 || x >= width) return;", "if (x < width) return;"),
    ),
}
MUTANTS = tuple(
    Mutant("monitor", what, old, new, source, case)
    for (case, source), broken in BROKEN.items()
    for what, old, new in broken
)


def killed_by(mutant: Mutant, work: Path) -> str | None:
    """The test that notices the mutant; None if it survives. AssertionError if its text is not in the file."""
    file = work / "edgesort" / mutant.source
    right = file.read_text()
    file.write_text(mutant.apply(right))
    command = [sys.executable, "-m", "pytest", "-qx", "-p", "no:cacheprovider", f"tests/hil/monitor/{mutant.case}"]
    done = subprocess.run(command, cwd=work, env=os.environ | {"PYTHONPATH": str(work)}, capture_output=True, text=True)
    file.write_text(right)
    failed = re.findall(r"^(?:FAILED|ERROR) \S*::(\S+)", done.stdout, re.MULTILINE)
    assert failed or done.returncode == 0, done.stdout + done.stderr
    return failed[0] if failed else None


def results() -> Iterator[tuple[Mutant, str | None]]:
    """Each mutant with what kills it."""
    with tempfile.TemporaryDirectory() as folder:
        for part in ("edgesort", "tests"):
            shutil.copytree(share(part), Path(folder) / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(share("pyproject.toml"), folder)
        for mutant in MUTANTS:
            yield mutant, killed_by(mutant, Path(folder))


if __name__ == "__main__":
    show(results())
