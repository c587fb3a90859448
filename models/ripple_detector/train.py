"""ripple_detector: ripple or not, for every sample of a field potential; the U-Net of unet_segmenter on 1 kHz.

    samples -> fine, coarse -> [conv, pool] x 2 -> conv -> [repeat, concat skip, conv] x 2 -> head -> threshold

Labels are the spans of a sorting with the units "start" and "end" (edgesort/data/spans.py). A run of samples that are
said to be ripple, gaps of 20 ms and less closed, is an event. edgesort.data.ripples.simulated makes a recording.
"""

from edgesort.data.spans import from_sorting, runs
from edgesort.train.loop import Schedule
from edgesort.train.recipe import main
from edgesort.train.segment import SegmentRecipe, spans, train_segmenter
from edgesort.train.segment_network import Segmenter, Shape
from edgesort.train.segment_scores import by_event

SHAPE = Shape(
    rows=1,
    pools=(2, 4),
    kernels=(10, 5, 5),
    average=8,  # 8 ms
    fine=-7,  # 8 counts of the ADC
    coarse=-5,  # 32 counts
    gated=False,
    weight_bits=8,
)
DELAY = 25  # ms
JOIN = 20  # ms between two runs that are one event


def judge(found, marked, start, end):
    """Events in the scored part. Latency counts from the ripple's start to the sample in which the device says it."""
    true = from_sorting(marked.data.sorting)
    true = true[(true[:, 0] >= start) & (true[:, 1] <= end)] - start
    event = by_event(runs(found[start:end, 0], JOIN), true, end - start, marked.data.frequency)
    return {"event": event | {"latency_ms": event["latency_ms"] + 1000 * DELAY / marked.data.frequency}}


RECIPE = SegmentRecipe(
    name="ripple_detector",
    shape=SHAPE,
    labels=("ripple",),
    delay=DELAY,
    schedule=Schedule(epochs=80, rate=4e-3, crop=1024, batch=8, positive_weight=1.0),
    again=Schedule(epochs=16, rate=2e-3, crop=1024, batch=8, positive_weight=1.0),
    truth=spans,
    judge=judge,
)


def NETWORK(channels, units):
    return Segmenter(SHAPE, channels)


def train(*arguments, **options):
    return train_segmenter(RECIPE, *arguments, **options)


if __name__ == "__main__":
    main(train, __doc__)
