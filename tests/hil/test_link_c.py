"""The link's device side in C: checks.py on the host build, under sanitizers; mutants; machines that QEMU has."""

import pytest

from edgesort import build as builds
from edgesort.hil import message
from edgesort.hil.connections import connections
from edgesort.hil.message import ALL_NODES, Kind
from edgesort.share import share
from edgesort.targets import c
from tests import corners
from tests.hil import checks
from tests.hil.checks import CHECKS, CLOCKS, GRAPHS, Devices
from tests.hil.mutants_link import MUTANTS, failing, killed_by
from tests.hil.peer import Peer, example, program
from tests.targets.test_c_emit import tiny

CHOSEN = [mutant for mutant in MUTANTS if mutant.what in ("the check is not compared", "trace of a stale node")]


@pytest.fixture(scope="module")
def devices(tmp_path_factory):
    work = tmp_path_factory.mktemp("link")
    programs = {name: program(graph(), work / name, sanitize=name != "gated") for name, graph in GRAPHS.items()}
    return Devices({frames: example(work, frames) for frames in (126, 130)}, programs)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_host_build(check, devices):
    check(devices)


@pytest.mark.parametrize("machine", [c.MPS2_AN386, c.RISCV32_VIRT], ids=lambda machine: machine.name)
def test_a_machine_in_qemu(machine, tmp_path):
    """Events, values and counters over QEMU's UART on a port; the line is let go of in between, the device lives on."""
    graph = tiny()
    data = corners.frames(graph.input[1], 300, seed=8)
    build = builds.compile(graph, machine.name, tmp_path / "build")
    with connections(f"qemu:{machine.name}", build) as connect:
        for session in (1, 2):
            line = connect()
            peer = Peer(line)
            said = peer.reset(session)
            assert (said.target, said.clock, said.digest) == (machine.name, CLOCKS[machine.name], graph.digest())
            nodes = checks.numbers(graph, machine.features)
            expected = checks.compared(graph, peer, data, 254, ALL_NODES, nodes)
            peer.send(Kind.STATS)
            stats = message.stats(peer.hear().payload)
            assert (stats.frames, stats.events, stats.overruns) == (300, len(expected.events), 0)
            assert 0 < stats.worst < 1 << 24
            line.close()


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    return tmp_path_factory.mktemp("mutants")


def test_the_link_itself_passes(work):
    assert failing(share("firmware", "link"), work) is None


@pytest.mark.parametrize("mutant", CHOSEN, ids=lambda mutant: mutant.what)
def test_a_mutant_dies(mutant, work):
    assert killed_by(mutant, work) is not None
