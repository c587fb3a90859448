"""A NIR file becomes a Graph that computes what the file says, and a Graph a file that says what it computes."""

import nir
import numpy as np
import pytest
import torch

from edgesort.fixed import Int
from edgesort.frontends.nir import ModelError, Terms, load, save
from edgesort.frontends.nir.conv import matrix
from edgesort.frontends.nir.network import network
from edgesort.frontends.nir.reader import read
from edgesort.frontends.nir.spikes import simulate
from edgesort.graph import Graph, Node, Stream
from edgesort.ops import Add, Delay, Dense, Lif, Requant, Threshold, Window
from tests.frontends.small_nir import DT, NETWORKS, TERMS, chain, lif, plain, recurrent, weights


def write(graph, path):
    nir.write(path, graph)
    return path


def frames(graph, count=2000, seed=3):
    stream = graph.input[1]
    return np.random.default_rng(seed).integers(stream.dtype.min, stream.dtype.max + 1, (count, *stream.shape))


def run(graph, x):
    return graph.run(graph.initial_state(), x)[1]


@pytest.mark.parametrize("name", NETWORKS)
def test_spikes_are_those_of_the_network_with_membranes_on_the_grid(name, tmp_path):
    path = write(NETWORKS[name](), tmp_path / "m.nir")
    graph, source = load(path, TERMS), network(read(path), DT)
    x = frames(graph)
    found, expected = run(graph, x), simulate(source, x.astype(float), "subtract", 2.0**-10)
    (last,) = source.outputs[0]
    assert 0.02 < expected[last].mean() < 0.98
    assert (found[graph.outputs[0]] == expected[last]).all()


def test_the_graph_is_what_the_file_says(tmp_path):
    graph = load(write(plain(), tmp_path / "m.nir"), TERMS)
    assert [(n.name, n.op.kind) for n in graph.nodes] == [
        ("n0", "dense"),
        ("n1", "lif"),
        ("n2", "dense"),
        ("n3", "lif"),
    ]
    first = graph.node("n1").op
    assert (first.leak, first.threshold, first.bits) == ((4,), (1024,), 20)
    assert graph.node("n3").op.leak == (3,) and graph.node("n3").op.threshold == (768,)
    assert graph.node("n0").op.bias.tolist() == [48, -32, 0, 16, 80]
    assert graph.name == "m" and graph.sampling_frequency == 30000 and graph.input[1] == Stream((4,), Int(1, False))


def test_a_loop_in_a_graph_of_its_own_is_the_loop_in_the_outer_graph(tmp_path):
    nested, flat = (load(write(recurrent(kind), tmp_path / f"{kind}.nir"), TERMS) for kind in (True, False))
    assert [n.name for n in nested.nodes] == ["fc", "rnn"] == [n.name for n in flat.nodes]
    x = frames(nested)
    assert (run(nested, x)["rnn"] == run(flat, x)["rnn"]).all()
    assert nested.node("rnn").op.recurrent.any() and nested.node("fc").op.bias.any()


def test_r_off_tau_over_dt_is_a_threshold_of_its_own(tmp_path):
    """v <- v + dt / tau r I with r = tau / dt / 4 spikes as with r = tau / dt and 4 times the threshold."""
    layer = nir.Linear(weights(0, 3, 4))
    one = lif(3, 4, 0.5, r=[4.0])
    four = lif(3, 4, 2.0)
    graphs = [load(write(chain(layer, node), tmp_path / "m.nir"), TERMS) for node in (one, four)]
    assert graphs[0].digest() == graphs[1].digest()


def test_cubalif_without_a_synaptic_current_is_lif(tmp_path):
    plain = lif(3, 4, 1.0)
    tau_syn = np.full(3, DT, np.float32)
    given = {"tau_mem": plain.tau, "r": plain.r, "v_leak": plain.v_leak, "v_threshold": plain.v_threshold}
    cuba = nir.CubaLIF(tau_syn=tau_syn, w_in=np.ones(3, np.float32), **given)
    layer = nir.Linear(weights(0, 3, 4))
    graphs = [load(write(chain(layer, node), tmp_path / "m.nir"), TERMS) for node in (plain, cuba)]
    assert graphs[0].digest() == graphs[1].digest()
    cuba.tau_syn[1] = 2 * DT
    with pytest.raises(ModelError, match=r"node n1 \(CubaLIF\): expected tau_syn = dt = 0\.0001 .* found 0\.0002"):
        load(write(chain(layer, cuba), tmp_path / "m.nir"), TERMS)


