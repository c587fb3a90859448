"""A probe of 384 channels sorted with torch on a device: how long 50 s take, and whether the integers are the same."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import torch

from edgesort.fixed import Array
from edgesort.graph import Graph
from edgesort.sort import DEVICE_CHUNK, events
from edgesort.train.device import device_graph
from edgesort.train.recipe import load

CHANNELS, UNITS, FREQUENCY, SECONDS = 384, 60, 30_000.0, 50.0
CHECKED_S = 0.5  # that the reference computes, too


def device(name: str) -> list[dict[str, Any]]:
    """One row. Samples are noise, and weights random: time depends on neither."""
    graph, second = _graph(), _noise()
    pieces = [
        second[start : start + DEVICE_CHUNK // CHANNELS] for start in range(0, len(second), DEVICE_CHUNK // CHANNELS)
    ]
    few = [second[: round(CHECKED_S * FREQUENCY)]]
    told, here = events(graph, few), events(graph, few, name)
    same = len(told[0]) > 0 and all(np.array_equal(a, b) for a, b in zip(told, here, strict=True))
    began = time.perf_counter()
    found = events(graph, (piece for _ in range(round(SECONDS)) for piece in pieces), name)
    took = time.perf_counter() - began
    row = {"test": "device", "recording": f"{SECONDS:g} s at {FREQUENCY:g} Hz", "seed": 0, "sorter": "local_sorter"}
    row |= {"channels": CHANNELS, "units": UNITS, "device": _called(name), "seconds": round(took, 2)}
    return [row | {"times_real_time": round(SECONDS / took, 1), "events": len(found[0]), "exact": same}]


def _graph() -> Graph:
    recipe = load("local_sorter")
    torch.manual_seed(0)
    network, picking = recipe.Sorter(CHANNELS, UNITS), recipe.RECIPE.picking
    torch.nn.init.constant_(network.head.bias, 0.5)  # scores of noise are about a threshold
    labels = ("any", *(f"unit_{k}" for k in range(UNITS)))
    return device_graph(network, CHANNELS, FREQUENCY, labels, picking=picking)


def _noise() -> Array:
    """A second of noise, int16 [T, CHANNELS], loud enough for events."""
    rng = np.random.default_rng(0)
    return (rng.standard_normal((round(FREQUENCY), CHANNELS), np.float32) * 300).astype(np.int16)


def _called(name: str) -> str:
    return torch.cuda.get_device_name(name) if name.startswith("cuda") else name
