"""What the tests know about each operator; an op without a file here is an error."""

from importlib import import_module

from edgesort.ops import OPS
from tests.ops.material import Material, OpCase

MATERIAL: dict[type, Material] = {op: import_module(f"tests.ops.{op.kind}").MATERIAL for op in OPS}
CASES: list[OpCase] = [
    case
    for op, material in MATERIAL.items()
    for case in (*(OpCase(f"{op.kind}-{k}", *own) for k, own in enumerate(op.cases())), *material.cases)
]
