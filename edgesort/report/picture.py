"""A graph as an SVG: a box a node from top to bottom, slower streams further in, skips as lines beside them."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np

from edgesort.graph import Graph, Op
from edgesort.ops import Dense, Requant
from edgesort.passes.cost import Cost
from edgesort.report.explain import Explanation, number

ROW, BOX, WIDTH = 66, 46, 560  # pixels: from box to box, a box's height and width
INDENT, LANE, MARGIN, HEAD = 34, 16, 24, 64
SHARE = 150  # the longest bar
LABEL = 52  # characters of an op's line
FAMILIES = (
    ("weights", "#dbe7fb", "#2f5fb3", ("dense", "lif", "gru", "state_space")),
    ("memory", "#dff3e4", "#2c7a4b", ("window", "delay", "upsample", "max_pool", "average_pool", "depth_to_time")),
    (
        "signal",
        "#fdeed8",
        "#a8641b",
        ("biquad", "noise", "common_average", "common_median", "nonlinear_energy", "delta"),
    ),
    ("events", "#f6dfea", "#9c2f67", ("peak", "local_peak", "threshold", "adaptive_threshold", "arg_max")),
)
PLAIN = ("arithmetic", "#eeeeee", "#555555", ())
Edge = tuple[int, int]  # rows


def files(made: Explanation) -> dict[str, str]:
    """What a build keeps."""
    return {"explain.svg": svg(made), "explain.json": json.dumps(made.to_json(), indent=1)}


def write(made: Explanation, path: Path) -> None:
    """The picture at `path`, and the numbers beside it."""
    path.write_text(svg(made))
    path.with_suffix(".json").write_text(json.dumps(made.to_json(), indent=1))


def svg(made: Explanation) -> str:
    """The picture."""
    graph = made.graph
    rows = {name: row for row, name in enumerate(graph.streams)}
    skips = _lanes([(rows[x], rows[node.name]) for node in graph.nodes for x in dict.fromkeys(node.inputs)])
    left = MARGIN + LANE * (1 + max(skips.values(), default=0))
    slow = _levels(graph)
    width = left + INDENT * max(slow.values()) + WIDTH + SHARE + 130
    height = HEAD + ROW * len(rows) + 24
    busiest = max((cost.cycles or 0 for cost in made.costs), default=0) or 1
    at = {row: left + INDENT * slow[name] for name, row in rows.items()}
    parts = [_head(made, width, height)]
    parts += [_edge(edge, lane, at, left) for edge, lane in skips.items()]
    parts.append(_box(at[0], 0, graph.input[0], "input", str(graph.input[1]), PLAIN, ""))
    for node, cost in zip(graph.nodes, made.costs, strict=True):
        family = next((f for f in FAMILIES if node.op.kind in f[3]), PLAIN)
        line = f"{graph.streams[node.name]}" + ("  output" if node.name in graph.outputs else "")
        row = rows[node.name]
        parts.append(_box(at[row], row, node.name, _call(node.op), line, family, _costs(cost)))
        parts.append(_share(at[row], row, cost, busiest, family))
    return "\n".join([*parts, "</svg>\n"])


def _levels(graph: Graph) -> dict[str, int]:
    """How far in each stream stands: its place among the graph's rates."""
    rates = sorted({stream.period for stream in graph.streams.values()})
    return {name: rates.index(stream.period) for name, stream in graph.streams.items()}


def _lanes(edges: list[Edge]) -> dict[Edge, int]:
    """A lane for each edge: 0 from a row to the next; beside the boxes for those that skip rows, so that none meet."""
    lanes: dict[Edge, int] = {}
    for edge in sorted(edges, key=lambda e: (e[1] - e[0], e)):
        near = edge[1] - edge[0] == 1
        busy = {lane for other, lane in lanes.items() if lane and other[0] < edge[1] and edge[0] < other[1]}
        lanes[edge] = 0 if near else next(lane for lane in range(1, len(edges) + 1) if lane not in busy)
    return lanes


def _top(row: int) -> int:
    return HEAD + ROW * row


def _edge(edge: Edge, lane: int, at: dict[int, int], left: int) -> str:
    """Straight down to the next row; else out to the left, down its lane, and in again."""
    source, target = edge
    if lane == 0:
        x = max(at[source], at[target]) + 40
        return f'<path class="edge" d="M{x} {_top(source) + BOX} V{_top(target) - 2}"/>'
    x, down, up = left - LANE * lane, _top(source) + BOX - 12, _top(target) + 12
    path = (
        f"M{at[source]} {down} H{x + 6} Q{x} {down} {x} {down + 6} V{up - 6} Q{x} {up} {x + 6} {up} H{at[target] - 2}"
    )
    return f'<path class="edge skip" d="{path}"/>'


