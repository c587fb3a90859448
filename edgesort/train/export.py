"""Write a trained network as model.onnx: brevitas' QONNX, with operators of the device before and after it.

    adc -> Mul(2^adc_exponent) -> before (Biquad ...) -> network (Quant and Conv nodes) -> after (Peak ...)

Those before and after are nodes of the domain `edgesort.ops`; their attributes are the fields of the operators
of the same names. Node names keep the path of the torch module ("/conv1/Conv"), which is what the
importer names the graph's nodes after. Weights stay float initializers behind their Quant nodes, so
training can start from the file.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from brevitas.export import export_qonnx
from onnx import TensorProto, helper

from edgesort.graph import Op
from edgesort.train.neurons import DOMAIN
from edgesort.train.timing import Timing

EXTRA_FRAMES = 64  # inputs beyond the lead in the fixed shape that the file states; any length is valid


def export(
    network: torch.nn.Module,
    path: Path,
    *,
    name: str,
    channels: int,
    timing: Timing,
    sampling_frequency: float,
    adc_exponent: int,
    before: Mapping[str, Op],
    after: Mapping[str, Op],
    event_delay: int,
    labels: tuple[str, ...],
    provenance: Mapping[str, Any],
) -> None:
    """Write `network` ([1, channels, T] -> QuantTensor [1, rows, T']), its operators before and after, to `path`.

    before, after: by the names of their nodes, in order, each without weights; the last one makes [1, labels, T'].
    event_delay: samples from a spike's peak to its event. The file appears whole or not at all.
    """
    frames = timing.lead + EXTRA_FRAMES
    given, made = (list(operators)[-1:] for operators in (before, after))
    partial = path.with_name(path.name + ".partial")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracing exporter is deprecated, but keeps the modules' names
        export_qonnx(
            network.eval(),
            torch.zeros(1, channels, frames),
            str(partial),
            input_names=given or ["samples"],
            output_names=["score"],
            dynamo=False,
        )
    model = onnx.load(str(partial))
    partial.unlink()
    graph = model.graph
    front = [helper.make_node("Mul", ["adc", "adc_scale"], ["samples"], name="/adc/Mul")]
    nodes = [*front, *_chain("samples", before), *graph.node, *_chain("score", after)]
    del graph.node[:]
    graph.node.extend(nodes)
    graph.initializer.append(helper.make_tensor("adc_scale", TensorProto.FLOAT, [], [2.0**adc_exponent]))
    length = graph.output[0].type.tensor_type.shape.dim[2].dim_value
    del graph.input[:], graph.output[:], graph.value_info[:]
    graph.input.append(helper.make_tensor_value_info("adc", TensorProto.FLOAT, [1, channels, frames]))
    (output,) = made or ["score"]
    graph.output.append(helper.make_tensor_value_info(output, TensorProto.FLOAT, [1, len(labels), length]))
    graph.name = name
    if DOMAIN not in {opset.domain for opset in model.opset_import}:
        model.opset_import.append(helper.make_opsetid(DOMAIN, 1))
    del model.metadata_props[:]
    metadata = {
        "name": name,
        "sampling_frequency": repr(float(sampling_frequency)),
        "labels": json.dumps(list(labels)),
        "event_delay": str(event_delay),
        "frames": f"{frames} in the stated shape; any number of at least {timing.lead + timing.period} is valid",
        "provenance": json.dumps(provenance, sort_keys=True),
    }
    helper.set_model_props(model, metadata)
    partial.write_bytes(model.SerializeToString())
    os.replace(partial, path)


def _chain(source: str, operators: Mapping[str, Op]) -> list[onnx.NodeProto]:
    """Operators one after the other, each a node that makes the tensor of its name."""
    nodes = []
    for name, op in operators.items():
        kind = type(op).__name__
        attributes = {field.name: _attribute(getattr(op, field.name)) for field in fields(op)}
        nodes.append(helper.make_node(kind, [source], [name], name=f"/{name}/{kind}", domain=DOMAIN, **attributes))
        source = name
    return nodes


def _attribute(value: Any) -> int | list[int]:
    """A field of an operator: a number, or numbers in one list."""
    return value if isinstance(value, int) else np.ravel(value).tolist()
