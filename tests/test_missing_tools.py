"""Without a tool the tests that need it say so: they skip here and fail in CI."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TEST = "tests/targets/test_c_qemu.py::test_the_sorter_equals_step"


@pytest.mark.parametrize(("ci", "outcome"), [("", "1 skipped"), ("true", "1 error")])
def test_a_missing_tool_skips_here_and_fails_in_ci(ci, outcome, tmp_path):
    command = [sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider", TEST]
    environment = {**os.environ, "CI": ci, "PATH": str(tmp_path)}
    root = Path(__file__).parent.parent
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
    assert outcome in done.stdout
    assert "arm-none-eabi-gcc: expected it on PATH" in done.stdout
