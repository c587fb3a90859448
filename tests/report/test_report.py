"""The report: self-contained, its numbers those of report.json, red when a bit differs, gaps said."""

import base64
import io
import json
import re
import shutil
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from edgesort.folders import FolderError
from edgesort.report import ReportResults, load_results, overview_png, write_report
from edgesort.report.page import render, training_curves
from edgesort.report.results import COLOURS, all_equal, headline_mismatch
from edgesort.report.terminal import print_report
from edgesort.report.text import at, number, step
from tests.report import sample

MISMATCH = {"node": "conv1", "frame": 4711, "index": 3, "expected": -17, "found": -18}


class Page(HTMLParser):
    """Every value with its path, every reference, and the text of each element of a class."""

    def __init__(self, text):
        super().__init__()
        self.values, self.references, self.banner = [], [], ""
        self.open, self.in_banner = None, False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.references += [(tag, found[name]) for name in ("src", "href", "srcset", "data") if name in found]
        if "data-path" in found:
            self.open = (found["data-path"], float(found.get("data-scale", 1)))
        self.in_banner |= found.get("class", "").startswith("banner")

    def handle_endtag(self, tag):
        self.in_banner &= tag != "p"
        self.open = None

    def handle_data(self, text):
        if self.open:
            self.values.append((*self.open, text))
        self.banner += text if self.in_banner else ""


def broken(folder, target="icebreaker"):
    """Give the first executor of a target one mismatch."""
    path = folder / target / "verify.json"
    verdicts = json.loads(path.read_text())
    verdicts["executors"][0] |= {"equal": False, "mismatches": 7, "first_mismatch": MISMATCH}
    path.write_text(json.dumps(verdicts))


def wrong(report, values):
    """Paths whose text on the page is not the number in the report, rounded to the digits that are shown."""

    def says(value, scale, text):
        if isinstance(value, bool) or not isinstance(value, int | float):
            return text == number(value)
        decimals = len(text.partition(".")[2])
        return text == f"{value * scale:,.{decimals}f}" and (decimals or float(value).is_integer() or value >= 1000)

    return [path for path, scale, text in values if not says(at(report, path), scale, text)]


def test_the_page_needs_nothing_from_outside(page):
    assert {tag for tag, _ in Page(page).references} == {"img"}
    assert all(source.startswith("data:image/svg+xml;base64,") for _, source in Page(page).references)
    assert not re.search(r"@import|url\(|<script|<link|<iframe", page)
    for _, source in Page(page).references:
        picture = base64.b64decode(source.split(",", 1)[1]).decode()
        assert not re.search(r'href="(?!#|data:image/png;)|<script|<!DOCTYPE|url\((?!#)', picture)


def test_every_number_on_the_page_is_the_one_in_report_json(folder, results):
    write_report(results, folder)
    report, values = json.loads((folder / "report.json").read_text()), Page((folder / "report.html").read_text()).values
    assert len(values) > 120 and wrong(report, values) == []
    shown = {path for path, _, _ in values}
    for check in range(len(report["checks"])):
        assert {f"checks/{check}/{name}" for name in ("frames", "values", "mismatches")} <= shown
    for target, stated in report["builds"].items():
        assert {f"builds/{step(target)}/{name}" for name in stated} <= shown
    for stage in ("float", "quantized", "deployed"):
        assert {f"accuracy/{stage}/units/{unit}/accuracy" for unit in sample.UNITS} <= shown


def test_a_wrong_number_on_the_page_would_be_noticed(results, page):
    values = Page(page).values
    changed = [(path, scale, "43.47" if text == "43.46" else text) for path, scale, text in values]
    assert set(wrong(results.report, changed)) == {
        "builds/icebreaker/latency_us",
        "latency/compute_us/icebreaker",
    }


def test_report_json_keeps_everything(folder, results, page):
    write_report(results, folder)
    again = json.loads((folder / "report.json").read_text())
    assert again == results.report and again["equal"] is True
    assert render(ReportResults(again, results.pictures)) == page


def test_equal_everywhere_is_green_and_counts_the_values(results, page):
    values = sum(check["values"] for check in results.report["checks"])
    assert "Every output value equals the reference" in Page(page).banner
    assert f"7 executors, {values:,} values compared" in Page(page).banner


