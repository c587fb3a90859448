"""Filters shared by groups of channels: exported as a convolution with groups, imported as one matrix for all."""

import numpy as np
import pytest
import torch

from edgesort.frontends.qonnx import load
from edgesort.ops import Dense
from edgesort.train.export import export
from edgesort.train.network import Network
from edgesort.train.quantizers import SharedConv1d, conv1d, signed, unsigned
from edgesort.train.timing import Timing


class Bank(Network):
    timing = Timing(history=6, stride=2, period=2)

    def __init__(self):
        super().__init__()
        self.scale = signed(-4)
        self.bank = SharedConv1d(3, 1, 4, 8, 5, stride=2)
        self.bank_act = unsigned(-4)
        self.each = SharedConv1d(3, 4, 2, 1, 5)
        self.each_act = unsigned(-4)
        self.head = conv1d(6, 2, 1, 5)
        self.head_act = unsigned(-4)

    def head_sum(self, x):
        return self.head(self.each_act(self.each(self.bank_act(self.bank(self.scale(x))))))


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return Bank()


def test_one_matrix_for_all_groups(network, tmp_path):
    path = tmp_path / "bank.onnx"
    stated = {"event_delay": 0, "labels": ("a", "b"), "provenance": {}, "before": {}, "after": {}}
    export(network, path, name="b", channels=3, timing=Bank.timing, sampling_frequency=2e4, adc_exponent=-10, **stated)
    graph = load(path)  # the import proves itself equal to the QONNX execution
    weights = [node.op.weight.shape for node in graph.nodes if isinstance(node.op, Dense)]
    assert weights == [(4, 8), (2, 4), (2, 6)]
    samples = np.random.default_rng(0).integers(-9000, 9000, (400, 3)).astype(np.int16)
    _, values = graph.run(graph.initial_state(), samples)
    with torch.no_grad():
        wanted = network.score(torch.from_numpy(samples.T / 1024).float()[None])[0].T.numpy()
    assert np.array_equal(values[graph.outputs[0]][3:], np.rint(wanted))


def test_channels_share_their_filters(network):
    x = torch.randn(1, 3, 60)
    with torch.no_grad():
        made = network.bank(network.scale(x)).value
        moved = network.bank(network.scale(x[:, [2, 0, 1]])).value
    assert torch.equal(made.reshape(1, 3, 4, -1)[:, [2, 0, 1]].reshape(made.shape), moved)
