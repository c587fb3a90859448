"""README is true: its commands run as they stand, and its figures are those of bench/results."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import spikeinterface.core as si

from edgesort.data import hybrid
from edgesort.share import share

README = share("README.md").read_text()


def block(language):
    """README's code block in this language that uses edgesort."""
    blocks = [b.removeprefix(language) for b in README.split("```")[1::2] if b.startswith(f"{language}\n")]
    return next(b for b in blocks if "edgesort" in b and "make demo" not in b)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with rec/ and labels/, as README assumes."""
    folder = tmp_path_factory.mktemp("readme")
    hybrid.demo(seconds=16).save(folder / "made")
    (folder / "made" / "recording").rename(folder / "rec")
    (folder / "made" / "truth").rename(folder / "labels")
    return folder


def test_the_commands_run_as_they_stand(home):
    commands = [line.split("#")[0].strip() for line in block("").splitlines() if line.startswith("edgesort")]
    assert [c.split()[1] for c in commands] == ["calibrate", "compile", "verify", "sort", "hil"]
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    for command in commands:
        done = subprocess.run(shlex.split(command), cwd=home, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    assert set(si.load(home / "sorting").unit_ids) == set(si.load(home / "labels").unit_ids)
    assert (home / "build" / "m55" / "model.elf").stat().st_size > 5_000

    code = block("python")
    given = "from edgesort.data import recordings\n"
    given += "frames = recordings.frames(recordings.load_recording('rec'), 0, 20000)\n"
    told = given + code + "\nassert [v.equal for v in verdicts] == [True] and verdicts[0].frames == 20000\n"
    done = subprocess.run([sys.executable, "-c", told], cwd=home, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_figures_are_those_of_the_benches():
    done = subprocess.run([sys.executable, share("bench", "readme.py"), "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
