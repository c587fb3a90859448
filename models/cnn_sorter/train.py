"""cnn_sorter: a streaming convolutional spike sorter of the size of YASS's detector (Lee et al. 2017).

From raw samples to unit events, one answer a frame. Read it from top to bottom:

    high-pass (integers) -> scale -> conv1 -> conv2 -> head -> peaks

Row 0 of the head says "any spike", row k says "unit k". The network is trained with the device's own
arithmetic (quantization-aware, brevitas); a float twin with the same shape and the same budget shows
what that costs. The first half of the recording trains, the next tenth chooses thresholds, the rest is scored.
"""

import argparse
import hashlib
import json
import os
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
import spikeinterface.core as si
import torch
from torch import nn

from edgesort.data.errors import DataError
from edgesort.data.recordings import frames, load_recording
from edgesort.data.scoring import score
from edgesort.data.sortings import load_sorting
from edgesort.folders import refuse_existing
from edgesort.ops import Peak
from edgesort.train.events import choose_thresholds, spikes
from edgesort.train.execute import scores
from edgesort.train.export import export
from edgesort.train.frontend import ADC_EXPONENT, filtered, filtered_float, highpass
from edgesort.train.loop import Schedule, fit, log, save_checkpoint
from edgesort.train.pretrained import labels as known
from edgesort.train.pretrained import load_weights
from edgesort.train.quantizers import conv1d, signed, unsigned
from edgesort.train.split import split
from edgesort.train.targets import targets

NAME = "cnn_sorter"
SHIPPED = Path(__file__).with_name("model.onnx")

FILTERS, FEATURES = 16, 8
KERNEL, HEAD_KERNEL = 31, 3
RECEPTIVE_FIELD = KERNEL + HEAD_KERNEL - 1
WEIGHT_BITS = 6
INPUT_EXPONENT = -4  # 64 counts of the ADC a step: about 7 steps to the noise of the N1, clipped at +-17 times it
EXPONENT = -4  # of the activations and the score: logits of 0 to 16

DELAY = 8  # frames from a spike's trough to the frame that shall score highest: what the network sees of its flank
REACH = 5  # frames on either side that a peak must exceed
REFRACTORY = 16  # frames, 0.8 ms

FROM_SCRATCH = Schedule(epochs=40, rate=1e-2)
FROM_SHIPPED = Schedule(epochs=8, rate=2e-3)


class Sorter(nn.Module):
    """The network as the device computes it: [B, channels, T] -> scores [B, 1 + units, T - RECEPTIVE_FIELD + 1]."""

    receptive_field = RECEPTIVE_FIELD

    def __init__(self, channels, units):
        super().__init__()
        self.scale = signed(INPUT_EXPONENT)
        self.conv1 = conv1d(channels, FILTERS, KERNEL, WEIGHT_BITS)
        self.conv1_act = unsigned(EXPONENT)
        self.conv2 = conv1d(FILTERS, FEATURES, 1, WEIGHT_BITS)
        self.conv2_act = unsigned(EXPONENT)
        self.head = conv1d(FEATURES, 1 + units, HEAD_KERNEL, WEIGHT_BITS)
        self.head_act = unsigned(EXPONENT)

    def head_sum(self, x):
        x = self.conv1_act(self.conv1(self.scale(x)))
        return self.head(self.conv2_act(self.conv2(x)))

    def forward(self, x):
        return self.head_act(self.head_sum(x))

    def logits(self, x):
        """What the loss sees: the head before it is cut to 8 bits, so that negative answers have a gradient."""
        return self.head_sum(x).value

    def score(self, x):
        return self(x).value * 2.0**-EXPONENT


class FloatSorter(nn.Module):
    """The same network in floating point, nothing quantized."""

    receptive_field = RECEPTIVE_FIELD
    step = 2.0**-16  # of its score, fine enough to stand for a float in the peak picker

    def __init__(self, channels, units):
        super().__init__()
        self.conv1 = nn.Conv1d(channels, FILTERS, KERNEL)
        self.conv2 = nn.Conv1d(FILTERS, FEATURES, 1)
        self.head = nn.Conv1d(FEATURES, 1 + units, HEAD_KERNEL)

    def logits(self, x):
        return self.head(torch.relu(self.conv2(torch.relu(self.conv1(x)))))

    def score(self, x):
        return torch.relu(self.logits(x)) / self.step


def build(kind, channels, labels, seed, shipped):
    """A new network; random weights, or those of the file `shipped`, without its head if that knows other units."""
    torch.manual_seed(seed)
    network = kind(channels, len(labels) - 1)
    nn.init.constant_(network.head.bias, -4.0)  # spikes are rare: begin with "none"
    if shipped:
        load_weights(network, shipped, anew=() if known(shipped) == labels else ("head",))
    return network


def parameters(channels, units):
    """How many weights and biases the network has."""
    return sum(parameter.numel() for parameter in FloatSorter(channels, units).parameters())


def restore(content):
    """The quantized network of a finished run, from what its checkpoint.pt holds."""
    network = Sorter(content["channels"], content["units"])
    network.load_state_dict(content["state"])
    return network


