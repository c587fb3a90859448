"""Beats of a design in time, without values: when each cell takes and sends each element, to the cycle.

What a cell waits for depends on no value, so that times follow from the cells' own (their headers) and from who waits
for whom: a beat passes when its sender has it and all its readers take it. Each cell is a process or two (cells of
lines take one while they compute another) which tell when they are ready and are told when their beats passed. They
run in the order of time, since layers that share an engine get it in that order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush

from edgesort.passes.flow import Leaf, Port

Process = Generator["Wait", int, None]
Wait = Callable[[Process], None]  # who waits is resumed with a cycle


@dataclass
class Sender:
    """Beats of a stream: `left` are offered, the next one at cycle `at`, others `step` after the one before passed."""

    leaves: list[Leaf]
    at: int = 0
    left: int = 0
    step: int = 1
    sent: int = 0  # beats that have passed
    when: int = -1  # the last of them
    latest: int = -1  # of those readers that have the beat already
    waits: Process | None = None
    log: list[tuple[int, int]] = field(default_factory=list)  # beats that have passed by then


@dataclass
class Taker:
    """A reader that takes `left` beats, one a cycle, from cycle `at` on."""

    at: int
    left: int
    process: Process


@dataclass
class Tokens:
    """What one process gives another: each is there at its cycle. given: all of them, for who counts."""

    there: deque[int] = field(default_factory=deque)
    waits: Process | None = None
    given: list[int] = field(default_factory=list)


class Clockwork:
    """The processes of a design, and what passes between them."""

    def __init__(self, leaves: Mapping[str, list[Leaf]]) -> None:
        """leaves: of each stream, the inputs that read it."""
        self.senders = {name: Sender(found) for name, found in leaves.items()}
        self.takers: dict[Port, Taker] = {}
        self.offered: dict[Port, Sender] = {}
        self.free = 0  # the engine, from this cycle on
        self.asking: list[tuple[int, int, int, Process]] = []  # rank, from which cycle on, steps, who
        self.agenda: list[tuple[int, int, int, Process | None]] = []
        self.count = 0

    def run(self, *processes: Process) -> None:
        """Until none can go on."""
        for process in processes:
            next(process)(process)
        while self.agenda:
            now, _, _, resumed = heappop(self.agenda)
            if resumed is None:
                self._grant(now)
                continue
            try:
                resumed.send(now)(resumed)
            except StopIteration:  # the source has sent all
                continue

    def ends(self, stream: str, size: int) -> list[int]:
        """The cycle of each frame's last beat, of `size` beats."""
        return [when for sent, when in self.senders[stream].log if sent % size == 0]

    def offer(self, stream: str, at: int, count: int = 1, step: int = 1) -> None:
        """Beats from cycle `at` on; those before must have passed (`passed`)."""
        sender = self.senders[stream]
        sender.at, sender.left, sender.step = at, count, step
        self._match(sender)

    def passed(self, stream: str) -> Wait:
        """Until all offered beats have passed: the last one's cycle."""
        sender = self.senders[stream]

        def wait(process: Process) -> None:
            if sender.left:
                sender.waits = process
            else:
                self._at(sender.when, process)

        return wait

    def take(self, port: Port, at: int, count: int = 1) -> Wait:
        """Until that many beats were taken, from cycle `at` on: the last one's cycle."""

        def wait(process: Process) -> None:
            self.takers[port] = Taker(at, count, process)
            if sender := self.offered.pop(port, None):
                self._match(sender)

        return wait

    def put(self, tokens: Tokens, at: int) -> None:
        tokens.given.append(at)
        if tokens.waits is None:
            tokens.there.append(at)
            return
        self._at(at, tokens.waits)
        tokens.waits = None

    def get(self, tokens: Tokens) -> Wait:
        """Until a token is there: its cycle."""

        def wait(process: Process) -> None:
            if tokens.there:
                self._at(tokens.there.popleft(), process)
            else:
                tokens.waits = process

        return wait

    def ask(self, rank: int, at: int, steps: int) -> Wait:
        """Until the engine is this process's for some steps, the highest rank first: the first step's cycle."""

        def wait(process: Process) -> None:
            self.asking.append((rank, at, steps, process))
            self._at(max(at, self.free), None)

        return wait

    def _grant(self, now: int) -> None:
        able = [one for one in self.asking if one[1] <= now]
        if not able:
            return
        if now < self.free:
            self._at(self.free, None)
            return
        one = max(able, key=lambda asks: asks[0])
        self.asking.remove(one)
        _, _, steps, process = one
        self.free = now + steps + 1  # the sum is there
        self._at(now, process)
        if self.asking:
            self._at(self.free, None)

    def _at(self, cycle: int, process: Process | None) -> None:
        """Go on at this cycle; the engine is granted (no process) when all who ask in it have."""
        self.count += 1
        heappush(self.agenda, (cycle, int(process is None), self.count, process))

    def _match(self, sender: Sender) -> None:
        """Let beats pass as far as readers are ready for them."""
        alone = sender.leaves[0] if len(sender.leaves) == 1 and sender.leaves[0].keeps is None else None
        while sender.left:
            if not (self._burst(sender, alone.port) if alone else self._beat(sender)):
                return
        if sender.waits:
            self._at(sender.when, sender.waits)
            sender.waits = None

    def _burst(self, sender: Sender, port: Port) -> bool:
        """As many beats as the only reader takes; False if it takes none."""
        taker = self.takers.get(port)
        if taker is None:
            self.offered[port] = sender
            return False
        count = min(sender.left, taker.left)
        self._pass(sender, count, max(sender.at, taker.at) + (count - 1) * max(1, sender.step))
        self._took(port, taker, count, sender.when)
        return True

    def _beat(self, sender: Sender) -> bool:
        """One beat to each reader in its own time; False if one of them is not there."""
        for leaf in sender.leaves:
            taker = self.takers.get(leaf.port)
            if leaf.has_it or not leaf.passes(sender.sent):
                leaf.has_it = True
            elif taker is None:
                self.offered[leaf.port] = sender
            else:
                when = max(sender.at, taker.at)
                sender.latest = max(sender.latest, when)
                self._took(leaf.port, taker, 1, when)
                leaf.has_it = True
        if not all(leaf.has_it for leaf in sender.leaves):
            return False
        for leaf in sender.leaves:
            leaf.has_it = False
        self._pass(sender, 1, max(sender.at, sender.latest))
        return True

    def _pass(self, sender: Sender, count: int, when: int) -> None:
        sender.when, sender.at = when, when + sender.step
        sender.left -= count
        sender.sent += count
        sender.log.append((sender.sent, when))

    def _took(self, port: Port, taker: Taker, count: int, when: int) -> None:
        taker.left -= count
        taker.at = when + 1
        if taker.left == 0:
            del self.takers[port]
            self._at(when, taker.process)
