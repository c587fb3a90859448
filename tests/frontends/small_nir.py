"""Small NIR networks, for tests to write, to change and to damage."""

import nir
import numpy as np

from edgesort.fixed import Int
from edgesort.frontends.nir import Terms

DT = 1e-4
TERMS = Terms(sampling_frequency=30000.0, samples=Int(1, False), membrane=Int(20, True, -10))


def lif(size, leak=4, threshold=1.0, tau=None, **fields):
    """As snnTorch exports Leaky: beta = 1 - 2^-leak, r = tau / dt."""
    tau = np.full(size, DT * 2.0**leak if tau is None else tau, np.float32)
    given = {"r": tau / np.float32(DT), "v_leak": np.zeros_like(tau), "v_reset": np.zeros_like(tau)}
    given |= {"v_threshold": np.full(size, threshold, np.float32)}
    return nir.LIF(tau=tau, **(given | {k: np.broadcast_to(np.float32(v), size).copy() for k, v in fields.items()}))


def weights(seed, out, size, low=-40, high=50, exponent=-6):
    return (np.random.default_rng(seed).integers(low, high, (out, size)) * 2.0**exponent).astype(np.float32)


def chain(*nodes, width=4):
    """A NIRGraph of nodes one after the other, called n0, n1, ..."""
    names = [f"n{k}" for k in range(len(nodes))]
    edges = list(zip(["input", *names], [*names, "output"], strict=True))
    last = nodes[-1].output_type["output"]
    ends = {"input": nir.Input(np.array([width])), "output": nir.Output(np.array(last))}
    return nir.NIRGraph(dict(zip(names, nodes, strict=True)) | ends, edges, type_check=False)


def plain():
    """Affine, LIF, Linear, LIF."""
    bias = np.array([3, -2, 0, 1, 5], np.float32) / 64
    return chain(nir.Affine(weights(0, 5, 4), bias), lif(5), nir.Linear(weights(1, 3, 5)), lif(3, 3, 0.75))


def recurrent(nested=True):
    """As snnTorch exports RLeaky: a graph of its own around the LIF, or its nodes in the outer graph."""
    around = nir.Affine(weights(2, 5, 5, -30, 20), np.array([1, 0, 2, 0, -1], np.float32) / 64)
    inner = {"lif": lif(5), "w_rec": around}
    loop = [("lif", "w_rec"), ("w_rec", "lif")]
    outer = {"input": nir.Input(np.array([4])), "fc": nir.Linear(weights(0, 5, 4)), "output": nir.Output(np.array([5]))}
    if not nested:
        flat = {f"rnn.{name}": node for name, node in inner.items()}
        edges = [(f"rnn.{a}", f"rnn.{b}") for a, b in loop]
        edges += [("input", "fc"), ("fc", "rnn.lif"), ("rnn.lif", "output")]
        return nir.NIRGraph(outer | flat, edges, type_check=False)
    inner |= {"input": nir.Input(np.array([5])), "output": nir.Output(np.array([5]))}
    graph = nir.NIRGraph(inner, [*loop, ("input", "lif"), ("lif", "output")], type_check=False)
    return nir.NIRGraph(outer | {"rnn": graph}, [("input", "fc"), ("fc", "rnn"), ("rnn", "output")], type_check=False)


def mixed():
    """Conv1d, Scale, Delay, sums, Threshold, Flatten."""
    conv = nir.Conv1d(6, weights(3, 2, 2).reshape(2, 1, 2), 1, 1, 2, 1, np.array([1, -1], np.float32) / 64)
    nodes = {
        "input": nir.Input(np.array([1, 6])),
        "conv": conv,
        "flat": nir.Flatten(np.array([2, 6]), 0, 1),
        "half": nir.Scale(np.full(12, 0.5, np.float32)),
        "late": nir.Delay(np.full(12, 3 * DT, np.float32)),
        "act": nir.Threshold(np.linspace(-0.3, 0.4, 12, dtype=np.float32)),
        "other": nir.Threshold(np.linspace(0.2, -0.3, 12, dtype=np.float32)),
        "fc": nir.Linear(weights(4, 3, 12)),
        "lif": lif(3, 2, 2.5),
        "output": nir.Output(np.array([3])),
    }
    edges = [("input", "conv"), ("conv", "flat"), ("flat", "half"), ("half", "late")]
    edges += [("flat", "act"), ("late", "act"), ("conv", "other"), ("late", "other")]  # sums in either order of scales
    edges += [("act", "fc"), ("other", "fc"), ("fc", "lif"), ("lif", "output")]
    return nir.NIRGraph(nodes, edges, type_check=False)


NETWORKS = {"plain": plain, "recurrent": recurrent, "flat": lambda: recurrent(False), "mixed": mixed}
