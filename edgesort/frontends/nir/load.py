"""NIR file in, Graph out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from edgesort.fixed import Array, Int
from edgesort.frontends.errors import ModelError
from edgesort.frontends.nir.build import SAMPLES, Builder, build
from edgesort.frontends.nir.network import Network, network
from edgesort.frontends.nir.reader import Tree, read
from edgesort.frontends.nir.settle import Settler
from edgesort.frontends.nir.spikes import Meter, material, percent, same
from edgesort.frontends.nir.terms import DT, Terms, said
from edgesort.graph import Graph, GraphError, Stream
from edgesort.passes import simplify

STRANGE = (IndexError, KeyError, TypeError, ValueError, OverflowError, MemoryError, RecursionError)


def load(path: str | Path, terms: Terms | None = None, frames: Array | None = None) -> Graph:
    """Read a NIR file into a checked, simplified Graph. ModelError (one line) if it has no exact meaning.

    terms: what the file does not say. frames: integers [T, elements] of the samples' type on which costs are measured;
    random ones of the whole range if there are none.
    """
    path = Path(path)
    tree = read(path)
    try:
        return convert(tree, path.stem, terms or Terms(), frames)
    except ModelError as error:
        raise ModelError(_line(f"{path}: {error}")) from None
    except STRANGE as error:
        raise ModelError(_line(f"{path}: expected a NIR graph, found {type(error).__name__}: {error}")) from None


def convert(tree: Tree, name: str, terms: Terms, frames: Array | None = None) -> Graph:
    """The Graph of a NIR file's tree of values."""
    metadata = said(tree.get("node"))
    terms = terms.over(Terms.of(metadata))
    dt, reset = terms.dt or DT, terms.reset or "subtract"
    found = network(tree, dt)
    rate, samples = _needed(terms)
    meter = Meter(found, samples, reset, _frames(found, samples, frames))
    settler = Settler(terms, dt, meter)
    _check_reset(settler)
    built = build(found, settler, samples)
    outputs = tuple(built.sum(found.layer(sources[0]), sources).node for sources in found.outputs)
    labels = tuple(metadata["labels"].split("\n")) if "labels" in metadata else ()
    title = metadata.get("name", name)
    graph = Graph(title, rate, (SAMPLES, Stream((found.width,), samples)), tuple(built.nodes), outputs, labels)
    try:
        provenance = _provenance(graph.check(), built, settler)
        return replace(simplify(graph), provenance=provenance)
    except GraphError as error:
        raise ModelError(str(error)) from None


def _needed(terms: Terms) -> tuple[float, Int]:
    """The terms that no file of another writer says."""
    if terms.sampling_frequency is None:
        raise ModelError("expected sampling_frequency=HZ (frames a second), found none; NIR does not say it")
    if terms.samples is None:
        raise ModelError(
            "expected samples=TYPE (u1 for spikes, else such as i16 or i16*2^-10), found none; NIR does not say it"
        )
    return terms.sampling_frequency, terms.samples


def _frames(network: Network, samples: Int, frames: Array | None) -> Array:
    """The frames to measure on."""
    if frames is None:
        return material(network, samples)
    if frames.shape[1:] != (network.width,) or frames.dtype.kind not in "iu" or not len(frames):
        raise ModelError(f"expected integer frames [T, {network.width}], found {frames.dtype} {list(frames.shape)}")
    if not samples.holds(int(frames.min()), int(frames.max())):
        raise ModelError(f"expected frames in {samples}, found {frames.min()} to {frames.max()}")
    return frames.astype(np.int64)


def _check_reset(settler: Settler) -> None:
    """The hardware subtracts the threshold."""
    if settler.meter.reset == "subtract":
        return
    cost = settler.meter.other_reset()
    if settler.terms.snap is None:
        raise ModelError(
            f"expected reset=subtract (u - threshold at a spike), found zero; subtracting instead leaves {cost} "
            "of the spike bits equal; train with it, or say snap=BITS to take it"
        )
    settler.notes.append(("reset to zero as subtraction", f"{cost} of the spike bits equal"))


def _provenance(graph: Graph, built: Builder, settler: Settler) -> tuple[tuple[str, str], ...]:
    """What was taken for what, what it cost, and how many spikes are those of real membranes."""
    meter = settler.meter
    read = [("format", "NIR"), ("time step", f"{settler.dt:g} s")]
    if not built.spiking:
        return (*read, *settler.notes)
    _, values = graph.run(graph.initial_state(), meter.frames)
    found = {layer: values[node] > 0 for layer, node in built.spiking.items()}
    total = sum(spikes.size for spikes in found.values())
    share = percent(same(found, meter.expected))
    read.append(("spikes as with real membranes", f"{share} of {total} bits, of which {meter.rate:.1%} are spikes"))
    if meter.reset == "subtract":
        read.append(("reset", f"subtraction; to zero {meter.other_reset()} of the spike bits would be equal"))
    return (*read, *settler.notes)


def _line(text: str) -> str:
    """One line that can be printed, whatever names a damaged file has."""
    return "".join(c if c.isprintable() else "?" for c in " ".join(text.split()))[:1500]
