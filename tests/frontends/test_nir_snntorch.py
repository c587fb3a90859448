"""Spikes of a Graph equal those of snnTorch, bit by bit, through NIR in both directions.

snnTorch's networks here subtract at once (reset_delay=False), keep their membranes on the grid (state_quant) and are
driven by no more than the threshold a step, so that no membrane exceeds twice the threshold.
"""

import re

import nir
import nirtorch
import numpy as np
import pytest
import snntorch as snn
import torch
from snntorch.export_nir import export_to_nir
from snntorch.import_nir import _nir_to_snntorch_module, import_from_nir

from edgesort.data import catalog
from edgesort.data.recordings import frames, load_recording
from edgesort.fixed import Int
from edgesort.frontends.nir import ModelError, Terms, load, save
from edgesort.ops import Delta

GRID = -6
TERMS = Terms(sampling_frequency=19531.0, samples=Int(1, False), membrane=Int(16, True, GRID))
LAYERS = (("leaky", "leaky"), ("rleaky", "leaky"), ("leaky", "one to one"))


def on_grid(membrane):
    return torch.ceil(membrane * 2.0**-GRID) * 2.0**GRID


def neurons(kind, size, beta, drive, rng, quant=on_grid):
    """A layer whose threshold is what it can be driven by in one step."""
    given = {"init_hidden": True, "reset_delay": False, "state_quant": quant}
    if kind == "leaky":
        return snn.Leaky(beta=beta * torch.ones(size), threshold=drive * torch.ones(size), **given)
    weight = rng.integers(-30, 20, (size, size)) / 64
    bias = rng.integers(-3, 4, size) / 64
    if kind == "one to one":
        v = torch.tensor(np.diag(weight), dtype=torch.float32)
        top = drive + float(v.clamp(min=0).max())
        return snn.RLeaky(beta=beta, threshold=top, all_to_all=False, V=v, **given)
    top = float(drive + (np.maximum(weight, 0).sum(1) + np.abs(bias)).max())
    layer = snn.RLeaky(beta=beta, threshold=top, linear_features=size, **given)
    layer.recurrent.weight.data = torch.tensor(weight, dtype=torch.float32)
    layer.recurrent.bias.data = torch.tensor(bias, dtype=torch.float32)
    return layer


def network(kinds, seed, betas=(0.9375, 0.875), quant=on_grid):
    """Linear, neurons, Linear, neurons; weights and biases in 64ths."""
    rng = np.random.default_rng(seed)
    modules, width = [], 4
    for kind, beta, size in zip(kinds, betas, (6, 3), strict=True):
        linear = torch.nn.Linear(width, size)
        weight, bias = rng.integers(-40, 80, (size, width)) / 64, rng.integers(-4, 9, size) / 64
        linear.weight.data = torch.tensor(weight, dtype=torch.float32)
        linear.bias.data = torch.tensor(bias, dtype=torch.float32)
        drive = float((np.maximum(weight, 0).sum(1) + np.abs(bias)).max())
        modules += [linear, neurons(kind, size, beta, drive, rng, quant)]
        width = size
    return torch.nn.Sequential(*modules)


def exported(net, path):
    nir.write(path, export_to_nir(net, torch.zeros(1, 4), ignore_dims=[0]))
    return path


def spikes(net, x, state=None):
    """What a network of snnTorch answers to frames x from its first state."""
    for module in net.modules():
        if hasattr(module, "reset_mem"):
            module.reset_mem()
    found = []
    with torch.no_grad():
        for frame in torch.tensor(x, dtype=torch.float32)[:, None]:
            y = net(frame) if state is None else net(frame, state)
            found.append((y[0] if isinstance(y, tuple) else y).reshape(-1).numpy())
    return np.array(found)


def answer(graph, x):
    return graph.run(graph.initial_state(), x.astype(np.uint8))[1][graph.outputs[0]]


def recorded():
    """Up and down crossings, at two steps, of the first file of the N1 recordings: u1 [T, 4]."""
    samples = frames(load_recording(catalog.get_file("neuralink_n1", catalog.files("neuralink_n1")[0])))[:4000, [0, 0]]
    delta = Delta((60, 200))
    return delta.run((np.full(2, int(samples[0, 0])),), samples)[1]


@pytest.fixture(params=["random", "recorded"])
def inputs(request):
    return recorded() if request.param == "recorded" else np.random.default_rng(1).integers(0, 2, (3000, 4))


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("kinds", LAYERS, ids="-".join)
def test_a_graph_loaded_from_snntorchs_export_spikes_as_snntorch_does(kinds, seed, inputs, tmp_path):
    net = network(kinds, seed)
    expected = spikes(net, inputs)
    graph = load(exported(net, tmp_path / "m.nir"), TERMS)
    assert 0 < expected.mean() < 1
    assert (answer(graph, inputs) == expected).all()


