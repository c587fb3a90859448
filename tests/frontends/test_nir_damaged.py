"""Damaged NIR files end in a graph or in one line, in bounded time and memory. The long run: damage_nir."""

import os
import subprocess
import sys
import textwrap
import time

import h5py
import nir
import numpy as np
import pytest

from edgesort.frontends.nir import ModelError, child, load, reader
from tests.frontends import damage_nir
from tests.frontends.damage_nir import one, peak, spent, whole
from tests.frontends.small_nir import TERMS, plain

SHARE = 250


def test_damaged_files_end_in_a_graph_or_in_one_line():
    """In a process of its own, which forks before it has threads."""
    command = [sys.executable, "-m", "tests.frontends.damage_nir", "--count", str(SHARE), "--first", "20000"]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stdout + done.stderr
    counts = {line[8:]: int(line[:6]) for line in done.stdout.splitlines()[:-1]}
    assert sum(counts.values()) == SHARE and counts["graph"] > 10
    assert counts["found a damaged one"] > 10 and counts["refused by what it holds"] > 10


@pytest.mark.parametrize("seed", range(12))
def test_some_of_them_as_load_reads_them(seed, tmp_path):
    one(30_000 + seed, whole(tmp_path), tmp_path / "m.nir")
    assert peak() < damage_nir.MEMORY


def write(tmp_path, edit):
    nir.write(tmp_path / "m.nir", plain())
    with h5py.File(tmp_path / "m.nir", "r+") as file:
        edit(file)
    return tmp_path / "m.nir"


def claim(shape):
    def edit(file):
        del file["node/nodes/n0/weight"]
        file["node/nodes/n0"].create_dataset("weight", shape=shape, dtype="f4", chunks=True, compression="gzip")

    return edit


def outside(file):
    file["node/nodes/n0/more"] = h5py.ExternalLink("/etc/hostname", "/node")


def loop(file):
    file["node/nodes/n0/more"] = file["node"]


def group_names(file):
    for k in range(child.ITEMS):
        file.create_group(f"node/nodes/n0/g{k}")


CLAIMS = {
    "2 GB": (claim((1 << 15, 1 << 14)), r"more than 4194304 values, 536870912 of them at weight"),
    "2^60": (claim((1 << 30, 1 << 30)), r"more than 4194304 values, 1152921504606846976 of them at weight"),
    "loop": (loop, r"groups more than 16 deep"),
    "outside": (outside, r"a link at more"),
    "many": (group_names, r"more than 6000 groups and values"),
}


@pytest.mark.parametrize("case", CLAIMS)
def test_claims_and_loops_are_refused_before_they_cost_anything(case, tmp_path):
    edit, text = CLAIMS[case]
    path, begin = write(tmp_path, edit), spent()
    with pytest.raises(ModelError, match=rf"m\.nir: expected a valid NIR file, found a damaged one \({text}\)"):
        load(path, TERMS)
    assert spent() - begin < damage_nir.SECONDS and peak() < damage_nir.MEMORY


def test_wide_claims_in_few_numbers_are_refused(tmp_path):
    """A shape is a claim too: of two numbers, or of one for all of many elements."""
    with pytest.raises(ModelError, match=r"node input \(Input\): expected a shape of 1 to 131072 elements"):
        load(write(tmp_path, lambda f: f["node/nodes/input/shape"].write_direct(np.array([1 << 30]))), TERMS)


BODIES = {
    "hangs": ("while True: pass", "it takes too long or too much memory to read"),
    "crashes": ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "HDF5 crashes on it with SIGSEGV"),
    "eats": ("x = bytearray(1 << 31)", "HDF5 gives up on it"),
    "mumbles": ("print('hello')", "no answer: "),
}


@pytest.mark.parametrize("case", BODIES)
def test_the_reader_outlives_a_child_that_does_not_answer(case, tmp_path, monkeypatch):
    """What HDF5 may do to the child, done to it on purpose."""
    body, text = BODIES[case]
    nir.write(tmp_path / "m.nir", plain())
    script = tmp_path / "child.py"
    source = f"""
        import sys
        sys.path.insert(0, {str(reader.CHILD.parent)!r})
        import child
        child.bound()
        {body}
        """
    script.write_text(textwrap.dedent(source))
    monkeypatch.setattr(reader, "CHILD", script)
    begin = time.monotonic()
    with pytest.raises(ModelError, match=rf"m\.nir: expected a valid NIR file, found a damaged one \({text}"):
        load(tmp_path / "m.nir", TERMS)
    assert time.monotonic() - begin < reader.PATIENCE


def test_a_child_that_sleeps_is_ended(tmp_path, monkeypatch):
    nir.write(tmp_path / "m.nir", plain())
    (tmp_path / "child.py").write_text("import time; time.sleep(60)")
    monkeypatch.setattr(reader, "CHILD", tmp_path / "child.py")
    monkeypatch.setattr(reader, "PATIENCE", 0.5)
    with pytest.raises(ModelError, match=r"it takes more than 0\.5 s to read"):
        load(tmp_path / "m.nir", TERMS)


def test_missing_empty_and_foreign_files(tmp_path):
    nir.write(tmp_path / "m.nir", plain())
    content = (tmp_path / "m.nir").read_bytes()
    for data in (b"", content[: len(content) // 2], b"RIFF" + bytes(200)):
        (tmp_path / "bad.nir").write_bytes(data)
        with pytest.raises(ModelError, match=r"bad\.nir: expected a valid NIR file, found a damaged one"):
            load(tmp_path / "bad.nir", TERMS)
    with pytest.raises(ModelError, match="expected a NIR file, found none"):
        load(tmp_path / "none.nir", TERMS)


def test_a_name_that_would_break_the_line_does_not(tmp_path):
    def rename(file):
        file["node/nodes"].move("n1", "n1\n\x1b[2J")
        file["node/nodes"]["n1\n\x1b[2J"]["type"][()] = "LI"

    with pytest.raises(ModelError, match=r"node n1 \?\[2J: expected a type") as error:
        load(write(tmp_path, rename), TERMS)
    assert str(error.value).isprintable()
