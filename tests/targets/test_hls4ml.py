"""Target hls4ml: the emitted project's C simulation equals the reference, and a changed project does not."""

import re
import shutil
import subprocess

import numpy as np
import pytest

from edgesort.fixed import Int
from edgesort.graph import Graph, Node, Stream
from edgesort.ops import Biquad, Dense, Peak, Requant, Window
from edgesort.targets.hls4ml import Hls4ml, network, receptive, windows
from edgesort.targets.target import BuildError
from edgesort.verify import compare
from tests import corners
from tests.graphs import HIGHPASS, sorter

TARGET = Hls4ml()
FRAMES = 3_000


def awkward() -> Graph:
    """Two channels, a dilated window, groups, a shift for each output, a signed activation, extreme weights."""
    rng = np.random.default_rng(3)
    conv1 = rng.integers(-128, 128, (6, 8))
    conv1[0], conv1[1] = -128, 127
    nodes = (
        Node("highpass", Biquad((HIGHPASS,)), ("adc",)),
        Node("scale", Requant((9,), Int(8)), ("highpass",)),
        Node("taps", Window(4, dilation=3), ("scale",)),
        Node("conv1", Dense(conv1, rng.integers(-9000, 9000, 6)), ("taps",)),
        Node("conv1_act", Requant((7, 2, 5, 0, 7, 6), Int(6)), ("conv1",)),
        Node("grouped", Dense(rng.integers(-8, 8, (4, 3)), np.array([0, -5, 99, 7]), groups=2), ("conv1_act",)),
        Node("grouped_act", Requant((2,), Int(4, False)), ("grouped",)),
        Node("pair", Window(2), ("grouped_act",)),
        Node("head", Dense(rng.integers(-8, 8, (3, 8)), np.array([40, 0, -40])), ("pair",)),
        Node("score", Requant((1,), Int(8, False)), ("head",)),
        Node("events", Peak((20, 1, 60), reach=3, refractory=5), ("score",)),
    )
    return Graph("awkward", 20000.0, ("adc", Stream((2,), Int(16))), nodes, ("events",)).check()


GRAPHS = {"sorter": sorter(filters=4, kernel=12), "awkward": awkward()}


@pytest.fixture(scope="module", params=GRAPHS)
def built(request, tmp_path_factory):
    """A graph and its project, built with recorded vectors beside it as edgesort.compile leaves them."""
    graph, out = GRAPHS[request.param], tmp_path_factory.mktemp(request.param)
    assert TARGET.unsupported(graph) == []
    TARGET.emit(graph, out)
    np.savez(out / "vectors.npz", recorded=recorded(graph))
    return graph, out, TARGET.build(graph, out)


def recorded(graph):
    return corners.frames(graph.input[1], FRAMES, 5)


def verdict(graph, out):
    return compare(graph, TARGET.executors(graph, out)[0], recorded(graph))


def change(out, tmp_path, file, old, new):
    """A copy of the project with one place changed, not yet compiled."""
    mutant = tmp_path / "mutant"
    shutil.copytree(out, mutant, ignore=shutil.ignore_patterns("*.so"))
    source = (mutant / file).read_text()
    changed = re.sub(old, new, source, count=1)
    assert changed != source
    (mutant / file).write_text(changed)
    return mutant


def test_every_complete_window_equals_the_reference(built):
    graph, out, _ = built
    found = verdict(graph, out)
    assert found.equal and found.nodes == ("score",)
    assert found.frames == FRAMES - receptive(graph) + 1
    assert found.values == found.frames * graph.streams["score"].size
    scores = windows(graph, recorded(graph))[1]
    assert len(np.unique(scores)) > 8, "the outputs must vary, or equality says nothing"


def test_costs_and_test_bench_vectors(built):
    graph, out, costs = built
    assert costs["window_frames"] == receptive(graph)
    assert costs["synthesis"] == "not run: vitis_hls not found"
    x = np.loadtxt(out / "tb_data" / "tb_input_features.dat", np.int64)
    y = np.loadtxt(out / "tb_data" / "tb_output_predictions.dat", np.int64)
    expected_x, expected_y = windows(graph, recorded(graph)[:1000])
    assert np.array_equal(x, expected_x.reshape(len(x), -1)) and np.array_equal(y, expected_y)


def test_one_weight_changed_is_noticed(built, tmp_path):
    graph, out, _ = built
    mutant = change(out, tmp_path, "firmware/weights/w2.h", r"= \{-?\d+\.\d+", "= {0.03125")
    found = verdict(graph, mutant)
    assert not found.equal and found.first_mismatch.node == "score"


@pytest.mark.parametrize("built", ["awkward"], indirect=True)
@pytest.mark.parametrize(("old", "new"), [("AP_TRN,AP_SAT", "AP_RND,AP_SAT"), ("AP_TRN,AP_SAT", "AP_TRN,AP_WRAP")])
def test_another_rounding_or_no_saturation_is_noticed(old, new, tmp_path, built):
    graph, out, _ = built
    mutant = change(out, tmp_path, "firmware/defines.h", old, new)
    assert not verdict(graph, mutant).equal