def test_scaling_by_one_power_of_two_takes_no_node(tmp_path):
    nodes = (nir.Scale(np.full(4, 0.25)), nir.Linear(weights(0, 3, 4)), lif(3, 4, 0.25))
    graph = load(write(chain(*nodes), tmp_path / "m.nir"), TERMS)
    assert [n.op.kind for n in graph.nodes] == ["dense", "lif"]
    assert graph.streams["n1"].dtype.exponent == -10 and graph.node("n1").op.weight_exponent == -10


def test_samples_may_be_integers_and_readouts_real(tmp_path):
    """The last layer is no LIF: its integers times 2^exponent are the network's values."""
    nodes = (nir.Linear(weights(0, 5, 4)), lif(5, 3, 60.0), nir.Affine(weights(1, 2, 5), np.array([0.25, -0.5])))
    terms = Terms(30000.0, Int(12, True, -3), Int(24, True, -9))
    path = write(chain(*nodes), tmp_path / "m.nir")
    graph, source = load(path, terms), network(read(path), DT)
    x = frames(graph)
    spikes = simulate(source, x / 8, "subtract", 2.0**-9)["n1"]
    y = run(graph, x)["n2"] * 2.0 ** graph.streams["n2"].dtype.exponent
    assert spikes.mean() > 0.1 and (y == spikes @ source.layer("n2").what.weight.T + [0.25, -0.5]).all()


CONVOLUTIONS = [(1, 0, 1, 1), (2, 3, 1, 2), (1, "same", 2, 1), (3, "valid", 2, 2), (1, 5, 3, 2)]


@pytest.mark.parametrize("stride, padding, dilation, groups", CONVOLUTIONS)
def test_an_unrolled_convolution_is_torchs(stride, padding, dilation, groups):
    rng = np.random.default_rng(0)
    weight, bias, x = rng.normal(size=(4, 2, 3)), rng.normal(size=4), rng.normal(size=(2 * groups, 11))
    fields = {"stride": np.array(stride), "dilation": np.array(dilation), "groups": np.array(groups)}
    fields["padding"] = padding if isinstance(padding, str) else np.array(padding)
    m, b = matrix("node c (Conv1d)", fields, weight, bias, x.size)
    made = torch.nn.functional.conv1d(
        torch.tensor(x)[None], torch.tensor(weight), torch.tensor(bias), stride, padding, dilation, groups
    )
    np.testing.assert_allclose(m @ x.ravel() + b, made.numpy().ravel(), rtol=0, atol=1e-12)


def test_what_is_snapped_is_on_the_grid_and_its_cost_is_recorded(tmp_path):
    rng = np.random.default_rng(0)
    layer = nir.Affine(rng.normal(0.2, 0.3, (5, 4)), rng.normal(0, 0.1, 5))
    path = write(chain(layer, lif(5, tau=0.0012, threshold=0.7)), tmp_path / "m.nir")
    with pytest.raises(
        ModelError, match=r"node n0 \(Affine\): expected weights that are integers of 16 bits .* 8 bits"
    ):
        load(path, TERMS)
    graph = load(path, Terms(**vars(TERMS) | {"snap": 6}))
    costs = dict(graph.provenance)
    assert graph.node("n1").op.leak == (4,) and np.abs(graph.node("n0").op.weight).max() < 32 * 2**6
    assert set(costs) > {"n0: weights to 6 bits * 2^-5", "n0: biases to the grid of 2^-10", "n1: tau to dt 2^k"}
    assert all(v.endswith("of the spike bits equal") for k, v in costs.items() if k.startswith("n"))
    _, values = graph.run(graph.initial_state(), x := frames(graph, 1000, 0))
    share = (values["n1"] == simulate(network(read(path), DT), x.astype(float), "subtract")["n1"]).mean()
    assert costs["spikes as with real membranes"].startswith(f"{share:.3%}".replace("%", " %"))


