"""Write a trained network as model.onnx: brevitas' QONNX, with the front end before it and the peaks after it.

    adc -> Mul(2^adc_exponent) -> Biquad -> network (Quant and Conv nodes) -> Peak -> events

Biquad and Peak are nodes of the domain `edgesort.ops`; their attributes are the fields of the operators
of the same names. Node names keep the path of the torch module ("/conv1/Conv"), which is what the
importer names the graph's nodes after. Weights stay float initializers behind their Quant nodes, so
training can start from the file.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import onnx
import torch
from brevitas.export import export_qonnx
from onnx import TensorProto, helper

from edgesort.ops import Biquad, Peak

DOMAIN = "edgesort.ops"
EXTRA_FRAMES = 64  # output frames of the fixed shape that the file states; any length is valid


def export(
    network: torch.nn.Module,
    path: Path,
    *,
    name: str,
    channels: int,
    receptive_field: int,
    sampling_frequency: float,
    adc_exponent: int,
    highpass: Biquad,
    events: Peak,
    event_delay: int,
    labels: tuple[str, ...],
    provenance: Mapping[str, Any],
) -> None:
    """Write `network` ([1, channels, T] -> QuantTensor [1, len(labels), T']) with front end and events to `path`.

    receptive_field: of the network, in frames. event_delay: frames from a spike's peak to its event.
    The file appears whole or not at all.
    """
    frames = receptive_field - 1 + EXTRA_FRAMES
    partial = path.with_name(path.name + ".partial")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracing exporter is deprecated, but keeps the modules' names
        export_qonnx(
            network.eval(),
            torch.zeros(1, channels, frames),
            str(partial),
            input_names=["filtered"],
            output_names=["score"],
            dynamo=False,
        )
    model = onnx.load(str(partial))
    partial.unlink()
    _attach(model.graph, channels, frames, len(labels), adc_exponent, highpass, events)
    model.graph.name = name
    model.opset_import.append(helper.make_opsetid(DOMAIN, 1))
    del model.metadata_props[:]
    metadata = {
        "name": name,
        "sampling_frequency": repr(float(sampling_frequency)),
        "labels": json.dumps(list(labels)),
        "event_delay": str(event_delay),
        "frames": f"{frames} in the stated shape; any number of at least {receptive_field} is valid",
        "provenance": json.dumps(provenance, sort_keys=True),
    }
    helper.set_model_props(model, metadata)
    partial.write_bytes(model.SerializeToString())
    os.replace(partial, path)


def _attach(
    graph: onnx.GraphProto, channels: int, frames: int, outputs: int, exponent: int, highpass: Biquad, events: Peak
) -> None:
    """Put the front end before and the peaks after the network, in place."""
    front = [
        helper.make_node("Mul", ["adc", "adc_scale"], ["samples"], name="/adc/Mul"),
        helper.make_node(
            "Biquad",
            ["samples"],
            ["filtered"],
            name="/highpass/Biquad",
            domain=DOMAIN,
            sections=[c for section in highpass.sections for c in section],
            bits=highpass.bits,
            fraction=highpass.fraction,
            guard=highpass.guard,
        ),
    ]
    back = helper.make_node(
        "Peak",
        ["score"],
        ["events"],
        name="/events/Peak",
        domain=DOMAIN,
        threshold=list(events.threshold),
        reach=events.reach,
        refractory=events.refractory,
    )
    nodes = [*front, *graph.node, back]
    del graph.node[:]
    graph.node.extend(nodes)
    graph.initializer.append(helper.make_tensor("adc_scale", TensorProto.FLOAT, [], [2.0**exponent]))
    score = graph.output[0].type.tensor_type.shape
    length = score.dim[2].dim_value
    del graph.input[:], graph.output[:], graph.value_info[:]
    graph.input.append(helper.make_tensor_value_info("adc", TensorProto.FLOAT, [1, channels, frames]))
    graph.output.append(helper.make_tensor_value_info("events", TensorProto.FLOAT, [1, outputs, length]))
