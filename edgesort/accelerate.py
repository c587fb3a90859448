"""The same integers on a GPU: windows, matrix products and cuts as torch computes them, other operators on the host.

A product's sums are exact in single precision below 2^24 and in double below 2^53, on any device that rounds as IEEE
754 says; where torch was allowed TF32 or bfloat16, which do not, the device is refused.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
import torch

from edgesort.fixed import Array, Int
from edgesort.graph import Graph, GraphError, Node, State, Values
from edgesort.ops import Biquad, Dense, Requant, Reshape, Window

FLOATS = {np.float32: torch.float32, np.float64: torch.float64}
# torch has no arithmetic of wide unsigned types: they are kept in the next signed one
KEPT = {"uint16": torch.int32, "uint32": torch.int64, "uint64": torch.int64}


@dataclass(frozen=True)
class Accelerated:
    """A graph whose `run` computes on `device` ("cpu", "cuda") what Graph.run does; of values, the outputs alone.

    GraphError for a device that is not there, and where torch may round products (set_float32_matmul_precision).
    """

    graph: Graph
    device: str

    def __post_init__(self) -> None:
        if self.device.startswith("cuda") and not torch.cuda.is_available():
            raise GraphError(f"device: expected a GPU for {self.device!r}, found none; leave the option out")
        if torch.get_float32_matmul_precision() != "highest":
            raise GraphError(
                f"device: expected products of the precision 'highest', found "
                f"{torch.get_float32_matmul_precision()!r}; call torch.set_float32_matmul_precision('highest')"
            )

    def run(self, state: dict[str, State], frames: Array) -> tuple[dict[str, State], Values]:
        """Push frames [T, *shape], as Graph.run; a state of one is a state of the other."""
        graph, (source, stream) = self.graph, self.graph.input
        graph.accept(frames)
        after, values = graph.clock(state, len(frames)), {source: frames.astype(stream.dtype.container)}
        on_device: dict[str, Any] = {}
        for node in graph.nodes:
            work = WORK.get(type(node.op))
            if work is None:
                taken = [self._host(values, on_device, name) for name in node.inputs]
                after[node.name], values[node.name] = graph.push(node, state, taken, len(frames))
                continue
            (name,) = node.inputs
            given = on_device[name] if name in on_device else self._sent(values[name])
            after[node.name], on_device[node.name] = work(self, node, state[node.name], given)
        return after, {name: self._host(values, on_device, name) for name in graph.outputs}

    def _sent(self, x: Array) -> Any:
        wide = x.dtype.name in KEPT
        return torch.from_numpy(x.astype(np.int64) if wide else np.ascontiguousarray(x)).to(self.device)

    def _host(self, values: Values, on_device: dict[str, Any], name: str) -> Array:
        if name not in values:
            values[name] = on_device[name].cpu().numpy().astype(self.graph.streams[name].dtype.container)
        return values[name]

    @cached_property
    def _weights(self) -> dict[str, tuple[Any, Any]]:
        """Of each Dense: weights [G, I, O / G] in the type in which its sums are exact, biases [O]."""
        made = {}
        for node in self.graph.nodes:
            if isinstance(node.op, Dense):
                (stream,) = self.graph.ins(node)
                kind = FLOATS[node.op.exact_float(stream.dtype.container)]
                op = node.op
                weight = torch.from_numpy(np.asarray(op.weight, np.float64)).to(kind)
                weight = weight.reshape(op.groups, -1, op.weight.shape[1]).transpose(1, 2).contiguous()
                bias = torch.from_numpy(np.asarray(op.bias, np.int64))
                made[node.name] = weight.to(self.device), bias.to(self.device)
        return made

    def _dense(self, node: Node, state: State, x: Any) -> tuple[State, Any]:
        weight, bias = self._weights[node.name]
        grouped = x.reshape(prod(x.shape[:-1]), weight.shape[0], weight.shape[1]).transpose(0, 1).to(weight.dtype)
        sums = (grouped @ weight).transpose(0, 1).reshape(*x.shape[:-1], len(bias))
        return state, self._kept(sums.to(torch.int64) + bias, self.graph.streams[node.name].dtype)

    def _requant(self, node: Node, state: State, x: Any) -> tuple[State, Any]:
        op: Any = node.op
        shift = torch.tensor(op.shift, dtype=torch.int32, device=self.device)
        return state, self._kept((x >> shift).clamp(op.dtype.min, op.dtype.max), op.dtype)

    def _reshape(self, node: Node, state: State, x: Any) -> tuple[State, Any]:
        op: Any = node.op
        return state, x.reshape(len(x), *op.shape)

    def _window(self, node: Node, state: State, x: Any) -> tuple[State, Any]:
        past, phase = state
        op: Any = node.op
        line = torch.cat([self._sent(past).to(x.dtype), x])
        taps = [line[k * op.dilation :][: len(x)][int(op.stride - 1 - phase) :: op.stride] for k in range(op.kernel)]
        rest = line[len(x) :].cpu().numpy().astype(past.dtype)
        return (rest, (phase + len(x)) % op.stride), torch.cat(taps, dim=-1)

    def _biquad(self, node: Node, state: State, x: Any) -> tuple[State, Any]:
        """On the host, whose cores share the elements: each is a recursion of its own."""
        frames, (history,) = x.cpu().numpy(), state
        columns, past = frames.reshape(len(frames), -1), history.reshape(*history.shape[:2], -1)
        parts = np.array_split(np.arange(columns.shape[1]), min(os.cpu_count() or 1, columns.shape[1]))
        with ThreadPoolExecutor(len(parts)) as pool:
            done = list(pool.map(lambda part: node.op.run((past[..., part],), columns[:, part]), parts))
        after = np.concatenate([made[0] for made, _ in done], axis=-1).reshape(history.shape)
        return (after,), self._sent(np.concatenate([y for _, y in done], axis=-1).reshape(frames.shape))

    @staticmethod
    def _kept(x: Any, dtype: Int) -> Any:
        name = dtype.container.name
        return x.to(KEPT.get(name) or getattr(torch, name))


WORK: dict[type, Callable[..., tuple[State, Any]]] = {
    Biquad: Accelerated._biquad,
    Dense: Accelerated._dense,
    Requant: Accelerated._requant,
    Reshape: Accelerated._reshape,
    Window: Accelerated._window,
}
