"""cnn_sorter: a streaming convolutional spike sorter of the size of YASS's detector (Lee et al. 2017).

From raw samples to unit events, one answer a frame. Read it from top to bottom:

    high-pass (integers) -> scale -> conv1 -> conv2 -> head -> peaks

Row 0 of the head says "any spike", row k says "unit k". The network is trained with the device's own
arithmetic (quantization-aware, brevitas); a float twin with the same shape and the same budget shows
what that costs. The first half of the recording trains, the next tenth chooses thresholds, the rest is scored.
"""

from pathlib import Path

import torch
from torch import nn

from edgesort.train.events import Picking
from edgesort.train.frontend import filtered, filtered_float
from edgesort.train.loop import Schedule
from edgesort.train.network import Network
from edgesort.train.quantizers import conv1d, layer_bits, signed, unsigned
from edgesort.train.recipe import main
from edgesort.train.sorter import Form, SorterRecipe, train_sorter
from edgesort.train.timing import Timing

FILTERS, FEATURES = 16, 8
KERNEL, HEAD_KERNEL = 37, 3
WEIGHT_BITS = 6
INPUT_EXPONENT = -4  # 64 counts of the ADC a step: about 7 steps to the noise of the N1, clipped at +-17 times it
EXPONENT = -4  # of the activations and the score: logits of 0 to 16


class Sorter(Network):
    """The network as the device computes it: [B, channels, T] -> scores [B, 1 + units, T - history]."""

    def __init__(self, channels, units, bits=WEIGHT_BITS, kernel=KERNEL):
        super().__init__()
        self.options = {"bits": bits, "kernel": kernel}
        self.timing = Timing(history=kernel + HEAD_KERNEL - 2)
        conv1, conv2, head = layer_bits(bits, 3)
        self.scale = signed(INPUT_EXPONENT)
        self.conv1 = conv1d(channels, FILTERS, kernel, conv1)
        self.conv1_act = unsigned(EXPONENT)
        self.conv2 = conv1d(FILTERS, FEATURES, 1, conv2)
        self.conv2_act = unsigned(EXPONENT)
        self.head = conv1d(FEATURES, 1 + units, HEAD_KERNEL, head)
        self.head_act = unsigned(EXPONENT)

    def head_sum(self, x):
        x = self.conv1_act(self.conv1(self.scale(x)))
        return self.head(self.conv2_act(self.conv2(x)))


class FloatSorter(nn.Module):
    """The same network in floating point, nothing quantized."""

    step = 2.0**-16  # of its score, fine enough to stand for a float in the peak picker

    def __init__(self, channels, units, kernel=KERNEL):
        super().__init__()
        self.timing = Timing(history=kernel + HEAD_KERNEL - 2)
        self.conv1 = nn.Conv1d(channels, FILTERS, kernel)
        self.conv2 = nn.Conv1d(FILTERS, FEATURES, 1)
        self.head = nn.Conv1d(FEATURES, 1 + units, HEAD_KERNEL)

    def logits(self, x):
        return self.head(torch.relu(self.conv2(torch.relu(self.conv1(x)))))

    def score(self, x):
        return torch.relu(self.logits(x)) / self.step


NETWORK = Sorter
RECIPE = SorterRecipe(
    name="cnn_sorter",
    forms={
        "quantized": Form(Sorter, filtered, 2.0**EXPONENT),
        "float": Form(FloatSorter, filtered_float, FloatSorter.step),
    },
    # delay: frames it sees after the trough; a peak exceeds 5 frames either side; 0.8 ms of silence after it
    picking=Picking(delay=13, reach=5, refractory=16),
    schedule=Schedule(epochs=40, rate=1e-2),
    again=Schedule(epochs=8, rate=2e-3),
    shipped=Path(__file__).with_name("model.onnx"),
    weight_bits=WEIGHT_BITS,
)


def train(*arguments, **options):
    return train_sorter(RECIPE, *arguments, **options)


if __name__ == "__main__":
    main(train, __doc__)
