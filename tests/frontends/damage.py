"""python -m tests.frontends.damage --count 10000: damaged ONNX files, each of which must end in a Graph or one line.

Bytes are flipped, cut, overwritten and moved; fields of whole files are replaced by what no exporter writes: extreme
attributes and shapes, claims of gigabytes, cycles, other operators, NaN, data outside the file. Each file is read in
five seconds of processor time at most, all of them in two gigabytes.
"""

import argparse
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

from edgesort.frontends.qonnx import HANDLERS, ModelError, load
from edgesort.share import share
from tests.frontends.networks import NETWORKS
from tests.frontends.small_model import SmallModel

SECONDS, MEMORY = 5.0, 2 << 30
EXTREMES = (
    0,
    1,
    -1,
    2,
    3,
    5,
    7,
    17,
    64,
    1000,
    4096,
    65535,
    1 << 20,
    (1 << 31) - 1,
    1 << 31,
    1 << 40,
    -(1 << 40),
    (1 << 63) - 1,
)
FLOATS = (0.0, -0.0, 1.0, -1.0, 0.3, 2.0**-140, 1e-40, 1e38, -1e38, np.nan, np.inf, -np.inf, 2.0**-7, 2.0**20)


def flips(data: bytearray, rng: random.Random) -> bytearray:
    for _ in range(rng.choice([1, 1, 2, 5, 20])):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return data


def cut(data: bytearray, rng: random.Random) -> bytearray:
    return data[: rng.randrange(len(data))]


def lies(data: bytearray, rng: random.Random) -> bytearray:
    """A length or a number replaced by an extreme one, as protobuf writes it."""
    at = rng.randrange(len(data))
    data[at : at + rng.choice([1, 1, 2, 4])] = rng.choice(
        [b"\xff\xff\xff\xff\x07", b"\x80\x80\x80\x80\x08", b"\x00", b"\x7f"]
    )
    return data


def moved(data: bytearray, rng: random.Random) -> bytearray:
    """A piece of the file over another."""
    size = rng.choice([8, 32, 128])
    source, target = rng.randrange(len(data)), rng.randrange(len(data))
    data[target : target + size] = data[source : source + size]
    return data


def attribute(model, rng):
    """Some value of some attribute replaced."""
    node = rng.choice([n for n in model.graph.node if n.attribute])
    a = rng.choice(list(node.attribute))
    if a.type == onnx.AttributeProto.INT:
        a.i = rng.choice(EXTREMES)
    elif a.type == onnx.AttributeProto.INTS and len(a.ints):
        if rng.random() < 0.3:
            a.ints.append(rng.choice(EXTREMES))
        else:
            a.ints[rng.randrange(len(a.ints))] = rng.choice(EXTREMES)
    elif a.type == onnx.AttributeProto.FLOAT:
        a.f = rng.choice(FLOATS)
    elif a.type == onnx.AttributeProto.STRING:
        a.s = rng.choice([b"", b"\xff\xfe", b"CEIL", b"SAME_UPPER", b"linear", b"asymmetric"])
    else:
        node.attribute.remove(a)


def missing(model, rng):
    node = rng.choice([n for n in model.graph.node if n.attribute])
    node.attribute.remove(rng.choice(list(node.attribute)))


def values(model, rng):
    """A constant replaced by extreme, empty or wider values."""
    tensor = rng.choice(list(model.graph.initializer))
    old = numpy_helper.to_array(tensor)
    new = rng.choice([
        np.full(old.shape, rng.choice(FLOATS) if old.dtype.kind == "f" else rng.choice(EXTREMES)),
        old.ravel()[:0], old[None], np.repeat(old.ravel(), 3), np.full((), rng.choice(FLOATS)),
        np.zeros(rng.choice([(1 << 16,), (300, 300), (1, 1, 1 << 17), (64, 64, 64)])),
    ])  # fmt: skip
    tensor.CopyFrom(numpy_helper.from_array(np.asarray(new, old.dtype), tensor.name))


def claims(model, rng):
    """A shape of gigabytes, over data that are not there."""
    tensor = rng.choice(list(model.graph.initializer))
    dims = rng.choice([[1 << 29], [1 << 14, 1 << 15], [1 << 40], [1 << 62, 4], [-1], [0], [1 << 20, 0]])
    del tensor.dims[:]
    tensor.dims.extend(dims)
    if rng.random() < 0.5:
        tensor.raw_data = b""


def outside(model, rng):
    tensor = rng.choice(list(model.graph.initializer))
    tensor.data_location = onnx.TensorProto.EXTERNAL
    if rng.random() < 0.7:
        tensor.ClearField("raw_data")
    for key, value in (("location", "/etc/hostname"), ("offset", "0"), ("length", str(1 << 31))):
        tensor.external_data.add(key=key, value=value)


