"""contrastive_sorter: ACCM's form (arXiv 2205.11914) as a stream: an embedding learned without labels, a row a unit.

From raw samples to unit events, one answer every 4 samples. Read it from top to bottom:

    high-pass (integers) -> scale -> conv1 -> conv2 -> conv3 -> embed (8 dimensions) -> head over 3 frames -> peaks

The encoder up to `embed` is trained on the recording's own detections, whoever fired them (edgesort/train/contrast.py).
Row 0 of the head says "any spike", row k says "unit k", each by itself: a new unit costs 25 numbers. Four ways to go
on, of one network: RECIPE trains all layers with the labels, from that encoder; FROZEN, ACCM's own form, trains the
head's rows alone; PROTOTYPES makes them of means and covariances, with nothing to train; CLASSES, the twin, is RECIPE
without the contrast.
"""

from dataclasses import replace
from functools import partial

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view
from torch import nn

from edgesort.data.matching import whitened
from edgesort.train.contrast import (
    DIMENSIONS,
    FILTERS,
    KERNELS,
    LENGTH,
    STRIDE,
    STRIDES,
    Encoder,
    SpikeAugmentation,
    train_encoder,
)
from edgesort.train.detect import EARLY, detect, quiet_times, snippets
from edgesort.train.events import Picking
from edgesort.train.frontend import filtered, filtered_float
from edgesort.train.loop import Schedule
from edgesort.train.network import Network
from edgesort.train.quantizers import conv1d, layer_bits, signed, unsigned
from edgesort.train.recipe import main
from edgesort.train.sorter import Form, SorterRecipe, train_sorter
from edgesort.train.targets import targets
from edgesort.train.timing import Timing

