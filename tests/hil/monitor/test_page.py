"""The page in a browser: Debian's Chromium, one for all tests."""

import http.client
import shutil
import time
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import sync_playwright

from edgesort.hil.errors import LineLost
from edgesort.targets.target import ToolMissing
from tests.hil.monitor.watched import GRAPH, noise, watched
from tests.hil.served import Served

WAIT_MS = 60_000
SAMPLES = noise()
GUTTER = 86  # pixels left of a plot, where its names are
PAINTED = """([selector, colour, left]) => {
    const canvas = document.querySelector(selector + " canvas"), { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    const wanted = [1, 3, 5].map(at => parseInt(colour.slice(at, at + 2), 16));
    return Array.from({ length: width - left }, (_, k) => {
        let count = 0;
        for (let y = 0; y < height; y++) {
            const at = (y * width + left + k) * 4;
            count += wanted.every((part, c) => data[at + c] === part);
        }
        return count;
    });
}"""
TRACE = "#858c97"


@pytest.fixture(scope="module")
def browser():
    program = shutil.which("chromium")
    if program is None:
        raise ToolMissing("chromium: expected it on PATH for the monitor's tests, found none; apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(WAIT_MS)
    page.wrong = []
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.on("console", lambda said: page.wrong.append(said.text) if said.type == "error" else None)
    yield page
    assert page.wrong == []
    page.close()


def shown(page, selector, text):
    """Wait until the page shows the text there."""
    page.wait_for_function("([s, t]) => document.querySelector(s).innerText.includes(t)", arg=[selector, text])


def painted(page, selector, colour, left=GUTTER):
    """Of each column of pixels, how many have this colour."""
    return np.array(page.evaluate(PAINTED, [selector, colour, left]))


def health(page):
    lines = page.inner_text("#health").split("\n")
    return dict(zip(lines[::2], lines[1::2], strict=True))


def test_a_right_device_is_shown_with_all_its_spikes_and_no_banner(page):
    with watched(SAMPLES) as watch:
        page.goto(watch.url)
        shown(page, "#verdict", "EQUAL: 3000 frames")
        sent = watch.result.stats.events
        page.wait_for_function("n => document.querySelector('#raster').dataset.received == n", arg=sent)
        assert sent > 50 and page.get_attribute("#raster", "data-drawn") == str(sent)
        counts = [int(text.replace(",", "")) for text in page.locator(".unit .count").all_inner_texts()]
        assert sum(counts) == sent and counts == watch.seen.facts()["counts"]
        assert page.locator(".unit b").all_inner_texts() == list(GRAPH.labels)
        lane = sum(painted(page, "#traces", colour) for colour in (TRACE, *watch.seen.units.colours[1:]))
        assert len(np.flatnonzero(lane)) == np.ptp(np.flatnonzero(lane)) + 1  # without a hole
        assert lane.max() > 2 * np.median(lane[lane > 0]) > 20  # the large samples are as high as they are
        for colour, count in zip(watch.seen.units.colours, counts, strict=True):
            assert (painted(page, "#raster", colour).sum() > 0) == (count > 0)
        assert painted(page, "#units", watch.seen.units.colours[0], 0).sum() > 50
        assert painted(page, "#latency", TRACE, 0).sum() > 50
        assert page.inner_text("#checked") == "3,000" and page.inner_text("#events") == f"{sent:,}"
        assert page.is_hidden("#banner") and page.get_attribute("#verdict", "class") == "verdict equal"
        assert "python" in page.inner_text("#device") and health(page)["faults"] == "0"


def test_a_lie_is_a_banner_that_names_it_and_its_cause(page):
    def tamper(values, made):
        if made["conv2"] < 2000:
            return values
        wrong = {name: value.copy() for name, value in values.items()}
        wrong["conv2"][..., 3] += 1
        wrong["events"][..., 0] ^= 1
        return wrong

    with watched(SAMPLES, Served(GRAPH, tamper=tamper)) as watch:
        page.goto(watch.url)
        shown(page, "#cause", "It begins in conv2")
        said = page.inner_text("#mismatch").replace("\n", " ")
        found = watch.result.mismatch
        assert page.is_visible("#banner") and page.inner_text("#verdict") == "NOT EQUAL"
        assert f"node events frame {found.frame} (" in said
        assert said.endswith(f"element {found.index} expected {found.expected} found {found.found}")
        assert page.inner_text("#cause") == f"It begins in {watch.result.cause}"
        assert watch.result.cause.index == 3


def test_a_fault_is_told_and_what_was_not_checked(page):
    class Breaks:
        """A line that is lost once, with a message on its way."""

        writes, lost = 0, False

        def __init__(self, line):
            self.line, self.close = line, line.close

        def write(self, data):
            Breaks.writes += 1
            self.line.write(data)

        def read(self, timeout):
            if Breaks.writes == 50 and not Breaks.lost:
                Breaks.lost = True
                raise LineLost("the cable was pulled")
            return self.line.read(timeout)

    with watched(SAMPLES, endless=True, between=Breaks) as watch:
        page.goto(watch.url)
        shown(page, "#faults", "the cable was pulled")
        shown(page, "#verdict", "frames were not")
        watch.stop()
        shown(page, "#verdict", "INCOMPLETE: equal on")
        missing = sum(one.last - one.first + 1 for one in watch.result.unchecked)
        found = {"frames not checked": f"{missing:,}", "sessions": str(watch.result.sessions)}
        found["faults"] = str(watch.result.sessions - 1)
        assert missing and found.items() <= health(page).items() and page.is_hidden("#banner")


def test_neither_a_hidden_nor_a_closed_page_stops_the_stream(browser, page):
    with watched(SAMPLES, endless=True) as watch:
        page.goto(watch.url)
        page.wait_for_selector(".unit")
        page.evaluate("window.requestAnimationFrame = () => 0")  # what a hidden tab does
        until(lambda: watch.monitor.pages[0].dropped > 3)
        sent, at = watch.monitor.pages[0].sent, watch.seen.done
        until(lambda: watch.seen.done > at + 500)
        assert watch.monitor.pages[0].sent <= sent + 1
        page.goto("about:blank")
        until(lambda: not watch.monitor.pages)
        at = watch.seen.done
        until(lambda: watch.seen.done > at + 500)
        watch.stop()
        assert watch.result.equal and watch.result.sessions == 1


def until(true, seconds=WAIT_MS / 1000):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_nothing_without_the_token_or_under_another_name():
    with watched(SAMPLES) as watch:
        url = urlsplit(watch.url)
        own = {"Host": url.netloc}
        upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
        upgrade |= {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
        other = "/" + "x" * (len(url.path) - 2) + "/"
        stranger = {"Origin": "http://elsewhere.example"}

        def status(path, headers):
            made = http.client.HTTPConnection(url.netloc, timeout=30)
            made.putrequest("GET", path, skip_host=True)
            for name, value in headers.items():
                made.putheader(name, value)
            made.endheaders()
            found = made.getresponse().status
            made.close()
            return found

        rest = ("", "static/page.js", "static/uPlot.iife.min.js")
        assert [status(url.path + path, own) for path in rest] == [200, 200, 200]
        assert status(url.path + "live", own | upgrade) == 101
        for path in ("/", other, "/static/page.js", other + "static/page.js"):
            assert status(path, own) == 403, path
        assert status(other + "live", own | upgrade) == 403 and status("/live", own | upgrade) == 403
        for headers in ({"Host": f"elsewhere.example:{url.port}"}, own | stranger, {"Host": "127.0.0.1"}):
            assert status(url.path, headers) == 403 and status(url.path + "live", headers | upgrade) == 403
