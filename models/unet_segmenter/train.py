"""unet_segmenter: spike, artefact or noise, for every sample of a broadband recording; a causal, streaming U-Net.

Artefacts of movement, stimulation and the mains are added at known times to the recording that is given; where its
spikes are is known from the sorting. Read the network in edgesort/train/segment_network.py:

    samples -> fine, coarse -> [conv, pool] x 3 -> conv -> [repeat, concat skip, conv] x 3 -> head -> thresholds

Of a sample that is marked twice, the artefact counts: a spike under it is not asked for. The first half of the
recording trains, the next tenth chooses the thresholds, the rest is scored, sample by sample.
"""

import numpy as np

from edgesort.data.artefacts import inject
from edgesort.train.loop import Schedule
from edgesort.train.recipe import main
from edgesort.train.segment import SegmentRecipe, train_segmenter
from edgesort.train.segment_network import Segmenter, Shape
from edgesort.train.targets import targets

SPREAD = (6, 10)  # samples before and after its trough that belong to a spike
SHAPE = Shape(
    rows=2,
    pools=(2, 4, 4),
    kernels=(6, 3, 4, 17),  # the bottom's frames are of 32 samples each: 28 ms
    average=16,  # 0.8 ms
    fine=-4,  # 64 counts of the ADC
    coarse=-2,  # 256 counts: all that 16 bits hold
    bottom_width=16,
    gated=False,
    baseline=16384,  # 0.84 s
    baseline_stride=32,
)


def truth(data, start, end, seed):
    injected = inject(data.samples[start:end], data.frequency, seed)
    spikes = targets(data.trains, end, 0, SPREAD)[0, start:] > 0
    artefacts = injected.marks()
    return injected.samples, np.stack([spikes & ~artefacts, artefacts], 1)


RECIPE = SegmentRecipe(
    name="unet_segmenter",
    shape=SHAPE,
    labels=("spike", "artefact"),
    delay=36,  # samples (1.8 ms) by which an answer comes late
    schedule=Schedule(epochs=6, rate=1e-2, crop=4096, batch=8, positive_weight=1.0),
    again=Schedule(epochs=2, rate=3e-3, crop=4096, batch=8, positive_weight=1.0),
    truth=truth,
    copies=4,
)


def NETWORK(channels, units):
    return Segmenter(SHAPE, channels)


def train(*arguments, **options):
    return train_segmenter(RECIPE, *arguments, **options)


if __name__ == "__main__":
    main(train, __doc__)
