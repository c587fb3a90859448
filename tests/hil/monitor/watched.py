"""A device in Python with the monitor's page before it, for tests: at full speed, so that no test waits for a clock."""

from contextlib import contextmanager
from threading import Thread

import numpy as np

from edgesort.hil.monitor.picture import Picture
from edgesort.hil.monitor.seen import Seen
from edgesort.hil.monitor.serve import serving
from edgesort.hil.session import Plan
from edgesort.hil.stream import stream
from tests.graphs import sorter
from tests.hil.served import Served, served

GRAPH = sorter(seed=3)
ENDLESS = 1 << 40


def noise(count=3000, channels=1, seed=0):
    """A recording: noise, and two milliseconds of large samples in the middle, which is what a page must not lose."""
    samples = np.random.default_rng(seed).normal(0, 1500, (count, channels))
    samples[count // 2 : count // 2 + 40 : 8] = 20000
    return samples.astype(np.int16)


class Watched:
    """stop: ends the stream. result, once it has ended."""

    def __init__(self, url, seen, picture, monitor):
        self.url, self.seen, self.picture, self.monitor, self.result = url, seen, picture, monitor, None
        self.stopped = False

    def stop(self):
        self.stopped = True
        self.thread.join()


@contextmanager
def watched(samples, device=None, endless=False, between=lambda line: line, graph=GRAPH, **options):
    """A stream through the device with a page; endless: the samples over and over, in real time, until `stop`."""
    seen = Seen(graph)
    picture = Picture(seen, {"link": "python:", "build": "none"})
    count = len(samples)

    def source(start, end):
        return samples[start % count :][: end - start]

    with served(device or Served(graph), between) as connect, serving(picture) as (url, monitor):
        found = Watched(url, seen, picture, monitor)
        plan = Plan(
            graph,
            source,
            ENDLESS if endless else count,
            endless,
            watch=seen,
            stopped=lambda: found.stopped,
            **options,
        )

        def run():
            found.result = stream(plan, connect, "python:")
            seen.over(found.result)

        found.thread = Thread(target=run)
        found.thread.start()
        try:
            yield found
        finally:
            found.stop()
