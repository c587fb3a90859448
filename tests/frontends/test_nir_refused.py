"""What has no exact meaning is refused in one line that names the node, the nearest values and what they cost."""

import nir
import numpy as np
import pytest

from edgesort.fixed import Int
from edgesort.frontends.nir import ModelError, Terms, load
from tests.frontends.small_nir import DT, TERMS, chain, lif, plain, weights

COST = r"[\d.]+ %"


def linear():
    return nir.Linear(weights(0, 3, 4))


def spiking(**fields):
    return chain(linear(), lif(3, **fields))


def changed(edit):
    graph = plain()
    edit(graph)
    return graph


def edges(*more, less=()):
    return lambda g: setattr(g, "edges", [e for e in g.edges if e not in less] + list(more))


def scaled(factor):
    return chain(nir.Scale(np.array(factor)), linear(), lif(3))


def offset(value):
    return chain(nir.Affine(weights(0, 3, 4), np.full(3, value)), lif(3))


def looped(weight):
    nodes = {"input": nir.Input(np.array([4])), "fc": linear(), "r.lif": lif(3), "r.w": nir.Linear(weight)}
    nodes["output"] = nir.Output(np.array([3]))
    loop = [("input", "fc"), ("fc", "r.lif"), ("r.lif", "r.w"), ("r.w", "r.lif"), ("r.lif", "output")]
    return nir.NIRGraph(nodes, loop, type_check=False)


ODD = weights(0, 3, 4) * np.float32(1.1)
NETWORKS = {
    "tau": (
        spiking(tau=0.001),
        rf"node n1 \(LIF\): expected tau = dt 2\^k with dt = 0\.0001 and k of 1 to 15 \(beta = 1 - 2\^-k\), "
        rf"found tau 0\.001 \(beta 0\.9\); nearest tau 0\.0008 \(beta 0\.875\): {COST}, "
        rf"tau 0\.0016 \(beta 0\.9375\): {COST} of the spike bits equal; train with it, or say snap=BITS",
    ),
    "tau below": (spiking(tau=DT), rf"found tau 0\.0001 \(beta 0\); nearest tau 0\.0002 \(beta 0\.5\): {COST} of"),
    "tau negative": (spiking(tau=-DT), r"node n1 \(LIF\): expected time constants above 0, found -0\.0001"),
    "weights": (
        chain(nir.Linear(ODD), lif(3)),
        rf"node n0 \(Linear\): expected weights that are integers of 16 bits at most times a power of two, found "
        rf"[-\d.e]+; nearest 8 bits \* 2\^-7: {COST}, 16 bits \* 2\^-15: {COST} of the spike bits equal",
    ),
    "recurrent weights": (looped(ODD[:, :3]), r"node r\.lif \(LIF\): expected weights that are integers of 16 bits"),
    "recurrent grid": (
        looped(weights(0, 3, 3, exponent=-12)),
        r"node r\.lif \(LIF\): expected a membrane grid no coarser than its recurrent weights' 2\^-1\d, found 2\^-10",
    ),
    "factor": (scaled([0.3, 0.5, 1, 1]), r"node n0 \(Scale\): expected weights that are integers of 16 bits at most"),
    "threshold": (
        spiking(threshold=0.3),
        rf"node n1 \(LIF\): expected thresholds on the grid of 2\^-10, found 0\.300000012; nearest 0\.2998.*: {COST}",
    ),
    "threshold of 0": (
        spiking(threshold=0.0),
        r"expected thresholds of 1 to 524287 in a membrane of i20\*2\^-10, found 0",
    ),
    "threshold too high": (spiking(threshold=1000.0), r"expected thresholds of 1 to 524287 .* found 1024000"),
    "bias": (
        offset(0.1),
        rf"node n0 \(Affine\): expected biases on the grid of 2\^-10, found 0\.1; nearest 0\.0996.*{COST}",
    ),
    "v_leak": (spiking(v_leak=[0.0, 0.5, 0.0]), r"node n1 \(LIF\): expected v_leak 0, found 0\.5; shift the voltages"),
    "v_reset": (spiking(v_reset=[0.0, 0.0, -1.0]), r"node n1 \(LIF\): expected v_reset 0, found -1"),
    "r": (spiking(r=[0.0]), r"node n1 \(LIF\): expected r above 0, found 0"),
    "NaN": (spiking(threshold=np.nan), r"node n1 \(LIF\): expected v_threshold of 0 or 1e-30 to 1e30, found nan"),
    "delay": (
        chain(nir.Delay(np.full(4, 1.5 * DT)), linear(), lif(3)),
        r"node n0 \(Delay\): expected one delay of whole steps of dt = 0\.0001 s, found 0\.00015 to 0\.00015 s",
    ),
    "delays": (chain(nir.Delay(np.arange(4) * DT), linear(), lif(3)), r"expected one delay of whole steps"),
    "width": (chain(nir.Linear(weights(0, 3, 5)), lif(3)), r"node n0 \(Linear\): expected weights of \[out, 4\]"),
    "neurons": (chain(linear(), lif(5)), r"node n1 \(LIF\): expected 1 or 3 numbers in tau, found 5"),
    "type": (
        chain(linear(), nir.LI(*[np.ones(3, np.float32)] * 3)),
        r"node n1: expected a type of Input, .*, found 'LI', which is unsupported",
    ),
    "loop": (
        changed(edges(("n3", "n2"))),
        r"node n2: expected no loop but a linear node around one LIF, found another",
    ),
    "long loop": (
        changed(edges(("n2", "n0"))),
        r"node n0: expected no loop but a linear node around one LIF, found another",
    ),
    "twice": (changed(edges(("n0", "n1"))), r"edge n0 to n1: expected it once, found it twice"),
    "nowhere": (changed(edges(("n0", "n9"))), r"edge n0 to n9: expected two nodes, found none called n9"),
    "unfed": (changed(edges(less=[("n1", "n2")])), r"node n2 \(Linear\): expected something that feeds it"),
    "through": (
        changed(edges(("input", "output"), less=[("n3", "output")])),
        r"node output \(Output\): expected what layers make, found input itself",
    ),
    "input in a sum": (
        changed(edges(("input", "n1"))),
        r"node n1 \(LIF\): expected inputs of one size, found \[4, 5\]",
    ),
    "no output": (changed(lambda g: g.nodes.pop("output") and edges(less=[("n3", "output")])(g)), r"found 1 and 0"),
    "two inputs": (
        changed(lambda g: g.nodes.update(other=nir.Input(np.array([4])))),
        r"expected one Input and at least one Output, found 2 and 1",
    ),
}


