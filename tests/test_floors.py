"""Imports go downwards only, and each heavy library has one door."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "edgesort"
FLOORS = (
    ("fixed", "folders", "share"),
    ("graph",),
    ("ops",),
    ("passes", "serial", "executor", "accelerate"),
    ("frontends", "targets"),
    ("verify", "gating"),
    ("build", "report"),
    ("hil",),
    ("data",),
    ("sort",),
    ("train",),
    ("check",),
    ("loop",),
    ("demo", "doctor", "operators", "spikeinterface"),
    ("cli", "__init__", "__main__"),
)
BESIDE = {"data": ("graph",), "train": ("data", "fixed", "graph", "ops", "frontends", "executor", "passes", "sort")}
ONLY = {
    "torch": ("train/", "accelerate.py"),
    "brevitas": ("train/",),
    "onnx": ("frontends/", "train/export.py", "train/pretrained.py"),
    "hls4ml": ("targets/hls4ml",),
    "spikeinterface": ("data/", "train/", "report/folder.py", "sort.py", "demo.py", "spikeinterface.py"),
    "matplotlib": ("report/",),
    "typer": ("cli/",),
    "cobs": ("hil/message.py",),
    "serial": ("hil/line.py",),
    "starlette": ("hil/monitor/app.py",),
    "uvicorn": ("hil/monitor/serve.py",),
    "pytest": ("hil/pytest.py",),
}
FILES = sorted(PACKAGE.rglob("*.py"))


def floor(name):
    return next((level for level, names in enumerate(FLOORS) if name in names), None)


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_downwards(path):
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    assert floor(own) is not None, f"{own} has no floor; give it one"
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "edgesort" or len(parts) < 2 or parts[1] == own or floor(parts[1]) is None:
            continue
        if own in BESIDE:
            assert parts[1] in BESIDE[own] or parts[1] in FLOORS[0], f"{path.name} imports {name}"
        else:
            assert floor(parts[1]) < floor(own), f"{path.name} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_heavy_libraries_have_one_door(path):
    where = str(path.relative_to(PACKAGE))
    for name in imports(path):
        allowed = ONLY.get(name.split(".")[0])
        assert allowed is None or where.startswith(allowed), f"{where} imports {name}"


def test_targets_do_not_import_each_other():
    families = [path for path in (PACKAGE / "targets").iterdir() if (path / "__init__.py").is_file()]
    pairs = [
        (folder.name, name, path) for folder in families for path in folder.rglob("*.py") for name in imports(path)
    ]
    for own, name, path in pairs:
        parts = name.split(".")
        if parts[:2] == ["edgesort", "targets"] and len(parts) > 2:
            assert parts[2] in (own, "target"), f"{path.name} imports {name}"
    assert {folder.name for folder in families} == {"c", "hls4ml", "verilog"}
