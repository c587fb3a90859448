"""A Graph as C: model.h and model.c, which hold its constants and its wiring and nothing else."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from textwrap import fill
from typing import Any

import jinja2
import numpy as np

from edgesort.fixed import Array
from edgesort.graph import Graph, Stream
from edgesort.share import share
from edgesort.targets.c.calls import body, sleeps
from edgesort.targets.c.step import Step
from edgesort.targets.c.steps import held, shown, steps
from edgesort.targets.c.wires import ctype

# Words that a member of a struct cannot be called in C or C++, and the members that model.h itself names.
WORDS = """
    alignas alignof and and_eq asm auto bitand bitor bool break case catch char class compl concept const consteval
    constexpr constinit const_cast continue co_await co_return co_yield decltype default delete do double dynamic_cast
    else enum explicit export extern false float for friend goto if inline int long mutable namespace new noexcept not
    not_eq nullptr operator or or_eq private protected public register reinterpret_cast requires restrict return short
    signed sizeof static static_assert static_cast struct switch template this thread_local throw true try typedef
    typeid typename union unsigned using virtual void volatile wchar_t while xor xor_eq linux unix
    values fresh frames lost magic full tick
"""
TAKEN = frozenset(WORDS.split())


def identifiers(graph: Graph) -> dict[str, str]:
    """A C identifier for the input and each node: its name where that is one, made so and unique where not."""
    ids: dict[str, str] = {}
    for name in graph.streams:
        word = re.sub(r"[^0-9A-Za-z_]", "_", name).strip("_") or "node"
        if word[0].isdigit() or word.startswith(("es_", "ES_", "model_", "MODEL_")):
            word = "n_" + word
        while word in TAKEN or word in ids.values():
            word += "_"
        ids[name] = word
    return ids


def slow(graph: Graph) -> list[str]:
    """The names that do not have a frame in every input frame."""
    return [name for name, stream in graph.streams.items() if stream.period != graph.input[1].period]


def emit_model(graph: Graph, out: Path, features: tuple[str, ...] = (), apart: bool = False) -> None:
    """Write model.h and model.c, and copy the kernels that they use beside them. features: of the machine.

    apart: model.c includes the kernels and makes a function of each call, in which the compiler knows the params.
    """
    loader = jinja2.FileSystemLoader(share("firmware"))
    environment = jinja2.Environment(
        loader=loader,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    context = _context(graph, features, apart)
    for name in ("model.h", "model.c"):
        (out / name).write_text(environment.get_template(f"{name}.jinja").render(context))
    headers = ("es_type.h", "es_fixed.h", *(f"es_{kind}.h" for kind in context["kinds"]))
    for kernel in (*headers, *context["sources"]):
        shutil.copyfile(share("firmware", "kernels", kernel), out / kernel)


def _context(graph: Graph, features: tuple[str, ...], apart: bool) -> dict[str, Any]:
    ids, late = identifiers(graph), slow(graph)
    numbers = _numbers(graph, features)
    values = [_value(name, ids[name], graph.streams[name], name in late) for name in held(graph, features)]
    values = [value | {"number": numbers.get(value["name"], "MODEL_NO_NODE")} for value in values]
    by_name = {value["name"]: value for value in values}
    lines = {node.name: line for node, line in zip(graph.nodes, _comment(graph)[2:], strict=False)}
    made = steps(graph, features)
    wires = [_wire(step, ids[step.name], [lines[name] for name in step.nodes]) for step in made]
    kinds = sorted({kind for wired in wires for kind in (wired["kind"], *wired["uses"])})
    sources = [f"es_{kind}.c" for kind in kinds]
    return {
        "graph": graph,
        "name": _safe(graph.name),
        "text": _comment(graph),
        "frequency": min(round(1000 * graph.sampling_frequency), 0xFFFFFFFF),
        "labels": _safe(", ".join(f"{k} = {label}" for k, label in enumerate(graph.labels))),
        "kinds": kinds,
        "sources": [file for file in sources if share("firmware", "kernels", file).is_file()],  # a header may be alone
        "apart": apart,
        "input": by_name[graph.input[0]] | {"outside": _outside(graph.input[1])},
        "values": values,
        "slow": [value for value in values if value["slow"]],
        "outputs": [by_name[name] for name in graph.outputs],
        "wires": wires,
        "sleeps": sleeps(made),
        "body": body(graph, made, ids, late, apart),
        "ticks": any(graph.raises(node) and node.name in late for node in graph.nodes),
    }


def _numbers(graph: Graph, features: tuple[str, ...]) -> dict[str, int]:
    """The input and the nodes whose values are those of the last frame, by their numbers in the graph's text."""
    names = (graph.input[0], *(node.name for node in graph.nodes))[:0xFFFF]
    now = {graph.input[0], *shown(graph, features)}
    return {name: k for k, name in enumerate(names) if name in now and graph.streams[name].size <= 1 << 16}


def _safe(text: str) -> str:
    """Text that cannot end a comment or continue a line."""
    return text.replace("*/", "* /").replace("/*", "/ *").replace("\\", "/")


def _comment(graph: Graph) -> list[str]:
    """The graph's own text: a head, the input, a line a node, the outputs."""
    return [_safe(line) for line in graph.text().splitlines()]


def _value(name: str, identifier: str, stream: Stream, is_slow: bool) -> dict[str, Any]:
    return {
        "name": name,
        "string": json.dumps(name),
        "id": identifier,
        "ctype": ctype(stream.dtype),
        "size": stream.size,
        "member": f"{ctype(stream.dtype)} {identifier}[{stream.size}];",
        "stream": stream,
        "slow": is_slow,
    }


def _outside(stream: Stream) -> str:
    """The condition that a sample is out of range; "" where its container is the range."""
    container, tests = np.iinfo(stream.dtype.container), []
    if stream.dtype.min > container.min:
        tests.append(f"frames[i] < {stream.dtype.min}")
    if stream.dtype.max < container.max:
        tests.append(f"frames[i] > {stream.dtype.max}")
    return " || ".join(tests)


def _wire(step: Step, own: str, texts: list[str]) -> dict[str, Any]:
    wired = step.wire
    return {
        "id": own,
        "kind": step.kernel,
        "text": "\n * ".join(text.strip() for text in texts),
        "tables": [
            {
                "suffix": suffix,
                "ctype": kind,
                "dims": "".join(f"[{n}]" for n in array.shape),
                "text": _initialiser(array),
            }
            for suffix, kind, array in wired.tables
        ],
        "fields": [(field, value.format(id=own)) for field, value in wired.fields],
        "state": wired.state.format(id=own),
        "uses": wired.uses,
        "frames": ["x"] if len(step.inputs) == 1 else [f"x{k}" for k in range(len(step.inputs))],
    }


def _initialiser(array: Array) -> str:
    """An array as a C initialiser, a line for each row of the last axis where it has several."""
    if array.ndim > 1:
        return "{\n" + "".join(f"    {_initialiser(row)},\n".replace("\n    ", "\n     ") for row in array) + "}"
    row = ", ".join(map(str, array.tolist()))
    return "{" + fill(row, 112, subsequent_indent="    ") + "}"
