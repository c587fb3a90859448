"""Gated builds whose sleeping values are overwritten, frame by frame: what may be old may be anything."""

import re
from pathlib import Path

import numpy as np

from edgesort.graph import Graph
from edgesort.passes.reach import gate_of, opens
from edgesort.targets.c.emit import identifiers
from edgesort.targets.c.steps import steps
from tests.passes import gated

POISON = 0xA5


def sleepers(graph: Graph, features: tuple[str, ...] = ()) -> list[str]:
    """The nodes whose values in memory may be old."""
    return [step.name for step in steps(graph, features) if step.awake is not None]


def poison(graph: Graph, folder: Path, features: tuple[str, ...] = ()) -> None:
    """Let the emitted program overwrite them before each frame."""
    ids, source = identifiers(graph), folder / "model.c"
    fills = "".join(
        f"    memset(v->{ids[name]}, {POISON}, sizeof v->{ids[name]});\n" for name in sleepers(graph, features)
    )
    text, count = re.subn(r"(    uint32_t awake;[^\n]*\n)", rf"\1\n{fills}", source.read_text())
    assert count == 1 and fills
    source.write_text(text)


def sleepless(graph: Graph, above: np.ndarray, found: dict[str, np.ndarray]) -> str | None:
    """The first node that a poisoned program computed where it need not. above: the bits that wake the network."""
    gate = gate_of(graph)
    waits, seen = opens(graph, gate), gated.awake(gate, above)
    for name in sleepers(graph):
        values = np.ascontiguousarray(found[name]).view(np.uint8).reshape(len(found[name]), -1)
        if len(values) == len(seen) and not ((values == POISON).all(1) == (seen <= waits[name])).all():
            return f"{name} is computed, or is not, in other frames than it should be"
    return None


def same(expected: dict[str, np.ndarray], found: dict[str, np.ndarray], names: tuple[str, ...]) -> str | None:
    """The first of these nodes that differs."""
    return next((name for name in names if not np.array_equal(expected[name], found[name].astype(np.int64))), None)
