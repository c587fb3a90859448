"""`compile --explain`: what it prints and keeps, and a picture in which every node, rate and skip can be found."""

import json
import sys
from xml.etree import ElementTree

import pytest

from edgesort import cli
from edgesort.fixed import Int
from edgesort.graph import Graph, Node, Stream
from edgesort.passes import simplify
from edgesort.report.explain import explain
from edgesort.report.picture import svg
from edgesort.share import share
from edgesort.targets.verilog import ICEBREAKER
from tests.graphs import Unknown, sorter
from tests.passes.networks import unet

MODEL = share("models", "cnn_sorter", "model.onnx")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def edgesort(monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["edgesort", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        out, err = capsys.readouterr()
        return stop.value.code, out, err

    return run


def test_a_build_keeps_the_picture_and_the_numbers(edgesort, tmp_path):
    code, out, err = edgesort("compile", MODEL, "--target", "host", "--out", tmp_path / "b", "--explain")
    assert code == 0, err
    assert "narrow" in out and "conv1" in out and "MACs an input frame" in out and "state_bytes" in out
    made = json.loads((tmp_path / "b" / "explain.json").read_text())
    manifest = json.loads((tmp_path / "b" / "manifest.json").read_text())
    assert made["digest"] == manifest["graph"] and {"explain.json", "explain.svg"} <= set(manifest["files"])
    conv1 = next(node for node in made["nodes"] if node["node"] == "conv1")
    assert (conv1["macs"], conv1["shape"], conv1["type"]) == (592, [16], "i16*2^-8")
    assert conv1["macs_per_second"] == 592 * 19531
    assert [change["by"] for change in made["passes"]] == ["fold", "common", "share_delays", "prune", "narrow"]
    ElementTree.parse(tmp_path / "b" / "explain.svg")


def test_it_works_without_a_target(edgesort, tmp_path):
    code, out, _ = edgesort("compile", MODEL, "--explain", "--svg", tmp_path / "x.svg", "--json")
    assert code == 0
    assert json.loads(out) == json.loads((tmp_path / "x.json").read_text())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.json", "x.svg"]


@pytest.mark.parametrize(
    "rest", [[], ["--target", "host"], ["--explain", "--target", "host"], ["--explain", "--out", "b"]]
)
def test_half_a_command_is_refused(edgesort, rest):
    code, out, err = edgesort("compile", MODEL, *rest)
    assert (code, out) == (2, "")
    assert err == "edgesort: compile: expected --target and --out, found not both; --explain needs none\n"


def boxes(picture):
    """Of each node: its place, and what stands in its box."""
    root = ElementTree.fromstring(picture)
    assert root.tag == f"{SVG}svg"
    texts = [(float(t.get("x")), float(t.get("y")), t.get("class"), t.text) for t in root.iter(f"{SVG}text")]
    names = {text: (x, y) for x, y, kind, text in texts if kind == "name"}
    return names, {name: [t for _, ty, _, t in texts if y <= ty <= y + 20] for name, (_, y) in names.items()}


def test_the_picture_shows_every_node_with_shape_type_rate_and_cost():
    graph = simplify(unet())
    made = explain(graph)
    names, said = boxes(svg(made))
    assert list(names) == list(graph.streams)
    for node in graph.nodes:
        assert any(text and text.startswith(str(graph.streams[node.name])) for text in said[node.name]), node.name
    assert "384 MACs · 1,568 B constants" in said["merge2"] and "dense 16 x 96" in said["merge2"]
    assert "411.8 cycles" in said["merge2"]
    assert names["bottom"][0] > names["down2"][0] > names["down1"][0] > names["adc"][0] == names["join0"][0]


def test_every_edge_is_drawn_and_no_two_skips_share_a_line():
    graph = simplify(unet())
    root = ElementTree.fromstring(svg(explain(graph)))
    paths = [(p.get("class"), p.get("d")) for p in root.iter(f"{SVG}path") if "edge" in (p.get("class") or "")]
    assert len(paths) == sum(len(set(node.inputs)) for node in graph.nodes)
    rows = {name: row for row, name in enumerate(graph.streams)}
    far = [(rows[x], rows[n.name]) for n in graph.nodes for x in n.inputs if rows[n.name] - rows[x] > 1]
    skips = [d for kind, d in paths if kind == "edge skip"]
    assert len(skips) == len(far) == 6
    lines = [(d.split("Q")[1].split()[0], float(d.split("V")[1].split()[0]), float(d.split()[1])) for d in skips]
    for k, (x, bottom, top) in enumerate(lines):
        assert all(x != other or bottom < start or end < top for other, end, start in lines[k + 1 :])


def test_the_clock_is_the_targets():
    graph = sorter()
    assert (explain(graph, ICEBREAKER).budget, explain(graph).budget) == (1228, 5120)


def test_a_node_without_a_cell_has_no_cycles_and_names_are_escaped():
    nodes = (Node("a<b&", Unknown(), ("x",)),)
    made = explain(Graph("g>", 1000.0, ("x", Stream((3,), Int(8))), nodes, ("a<b&",)).check())
    assert made.costs[0].cycles is None and made.nodes()[0]["cycles"] == "-" and made.queues == {}
    names, _ = boxes(svg(made))
    assert list(names) == ["x", "a<b&"]


def test_each_node_shows_its_memories_and_what_they_are_made_of():
    made, free = explain(sorter(), ICEBREAKER), explain(sorter())
    shown, alone = ({row["node"]: row["memories"] for row in one.nodes()} for one in (made, free))
    assert shown["conv1_window"] == "ring 32x8 block RAM 1" and alone["conv1_window"] == "ring 32x8"
    assert shown["conv1"].endswith("logic") and shown["conv1"].count(", ") == 2 and shown["scale"] == ""
    assert made.sums()[-1].startswith("memories: ") and "of 29 block RAMs, 0 of 4 large RAMs" in made.sums()[-1]
    assert {row["made_of"] for row in made.to_json()["memories"]} == {"block RAM", "logic"}