HEAD_KERNEL = 3
WEIGHT_BITS = 6
INPUT_EXPONENT = EXPONENT = -4
SPREAD_OF_SPIKES = 2.0  # standard deviation of their embeddings, which are cut at 8
QUIET = 2000  # snippets of noise
STEPS = 1000
ASTRAY = 5, 16  # samples by which a window misses its spike: from there on it is none
HOW = SpikeAugmentation(overlap=0.5, apart=5)
TIMING = Timing(history=LENGTH - STRIDE + STRIDE * (HEAD_KERNEL - 1), stride=STRIDE, period=STRIDE)
# delay: what the network sees after a spike; 0.8 ms of silence after an event
PICKING = Picking(delay=LENGTH - EARLY + STRIDE * (HEAD_KERNEL // 2), reach=2, refractory=4, stride=STRIDE)
SPREAD = (3, 3)
ENCODER = ("conv1", "conv2", "conv3", "embed")


class Sorter(Network):
    """The network as the device computes it: [B, channels, T] -> scores [B, 1 + units, (T - history) / STRIDE]."""

    timing = TIMING

    def __init__(self, channels, units, bits=WEIGHT_BITS, frozen=False):
        super().__init__()
        self.options = {"bits": bits}
        first, second, third, embed, head = layer_bits(bits, 5)
        self.scale = signed(INPUT_EXPONENT)
        self.conv1 = conv1d(channels, FILTERS[0], KERNELS[0], first, STRIDES[0])
        self.conv1_act = unsigned(EXPONENT)
        self.conv2 = conv1d(FILTERS[0], FILTERS[1], KERNELS[1], second, STRIDES[1])
        self.conv2_act = unsigned(EXPONENT)
        self.conv3 = conv1d(FILTERS[1], FILTERS[2], KERNELS[2], third, STRIDES[2])
        self.conv3_act = unsigned(EXPONENT)
        self.embed = conv1d(FILTERS[2], DIMENSIONS, 1, embed)
        self.embed_act = signed(EXPONENT)
        self.head = conv1d(DIMENSIONS, 1 + units, HEAD_KERNEL, head)
        self.head_act = unsigned(EXPONENT)
        if frozen:
            freeze(self)

    def head_sum(self, x):
        x = self.conv2_act(self.conv2(self.conv1_act(self.conv1(self.scale(x)))))
        return self.head(self.embed_act(self.embed(self.conv3_act(self.conv3(x)))))


class FloatSorter(Encoder):
    """The same network in floating point, nothing quantized."""

    timing = TIMING
    step = 2.0**-16  # of its score, fine enough to stand for a float in the peak picker

    def __init__(self, channels, units):
        super().__init__(channels)
        self.head = nn.Conv1d(DIMENSIONS, 1 + units, HEAD_KERNEL)

    def logits(self, x):
        return self.head(self(x))

    def score(self, x):
        return torch.relu(self.logits(x)) / self.step


def freeze(network):
    for layer in ENCODER:
        getattr(network, layer).requires_grad_(False)


def learn_encoder(network, data, inputs, seed):
    """Train the encoder of `network` on what is detected in `inputs` [T, C], the part that trains; no label is read.

    Its embeddings are then moved and scaled so that the recording's mean is 0 and spikes spread by SPREAD_OF_SPIKES.
    """
    raw = whitened(data.samples[: len(inputs)], data.frequency)
    times = detect(raw, np.arange(data.channels)[None]).times
    still = quiet_times(times, QUIET, len(inputs), seed)
    every = np.arange(data.channels)
    rng = np.random.default_rng([seed, 8])
    astray = times + rng.choice([-1, 1], len(times)) * rng.integers(*ASTRAY, len(times))
    spikes, noise, others = (
        snippets(inputs, at, np.tile(every, (len(at), 1))) for at in (times, still, np.concatenate([still, astray]))
    )
    train_encoder(
        lambda x: network(x)[..., 0],
        [parameter for name in ENCODER for parameter in getattr(network, name).parameters()],
        spikes,
        noise,
        seed,
        steps=STEPS,
        temperature=0.1,
        how=HOW,
        others=others,
        sphere=3.0,
    )
    with torch.no_grad():
        embedded = embeddings(network, inputs)
        around = embedded[(times - EARLY) // STRIDE]
        gain = SPREAD_OF_SPIKES / float(around.std())
        network.embed.bias -= torch.from_numpy(embedded.mean(0))
        network.embed.weight *= gain
        network.embed.bias *= gain


def learn_frozen_encoder(network, data, inputs, seed):
    """The encoder, which stays as it is from then on."""
    learn_encoder(network, data, inputs, seed)
    freeze(network)


def make_prototypes(network, data, inputs, seed):
    """The encoder, and for each row the direction in which its frames differ most from all others, for their spread.

    w = S^-1 (mean of the row's frames - mean of the others), Fisher 1936, over HEAD_KERNEL frames of the embedding;
    scaled so that the row's mean spike scores PROTOTYPE above its bias.
    """
    learn_encoder(network, data, inputs, seed)
    embedded = embeddings(network, inputs)
    lines = sliding_window_view(embedded, HEAD_KERNEL, axis=0)
    lines = lines.reshape(len(lines), -1)
    wanted = targets(data.trains, len(inputs), PICKING.delay, SPREAD)
    first = TIMING.history + STRIDE - 1
    marked = wanted[:, first::STRIDE][:, : len(lines)] > 0
    spread = np.cov(lines[: marked.shape[1]].T) + 1e-6 * np.eye(lines.shape[1])
    with torch.no_grad():
        for row, mark in enumerate(marked):
            mean = lines[: len(mark)][mark].mean(0)
            direction = np.linalg.solve(spread, mean - lines[: len(mark)][~mark].mean(0))
            direction *= PROTOTYPE / (direction @ mean)
            network.head.weight[row] = torch.from_numpy(direction.reshape(DIMENSIONS, HEAD_KERNEL))


def embeddings(network, inputs):
    """float32 [T', DIMENSIONS] of inputs [T, C]."""
    with torch.no_grad():
        return Encoder.forward(network, torch.from_numpy(inputs.T.copy())[None])[0].T.numpy()


PROTOTYPE = 12.0
NETWORK = Sorter
FORMS = {
    "float": Form(FloatSorter, filtered_float, FloatSorter.step, learn_encoder),
    "quantized": Form(Sorter, filtered, 2.0**EXPONENT),
}
RECIPE = SorterRecipe(
    name="contrastive_sorter",
    forms=FORMS,
    picking=PICKING,
    spread=SPREAD,
    schedule=Schedule(epochs=20, rate=5e-3, crop=512, batch=32),
    after_float=Schedule(epochs=8, rate=2e-3, crop=512, batch=32),
    weight_bits=WEIGHT_BITS,
)
FROZEN = replace(
    RECIPE,
    forms={
        "float": replace(FORMS["float"], begin=learn_frozen_encoder),
        "quantized": replace(FORMS["quantized"], kind=partial(Sorter, frozen=True)),
    },
    schedule=replace(RECIPE.schedule, rate=1e-2),
    after_float=replace(RECIPE.after_float, rate=3e-3),
)
NO_STEPS = replace(RECIPE.schedule, epochs=0)
PROTOTYPES = replace(
    RECIPE,
    forms=FORMS | {"float": replace(FORMS["float"], begin=make_prototypes)},
    schedule=NO_STEPS,
    after_float=NO_STEPS,
)
CLASSES = replace(RECIPE, forms=FORMS | {"float": replace(FORMS["float"], begin=None)})


def train(*arguments, recipe=RECIPE, **options):
    return train_sorter(recipe, *arguments, **options)


if __name__ == "__main__":
    main(train, __doc__)
