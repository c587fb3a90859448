"""Each kind of network is imported, which proves it, and equals QONNX's own execution on other samples."""

import pytest

from edgesort.frontends.qonnx import load
from edgesort.frontends.qonnx.execute import executor
from edgesort.verify import compare
from tests import corners
from tests.frontends.networks import NETWORKS

FLOAT32 = 24  # bits that onnxruntime adds up exactly


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_is_exact(tmp_path, name):
    path = NETWORKS[name]().save(tmp_path / "m.onnx")
    graph = load(path)
    assert all(stream.dtype.bits <= FLOAT32 for stream in graph.streams.values())
    run = executor(path)
    if run.shows:  # what no custom node makes
        verdict = compare(graph, run, corners.frames(graph.input[1], 400, 3))
        assert verdict.equal, verdict