BENCH = "g++ -O1 -std=c++17 -Ifirmware/ap_types network_test.cpp firmware/network.cpp -o bench"


@pytest.mark.parametrize("built", ["sorter"], indirect=True)
def test_the_vendors_test_bench_passes_and_can_fail(built, tmp_path):
    graph, out, _ = built
    project = tmp_path / "project"
    shutil.copytree(out, project)
    subprocess.run(BENCH.split(), cwd=project, check=True, capture_output=True)
    good = subprocess.run(["./bench"], cwd=project, capture_output=True, text=True)
    assert good.returncode == 0 and f"{1000 - receptive(graph) + 1} windows, 0 mismatches" in good.stdout
    file = project / "tb_data" / "tb_output_predictions.dat"
    lines = file.read_text().splitlines()
    lines[7] = " ".join(str(int(word) ^ 1) for word in lines[7].split())
    file.write_text("\n".join(lines))
    bad = subprocess.run(["./bench"], cwd=project, capture_output=True, text=True)
    assert bad.returncode == 1 and "window 7, output 0: expected" in bad.stdout


def test_the_same_graph_emits_the_same_files(tmp_path):
    graph = GRAPHS["sorter"]
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
        TARGET.emit(graph, folder)
    contents = [{p.relative_to(f): p.read_bytes() for p in f.rglob("*") if p.is_file()} for f in folders]
    assert contents[0] == contents[1]
    assert not any(str(tmp_path).encode() in data for data in contents[0].values()), "a path of this machine"


def test_frames_shorter_than_the_window_give_nothing(built):
    graph, out, _ = built
    run = TARGET.executors(graph, out)[0].run
    assert list(run(recorded(graph)[: receptive(graph) - 1])) == []


def test_the_network_is_the_part_between_filter_and_peak():
    graph = sorter()
    assert [n.name for n in network(graph)][::7] == ["conv1_window", "score"]
    assert receptive(graph) == 34


def test_what_hls4ml_cannot_take_is_named_by_node():
    graph = sorter()
    nodes = {node.name: node for node in graph.nodes}
    nodes["conv1_window"] = Node("conv1_window", Window(32, stride=2), ("scale",))
    nodes["conv2_act"] = Node("conv2_act", Peak((0,) * 8, 1, 0), ("conv2",))
    bad = Graph("bad", 1.0, graph.input, tuple(nodes.values()), ("events",))
    assert TARGET.unsupported(bad) == [
        "node conv1_window (window): expected stride 1, found 2",
        "node conv2_act (peak): hls4ml takes window, dense and requant here",
    ]
    nothing = Graph("nothing", 1.0, graph.input, graph.nodes[:2], ("scale",))
    assert TARGET.unsupported(nothing) == ["graph nothing: expected a dense node, found none"]


VENDOR = """#!/bin/sh
echo "$@" > called
mkdir -p network_prj/solution1/syn/report
cp report.xml network_prj/solution1/syn/report/network_csynth.xml
exit {code}
"""
REPORT = """<profile><UserAssignments><TargetClockPeriod>5.00</TargetClockPeriod></UserAssignments>
<PerformanceEstimates><SummaryOfTimingAnalysis><EstimatedClockPeriod>3.6</EstimatedClockPeriod></SummaryOfTimingAnalysis>
<SummaryOfOverallLatency><Best-caseLatency>9</Best-caseLatency><Worst-caseLatency>11</Worst-caseLatency>
<Interval-min>1</Interval-min><Interval-max>2</Interval-max></SummaryOfOverallLatency></PerformanceEstimates>
<AreaEstimates><Resources><LUT>1234</LUT><DSP>56</DSP></Resources>
<AvailableResources><LUT>9999</LUT></AvailableResources></AreaEstimates></profile>"""
SOLUTIONS = "<project><solutions><solution name='solution1'/></solutions></project>"


@pytest.mark.parametrize("built", ["sorter"], indirect=True)
@pytest.mark.parametrize("code", [0, 1])
def test_a_vendors_tool_on_path_is_run_and_its_report_read(code, built, tmp_path, monkeypatch):
    graph, out, _ = built
    tool = tmp_path / "bin" / "vitis_hls"
    tool.parent.mkdir()
    tool.write_text(VENDOR.format(code=code))
    tool.chmod(0o755)
    project = tmp_path / "project"
    shutil.copytree(out, project)
    (project / "report.xml").write_text(REPORT)
    (project / "network_prj").mkdir()
    (project / "network_prj" / "hls.app").write_text(
        "<project><solutions><solution name='solution1'/></solutions></project>"
    )
    (project / "build_lib.sh").write_text("true")
    monkeypatch.setenv("PATH", f"{tool.parent}:/usr/bin:/bin")
    if code:
        with pytest.raises(BuildError, match=r"expected vitis_hls to succeed, found exit code 1; see synthesis\.log"):
            TARGET.build(graph, project)
        return
    costs = TARGET.build(graph, project)
    assert (project / "called").read_text() == "-f build_prj.tcl\n"
    assert (costs["synthesis"], costs["LUT"], costs["DSP"], costs["WorstLatency"]) == (
        "run: vitis_hls",
        "1234",
        "56",
        "11",
    )
