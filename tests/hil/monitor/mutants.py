"""Mutants of the monitor. `python -m tests.hil.monitor.mutants` prints what kills each."""

from tests import mutants_python
from tests.targets.mutant import show

PICTURE = "hil/monitor/test_picture.py"
TOKEN = "hil/monitor/test_page.py::test_nothing_without_the_token_or_under_another_name"
RIGHT = "hil/monitor/test_page.py::test_a_right_device_is_shown_with_all_its_spikes_and_no_banner"
LIE = "hil/monitor/test_page.py::test_a_lie_is_a_banner_that_names_it_and_its_cause"
FAULT = "hil/monitor/test_page.py::test_a_fault_is_told_and_what_was_not_checked"
HIDDEN = "hil/monitor/test_page.py::test_neither_a_hidden_nor_a_closed_page_stops_the_stream"
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
MUTANTS = mutants_python.mutants("monitor", BROKEN)


if __name__ == "__main__":
    show(mutants_python.results(MUTANTS))
