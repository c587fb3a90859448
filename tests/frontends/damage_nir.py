"""python -m tests.frontends.damage_nir --count 10000: damaged NIR files, each of which must end in a Graph or one line.

Reading happens in a forked process with the reader's limits, which is what `load` does less the half second that a new
interpreter takes, and costs are measured over few steps; --exec takes the interpreter and all steps too.
"""

import argparse
import os
import random
import resource
import select
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import h5py  # before any fork, so that no process has to load it
import nir
import numpy as np

from edgesort.frontends.nir import ModelError, child, load, reader, spikes
from tests.frontends.small_nir import NETWORKS, TERMS

SECONDS, MEMORY = 5.0, 2 << 30


def flips(data: bytearray, rng: random.Random) -> bytearray:
    for _ in range(rng.choice([1, 1, 2, 5, 20])):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return data


def cut(data: bytearray, rng: random.Random) -> bytearray:
    return data[: rng.randrange(len(data))]


def lies(data: bytearray, rng: random.Random) -> bytearray:
    """A length, an address or a count replaced by an extreme one."""
    for _ in range(rng.choice([1, 1, 3])):
        size = rng.choice([1, 2, 4, 8])
        value = rng.choice([0, 1, (1 << 8 * size) - 1, 1 << (8 * size - 1), 1 << (8 * size - 2), len(data), 0x80000000])
        at = rng.randrange(len(data) - 8) & ~(size - 1)
        data[at : at + size] = (value % (1 << 8 * size)).to_bytes(size, "little")
    return data


def moved(data: bytearray, rng: random.Random) -> bytearray:
    """A piece of the file over another."""
    size = rng.choice([8, 32, 128])
    source, target = rng.randrange(len(data) - size), rng.randrange(len(data) - size)
    data[target : target + size] = data[source : source + size]
    return data


def _replace(group, name, value, **options):
    del group[name]
    group.create_dataset(name, data=value, **options)


def _nodes(file):
    """Every node of the file that has a type."""
    found = []
    file["node"].visititems(
        lambda _, item: found.append(item) if isinstance(item, h5py.Group) and "type" in item else None
    )
    return found


def _huge(file, rng):
    node = rng.choice([n for n in _nodes(file) if "weight" in n or "tau" in n])
    name = rng.choice([k for k in node if k in ("weight", "tau", "r", "v_threshold")])
    del node[name]
    shape = rng.choice([(1 << 28,), (1 << 14, 1 << 14), (1 << 40,), (5, 1 << 24)])
    node.create_dataset(name, shape=shape, dtype="f8", chunks=True, compression="gzip")


def _cycle(file, rng):
    edges = [tuple(pair) for pair in file["node/edges"][()]]
    names = sorted({name for pair in edges for name in pair})
    edges += [(rng.choice(names), rng.choice(names)) for _ in range(rng.choice([1, 2, 5]))]
    _replace(file["node"], "edges", np.array(edges, dtype=object), dtype=h5py.string_dtype())


def _link(file, rng):
    node = rng.choice(_nodes(file))
    kind = rng.randrange(4)
    if kind == 0:
        node["loop"] = file["node"]
    elif kind == 1:
        node["out"] = h5py.ExternalLink("/etc/hostname", "/node")
    elif kind == 2:
        node["soft"] = h5py.SoftLink("/node")
    else:
        layout = h5py.VirtualLayout(shape=(4,), dtype="f4")
        layout[:] = h5py.VirtualSource("elsewhere.h5", "x", shape=(4,))
        node.create_virtual_dataset("seen", layout)


def _numbers(file, rng):
    node = rng.choice(
        [n for n in _nodes(file) if any(isinstance(v, h5py.Dataset) and k != "type" for k, v in n.items())]
    )
    name = rng.choice([k for k, v in node.items() if isinstance(v, h5py.Dataset) and k != "type"])
    values = [
        np.nan,
        np.inf,
        -1.0,
        0.0,
        1e300,
        -1e300,
        1e-310,
        1 << 40,
        -5,
        "text",
        True,
        np.zeros((0, 3)),
        np.zeros((2, 2, 2, 2)),
    ]
    _replace(node, name, rng.choice([*values, np.full(rng.choice([1, 3, 5, 70000]), rng.choice([1e9, 0.3, -0.1]))]))


def _shapes(file, rng):
    node = rng.choice([n for n in _nodes(file) if "weight" in n or "shape" in n])
    if "shape" in node:
        _replace(node, "shape", np.array(rng.choice([[0], [-4], [1 << 30, 1 << 30], [3], [], [[4]], [1 << 20]])))
        return
    shape = rng.choice([(5, 5), (4, 5), (70000, 4), (1500, 1500), (4,), (5, 4, 1)])
    _replace(node, "weight", np.ones(shape, np.float32), compression="gzip")


def _types(file, rng):
    node = rng.choice(_nodes(file))
    known = ["Conv2d", "SumPool2d", "LI", "IF", "CubaLIF", "Nothing", "NIRGraph", "Input", "Scale", "a\nb", "\x1b[31m"]
    _replace(node, "type", rng.choice(known))