def window(model, rng):
    """Another shape of the input."""
    shape = model.graph.input[0].type.tensor_type.shape
    if rng.random() < 0.7:
        rng.choice(list(shape.dim)).dim_value = rng.choice(EXTREMES)
    else:
        shape.dim.add(dim_value=rng.choice([1, 64]))


def cycle(model, rng):
    """A node that reads what comes later, or itself, or something else."""
    names = [name for node in model.graph.node for name in node.output]
    for _ in range(rng.choice([1, 1, 3])):
        node = rng.choice([n for n in model.graph.node if n.input])
        node.input[rng.randrange(len(node.input))] = rng.choice([*names, node.output[0], "adc", ""])


def other(model, rng):
    """Another operator, perhaps with its domain."""
    node = rng.choice(list(model.graph.node))
    domain, node.op_type = rng.choice(list(HANDLERS))
    if rng.random() < 0.7:
        node.domain = {"qonnx": "qonnx.custom_op.general"}.get(domain, domain)


def order(model, rng):
    nodes = list(model.graph.node)
    rng.shuffle(nodes)
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def many(model, rng):
    """Thousands of nodes behind the last one."""
    last, count = model.graph.output[0].name, rng.choice([100, 900, 5000])
    kind = rng.choice(["Identity", "Relu", "Neg", "Abs"])
    for k in range(count):
        model.graph.node.append(helper.make_node(kind, [last], [f"many{k}"]))
        last = f"many{k}"
    model.graph.output[0].name = last


def notes(model, rng):
    """Metadata that say something else."""
    entry = rng.choice(list(model.metadata_props))
    entry.value = rng.choice(
        ["", "NaN", "-1", "1e999", "[" * 100_000, "9" * 5000, '{"a": 1}', "\x00", "[1, 2]", "null"]
    )


BYTES = (flips, flips, flips, cut, lies, lies, moved)
FIELDS = (attribute, attribute, attribute, attribute, missing, values, values, claims, outside, window, cycle, other,
          other, order, many, notes)  # fmt: skip


def whole() -> list[bytes]:
    """The files to damage: the shipped model, the small one, and each network of the tests."""
    shipped = share("models", "cnn_sorter", "model.onnx").read_bytes()
    return [
        shipped,
        SmallModel().model().SerializeToString(),
        *(n().model().SerializeToString() for n in NETWORKS.values()),
    ]


def damaged(content: bytes, rng: random.Random) -> tuple[str, bytes]:
    """What was done, and the damaged file."""
    if rng.random() < 0.5:
        how = rng.choice(BYTES)
        return how.__name__, bytes(how(bytearray(content), rng))
    model, how = onnx.load_model_from_string(content), rng.choice(FIELDS)
    how(model, rng)
    return how.__name__, model.SerializeToString()


def one(seed: int, contents: list[bytes], path: Path) -> tuple[str, str, float]:
    """Damage and load: what was done, how it ended, its processor seconds. AssertionError if it may not end so."""
    rng = random.Random(seed)
    how, content = damaged(rng.choice(contents), rng)
    path.write_bytes(content)
    begin = time.process_time()
    try:
        load(path)
        end = "graph"
    except ModelError as error:
        end = str(error)
        assert "\n" not in end, f"seed {seed} ({how}): not one line: {end!r}"
    seconds = time.process_time() - begin
    assert seconds < SECONDS, f"seed {seed} ({how}): {seconds:.1f} s"
    return how, end, seconds


def peak() -> int:
    """The most memory that this process has held, in bytes."""
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def outcome(end: str) -> str:
    if end == "graph":
        return end
    return "refused as damaged" if "a damaged one" in end else "refused by what it holds"


def run(first: int, count: int) -> tuple[Counter[str], list[tuple[float, int, str]], int]:
    """How many ended how, the time of each, and how many may not end so."""
    ends: Counter[str] = Counter()
    times, bad, contents = [], 0, whole()
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, first + count):
            if sys.stderr.isatty() and not seed % 100:
                print(f"\r{seed - first} of {count}", end="", file=sys.stderr)
            try:
                how, end, seconds = one(seed, contents, Path(folder) / "m.onnx")
            except Exception as error:
                bad += 1
                print(f"seed {seed}: {type(error).__name__}: {str(error)[:300]}", flush=True)
                continue
            ends[outcome(end)] += 1
            times.append((seconds, seed, how))
    return ends, times, bad


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args()
    ends, times, bad = run(options.first, options.count)
    for end, count in ends.most_common():
        print(f"{count:6d}  {end}")
    print(f"slowest {max(times)}, most memory {peak() / 2**20:.0f} MiB")
    sys.exit(1 if bad or peak() >= MEMORY else 0)


if __name__ == "__main__":
    main()
