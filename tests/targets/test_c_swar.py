"""The compiler's promise to es_linear_swar: how many bits the outputs of a chain have."""

from dataclasses import replace

import pytest

from edgesort.targets.c import HOST, values_of
from edgesort.targets.c.wires import swar
from tests.targets.cases import difference, stepped
from tests.targets.cases_layers import CHAINS, layers_frames, layers_graph

NEXT = ("chain-17-bits", "chain-22-bits", "chain-25-bits", "chain-six-groups")  # a bit more than what the chains hold


@pytest.mark.parametrize(("more", "wrong"), [(0, ()), (1, NEXT)], ids=["as it is", "a bit too many"])
def test_a_chain_holds_so_many_bits_and_no_more(more, wrong, tmp_path, monkeypatch):
    own = swar.Chain.bits.fget
    monkeypatch.setattr(swar.Chain, "bits", property(lambda chain: own(chain) + more))
    graph, frames, target = layers_graph(CHAINS), layers_frames(240, seed=1), replace(HOST, features=("swar",))
    target.emit(graph, tmp_path)
    target.build(graph, tmp_path)
    (executor,) = target.executors(graph, tmp_path)
    expected, found = stepped(graph, frames), values_of(graph, executor, frames)
    names = [case.name for case in CHAINS]
    assert tuple(n for n in names if difference({n: expected[n]}, {n: found[n]})) == wrong
