"""The live monitor: how far behind real time a device's 32 channels at 20 kHz are while Chromium shows its page."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import record
from playwright.sync_api import sync_playwright

import edgesort
from edgesort.build import Build, compile
from edgesort.fixed import Array
from edgesort.graph import Graph
from edgesort.hil.connections import connections
from edgesort.hil.message import Events
from edgesort.hil.monitor.picture import Page, Picture
from edgesort.hil.monitor.seen import Seen
from edgesort.hil.monitor.serve import serving, warm
from edgesort.hil.session import Plan
from edgesort.hil.stream import stream
from edgesort.passes.channels import channels
from edgesort.share import share

MODEL, LINK = "detector", "host:"
CHANNELS, FREQUENCY = 32, 20_000.0
SECONDS, SETTLE_S = 10.0, 1.0  # the page's first update is not what a stream of hours is like
NOISE, SEED = 300, 0


class Timed(Seen):
    """Keeps how far behind real time each answer was: lags of the time `since`."""

    def __init__(self, graph: Graph) -> None:
        super().__init__(graph)
        self.lags: list[tuple[int, float]] = []

    def passed(self, at: int, frames: Array, found: Events) -> None:
        super().passed(at, frames, found)
        self.lags.append((self.done, 1e3 * self.lag))


def measure() -> list[dict[str, Any]]:
    """One row."""
    graph = replace(
        channels(edgesort.load(share("models", MODEL, "model.onnx")), CHANNELS), sampling_frequency=FREQUENCY
    )
    with tempfile.TemporaryDirectory() as folder:
        build = compile(graph, "host", Path(folder) / "host")
        return [_watched(build)]


def _watched(build: Build) -> dict[str, Any]:
    graph = build.graph
    samples = np.random.default_rng(SEED).normal(0, NOISE, (round(FREQUENCY), CHANNELS)).astype(np.int16)
    seen, told = Timed(graph), dict[str, float]()
    picture = Picture(seen, {"link": LINK, "build": build.path.name})
    frames = round((SETTLE_S + SECONDS) * FREQUENCY)
    plan = Plan(graph, lambda start, end: samples[start % len(samples) :][: end - start], frames, True, watch=seen)
    with serving(picture) as (url, monitor), connections(LINK, build) as connect, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": 1280, "height": 800})
        page.goto(url)
        while not monitor.pages:
            page.wait_for_timeout(50)
        counter = threading.Thread(target=_count, args=(seen, monitor.pages[0], told))
        counter.start()
        warm(graph)
        found = stream(plan, connect, LINK)
        counter.join()
        chromium.close()
    assert found.equal, found.verdict
    lags = np.array([lag for done, lag in seen.lags if done > SETTLE_S * FREQUENCY])
    p50, p99, most = np.percentile(lags, (50, 99, 100)).round(2).tolist()
    return {
        "channels": CHANNELS,
        "sampling_frequency": FREQUENCY,
        "seconds": SECONDS,
        "lag_ms_p50": p50,
        "lag_ms_p99": p99,
        "lag_ms_most": most,
        "lag_ms_at_end": round(float(lags[-1]), 2),
        **told,
    }


def _count(seen: Timed, page: Page, told: dict[str, float]) -> None:
    """Updates and this process's share of a processor from SETTLE_S of the stream on, for SECONDS."""
    while seen.done < SETTLE_S * FREQUENCY:
        time.sleep(0.01)
    began, used, sent, dropped = time.monotonic(), time.process_time(), page.sent, page.dropped
    while seen.done < (SETTLE_S + SECONDS) * FREQUENCY:
        time.sleep(0.01)
    seconds = time.monotonic() - began
    told["updates_per_second"] = round((page.sent - sent) / seconds, 1)
    told["updates_dropped"] = page.dropped - dropped
    told["cpu_percent"] = round(100 * (time.process_time() - used) / seconds, 1)
    told["load_average"] = round(os.getloadavg()[0], 1)


if __name__ == "__main__":
    record.main("monitor", measure, __doc__ or "")
