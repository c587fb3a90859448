"""Target hls4ml: the emitted project's C simulation equals the reference, and a changed project does not."""

import re
import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pytest

from edgesort.fixed import Int
from edgesort.graph import Graph, Node, Stream
from edgesort.operators import hls4ml_graph
from edgesort.ops import Biquad, Dense, DepthToTime, Gru, Lif, Peak, Requant, Window
from edgesort.targets import find
from edgesort.targets.hls4ml import network, receptive, windows
from edgesort.targets.target import BuildError
from edgesort.verify import compare
from tests import corners
from tests.graphs import HIGHPASS, sorter

FRAMES = 3_000


def awkward() -> Graph:
    """Two channels, a dilated and strided window, groups, a shift for each output, a signed activation, extremes."""
    rng = np.random.default_rng(3)
    conv1 = rng.integers(-128, 128, (6, 8))
    conv1[0], conv1[1] = -128, 127
    nodes = (
        Node("highpass", Biquad((HIGHPASS,)), ("adc",)),
        Node("scale", Requant((9,), Int(8)), ("highpass",)),
        Node("taps", Window(4, dilation=3, stride=2), ("scale",)),
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


GRAPH = awkward()
WIDTH = 12  # 1 + 3 * 3, and 2 for the second of the pair
CHANGES = {  # of each project, one place that the comparison must notice
    "hls4ml": ("firmware/defines.h", "AP_TRN,AP_SAT", "AP_TRN,AP_WRAP"),
    "hls4ml-stream": ("firmware/weights/w2.h", r"= \{-?\d+\.\d+", "= {0.03125"),
    "hls4ml-catapult": ("firmware/defines.h", "AC_TRN,AC_SAT", "AC_RND,AC_SAT"),
    "hls4ml-catapult-stream": ("firmware/weights/w2.h", r"= \{-?\d+\.\d+", "= {0.03125"),
}


@pytest.fixture(scope="module", params=CHANGES)
def built(request, tmp_path_factory):
    """A target and its project, built with recorded vectors beside it as edgesort.compile leaves them, then moved."""
    target, out = find(request.param), tmp_path_factory.mktemp(request.param)
    first, last = out / "first", out / "last"
    first.mkdir()
    assert target.unsupported(GRAPH) == []
    target.emit(GRAPH, first)
    emitted = contents(first)
    np.savez(first / "vectors.npz", recorded=recorded())
    costs = target.build(GRAPH, first)
    return target, first.rename(last), costs, emitted


def contents(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def recorded():
    return corners.frames(GRAPH.input[1], FRAMES, 5)


def verdict(target, out):
    return compare(GRAPH, target.executors(GRAPH, out)[0], recorded())


def test_every_complete_window_equals_the_reference(built):
    target, out, _, _ = built
    found = verdict(target, out)
    assert found.equal and found.name == target.name and found.nodes == ("score",)
    assert found.frames == FRAMES - WIDTH + 2 and found.values == found.frames // 2 * 3
    scores = windows(GRAPH, recorded())[1]
    assert len(np.unique(scores)) > 8, "the outputs must vary, or equality says nothing"


def test_costs_and_test_bench_vectors(built):
    target, out, costs, _ = built
    tool = target.backend.commands[-1][0]
    assert costs["window_frames"] == WIDTH and costs["synthesis"] == f"not run: {tool} not found"
    x = np.loadtxt(out / "tb_data" / "tb_input_features.dat", np.int64)
    y = np.loadtxt(out / "tb_data" / "tb_output_predictions.dat", np.int64)
    expected_x, expected_y = windows(GRAPH, recorded()[:1000])
    assert np.array_equal(x, expected_x.reshape(len(x), -1)) and np.array_equal(y, expected_y)


def test_a_changed_project_is_noticed(built, tmp_path):
    target, out, _, _ = built
    file, old, new = CHANGES[target.name]
    mutant = tmp_path / "mutant"
    shutil.copytree(out, mutant, ignore=shutil.ignore_patterns("*.so"))
    source = (mutant / file).read_text()
    changed = re.sub(old, new, source, count=1)
    assert changed != source
    (mutant / file).write_text(changed)
    found = verdict(target, mutant)
    assert not found.equal and found.first_mismatch.node == "score"


CATAPULT_HEADERS = " ".join(f"-Ifirmware/{path}" for path in ("nnet_utils", "ac_types/include", "ac_math/include"))
BENCHES = {
    "hls4ml": "-std=c++17 -Ifirmware/ap_types",
    "hls4ml-catapult-stream": f"-std=c++17 {CATAPULT_HEADERS} -Ifirmware/ac_simutils/include",
}


@pytest.mark.parametrize("built", BENCHES, indirect=True)
def test_the_vendors_test_bench_passes_and_can_fail(built, tmp_path):
    target, out, _, _ = built
    project = tmp_path / "project"
    shutil.copytree(out, project)
    compiler = ["g++", *BENCHES[target.name].split(), "network_test.cpp", "firmware/network.cpp", "-o", "bench"]
    subprocess.run(compiler, cwd=project, check=True, capture_output=True)
    good = subprocess.run(["./bench"], cwd=project, capture_output=True, text=True)
    assert good.returncode == 0 and f"{(1000 - WIDTH) // 2 + 1} windows, 0 mismatches" in good.stdout
    file = project / "tb_data" / "tb_output_predictions.dat"
    lines = file.read_text().splitlines()
    lines[7] = " ".join(str(int(word) ^ 1) for word in lines[7].split())
    file.write_text("\n".join(lines))
    bad = subprocess.run(["./bench"], cwd=project, capture_output=True, text=True)
    assert bad.returncode == 1 and "window 7, output 0: expected" in bad.stdout


def test_the_same_graph_emits_the_same_files(built, tmp_path):
    target, _, _, emitted = built
    target.emit(GRAPH, tmp_path)
    assert contents(tmp_path) == emitted
    assert not any(str(tmp_path).encode() in data for data in emitted.values()), "a path of this machine"


def test_frames_shorter_than_the_window_give_nothing(built):
    target, out, _, _ = built
    run = target.executors(GRAPH, out)[0].run
    assert list(run(recorded()[: WIDTH - 1])) == []


@pytest.mark.parametrize("length", [0, 11, 12, 13, 14, 200])
def test_windows_of_a_strided_network_end_where_the_graph_computes(length):
    """Output k of stride 2 is computed at frame 2k + 1, from the WIDTH frames up to it."""
    frames = recorded()[:length]
    x, y = windows(GRAPH, frames)
    _, values = GRAPH.run(GRAPH.initial_state(), frames)
    ends = range(WIDTH - 1, length, 2)
    assert len(x) == len(y) == len(ends) and receptive(GRAPH) == WIDTH
    for window, scores, end in zip(x, y, ends, strict=True):
        assert np.array_equal(window, values["scale"][end - WIDTH + 1 : end + 1])
        assert np.array_equal(scores, values["score"][end // 2])


def test_the_network_is_the_part_between_filter_and_peak():
    graph = sorter()
    assert [n.name for n in network(graph)][::7] == ["conv1_window", "score"]
    assert receptive(graph) == 34


def test_what_hls4ml_cannot_take_is_named_by_node():
    graph = sorter()
    nodes = {node.name: node for node in graph.nodes}
    nodes["conv2_act"] = Node("conv2_act", Peak((0,) * 8, 1, 0), ("conv2",))
    bad = Graph("bad", 1.0, graph.input, tuple(nodes.values()), ("events",))
    elsewhere = "host, c99 and the microcontrollers, verilog and the FPGA boards"
    said = f"node conv2_act (peak): hls4ml takes window, dense and requant here; peak is in {elsewhere}"
    assert find("hls4ml").unsupported(bad) == [said]
    nothing = Graph("nothing", 1.0, graph.input, graph.nodes[:2], ("scale",))
    assert find("hls4ml").unsupported(nothing) == ["graph nothing: expected a dense node, found none"]
    nodes["conv2_act"] = Node("conv2_act", Requant((4,), Int(1, False)), ("conv2",))
    narrow = Graph("narrow", 1.0, graph.input, tuple(nodes.values()), ("events",))
    assert find("hls4ml").unsupported(narrow) == []
    assert find("hls4ml-catapult").unsupported(narrow) == [
        "node conv2_act (requant): expected 2 bits or more, found u1"
    ]


def test_operators_that_hls4ml_lacks_are_refused_with_the_targets_that_have_them():
    """Lif, Gru, and DepthToTime, which makes a Dense a ConvTranspose1d."""
    x = Stream((4,), Int(8))
    up = (
        Node("w", Window(4, stride=2), ("x",)),
        Node("d", Dense(np.ones((4, 16), np.int64), np.zeros(4, np.int64)), ("w",)),
        Node("node", DepthToTime(2), ("d",)),
        Node("end", Dense(np.ones((1, 2), np.int64), np.zeros(1, np.int64)), ("node",)),
    )
    graphs = [Graph("up", 1000.0, ("x", x), up, ("end",)).check()]
    for op in (Lif, Gru):
        graph = hls4ml_graph(next(case for case in op.cases() if len(case[1]) == 1))
        graphs.append(replace(graph, nodes=tuple(replace(n, name="node") if n.name == "b" else n for n in graph.nodes)))
    elsewhere = "host, c99 and the microcontrollers, verilog and the FPGA boards"
    for graph, kind in zip(graphs, ("depth_to_time", "lif", "gru"), strict=True):
        last = graph.nodes[-1]
        graph = replace(graph, nodes=(*graph.nodes[:-1], replace(last, inputs=("node",))))
        said = f"node node ({kind}): hls4ml takes window, dense and requant here; {kind} is in {elsewhere}"
        for target in CHANGES:
            assert said in find(target).unsupported(graph)


VITIS = """#!/bin/sh
echo "$@" > called
mkdir -p network_prj/solution1/syn/report
cp report network_prj/solution1/syn/report/network_csynth.xml
exit {code}
"""
CATAPULT = """#!/bin/sh
echo "$@" > called
mkdir -p network_prj/network.v1/vivado_concat_v
cp report network_prj/network.v1/cycle.rpt
cp utilisation network_prj/network.v1/vivado_concat_v/utilization_synth.rpt
exit {code}
"""
CSYNTH = """<profile><UserAssignments><TargetClockPeriod>5.00</TargetClockPeriod></UserAssignments>
<PerformanceEstimates><SummaryOfTimingAnalysis><EstimatedClockPeriod>3.612</EstimatedClockPeriod></SummaryOfTimingAnalysis>
<SummaryOfOverallLatency><Best-caseLatency>9</Best-caseLatency><Worst-caseLatency>11</Worst-caseLatency>
<Interval-min>1</Interval-min><Interval-max>2</Interval-max></SummaryOfOverallLatency></PerformanceEstimates>
<AreaEstimates><Resources><BRAM_18K>3</BRAM_18K><DSP>56</DSP><FF>789</FF><LUT>1234</LUT><URAM>0</URAM></Resources>
<AvailableResources><BRAM_18K>5376</BRAM_18K><DSP>12288</DSP><FF>3456000</FF><LUT>9999</LUT><URAM>1280</URAM>
</AvailableResources></AreaEstimates></profile>"""
CYCLES = """\
Processes/Blocks in Design
  Process       Real Operation(s) count Latency Throughput Reset Length II Comments
  ------------- ----------------------- ------- ---------- ------------ -- --------
  /network/core                      63      12          1            1  0
  Design Total:                      63      25          3            1  1
"""
USED = """\
|            Site Type       |  Used | Fixed | Prohibited | Available | Util% |
| CLB LUTs*                  |  1234 |     0 |          0 |    663360 |  0.19 |
|   LUT as Logic             |  1200 |     0 |          0 |    663360 |  0.18 |
| CLB Registers              |   789 |     0 |          0 |   1326720 |  0.06 |
| RAMB18                     |     3 |     0 |          0 |      4320 |  0.07 |
| DSPs                       |    56 |     0 |          0 |      5520 |  1.01 |
"""
RUNS = {
    "hls4ml": ("vitis_hls", VITIS, CSYNTH, "-f build_prj.tcl\n", 11, 2, 9999),
    "hls4ml-catapult": ("catapult", CATAPULT, CYCLES, "-product ultra -shell -f build_prj.tcl", 25, 3, 663360),
}


def vendors(name, code, project, bin, monkeypatch):
    """The project's target, with a vendor's tool on PATH that writes its report and exits with this code."""
    tool, script, report, *_ = RUNS[name]
    bin.mkdir()
    (bin / tool).write_text(script.format(code=code))
    (bin / tool).chmod(0o755)
    (project / "report").write_text(report)
    (project / "utilisation").write_text(USED)
    (project / "build_lib.sh").write_text("touch firmware/network-csim.so")
    monkeypatch.setenv("PATH", f"{bin}:/usr/bin:/bin")


@pytest.fixture
def project(tmp_path, monkeypatch, request):
    name, code = request.param
    folder = tmp_path / "project"
    folder.mkdir()
    find(name).emit(GRAPH, folder)
    vendors(name, code, folder, tmp_path / "bin", monkeypatch)
    return name, folder


@pytest.mark.parametrize("project", [(name, 0) for name in RUNS], indirect=True)
def test_a_vendors_tool_on_path_is_run_and_its_report_read(project):
    name, folder = project
    tool, _, _, called, latency, interval, available = RUNS[name]
    costs = find(name).build(GRAPH, folder)
    assert (folder / "called").read_text().startswith(called)
    assert costs["synthesis"] == f"run: {tool}" and costs["window_frames"] == WIDTH
    assert (costs["lut"], costs["ff"], costs["dsp"], costs["bram_18k"]) == (1234, 789, 56, 3)
    assert (costs["latency_cycles"], costs["interval_cycles"], costs["available_lut"]) == (latency, interval, available)
    if name == "hls4ml":
        assert (costs["clock_period_ns"], costs["estimated_clock_period_ns"]) == (5.0, 3.612)


@pytest.mark.parametrize("project", [("hls4ml", 0)], indirect=True)
def test_a_report_that_is_missing_or_says_too_large_is_a_build_error(project):
    name, folder = project
    (folder / "report").write_text(CSYNTH.replace("<LUT>9999</LUT>", "<LUT>1000</LUT>"))
    with pytest.raises(BuildError, match="expected at most 1000 lut on xcvu13p-flga2577-2-e, found 1234, 234 too many"):
        find(name).build(GRAPH, folder)
    (folder / "report").write_text(CSYNTH.replace(">11<", ">undef<"))
    assert find(name).build(GRAPH, folder)["latency_cycles"] is None
    shutil.rmtree(folder / "network_prj")
    (folder / "report").unlink()
    with pytest.raises(BuildError, match="expected a synthesis report from vitis_hls, found none"):
        find(name).build(GRAPH, folder)


@pytest.mark.parametrize("project", [(name, 1) for name in RUNS], indirect=True)
def test_a_vendors_tool_that_fails_is_a_build_error(project):
    name, folder = project
    tool = RUNS[name][0]
    with pytest.raises(BuildError, match=rf"expected {tool} to succeed, found exit code 1; see synthesis\.log"):
        find(name).build(GRAPH, folder)
