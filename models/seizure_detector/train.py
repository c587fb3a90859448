"""seizure_detector: seizure or not, for every moment of an EEG; the U-Net of unet_segmenter on 173.61 Hz.

    samples -> fine, coarse -> [conv, pool] x 3 -> conv -> [repeat, concat skip, conv] x 3 -> head
            -> mean of the score over 23.6 s -> threshold

Labels are the spans of a sorting with the units "start" and "end" (edgesort/data/spans.py). On Bonn's EEG
(edgesort.data.eeg.bonn) each tenth of the recording is 40 whole segments, eight of each set, so the split is one by
segment. The decision for a segment is the device's answer at its last sample.
"""

import numpy as np

from edgesort.data.eeg import SEGMENT
from edgesort.data.spans import from_sorting, runs
from edgesort.train.loop import Schedule
from edgesort.train.recipe import main
from edgesort.train.segment import SegmentRecipe, spans, train_segmenter
from edgesort.train.segment_network import Segmenter, Shape
from edgesort.train.segment_scores import by_event
from edgesort.train.split import Split

SHAPE = Shape(
    rows=1,
    pools=(2, 4, 4),
    kernels=(6, 3, 4, 17),  # the bottom's frames are of 0.18 s each: 3.1 s
    average=32,  # 0.18 s
    fine=-8,  # 4 counts of the ADC
    coarse=-6,  # 16 counts
    bottom_width=16,
    gated=False,
    mean=4096,
    mean_stride=8,
    weight_bits=8,
)
DELAY = 40


def parts(frames, frequency):
    """Seven tenths of the segments train, one chooses the level, two are scored."""
    tenth = frames // 10
    return Split((0, 7 * tenth), (7 * tenth, 8 * tenth), (8 * tenth, frames))


def lasts(start, end):
    """The last sample of each segment in the part [start, end), less the delay: what the device says at that time."""
    return np.arange(start // SEGMENT + 1, end // SEGMENT + 1) * SEGMENT - 1 - DELAY


def reward(found, true, start):
    at = lasts(start, start + len(found)) - start
    return float((found[at] == true[at]).mean())


def judge(found, marked, start, end):
    """The decision at the end of each segment of the scored part, and alarms against seizures."""
    at = lasts(start, end)
    decided, true = found[at, 0], marked.marks[at, 0]
    seizures = from_sorting(marked.data.sorting) - start
    alarms = runs(found[start:end, 0])
    return {
        "segments": len(at),
        "segment_accuracy": float((decided == true).mean()),
        "segment_sensitivity": float(decided[true].mean()),
        "segment_specificity": float(1 - decided[~true].mean()),
        "chance_accuracy": float((np.roll(decided, len(decided) // 2) == true).mean()),
        "event": by_event(alarms, seizures[seizures[:, 0] >= 0], end - start, marked.data.frequency),
    }


RECIPE = SegmentRecipe(
    name="seizure_detector",
    shape=SHAPE,
    labels=("seizure",),
    delay=DELAY,
    schedule=Schedule(epochs=16, rate=1e-2, crop=2048, batch=8, positive_weight=1.0),
    again=Schedule(epochs=3, rate=3e-3, crop=2048, batch=8, positive_weight=1.0),
    parts=parts,
    truth=spans,
    reward=reward,
    judge=judge,
)


def NETWORK(channels, units):
    return Segmenter(SHAPE, channels)


def train(*arguments, **options):
    return train_segmenter(RECIPE, *arguments, **options)


if __name__ == "__main__":
    main(train, __doc__)
