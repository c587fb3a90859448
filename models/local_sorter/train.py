"""local_sorter: E-Sort's network (Han et al. 2025) as a stream, for any probe.

From raw samples to unit events, one answer every 4 samples. Read it from top to bottom:

    high-pass (integers) -> scale -> bank (shared by the channels, stride 4) -> each (shared) -> local -> head
    -> triangle -> peaks

`bank` looks at 1.9 ms of each channel, `each` at one channel's features, `local` at those of neighbouring channels
(all of up to 32, then patches of 16), `head` at all. Row 0 of the head says "any spike", row k says "unit k"; a
triangle over 5 answers makes of a spike's few high ones a single peak. A float network is trained first; the
quantized one begins with its weights.
"""

from pathlib import Path

import torch
from torch import nn

from edgesort.train.events import Picking
from edgesort.train.frontend import filtered, filtered_float
from edgesort.train.loop import Schedule
from edgesort.train.network import Network
from edgesort.train.quantizers import SharedConv1d, conv1d, layer_bits, signed, unsigned
from edgesort.train.recipe import main
from edgesort.train.sorter import Form, SorterRecipe, train_sorter
from edgesort.train.timing import Timing

FEATURES, HIDDEN = 16, 32
FEW = 8  # channels, up to which each has twice the filters: they are what a spike is known by there
KERNEL, STRIDE = 48, 4  # 1.9 ms and 0.16 ms at 25 kHz
TRIANGLE = (1, 2, 2, 2, 1)
ALL, PATCH = 32, 16  # channels that `local` sees together: all of a small probe, of a large one so many neighbours
WEIGHT_BITS = 4
INPUT_EXPONENT = EXPONENT = -4
TIMING = Timing(history=KERNEL - STRIDE + STRIDE * (len(TRIANGLE) - 1), stride=STRIDE, period=STRIDE)


def filters(channels):
    return 16 if channels <= FEW else 8


def local_sizes(channels, units):
    """Outputs of `local`, and how many patches of channels it has."""
    patches = 1 if channels <= ALL else -(-channels // PATCH)
    while channels % patches:
        patches -= 1
    return max(HIDDEN * patches, 16 * -(-units // 4)), patches


class Sorter(Network):
    """The network as the device computes it: [B, channels, T] -> scores [B, 1 + units, (T - history) / STRIDE]."""

    timing = TIMING

    def __init__(self, channels, units, bits=WEIGHT_BITS, sized_for=None):
        super().__init__()
        self.options = {"bits": bits, "sized_for": sized_for or units}  # added units find `local` as it is
        bank, each, local, head = layer_bits(bits, 4)
        self.scale = signed(INPUT_EXPONENT)
        self.bank = SharedConv1d(channels, 1, filters(channels), KERNEL, bank, STRIDE)
        self.bank_act = unsigned(EXPONENT)
        self.each = SharedConv1d(channels, filters(channels), FEATURES, 1, each)
        self.each_act = unsigned(EXPONENT)
        size, patches = local_sizes(channels, sized_for or units)
        self.local = conv1d(FEATURES * channels, size, 1, local, groups=patches)
        self.local_act = unsigned(EXPONENT)
        self.head = conv1d(size, 1 + units, 1, head)
        self.head_act = unsigned(EXPONENT)
        self.triangle = triangle(1 + units)
        self.triangle_act = unsigned(EXPONENT)

    def head_sum(self, x):
        x = self.each_act(self.each(self.bank_act(self.bank(self.scale(x)))))
        return self.head(self.local_act(self.local(x)))

    def logits(self, x):
        return self.head_sum(x).value[..., len(TRIANGLE) - 1 :]

    def forward(self, x):
        return self.triangle_act(self.triangle(self.head_act(self.head_sum(x))))


def triangle(rows):
    """Each row of scores by itself; weights that training does not move."""
    layer = conv1d(rows, rows, len(TRIANGLE), 4, groups=rows)
    layer.weight.data[:] = torch.tensor(TRIANGLE) / sum(TRIANGLE)
    layer.bias.data.zero_()
    return layer.requires_grad_(False)


class FloatSorter(nn.Module):
    """The same network in floating point, nothing quantized."""

    timing = TIMING
    step = 2.0**-16  # of its score, fine enough to stand for a float in the peak picker

    def __init__(self, channels, units):
        super().__init__()
        size, patches = local_sizes(channels, units)
        self.bank = nn.Conv1d(1, filters(channels), KERNEL, STRIDE)
        self.each = nn.Conv1d(filters(channels), FEATURES, 1)
        self.local = nn.Conv1d(FEATURES * channels, size, 1, groups=patches)
        self.head = nn.Conv1d(size, 1 + units, 1)
        self.triangle = triangle(1 + units)

    def head_sum(self, x):
        batch, channels, frames = x.shape
        x = torch.relu(self.each(torch.relu(self.bank(x.reshape(batch * channels, 1, frames)))))
        return self.head(torch.relu(self.local(x.reshape(batch, -1, x.shape[2]))))

    def logits(self, x):
        return self.head_sum(x)[..., len(TRIANGLE) - 1 :]

    def score(self, x):
        rows = torch.relu(self.head_sum(x))
        weight, groups = self.triangle.weight.detach(), rows.shape[1]
        return torch.nn.functional.conv1d(rows, weight, groups=groups) / self.step


NETWORK = Sorter
RECIPE = SorterRecipe(
    name="local_sorter",
    forms={
        "float": Form(FloatSorter, filtered_float, FloatSorter.step),
        "quantized": Form(Sorter, filtered, 2.0**EXPONENT),
    },
    # delay: what the network sees of a spike, and half the triangle; 0.64 ms of silence after an event
    picking=Picking(delay=32, reach=2, refractory=4, stride=STRIDE),
    spread=(5, 5),
    smoothing=STRIDE * (len(TRIANGLE) // 2),
    schedule=Schedule(epochs=10, rate=1e-2, crop=512, batch=8),
    after_float=Schedule(epochs=8, rate=2e-3, crop=512, batch=8),
    again=Schedule(epochs=8, rate=2e-3, crop=512, batch=8),
    shipped=Path(__file__).with_name("model.onnx"),
    weight_bits=WEIGHT_BITS,
)


def train(*arguments, **options):
    return train_sorter(RECIPE, *arguments, **options)


if __name__ == "__main__":
    main(train, __doc__)
