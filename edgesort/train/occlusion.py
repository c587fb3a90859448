"""Which part of a waveform a unit's score rests on: pieces of real spikes are taken away before the integer graph.

recording -> the device's high-pass -> a piece of one channel at its baseline -> the rest of the graph -> score
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import spikeinterface.core as si

from edgesort.data.recordings import frames
from edgesort.fixed import Array
from edgesort.graph import Graph
from edgesort.ops import Biquad, LocalPeak, Peak
from edgesort.passes import prune
from edgesort.passes.reach import forgets

PIECE_S, STEP_S = 0.0002, 0.0001
REACH_S = 0.0015  # either side of a spike: where pieces are taken, and templates are shown
NEAR_S = 0.0004  # a spike's score is the greatest within that of its expected frame, as in scoring
SETTLE_S = 0.02  # in which the high-pass forgets its start, and a recurrent network what it can


@dataclass(frozen=True)
class Sight:
    """What a score is made of.

    front: the nodes up to the high-pass; network: the rest, up to the scores before the peak picker. delay: samples
    from a spike to the last one that its score knows. width: samples that a score depends on; None if a state makes
    that all before.
    """

    front: Graph
    network: Graph
    delay: int
    width: int | None

    @property
    def rate(self) -> int:
        """Samples a score."""
        return self.network.rate(self.network.outputs[0])

    @property
    def step(self) -> float:
        """What one integer of a score is worth."""
        return float(2.0 ** self.network.streams[self.network.outputs[0]].dtype.exponent)

    def window_ms(self) -> tuple[float, float] | None:
        """First and last sample, from the spike, that its score depends on."""
        per_ms = self.network.sampling_frequency / 1e3
        return None if self.width is None else ((self.delay - self.width + 1) / per_ms, self.delay / per_ms)


def sight(graph: Graph) -> Sight:
    """Cut a sorter's graph behind its high-pass, where a baseline is a constant, and before its peak picker."""
    last = graph.node(graph.outputs[0])
    picker = last.op if isinstance(last.op, Peak | LocalPeak) else None
    scores = last.inputs[0] if picker else last.name
    source = graph.input[0]
    first = next((n for n in graph.nodes if n.inputs == (source,) and isinstance(n.op, Biquad)), None)
    alone = first is not None and sum(source in node.inputs for node in graph.nodes) == 1
    cut = first.name if first is not None and alone else source
    rest = tuple(node for node in graph.nodes if node.name != cut)
    network = prune(
        replace(graph, input=(cut, graph.streams[cut]), nodes=rest, outputs=(scores,), event_delay=0)
    ).check()
    front = replace(graph, nodes=tuple(n for n in graph.nodes if n.name == cut), outputs=(cut,), labels=())
    finite = all(forgets(node.op, network.ins(node)) for node in network.nodes)
    looked_ahead = picker.delay() * graph.streams[scores].period if picker else 0
    return Sight(front, network, graph.event_delay - looked_ahead, network.receptive_field if finite else None)


def highpassed(seen: Sight, recording: si.BaseRecording, start: int, end: int) -> Array:
    """Integers [end - start, channels] behind the device's high-pass, which begins SETTLE_S earlier."""
    early = max(0, start - round(SETTLE_S * seen.front.sampling_frequency))
    raw = frames(recording, early, end)
    name = seen.front.outputs[0]
    return np.asarray(seen.front.run(seen.front.initial_state(), raw)[1][name])[start - early :]


def pieces(sampling_frequency: float) -> tuple[Array, int]:
    """First sample of each piece, from the spike, and samples a piece."""
    reach, size = round(REACH_S * sampling_frequency), max(1, round(PIECE_S * sampling_frequency))
    starts = np.arange(-reach, reach - size + 2, max(1, round(STEP_S * sampling_frequency)))
    return starts, size


def fall(
    seen: Sight, recording: si.BaseRecording, spikes: Sequence[int], row: int, channels: Sequence[int]
) -> tuple[Array, Array]:
    """Scores [spikes] of label `row`, and how much each falls [spikes, channels, pieces], in integers of the graph.

    spikes: frames of the recording. A piece's baseline is its channel's median around the spike.
    Spikes without REACH_S and a whole window on both sides within the recording are left out.
    """
    rate = seen.network.sampling_frequency
    starts, size = pieces(rate)
    near, cycle = round(NEAR_S * rate), seen.network.cycle
    context = seen.width or round(SETTLE_S * rate)
    before = max(context - seen.delay, round(REACH_S * rate)) + near + cycle
    after = max(seen.delay, round(REACH_S * rate)) + near + 2 * cycle
    length = -(-(before + after) // cycle) * cycle
    whole, falls = [], []
    for spike in spikes:
        start = (int(spike) - before) // cycle * cycle  # the phase of slower streams is that of the recording
        if start < 0 or start + length > recording.get_num_frames():
            continue
        snippet, at = highpassed(seen, recording, start, start + length), int(spike) - start
        baseline = np.median(snippet, axis=0).astype(np.int64)
        variants = np.repeat(snippet[None], 1 + len(channels) * len(starts), axis=0)
        for k, (channel, first) in enumerate((c, s) for c in channels for s in starts):
            variants[1 + k, at + first : at + first + size, channel] = baseline[channel]
        scores = _scores(seen, variants, row)
        expected, reach = (at + seen.delay + 1) // seen.rate - 1, -(-near // seen.rate)
        best = scores[:, max(0, expected - reach) : expected + reach + 1].max(1)
        whole.append(best[0])
        falls.append((best[0] - best[1:]).reshape(len(channels), len(starts)))
    shape = (len(whole), len(channels), len(starts))
    return np.array(whole, np.int64), np.array(falls, np.int64).reshape(shape)


def _scores(seen: Sight, variants: Array, row: int) -> Array:
    """Integers [variants, scores] of pieces of a recording [variants, T, channels], each from the initial state."""
    name, network = seen.network.outputs[0], seen.network
    if seen.width is None:
        runs = [network.run(network.initial_state(), variant)[1][name] for variant in variants]
        return np.stack(runs)[..., row].astype(np.int64)
    # A finite window: one after the other is the same, and faster.
    _, values = network.run(network.initial_state(), variants.reshape(-1, *variants.shape[2:]))
    return np.asarray(values[name])[:, row].reshape(len(variants), -1).astype(np.int64)
