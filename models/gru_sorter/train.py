"""gru_sorter: a recurrent spike sorter, in the spirit of SimSort's identifier (Zhang et al. 2025) as a stream.

From raw samples to unit events, one answer every 8 samples. Read it from top to bottom:

    high-pass (integers) -> scale -> conv (stride 8) -> GRU -> GRU -> head -> peaks

What a GRU remembers needs no line buffer: the device keeps 36 numbers in place of a window. Row 0 of the head says
"any spike", row k says "unit k".
"""

from edgesort.train.events import Picking
from edgesort.train.frontend import filtered
from edgesort.train.loop import Schedule
from edgesort.train.network import Network
from edgesort.train.neurons import Gru
from edgesort.train.quantizers import conv1d, layer_bits, signed, unsigned
from edgesort.train.recipe import main
from edgesort.train.sorter import Form, SorterRecipe, train_sorter
from edgesort.train.timing import Timing

FILTERS, UNITS, LAST = 24, 20, 16
KERNEL, STRIDE = 24, 8  # 1.2 ms, 0.4 ms
WEIGHT_BITS = 6
INPUT_EXPONENT = EXPONENT = -4


class Sorter(Network):
    """[B, channels, T] -> scores [B, 1 + units, (T - KERNEL) / STRIDE + 1]."""

    timing = Timing(KERNEL - STRIDE, STRIDE, STRIDE, recurrent=True, zeros=KERNEL - STRIDE, warm=8)

    def __init__(self, channels, units, bits=WEIGHT_BITS):
        super().__init__()
        self.options = {"bits": bits}
        conv, gru1, gru2, head = layer_bits(bits, 4)
        self.scale = signed(INPUT_EXPONENT)
        self.conv = conv1d(channels, FILTERS, KERNEL, conv, stride=STRIDE)
        self.conv_act = signed(EXPONENT)
        self.gru1 = Gru(FILTERS, UNITS, gru1)
        self.gru2 = Gru(UNITS, LAST, gru2)
        self.head = conv1d(LAST, 1 + units, 1, head)
        self.head_act = unsigned(EXPONENT)

    def head_sum(self, x):
        return self.head(self.gru2(self.gru1(self.conv_act(self.conv(self.scale(x))))))


NETWORK = Sorter
RECIPE = SorterRecipe(
    name="gru_sorter",
    forms={"quantized": Form(Sorter, filtered, 2.0**EXPONENT)},
    picking=Picking(delay=16, reach=1, refractory=1, stride=STRIDE),
    spread=(4, 3),  # exactly one frame a spike
    schedule=Schedule(epochs=34, rate=1e-2, crop=256, batch=64, positive_weight=10.0),
    weight_bits=WEIGHT_BITS,
)


def train(*arguments, **options):
    return train_sorter(RECIPE, *arguments, **options)


if __name__ == "__main__":
    main(train, __doc__)
