"""A streaming as a line on a terminal: frames, rate, latency, faults."""

from __future__ import annotations

from collections import deque
from statistics import median
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from edgesort.fixed import Array
from edgesort.hil.message import Events, Hello
from edgesort.verify import Mismatch

RECENT = 1000  # answers that the latency on the line is of


class Shown:
    """A watcher that shows on stderr how far it is; on a terminal alone."""

    def __init__(self, total: int | None) -> None:
        console = Console(stderr=True)
        text = TextColumn("{task.fields[rate]} frames/s, latency {task.fields[late]} ms, {task.fields[faults]} faults")
        self.bar = Progress(BarColumn(), text, TimeElapsedColumn(), console=console, disable=not console.is_terminal)
        self.task = self.bar.add_task("", total=total, rate="-", late="-", faults=0)
        self.late: deque[float] = deque(maxlen=RECENT)
        self.faults = 0

    def __enter__(self) -> Shown:
        self.bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.bar.stop()

    def started(self, hello: Hello, at: int) -> None:
        self.bar.update(self.task, completed=at)

    def passed(self, at: int, frames: Array, found: Events) -> None:
        speed = self.bar.tasks[0].speed
        late = f"{1e3 * median(self.late):.1f}" if self.late and not self.bar.disable else "-"
        self.bar.update(self.task, completed=at + len(frames), rate=f"{speed:,.0f}" if speed else "-", late=late)

    def latency(self, seconds: float) -> None:
        self.late.append(seconds)

    def fault(self, what: str) -> None:
        self.faults += 1
        self.bar.update(self.task, faults=self.faults)
        self.bar.console.print(f"fault: {what}", markup=False, highlight=False)

    def differs(self, found: Mismatch) -> None:
        self.bar.console.print(f"differs: {found}", markup=False, highlight=False)
