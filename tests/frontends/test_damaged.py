"""Damaged model files end in a graph or in one line, in bounded time and memory. The long run: damage.py."""

import os
import random
import subprocess
import sys
import time

import numpy as np
import pytest
from onnx import TensorProto, helper

from edgesort.frontends.qonnx import ModelError, load
from tests.frontends import damage
from tests.frontends.network import Network
from tests.frontends.small_model import SmallModel

SHARE = 300


def test_damaged_files_end_in_a_graph_or_in_one_line():
    """In a process of its own, so that what it takes is what the files take."""
    command = [sys.executable, "-m", "tests.frontends.damage", "--count", str(SHARE), "--first", "20000"]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stdout + done.stderr
    counts = {line[8:]: int(line[:6]) for line in done.stdout.splitlines()[:-1]}
    assert sum(counts.values()) == SHARE
    assert min(counts[end] for end in ("graph", "refused as damaged", "refused by what it holds")) > 20


def attribute(node, key, value):
    return lambda n: n.attribute(node, key, value)


def small(edit):
    """A small sorter with something changed."""

    def build():
        n = SmallModel()
        edit(n)
        return n

    return build


def delay(frames):
    n = Network(1, "time")
    n.own("Delay", n.input(), frames=frames)
    return n


def wide(channels, frames):
    n = Network(channels, frames)
    n.quant(n.node("Flatten", [n.input()], "flat"), "out", 2.0**-5, 4)
    return n


def many(count):
    n = SmallModel()
    for k in range(count):
        n.node("Identity", [n.nodes[-1].output[0]], f"more{k}")
    return n


CLAIMS = {
    "a dilation of 2^40": (small(attribute("/conv1/Conv", "dilations", [1 << 40])), "elements in all line buffers"),
    "a stride of 2^40": (small(attribute("/conv1/Conv", "strides", [1 << 40])), "samples in a period"),
    "a delay of 2^62": (lambda: delay(1 << 62), "elements in all line buffers"),
    "a delay of a minute": (lambda: delay(2_000_000), "samples that an output looks back"),
    "a reach of 2^30": (small(attribute("/events/Peak", "reach", 1 << 30)), "elements in all line buffers"),
    "a wide window": (lambda: wide(64, 60000), "elements in a frame"),
    "a window of 2^40": (lambda: wide(1, 1 << 40), "expected a window of at most"),
    "2^40 channels": (lambda: wide(1 << 40, 10), "expected shape [1, channels, time]"),
    "many nodes": (lambda: many(2000), "expected at most 1000 nodes"),
}


@pytest.mark.parametrize("case", CLAIMS)
def test_claims_are_refused_before_they_cost_anything(tmp_path, case):
    build, text = CLAIMS[case]
    path, begin = build().save(tmp_path / "m.onnx"), time.process_time()
    with pytest.raises(ModelError) as error:
        load(path)
    assert text in str(error.value) and "\n" not in str(error.value)
    assert time.process_time() - begin < damage.SECONDS and damage.peak() < damage.MEMORY


def claimed(model):
    model.graph.initializer[0].dims[:] = [1 << 14, 1 << 16]


def negative(model):
    model.graph.initializer[0].dims[:] = [-5]


def external(model):
    damage.outside(model, random.Random(3))


def unrolled(model):
    """2^40 weights out of two constants of 2^20, if anything multiplied them."""
    for name, shape in (("tall", [1 << 20, 1]), ("long", [1, 1 << 20])):
        model.graph.initializer.append(
            helper.make_tensor(name, TensorProto.FLOAT, shape, np.zeros(1 << 20, np.float32))
        )
    model.graph.node.insert(0, helper.make_node("Mul", ["tall", "long"], ["product"], name="/product"))


FILES = {
    "4 GB claimed": (claimed, "expected at most 4194304 weights"),
    "a negative size": (negative, "expected its stated shape and type, found a shape of [-5]"),
    "data outside": (external, "should be a relative path, but it is an absolute path"),
    "constants unrolled": (unrolled, "node /product (Mul): expected at most 4194304 values"),
}


@pytest.mark.parametrize("case", FILES)
def test_lies_about_constants_are_refused(tmp_path, case):
    edit, text = FILES[case]
    model = SmallModel().model()
    edit(model)
    (tmp_path / "m.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(ModelError) as error:
        load(tmp_path / "m.onnx")
    assert text in str(error.value) and "\n" not in str(error.value) and damage.peak() < damage.MEMORY


def test_a_file_of_gigabytes_is_not_read(tmp_path):
    with (tmp_path / "m.onnx").open("wb") as file:
        file.truncate(3 << 30)
    with pytest.raises(ModelError, match="expected at most 268435456 bytes, found 3221225472"):
        load(tmp_path / "m.onnx")
