"""A short run of libFuzzer on the link in C, and what it finds in a broken one."""

import shutil

from edgesort.share import share
from tests.hil.fuzz_link import Fuzzed, build, run

LIMITS = ("-runs=10000", "-seed=1")


def test_nothing_breaks_the_link(tmp_path):
    found = run(build(tmp_path), *LIMITS)
    assert isinstance(found, Fuzzed), found
    assert found.executions >= 10_000 and found.edges > 250


def test_what_is_written_beyond_a_message_is_found(tmp_path):
    shutil.copytree(share("firmware", "link"), tmp_path / "link")
    link = tmp_path / "link" / "link.c"
    text, old = link.read_text(), "at - LINK_HEAD < sizeof device->samples"
    assert text.count(old) == 1
    link.write_text(text.replace(old, "at < UINT32_MAX"))
    found = run(build(tmp_path, tmp_path / "link"), *LIMITS)
    assert isinstance(found, str) and "SUMMARY: " in found
