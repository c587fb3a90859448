"""detector: cnn_sorter's network with one row, which says "a spike" (YASS's detector, Lee et al. 2017).

From raw samples to the events of whoever fires, one answer a frame. Read it from top to bottom:

    high-pass (integers) -> scale -> conv1 (16 filters, 31 frames) -> conv2 (8) -> head (1 row, 3 frames) -> peaks

Layers and types are those of models/cnn_sorter/train.py, made for no unit: its filters serve the one question alone,
and are of 31 frames, so that 64 channels fit an ECP5-25F. The labels are the sorter's, joined. Trained like it, with a
float twin.
"""

from dataclasses import replace
from functools import partial
from pathlib import Path

from edgesort.train.recipe import load, main
from edgesort.train.sorter import train_sorter

SORTER = load("cnn_sorter")
NETWORK = SORTER.Sorter
FORMS = SORTER.RECIPE.forms
KERNEL, WEIGHT_BITS = 31, 4
RECIPE = replace(
    SORTER.RECIPE,
    name="detector",
    detector=True,
    schedule=replace(SORTER.RECIPE.schedule, epochs=12),  # one question takes fewer than five
    weight_bits=WEIGHT_BITS,
    forms={
        "quantized": replace(FORMS["quantized"], kind=partial(NETWORK, bits=WEIGHT_BITS, kernel=KERNEL)),
        "float": replace(FORMS["float"], kind=partial(SORTER.FloatSorter, kernel=KERNEL)),
    },
    picking=replace(SORTER.RECIPE.picking, delay=8),
    shipped=Path(__file__).with_name("model.onnx"),
)


def train(*arguments, **options):
    return train_sorter(RECIPE, *arguments, **options)


if __name__ == "__main__":
    main(train, __doc__)
