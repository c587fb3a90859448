"""detector: cnn_sorter's network with one row, which says "a spike" (YASS's detector, Lee et al. 2017).

From raw samples to the events of whoever fires, one answer a frame. Read it from top to bottom:

    high-pass (integers) -> scale -> conv1 (16 filters, 37 frames) -> conv2 (8) -> head (1 row, 3 frames) -> peaks

Layers, types and event delay are those of models/cnn_sorter/train.py, made for no unit: its filters serve the one
question alone. The labels are the sorter's, joined; who fired is not used. Trained like it, with a float twin.
"""

from dataclasses import replace
from functools import partial
from pathlib import Path

from edgesort.train.recipe import load, main
from edgesort.train.sorter import train_sorter

SORTER = load("cnn_sorter")
NETWORK = SORTER.Sorter
FORMS = SORTER.RECIPE.forms
WEIGHT_BITS = 4
RECIPE = replace(
    SORTER.RECIPE,
    name="detector",
    detector=True,
    schedule=replace(SORTER.RECIPE.schedule, epochs=12),  # one question takes fewer than five
    weight_bits=WEIGHT_BITS,
    forms=FORMS | {"quantized": replace(FORMS["quantized"], kind=partial(NETWORK, bits=WEIGHT_BITS))},
    shipped=Path(__file__).with_name("model.onnx"),
)


def train(*arguments, **options):
    return train_sorter(RECIPE, *arguments, **options)


if __name__ == "__main__":
    main(train, __doc__)