def test_a_mismatch_turns_the_banner_red_and_is_named(folder):
    broken(folder)
    results = load_results(folder)
    assert results.report["equal"] is False
    text = render(results)
    assert '<p class="banner differs">' in text and '<p class="banner equal">' not in text
    line = "rtl: node conv1, frame 4711, index 3: expected -17, found -18; 7 of 195,310 values"
    assert line in Page(text).banner
    terminal = Console(file=io.StringIO(), width=160)
    print_report(results, terminal)
    assert f"NOT EQUAL  {line}" in terminal.file.getvalue()


def test_nothing_compared_is_not_equal(folder):
    path = folder / "host" / "verify.json"
    verdict = sample.verdict("c-host") | {"equal": False, "frames": 0, "values": 0, "missing": "events: expected 9"}
    path.write_text(json.dumps({"executors": [verdict]}))
    checks = load_results(folder).report["checks"]
    assert all_equal(checks) is False and headline_mismatch(checks) == "c-host: events: expected 9"
    assert all_equal([]) is None


@pytest.mark.parametrize(
    ("lost", "reason"),
    [
        ("icebreaker", "no build of it in this folder"),
        ("hls4ml/verify.json", "no verify.json"),
        ("deployed.json", "no deployed.json"),
        ("recording", "no recording in this folder"),
        ("sorting", "no sorting in this folder"),
        ("run/results.json", "no run/results.json in this folder"),
    ],
)
def test_what_is_missing_is_said(folder, lost, reason):
    gone = folder / lost
    shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
    results = load_results(folder)
    text = render(results)
    assert f"not run: {reason}" in text
    json.dumps(results.report)
    print_report(results, Console(file=io.StringIO()))
    overview_png(results, folder / "overview.png")


def test_a_single_build_is_a_report_too(folder):
    results = load_results(folder / "host")
    assert [check["name"] for check in results.report["checks"]] == ["c-host"]
    assert list(results.report["builds"]) == ["host"] and results.report["not_checked"] == {}
    assert "not run: no recording in this folder" in render(results)


def test_a_folder_without_results_is_refused(tmp_path):
    with pytest.raises(FolderError, match="expected a demo, a training run or a build, found none"):
        load_results(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(FolderError, match=r"manifest.json: expected a JSON object"):
        load_results(tmp_path)


def test_the_first_line_says_where_the_recording_is_from(folder):
    def first():
        text = render(load_results(folder))
        return re.sub(r"<[^>]+>", "", text.split("<body>")[1].split("</p>")[0]).strip()

    assert first().startswith("Hybrid on real background. 4 real units (unit_017,")
    facts = json.loads((folder / "hybrid.json").read_text()) | {"kind": "simulated", "generator": "a generator"}
    (folder / "hybrid.json").write_text(json.dumps(facts))
    assert first().startswith("Simulated. no recorded data were found")


def test_text_from_files_cannot_become_markup(folder):
    (folder / "hybrid.json").write_text(json.dumps({"kind": "<script>alert(1)</script>"}))
    assert "<script" not in render(load_results(folder))


def test_one_colour_a_unit_in_tables_and_pictures(page):
    for label, colour in zip(sample.UNITS, COLOURS, strict=False):
        assert f'style="--c:{colour}">{label}<' in page
        for _, source in Page(page).references[:2]:
            assert colour.lower() in base64.b64decode(source.split(",", 1)[1]).decode()


def test_the_overview_is_a_picture(results, tmp_path):
    overview_png(results, tmp_path / "overview.png")
    picture = np.asarray(Image.open(tmp_path / "overview.png").convert("RGB"))
    assert picture.shape[1] == 1500 and len(np.unique(picture.reshape(-1, 3), axis=0)) > 100


def test_the_terminal_prints_the_same_numbers(results):
    terminal = Console(file=io.StringIO(), width=200)
    print_report(results, terminal)
    text = terminal.file.getvalue()
    for check in results.report["checks"]:
        assert re.search(rf"{check['name']}\s+equal\s+{check['frames']:,}\s+{check['values']:,}\s+0", text)
    assert "2,412 of 5,280" in text and "31.42 MHz" in text


def test_only_lists_of_numbers_are_curves():
    report = {"training": {"loss": [0.5, 0.25], "units": ["a", "b"], "seed": 3}}
    assert training_curves(report) == {"loss": [0.5, 0.25]}
    assert number({"a": 0.97350069, "b": 19}) == "a 0.974, b 19" and number([0, 1171860]) == "0, 1,171,860"