def _less(file, rng):
    node = rng.choice(_nodes(file))
    del node[rng.choice(list(node))]


def _deep(file, rng):
    group = file["node/nodes"]
    for _ in range(rng.choice([5, 20, 500])):
        group = group.create_group("x")
        group["type"] = "NIRGraph"
        group = group.create_group("nodes")


def _many(file, rng):
    nodes, edges = file["node/nodes"], [tuple(pair) for pair in file["node/edges"][()]]
    count = rng.choice([100, 450, 900, 3000])
    size = int(nodes["fc/weight"].shape[0]) if "fc" in nodes else 5
    last = "input"
    for k in range(count):
        nodes[f"m{k}/type"], nodes[f"m{k}/scale"] = "Scale", np.full(rng.choice([1, 1, size]), 2.0)
        edges.append((last, f"m{k}"))
        last = f"m{k}"
    _replace(file["node"], "edges", np.array(edges, dtype=object), dtype=h5py.string_dtype())


BYTES = (flips, flips, flips, cut, lies, lies, lies, moved)
FIELDS = (_huge, _cycle, _cycle, _link, _numbers, _numbers, _shapes, _types, _less, _deep, _many)


def damaged(content: bytes, path: Path, rng: random.Random) -> str:
    """Write a damaged copy; returns what was done."""
    if rng.random() < 0.6:
        how = rng.choice(BYTES)
        path.write_bytes(bytes(how(bytearray(content), rng)))
        return how.__name__
    path.write_bytes(content)
    how = rng.choice(FIELDS)
    with h5py.File(path, "r+") as file:
        how(file, rng)
    return how.__name__.strip("_")


def forked(path: Path) -> bytes:
    """What reader.fetch gives, from a fork instead of a new interpreter."""
    out, inside = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(out)
        child.bound()
        with os.fdopen(inside, "wb") as stream:
            stream.write(child.read(str(path)))
        os._exit(0)
    os.close(inside)
    answer, end = b"", time.monotonic() + reader.PATIENCE
    with os.fdopen(out, "rb", buffering=0) as stream:
        while select.select([stream], [], [], max(0.0, end - time.monotonic()))[0]:
            piece = stream.read(1 << 16)
            answer += piece
            if not piece:
                break
        else:
            os.kill(pid, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if status:
        raise ModelError(reader.ending(status))
    return answer


def whole(folder: Path) -> list[bytes]:
    """The files to damage."""
    contents = []
    for name, make in NETWORKS.items():
        nir.write(folder / f"{name}.nir", make())
        contents.append((folder / f"{name}.nir").read_bytes())
    return contents


def one(seed: int, contents: list[bytes], path: Path) -> tuple[str, str, float]:
    """Damage and load: what was done, how it ended, its processor seconds. AssertionError if it may not end so."""
    rng = random.Random(seed)
    how = damaged(rng.choice(contents), path, rng)
    terms = replace(TERMS, snap=rng.choice([None, 8]))
    begin = spent()
    try:
        load(path, terms)
        end = "graph"
    except ModelError as error:
        end = str(error)
        assert end.isprintable() and end.startswith(str(path)), f"seed {seed}: not one line: {end!r}"
    seconds = spent() - begin
    assert seconds < SECONDS, f"seed {seed} ({how}): {seconds:.1f} s"
    return how, end, seconds


def spent() -> float:
    """Processor time of this process and of those it started; a busy machine does not change it."""
    return sum(os.times()[:4])


def peak() -> int:
    """The most memory that this process or one that it started has held, in bytes."""
    return 1024 * max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def outcome(end: str) -> str:
    for text in ("crashes", "too long or too much", "found a damaged one"):
        if text in end:
            return (
                text if text != "crashes" else "HDF5 crashes with " + end.split("crashes on it with ")[1].split(")")[0]
            )
    return end if end == "graph" else "refused by what it holds"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--exec", action="store_true")
    options = parser.parse_args()
    if not options.exec:
        reader.fetch, spikes.STEPS = forked, 64
    ends, times, bad = Counter(), [], 0
    with tempfile.TemporaryDirectory() as folder:
        contents = whole(Path(folder))
        for seed in range(options.first, options.first + options.count):
            if sys.stderr.isatty() and not seed % 100:
                print(f"\r{seed - options.first} of {options.count}", end="", file=sys.stderr)
            try:
                how, end, seconds = one(seed, contents, Path(folder) / "m.nir")
            except Exception as error:
                bad += 1
                print(f"seed {seed}: {type(error).__name__}: {error}", flush=True)
                continue
            ends[outcome(end)] += 1
            times.append((seconds, seed, how))
    for end, count in ends.most_common():
        print(f"{count:6d}  {end}")
    print(f"slowest {max(times)}, most memory {peak() / 2**20:.0f} MiB")
    sys.exit(1 if bad or peak() >= MEMORY else 0)


if __name__ == "__main__":
    main()
