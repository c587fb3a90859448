"""unet_segmenter: a causal, streaming 1-D U-Net that marks the samples in which a unit spikes.

Three poolings down and three repeats up, with a skip at each level. Read it from top to bottom:

    high-pass (integers) -> scale -> [conv, pool] x 3 -> conv -> [repeat, concat skip, conv] x 3 -> head -> threshold

Nothing is padded: a skip is cropped to the time that the longer path below it answers for, and the compiler turns
what is left of the difference into a delay. The first half of the recording trains, the next tenth chooses the
threshold, the rest is scored, sample by sample.
"""

import time
from pathlib import Path

import numpy as np
import torch
from torch import nn

from edgesort.folders import refuse_existing
from edgesort.ops import Threshold
from edgesort.train.device import device_scores
from edgesort.train.export import export
from edgesort.train.frontend import ADC_EXPONENT, filtered, highpass
from edgesort.train.labelled import labelled, run_folder, write_results
from edgesort.train.loop import Schedule, fit, log, save_checkpoint
from edgesort.train.network import Network, parameters
from edgesort.train.quantizers import conv1d, signed, unsigned
from edgesort.train.recipe import main
from edgesort.train.targets import targets
from edgesort.train.timing import Timing

NAME = "unet_segmenter"
WIDTH = 8
FIRST_KERNEL, KERNEL = 5, 3
CROPS = (38, 15, 3)  # first frame of each level's skip that is joined with the first one of the path below it
WEIGHT_BITS = 6
INPUT_EXPONENT = EXPONENT = -4

DELAY = 10  # samples by which an answer comes late: what the network sees of a spike's flank
SPREAD = (6, 10)  # samples before and after its trough that belong to a spike
SCHEDULE = Schedule(epochs=24, rate=1e-2, crop=1024, batch=16, positive_weight=1.0)


class Segmenter(Network):
    """[B, channels, T] -> scores [B, 1, T'] for "spike"."""

    timing = Timing(history=53, period=8)

    def __init__(self, channels, units=0):
        super().__init__()
        self.scale = signed(INPUT_EXPONENT)
        self.pool, self.repeat = nn.MaxPool1d(2), nn.Upsample(scale_factor=2)
        for level, inputs in enumerate((channels, WIDTH, WIDTH, WIDTH)):
            self.layer(f"down{level}", inputs, KERNEL if level else FIRST_KERNEL)
        for level in range(len(CROPS)):
            self.add_module(f"join{level}", unsigned(EXPONENT))
            self.layer(f"up{level}", 2 * WIDTH, KERNEL)
        self.head = conv1d(WIDTH, 1, 1, WEIGHT_BITS)
        self.head_act = signed(EXPONENT)

    def layer(self, name, inputs, kernel):
        self.add_module(name, conv1d(inputs, WIDTH, kernel, WEIGHT_BITS))
        self.add_module(f"{name}_act", unsigned(EXPONENT))

    def run(self, name, x):
        return getattr(self, f"{name}_act")(getattr(self, name)(x))

    def head_sum(self, x):
        x, skips = self.scale(x), []
        for level in range(len(CROPS)):
            skips.append(self.run(f"down{level}", x))
            x = self.pool(skips[-1])
        x = self.run(f"down{len(CROPS)}", x)
        for level in reversed(range(len(CROPS))):
            below, first = self.repeat(x).value, CROPS[level]
            skip = skips[level].value[:, :, first : first + below.shape[2]]
            x = self.run(f"up{level}", getattr(self, f"join{level}")(torch.cat([below, skip], 1)))
        return self.head(x)


NETWORK = Segmenter


def overlap(found, true):
    """Samples in both over samples in either: 1 where they agree, and little by chance."""
    return float((found & true).sum() / max(1, (found | true).sum()))


def train(recording, sorting, out, from_scratch=True, resume=False, epochs=None, seed=0):
    """Train on `recording` (integers) with the labels `sorting`; write the folder `out`; return the results."""
    began, out = (time.monotonic(), time.process_time()), Path(out)
    refuse_existing(out)
    torch.set_num_threads(1)
    data = labelled(recording, sorting)
    schedule = SCHEDULE.lasting(epochs)
    inputs = filtered(data.samples, data.frequency)
    wanted = targets(data.trains, len(inputs), DELAY, SPREAD)[:1]
    torch.manual_seed(seed)
    network = Segmenter(data.channels)
    with run_folder(out, resume) as partial:
        part, given = slice(*data.parts.train), (schedule, seed, partial / "quantized.pt", resume, "quantized")
        losses = fit(network, network.timing, inputs[part], wanted[:, part], *given)

        # The threshold that is best on the tenth that neither trained nor is scored.
        answers, truth = device_scores(network, data, ("spike",))[:, 0], wanted[0] > 0
        part = slice(*data.parts.threshold)
        level = max(range(-64, 64, 2), key=lambda level: overlap(answers[part] > level, truth[part]))

        # Score the rest; by chance: the same answers moved round by half of it.
        part = slice(*data.parts.score)
        found, true = answers[part] > level, truth[part]
        results = {"model": NAME, "seed": seed, "epochs": schedule.epochs, "split": data.parts.__dict__}
        results |= {"loss_quantized": losses, "threshold": level, "weight_bits": WEIGHT_BITS}
        results |= {"overlap": overlap(found, true), "chance": overlap(np.roll(found, len(found) // 2), true)}
        results |= {"recall": float(found[true].mean()), "precision": float(true[found].mean())}
        results |= {"parameters": parameters(network), "seconds": time.monotonic() - began[0]}
        results |= {"cpu_seconds": time.process_time() - began[1]}
        log.print(f"    overlap {results['overlap']:.3f} on the scored part, {results['chance']:.3f} by chance")
        stated = ("weight_bits", "parameters", "seed", "epochs", "overlap", "chance")
        export(
            network,
            partial / "model.onnx",
            name=NAME,
            channels=data.channels,
            timing=network.timing,
            sampling_frequency=data.frequency,
            adc_exponent=ADC_EXPONENT,
            before={"highpass": highpass(data.frequency)},
            after={"spike": Threshold((level,))},
            event_delay=DELAY,
            labels=("spike",),
            provenance=data.provenance() | {key: results[key] for key in stated},
        )
        content = {"model": NAME, "sampling_frequency": data.frequency, "channels": data.channels, "units": 0}
        save_checkpoint(partial / "checkpoint.pt", network, **content)
        write_results(partial, results)
    return results


if __name__ == "__main__":
    main(train, __doc__)