def test_a_finer_membrane_spikes_more_like_a_real_one(tmp_path):
    path = write(plain(), tmp_path / "m.nir")
    shares = []
    for exponent in (-6, -9, -16):
        graph = load(path, Terms(30000.0, Int(1, False), Int(28, True, exponent)))
        shares.append(float(dict(graph.provenance)["spikes as with real membranes"].split(" %")[0]))
    assert shares[0] < shares[1] <= shares[2] and shares[2] > 99.9


def graph_of(*nodes):
    source = ("samples", Stream((3,), Int(6)))
    return Graph("g", 1000.0, source, nodes, (nodes[-1].name,), ("a", "b", "c"))


def test_every_op_that_nir_knows_survives_save_and_load(tmp_path):
    rng = np.random.default_rng(0)
    grouped = Dense(rng.integers(-9, 9, (6, 1)), rng.integers(-9, 9, 6), 3)
    scaled = Dense(np.array([[3], [1], [-2], [5], [7], [1]]), np.zeros(6, np.int64), 6)
    nodes = (
        Node("wide", grouped, ("samples",)),
        Node("scaled", scaled, ("wide",)),
        Node("late", Delay(4), ("scaled",)),
        Node("sum", Add(), ("scaled", "late")),
        Node("bits", Requant((3,), Int(1, False)), ("sum",)),
        Node("over", Threshold(tuple(range(6))), ("sum",)),
        Node("both", Add(), ("bits", "over")),
        Node("fc", Dense(rng.integers(-20, 30, (3, 6)), np.zeros(3, np.int64)), ("both",)),
        Node("lif", Lif((3, 1, 7), (40, 50, 60), 12, rng.integers(-20, 9, (3, 3))), ("fc",)),
    )
    graph = graph_of(*nodes).check()
    save(graph, tmp_path / "g.nir")
    again = load(tmp_path / "g.nir")
    x = frames(graph)
    expected = run(graph, x)["lif"]
    assert 0.02 < expected.mean() < 0.98 and (run(again, x)[again.outputs[0]] == expected).all()
    assert (again.name, again.sampling_frequency, again.labels) == ("g", 1000.0, ("a", "b", "c"))


ALONE = Lif((3,), (4,), 8)
UNSAVED = {
    "op": (Window(3), r"node x \(window\): expected one of dense, lif, threshold, .*, found no NIR node for it"),
    "refractory": (Lif((3,), (4,), 8, refractory=2), r"node x \(lif\): expected refractory 0, found 2"),
    "floor": (Requant((2,), Int(8)), r"node x \(requant\): expected a Requant to u1, or one that changes nothing"),
}


@pytest.mark.parametrize("case", UNSAVED)
def test_what_nir_cannot_say_is_not_saved(case, tmp_path):
    op, text = UNSAVED[case]
    with pytest.raises(ModelError, match=text):
        save(graph_of(Node("x", op, ("samples",))), tmp_path / "g.nir")
    assert not list(tmp_path.iterdir())


def test_a_sum_of_two_scales_that_the_exponents_do_not_say_is_not_saved(tmp_path):
    nodes = (Node("d", Delay(1), ("samples",)), Node("x", Add((0, 1)), ("samples", "d")))
    with pytest.raises(ModelError, match=r"node x \(add\): expected shifts that bring both scales together"):
        save(graph_of(*nodes), tmp_path / "g.nir")


def test_terms_are_read_from_text():
    texts = ["samples=u1", "membrane=i24*2^-8", "sampling_frequency=30000", "snap=8", "dt=0.001", "reset=zero"]
    assert Terms.parse(texts) == Terms(30000.0, Int(1, False), Int(24, True, -8), 0.001, "zero", 8)
    for text in ("sample=u1", "samples=f32", "snap=x", "snap=40", "reset=half", "membrane=u8", "dt=0", "samples"):
        with pytest.raises(ModelError, match="terms: expected"):
            Terms.parse([text])
