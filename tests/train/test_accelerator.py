"""Training on another device: no operation of any recipe takes tensors of two.

A GPU refuses such an operation. Here torch's "meta" device stands for it, which knows shapes but no values.
"""

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

import edgesort.train.loop as loop
from edgesort.data.errors import DataError
from edgesort.train.loop import Schedule, accelerator, fit
from edgesort.train.motion import Motion
from edgesort.train.recipe import load
from edgesort.train.segment_network import FLOAT, Segmenter
from edgesort.train.timing import Timing

MODELS = ("cnn_sorter", "contrastive_sorter", "detector", "gru_sorter", "local_sorter", "snn_sorter")
SEGMENTERS = ("ripple_detector", "seizure_detector", "unet_segmenter")
CHANNELS, UNITS = 2, 3


class OneDevice(TorchDispatchMode):
    """Refuses operations on tensors of two devices, numbers aside; a loss is 1."""

    def __torch_dispatch__(self, function, types, arguments=(), options=None):
        tensors = [leaf for leaf in tree_leaves((arguments, options or {})) if isinstance(leaf, torch.Tensor)]
        devices = {tensor.device.type for tensor in tensors if tensor.ndim}
        if len(devices) > 1 and function not in (torch.ops.aten.copy_.default, torch.ops.aten._to_copy.default):
            raise AssertionError(f"{function} on {', '.join(sorted(devices))}")
        if function is torch.ops.aten._local_scalar_dense.default:
            return tensors[0].dtype != torch.bool  # of brevitas's questions: no zero point is other than 0
        if function is torch.ops.aten.allclose.default:
            return True
        return function(*arguments, **(options or {}))


@pytest.fixture
def elsewhere(monkeypatch):
    """Trains one step on the device that has no values; its network stays there."""
    monkeypatch.setattr(loop, "accelerator", lambda: torch.device("meta"))
    monkeypatch.setattr(loop, "save_checkpoint", lambda *_, **__: None)
    back = torch.nn.Module.to
    monkeypatch.setattr(torch.nn.Module, "to", lambda self, where: self if where == "cpu" else back(self, where))

    def train(network, timing, rows, tmp_path, motion=None, crop=1024):
        rng = np.random.default_rng(0)
        frames = timing.lead + timing.warm * timing.stride + 3 * crop
        inputs = rng.normal(size=(frames, CHANNELS)).astype(np.float32)
        wanted = (rng.random((rows, frames)) < 0.01).astype(np.float32)
        rest = (Schedule(1, 0.01, crop, 2), 0, tmp_path / "x.pt", False, "x", motion)
        with OneDevice():
            return fit(network, timing, inputs, wanted, *rest)

    return train


@pytest.mark.parametrize("model", MODELS)
def test_each_recipe_s_training_is_on_one_device(model, elsewhere, tmp_path):
    for form in load(model).RECIPE.forms.values():
        network = form.kind(CHANNELS, UNITS)
        rows = network.head.bias.numel()
        kernels = torch.eye(CHANNELS).repeat(3, 1, 1)
        motion = Motion(5.0, kernels, torch.ones(3, CHANNELS))
        assert len(elsewhere(network, network.timing, rows, tmp_path, motion)) == 1


@pytest.mark.parametrize("model", SEGMENTERS)
def test_each_segmenter_s_training_is_on_one_device(model, elsewhere, tmp_path):
    recipe = load(model).RECIPE
    for layers in (FLOAT, None):
        network = Segmenter(recipe.shape, CHANNELS, layers)
        crop = recipe.schedule.crop
        assert len(elsewhere(network, network.learning, network.head.bias.numel(), tmp_path, crop=crop)) == 1


def test_a_tensor_left_behind_is_noticed(elsewhere, tmp_path):
    class Behind(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer, self.left = torch.nn.Conv1d(CHANNELS, 1, 1), torch.ones(1, 1)

        def logits(self, x):
            return self.layer(x) * self.left

    with pytest.raises(AssertionError, match="on cpu, meta"):
        elsewhere(Behind(), Timing(0), 1, tmp_path)


def test_a_gpu_is_used_when_there_is_one(monkeypatch):
    for there, name in ((True, "cuda"), (False, "cpu")):
        monkeypatch.setattr(torch.cuda, "is_available", lambda there=there: there)
        assert accelerator().type == name


def test_a_resume_that_fails_gives_the_network_back(tmp_path, monkeypatch):
    places = []
    monkeypatch.setattr(torch.nn.Module, "to", lambda self, where: (places.append(str(where)), self)[1])
    (tmp_path / "made.pt").write_bytes(b"damaged")
    network, quiet = torch.nn.Conv1d(1, 1, 1), np.zeros((2000, 1), np.float32)
    with pytest.raises(DataError, match="expected a checkpoint, found a damaged one"):
        fit(network, Timing(0), quiet, quiet.T, Schedule(1, 1e-3), 0, tmp_path / "made.pt", True, "made")
    assert places == [str(accelerator()), "cpu"]