def test_one_step_of_one_threshold_shows(tmp_path):
    net = network(LAYERS[1], 0)
    x = np.random.default_rng(1).integers(0, 2, (3000, 4))
    expected = spikes(net, x)
    net[1].threshold += 2.0**GRID
    assert not (answer(load(exported(net, tmp_path / "m.nir"), TERMS), x) == expected).all()


def test_above_twice_the_threshold_the_two_rules_part(tmp_path):
    """The limit that the docstring states: until a membrane first exceeds it, all spikes are equal."""
    net = network(LAYERS[0], 0)
    net[1].threshold /= 4
    net[1].threshold.copy_(torch.round(net[1].threshold * 64) / 64)
    x = np.random.default_rng(1).integers(0, 2, (3000, 4))
    graph, expected = load(exported(net, tmp_path / "m.nir"), TERMS), spikes(net, x)
    state, above = graph.initial_state(), None
    for t, frame in enumerate(x.astype(np.uint8)):
        state, _ = graph.step(state, frame)
        first = graph.nodes[1]
        if (state[first.name][0] > np.array(first.op.threshold)).any():
            above = t
            break
    assert above is not None and (answer(graph, x)[: above + 1] == expected[: above + 1]).all()
    assert not (answer(graph, x) == expected).all()


def subtracting(net):
    """NIR does not say how the reset is done, and snnTorch reads it as reset to zero."""
    for module in net.modules():
        if isinstance(module, snn.Leaky):
            module.reset_mechanism = "subtract"
            module.state_function, module.state_quant = module._base_sub, on_grid
    return net


def test_snntorch_reads_what_save_writes(tmp_path, inputs):
    graph = load(exported(network(LAYERS[0], 0), tmp_path / "a.nir"), TERMS)
    save(graph, tmp_path / "b.nir")
    net = import_from_nir(nir.read(tmp_path / "b.nir"))
    assert not (spikes(net, inputs) == answer(graph, inputs)).all()
    assert (spikes(subtracting(net), inputs) == answer(graph, inputs)).all()


@pytest.mark.parametrize("kinds", LAYERS[1:], ids="-".join)
def test_snntorch_reads_what_save_writes_of_recurrent_neurons(kinds, tmp_path, inputs):
    """snnTorch 1.0.0's import_from_nir cannot read even its own recurrent export (it makes a graph of the loop, in
    which nirtorch 2.6 finds no items), so nirtorch wires snnTorch's modules here."""
    net = network(kinds, 1)
    with pytest.raises(AttributeError):
        import_from_nir(nir.read(exported(net, tmp_path / "a.nir")))
    graph = load(tmp_path / "a.nir", TERMS)
    save(graph, tmp_path / "b.nir")
    modules = {
        kind: lambda n: _nir_to_snntorch_module(n, init_hidden=True) for kind in (nir.Affine, nir.Linear, nir.LIF)
    }
    found = subtracting(nirtorch.nir_to_torch(nir.read(tmp_path / "b.nir"), modules))
    state = found(torch.zeros(1, 4))[1]
    for name in [name for name in state if name.endswith("_prev_output")]:
        state[name] = torch.zeros_like(state[name])
    assert (spikes(found, inputs, state) == answer(graph, inputs)).all()


@pytest.mark.parametrize("kinds", LAYERS, ids="-".join)
def test_the_round_trip_through_save_keeps_the_graph(kinds, tmp_path):
    graph = load(exported(network(kinds, 2), tmp_path / "a.nir"), TERMS)
    save(graph, tmp_path / "b.nir")
    again = load(tmp_path / "b.nir")
    assert [n.name for n in again.nodes] == [n.name for n in graph.nodes]
    assert answer(again, x := np.random.default_rng(3).integers(0, 2, (500, 4))).tolist() == answer(graph, x).tolist()
    assert again.sampling_frequency == 19531.0 and again.digest() == graph.digest()


def test_what_the_neighbours_of_tau_are_said_to_cost_is_what_snntorch_finds(tmp_path):
    """beta = 0.9 against 0.875 and 0.9375, real membranes, on the same random frames."""
    betas = (0.9, 0.875, 0.9375)
    nets = [network(LAYERS[0], 0, (beta, 0.875), quant=False) for beta in betas]
    with pytest.raises(ModelError) as error:
        load(exported(nets[0], tmp_path / "m.nir"), TERMS)
    text = str(error.value)
    assert "found tau 0.001 (beta 0.9)" in text and "\n" not in text
    stated = re.findall(r"tau \S+ \(beta (\S+)\): ([\d.]+) %", text)
    assert [beta for beta, _ in stated] == ["0.875", "0.9375"]
    x = np.random.default_rng(0).integers(0, 2, (1000, 4))
    real, *found = [both_layers(net, x) for net in nets]
    for (_, share), other in zip(stated, found, strict=True):
        assert share == f"{(other == real).mean():.3%}".removesuffix("%")


def both_layers(net, x):
    """The spikes of the first neurons and of the last."""
    return np.concatenate([spikes(net[:2], x), spikes(net, x)], axis=1)
