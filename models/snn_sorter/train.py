"""snn_sorter: a spiking sorter, in the spirit of Loihi's spiking sorters, with the device's own neurons.

From raw samples to unit events, one answer every 4 samples. Read it from top to bottom:

    high-pass (integers) -> scale -> delta coding -> conv (stride 4) -> LIF -> dense -> LIF -> head -> peaks

Delta coding makes up and down spikes of the samples, once for each of `thresholds`, coarse and fine, in steps of the
scale; without thresholds the samples themselves go into the convolution. Between all further layers there is nothing
but spikes. The first layer's neurons forget at different rates (leak 1 to 4). The head sees the spikes of both
layers. Row 0 of the head says "any spike", row k says "unit k".
"""

from pathlib import Path

import torch

from edgesort.train.delta import Delta
from edgesort.train.events import Picking
from edgesort.train.frontend import filtered
from edgesort.train.loop import Schedule
from edgesort.train.network import Network
from edgesort.train.neurons import Lif, scaled
from edgesort.train.quantizers import conv1d, layer_bits, signed, unsigned
from edgesort.train.recipe import main
from edgesort.train.sorter import Form, SorterRecipe, train_sorter
from edgesort.train.timing import Timing

NEURONS, LAST = 128, 32
KERNEL, STRIDE, HEAD_KERNEL = 24, 4, 10  # 1.2 ms, 0.2 ms, 2 ms
MEMBRANE_BITS, CURRENT_BITS = 12, 10
WEIGHT_BITS = 8
MIXED_BITS = (8, 4, 6)  # of convolution, dense and head, for the table of the card
THRESHOLDS = ()  # of the delta coding
DELTA_THRESHOLDS = (3, 8, 18, 40)  # of its spiking twin: the N1's noise is about 7 steps
SPARSE = 3.0  # spikes are rarer than samples: the first weights begin so much greater
INPUT_EXPONENT = EXPONENT = -4
CURRENT_EXPONENT = -6  # a threshold of 1 is 64 steps of the membrane


class Sorter(Network):
    """[B, channels, T] -> scores [B, 1 + units, (T - history) / STRIDE]."""

    timing = Timing(
        history=KERNEL - STRIDE + STRIDE * (HEAD_KERNEL - 1),
        stride=STRIDE,
        period=STRIDE,
        recurrent=True,
        zeros=KERNEL - STRIDE,
        warm=16,
    )

    def __init__(self, channels, units, bits=WEIGHT_BITS, neurons=NEURONS, last=LAST, thresholds=THRESHOLDS):
        super().__init__()
        self.options = {"bits": bits, "neurons": neurons, "last": last, "thresholds": thresholds}
        conv, dense, head = layer_bits(bits, 3)
        self.scale = signed(INPUT_EXPONENT)
        self.deltas = [f"delta{threshold}" for threshold in thresholds]
        for name, threshold in zip(self.deltas, thresholds, strict=True):
            self.add_module(name, Delta((threshold,)))
        lines = 2 * channels * len(thresholds) or channels
        self.conv = conv1d(lines, neurons, KERNEL, conv, stride=STRIDE)
        self.conv.weight.data *= SPARSE if thresholds else 1.0
        self.current1 = signed(CURRENT_EXPONENT, CURRENT_BITS)
        leaks = tuple(1 + neuron % 4 for neuron in range(neurons))
        self.lif1 = Lif(neurons, leaks, 1.0, MEMBRANE_BITS, CURRENT_EXPONENT)
        self.dense = conv1d(neurons, last, 1, dense)
        self.current2 = signed(CURRENT_EXPONENT, CURRENT_BITS)
        self.lif2 = Lif(last, 1, 1.0, MEMBRANE_BITS, CURRENT_EXPONENT)
        self.head = conv1d(neurons + last, 1 + units, HEAD_KERNEL, head)
        self.head_act = unsigned(EXPONENT)

    def coded(self, x):
        """What goes into the convolution: samples, or spikes."""
        if not self.deltas:
            return x
        return joined([getattr(self, name)(x) for name in self.deltas])

    def head_sum(self, x):
        first = self.lif1(self.current1(self.conv(self.coded(self.scale(x)))))
        return self.head(joined([self.lif2(self.current2(self.dense(first))), first]))


def joined(spikes):
    """Spikes of several layers, side by side."""
    return scaled(torch.cat([each.value for each in spikes], 1), 1.0, 1, False)


NETWORK = Sorter
RECIPE = SorterRecipe(
    name="snn_sorter",
    forms={"quantized": Form(Sorter, filtered, 2.0**EXPONENT)},
    picking=Picking(delay=22, reach=2, refractory=3, stride=STRIDE),
    spread=(2, 1),  # exactly one frame a spike
    schedule=Schedule(epochs=20, rate=7e-3, crop=256, batch=64, positive_weight=10.0),
    shipped=Path(__file__).with_name("model.onnx"),
    weight_bits=WEIGHT_BITS,
)


def train(*arguments, **options):
    return train_sorter(RECIPE, *arguments, **options)


if __name__ == "__main__":
    main(train, __doc__)