def train(recording, sorting, out, from_scratch=False, resume=False, epochs=None, seed=0):
    """Train on `recording` (integers) with the labels `sorting`; write the folder `out`; return the results.

    `out` holds model.onnx, results.json, checkpoint.pt (the network to restore), and quantized.pt and float.pt
    (the last state of training). Until all of it is there, the folder is called out.partial; after a kill or
    Ctrl-C, `resume` goes on from the states in it.
    """
    began = time.monotonic()
    if epochs is not None and epochs < 1:
        raise DataError(f"epochs: expected 1 or more, found {epochs}")
    out = Path(out)
    refuse_existing(out)
    torch.set_num_threads(1)  # as fast alone for layers this small, ten times as fast beside other work
    frequency, channels = recording.get_sampling_frequency(), recording.get_num_channels()
    samples = _samples(recording)
    partial = _open(out, resume)
    trains = [np.asarray(sorting.get_unit_spike_train(unit), np.int64) for unit in sorting.unit_ids]
    labels = ("any", *map(str, sorting.unit_ids))
    parts = split(len(samples), frequency)
    shipped = None if from_scratch or not SHIPPED.is_file() else SHIPPED
    schedule = FROM_SHIPPED if shipped and known(shipped) == labels else FROM_SCRATCH  # a new head takes longer
    schedule = Schedule(epochs or schedule.epochs, schedule.rate)

    # Train the quantized network and its float twin alike, each behind its own front end.
    wanted = targets(trains, parts.train[1], DELAY)
    twins = {
        "quantized": (Sorter, filtered(samples, frequency), 2.0**EXPONENT),
        "float": (FloatSorter, filtered_float(samples, frequency), FloatSorter.step),
    }
    results = {"model": NAME, "seed": seed, "from_scratch": shipped is None, "units": list(labels[1:])}
    results |= {"epochs": schedule.epochs, "split": parts.__dict__, "thresholds": {}, "threshold_accuracy": {}}
    results |= {"weight_bits": WEIGHT_BITS, "parameters": parameters(channels, len(trains))}
    networks = {}
    for name, (kind, inputs, step) in twins.items():
        network = networks[name] = build(kind, channels, labels, seed, shipped)
        part = inputs[slice(*parts.train)]
        results[f"loss_{name}"] = fit(
            network, RECEPTIVE_FIELD, part, wanted, schedule, seed, partial / f"{name}.pt", resume, name
        )

        # Thresholds: the best ones on the tenth that neither trained nor is scored.
        answers = scores(network, inputs, RECEPTIVE_FIELD)
        start, end = parts.threshold
        truth = [np.sort(np.concatenate(trains)), *trains]
        truth = [times[(times >= start) & (times < end)] - start for times in truth]
        candidates = np.round(np.arange(1 / 16, 15.5, 1 / 8) / step).astype(np.int64)
        thresholds, reached = choose_thresholds(
            answers[start:end], truth, candidates, REACH, REFRACTORY, DELAY, frequency
        )
        results["thresholds"][name] = dict(zip(labels, thresholds, strict=True))
        results["threshold_accuracy"][name] = dict(zip(labels, reached, strict=True))

        # Score the rest, over events picked in the whole recording, as a device would.
        peak = Peak(thresholds, REACH, REFRACTORY)
        found = spikes(answers, peak, DELAY)[1:]
        found = si.NumpySorting.from_unit_dict([dict(zip(labels[1:], found, strict=True))], frequency)
        results[name] = score(recording, sorting, found, parts.score[0])
        log.print(f"    {name}: accuracy {results[name]['mean_accuracy']:.3f} on the scored part")
    results["seconds"] = time.monotonic() - began

    quantized = tuple(results["thresholds"]["quantized"].values())
    export(
        networks["quantized"],
        partial / "model.onnx",
        name=NAME,
        channels=channels,
        receptive_field=RECEPTIVE_FIELD,
        sampling_frequency=frequency,
        adc_exponent=ADC_EXPONENT,
        highpass=highpass(frequency),
        events=Peak(quantized, REACH, REFRACTORY),
        event_delay=DELAY + REACH,
        labels=labels,
        provenance=_provenance(samples, results),
    )
    content = {"model": NAME, "sampling_frequency": frequency, "channels": channels, "units": len(trains)}
    save_checkpoint(partial / "checkpoint.pt", networks["quantized"], **content)
    (partial / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    os.replace(partial, out)
    return results


def _open(out, resume):
    """The folder of the unfinished run. Nothing that exists is overwritten."""
    partial = out.with_name(out.name + ".partial")
    if partial.exists() and not resume:
        raise DataError(f"{partial}: expected no unfinished run, found one; go on with --resume, or remove it")
    if resume and not partial.exists():
        raise DataError(f"{partial}: expected an unfinished run to resume, found none; start without --resume")
    partial.mkdir(parents=True, exist_ok=True)
    return partial


def _samples(recording):
    samples = frames(recording)
    if samples.min() < -32768 or samples.max() > 32767:
        raise DataError(f"recording: expected samples of 16 bits, found {samples.min()} to {samples.max()}; scale them")
    return samples.astype(np.int16)


def _provenance(samples, results):
    libraries = ("torch", "brevitas", "onnx", "spikeinterface", "numpy", "edgesort")
    return {
        "recording_sha256": hashlib.sha256(samples.tobytes()).hexdigest(),
        "versions": {library: version(library) for library in libraries},
        **{key: results[key] for key in ("weight_bits", "parameters", "seed", "from_scratch", "epochs", "split")},
        "accuracy": {name: results[name]["mean_accuracy"] for name in ("quantized", "float")},
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Train cnn_sorter on a recording with labels.")
    parser.add_argument("--recording", type=Path, required=True)
    parser.add_argument("--sorting", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--from-scratch", action="store_true")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--seed", type=int, default=0)
    given = vars(parser.parse_args())
    given["recording"] = load_recording(given["recording"])
    given["sorting"] = load_sorting(given["sorting"], given["recording"])
    print(json.dumps(train(**given)))
