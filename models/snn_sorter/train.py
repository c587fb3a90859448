"""snn_sorter: a recurrent spiking sorter, in the spirit of tinyRSNN and of Loihi's spiking sorters.

From raw samples to unit events, one answer every 4 samples. Read it from top to bottom:

    high-pass (integers) -> scale -> conv (stride 4) -> LIF, recurrent -> dense -> LIF -> head over 6 frames -> peaks

Between the layers there is nothing but spikes. The first layer's neurons forget at different rates (leak 1 to 4),
and their spikes come back to them in the next frame. Row 0 of the head says "any spike", row k says "unit k".
"""

from edgesort.train.events import Picking
from edgesort.train.frontend import filtered
from edgesort.train.loop import Schedule
from edgesort.train.network import Network
from edgesort.train.neurons import Lif
from edgesort.train.quantizers import conv1d, layer_bits, signed, unsigned
from edgesort.train.recipe import main
from edgesort.train.sorter import Form, SorterRecipe, train_sorter
from edgesort.train.timing import Timing

NEURONS, LAST = 48, 32
KERNEL, STRIDE, HEAD_KERNEL = 24, 4, 6  # 1.2 ms, 0.2 ms, 1.2 ms
LEAKS = tuple(1 + neuron % 4 for neuron in range(NEURONS))
MEMBRANE_BITS, CURRENT_BITS = 12, 10
WEIGHT_BITS = 6
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

    def __init__(self, channels, units, bits=WEIGHT_BITS):
        super().__init__()
        self.options = {"bits": bits}
        conv, dense, head = layer_bits(bits, 3)
        self.scale = signed(INPUT_EXPONENT)
        self.conv = conv1d(channels, NEURONS, KERNEL, conv, stride=STRIDE)
        self.current1 = signed(CURRENT_EXPONENT, CURRENT_BITS)
        self.lif1 = Lif(NEURONS, LEAKS, 1.0, MEMBRANE_BITS, CURRENT_EXPONENT, recurrent=True)
        self.dense = conv1d(NEURONS, LAST, 1, dense)
        self.current2 = signed(CURRENT_EXPONENT, CURRENT_BITS)
        self.lif2 = Lif(LAST, 1, 1.0, MEMBRANE_BITS, CURRENT_EXPONENT)
        self.head = conv1d(LAST, 1 + units, HEAD_KERNEL, head)
        self.head_act = unsigned(EXPONENT)

    def head_sum(self, x):
        spikes = self.lif1(self.current1(self.conv(self.scale(x))))
        return self.head(self.lif2(self.current2(self.dense(spikes))))


NETWORK = Sorter
RECIPE = SorterRecipe(
    name="snn_sorter",
    forms={"quantized": Form(Sorter, filtered, 2.0**EXPONENT)},
    picking=Picking(delay=18, reach=2, refractory=3, stride=STRIDE),
    spread=(2, 1),  # exactly one frame a spike
    schedule=Schedule(epochs=26, rate=1e-2, crop=128, batch=96, positive_weight=10.0),
    weight_bits=WEIGHT_BITS,
)


def train(*arguments, **options):
    return train_sorter(RECIPE, *arguments, **options)


if __name__ == "__main__":
    main(train, __doc__)
