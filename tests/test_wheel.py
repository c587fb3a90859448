"""The wheel carries hw/, firmware/, sim/ and models/: edgesort works outside a checkout."""

import subprocess
import sys
import zipfile

import pytest

from edgesort.share import share

USE = """
import sys
sys.path[:] = [p for p in sys.path if "{checkout}" != p]
sys.path.insert(0, "{wheel}")
import numpy as np
import edgesort
from edgesort.share import share
from edgesort.targets import TARGETS
assert edgesort.__file__.startswith("{wheel}") and str(share()).startswith("{wheel}")
graph = edgesort.load(share("models", "cnn_sorter", "model.onnx"))
assert not [line for target in TARGETS for line in target.unsupported(graph)]
build = edgesort.compile(graph, "host", "{wheel}/out/host")
frames = np.random.default_rng(0).normal(0, 400, (2000, 1)).astype(np.int16)
assert all(v.equal for v in edgesort.verify(build, frames))
edgesort.targets.find("icebreaker").emit(graph, share())
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out]
    subprocess.run(command, cwd=share(), check=True, capture_output=True)
    (file,) = out.glob("*.whl")
    with zipfile.ZipFile(file) as archive:
        archive.extractall(out / "unpacked")
        return out / "unpacked", archive.namelist()


def test_every_shipped_file_is_in_the_wheel(wheel):
    _, names = wheel
    tracked = subprocess.run(["git", "ls-files", "hw", "firmware", "sim", "models"], cwd=share(), capture_output=True)
    files = tracked.stdout.decode().split()
    assert files and {f"edgesort/_share/{file}" for file in files} <= set(names)
    page = {f"edgesort/hil/monitor/static/{file.name}" for file in share("edgesort/hil/monitor/static").iterdir()}
    assert len(page) == 8 and page <= set(names)


def test_the_wheel_works_outside_a_checkout(wheel, tmp_path):
    folder, _ = wheel
    code = USE.format(wheel=folder, checkout=share())
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