def _box(
    x: int, row: int, name: str, call: str, stream: str, family: tuple[str, str, str, tuple[str, ...]], costs: str
) -> str:
    y, (_, fill, ink, _) = _top(row), family
    return (
        f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{BOX}" rx="5" fill="{fill}" stroke="{ink}"/>'
        f'<rect x="{x}" y="{y}" width="5" height="{BOX}" fill="{ink}"/>'
        f'<text class="name" x="{x + 14}" y="{y + 19}">{escape(name)}</text>'
        f'<text class="end" x="{x + WIDTH - 10}" y="{y + 19}">{escape(call)}</text>'
        f'<text class="type" x="{x + 14}" y="{y + 37}">{escape(stream)}</text>'
        f'<text class="end small" x="{x + WIDTH - 10}" y="{y + 37}">{escape(costs)}</text>'
    )


def _share(x: int, row: int, cost: Cost, busiest: float, family: tuple[str, str, str, tuple[str, ...]]) -> str:
    """A bar for the cycles, beside the box."""
    if cost.cycles is None:
        return ""
    left, y, length = x + WIDTH + 12, _top(row) + 14, max(1.0, SHARE * cost.cycles / busiest)
    return (
        f'<rect x="{left}" y="{y}" width="{length:.1f}" height="18" fill="{family[2]}" opacity="0.7"/>'
        f'<text class="small" x="{left + length + 6:.1f}" y="{y + 13}">{number(cost.cycles)} cycles</text>'
    )


def _costs(cost: Cost) -> str:
    parts = [(cost.macs, "MACs"), (cost.constant_bytes, "B constants"), (cost.state_bytes, "B state")]
    return " · ".join(f"{number(value)} {unit}" for value, unit in parts if value)


def _call(op: Op) -> str:
    """The op and its numbers, in a few words."""
    if isinstance(op, Dense):
        groups = f", {op.groups} groups" if op.groups > 1 else ""
        return f"dense {op.weight.shape[0]} x {op.weight.shape[1]}{groups}"
    if isinstance(op, Requant):
        shifts = sorted(set(op.shift))
        return f"requant >> {shifts[0]}" + (f" to {shifts[-1]}" if len(shifts) > 1 else "")
    values = [(field.name, getattr(op, field.name)) for field in fields(op)]
    few = [f"{name} {value}" for name, value in values if isinstance(value, int) or np.size(value) == 1]
    text = " ".join([op.kind.replace("_", " "), ", ".join(few)])
    return text if len(text) <= LABEL else text[: LABEL - 1] + "…"


def _head(made: Explanation, width: int, height: int) -> str:
    graph = made.graph
    total = sum(cost.macs_per_second for cost in made.costs)
    legend, x = [], MARGIN
    for name, fill, ink, _ in (*FAMILIES, PLAIN):
        legend.append(f'<rect x="{x}" y="38" width="12" height="12" fill="{fill}" stroke="{ink}"/>')
        legend.append(f'<text class="small" x="{x + 17}" y="48">{name}</text>')
        x += 40 + 7 * len(name)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">\n'
        "<style>text{font:13px sans-serif;fill:#222}.name{font-weight:bold}.type{font-family:monospace}"
        ".small{font-size:11px;fill:#555}.end{text-anchor:end}.edge{fill:none;stroke:#666;stroke-width:1.5;"
        "marker-end:url(#arrow)}.skip{stroke:#2f5fb3}.title{font-size:16px;font-weight:bold}</style>\n"
        '<defs><marker id="arrow" markerWidth="7" markerHeight="7" refX="6" refY="3.5" orient="auto">'
        '<path d="M0 0L7 3.5L0 7z" fill="#555"/></marker></defs>\n'
        f'<rect width="{width}" height="{height}" fill="white"/>\n'
        f'<text class="title" x="{MARGIN}" y="26">{escape(graph.name)} at {graph.sampling_frequency:g} Hz: '
        f"{len(graph.nodes)} nodes, {total / 1e6:.3g} million MACs a second, "
        f"{made.budget:,} cycles an input frame at {made.clock / 1e6:g} MHz</text>\n" + "".join(legend)
    )