@pytest.mark.parametrize("case", NETWORKS)
def test_a_network_off_the_grid_is_refused_by_name(case, tmp_path):
    graph, text = NETWORKS[case]
    nir.write(tmp_path / "m.nir", graph)
    with pytest.raises(ModelError, match=rf"m\.nir: .*{text}") as error:
        load(tmp_path / "m.nir", TERMS)
    assert str(error.value).isprintable()


SNAPPED = ("tau", "tau below", "weights", "recurrent weights", "recurrent grid", "factor", "threshold", "bias")


@pytest.mark.parametrize("case", SNAPPED)
def test_what_is_refused_for_being_off_the_grid_is_taken_when_asked(case, tmp_path):
    nir.write(tmp_path / "m.nir", NETWORKS[case][0])
    membrane = Int(24, True, -16) if case in ("recurrent grid", "factor") else TERMS.membrane
    graph = load(tmp_path / "m.nir", Terms(**vars(TERMS) | {"snap": 8, "membrane": membrane}))
    notes = [cost for what, cost in graph.provenance if ": " in what]
    assert all(cost.endswith(" % of the spike bits equal") for cost in notes) and bool(notes) == (
        case != "recurrent grid"
    )


WITHOUT = {
    "sampling_frequency": r"expected sampling_frequency=HZ \(frames a second\), found none; NIR does not say it",
    "samples": r"expected samples=TYPE \(u1 for spikes, else such as i16 or i16\*2\^-10\), found none",
    "membrane": rf"node n1 \(LIF\): expected the membrane's type, found none, for NIR's is a real number; on the "
    rf"grid of 2\^-6: {COST}, 2\^-10: {COST}, 2\^-14: {COST} of the spike bits equal; say membrane=TYPE, such as i24",
}


@pytest.mark.parametrize("name", WITHOUT)
def test_what_nir_does_not_say_must_be_said(name, tmp_path):
    nir.write(tmp_path / "m.nir", plain())
    with pytest.raises(ModelError, match=WITHOUT[name]):
        load(tmp_path / "m.nir", Terms(**vars(TERMS) | {name: None}))


def test_reset_to_zero_is_refused_with_its_cost_and_recorded_when_taken(tmp_path):
    nir.write(tmp_path / "m.nir", plain())
    with pytest.raises(ModelError, match=rf"expected reset=subtract .* found zero; subtracting instead leaves {COST}"):
        load(tmp_path / "m.nir", Terms(**vars(TERMS) | {"reset": "zero"}))
    graph = load(tmp_path / "m.nir", Terms(**vars(TERMS) | {"reset": "zero", "snap": 8}))
    assert "reset to zero as subtraction" in dict(graph.provenance)


def test_a_coarse_membrane_and_frames_of_another_shape_are_refused(tmp_path):
    nir.write(tmp_path / "m.nir", plain())
    with pytest.raises(ModelError, match=r"expected a membrane grid no coarser than its input's 2\^-6, found 2\^-3"):
        load(tmp_path / "m.nir", Terms(**vars(TERMS) | {"membrane": Int(20, True, -3)}))
    with pytest.raises(ModelError, match=r"expected integer frames \[T, 4\], found int64 \[9, 3\]"):
        load(tmp_path / "m.nir", TERMS, np.zeros((9, 3), np.int64))
    with pytest.raises(ModelError, match=r"expected frames in u1, found 0 to 2"):
        load(tmp_path / "m.nir", TERMS, np.array([[0, 1, 2, 0]]))
