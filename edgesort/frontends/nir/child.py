"""python child.py FILE: a NIR file's tree of values on stdout, read under limits of time and memory.

A program of its own, because HDF5's C code can crash, hang or ask for gigabytes on a damaged file. It imports nothing
of edgesort. The output is one npz archive: "tree" is JSON in which {"array": k} stands for the array "a<k>".
"""

from __future__ import annotations

import io
import json
import resource
import sys
from typing import Any

SECONDS = 2  # of processor time
MEMORY = 1 << 30  # bytes of address space
VALUES = 1 << 22  # numbers in the whole file: far more weights than an implant holds
ITEMS = 6_000  # groups and datasets
DEPTH = 16


class Damage(Exception):
    """What the file holds and may not."""


class Reader:
    """Reads groups and datasets and keeps count of them."""

    def __init__(self) -> None:
        self.arrays: list[Any] = []
        self.items = self.values = 0

    def tree(self, group: Any, depth: int = 0) -> dict[str, Any]:
        """The values under a group, by name. Only what lies in the file itself is followed."""
        import h5py

        if depth > DEPTH:
            raise Damage(f"groups more than {DEPTH} deep")
        found = {}
        for name in group:
            self.items += 1
            if self.items > ITEMS:
                raise Damage(f"more than {ITEMS} groups and values")
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise Damage(f"a link at {name}")
            item = group[name]
            found[name] = self.tree(item, depth + 1) if isinstance(item, h5py.Group) else self.value(name, item)
        return found

    def value(self, name: str, item: Any) -> Any:
        """One dataset: text, texts, or numbers."""
        import h5py
        import numpy as np

        if not isinstance(item, h5py.Dataset) or item.is_virtual or item.external:
            raise Damage(f"no plain value at {name}")
        if item.shape is None:
            raise Damage(f"an empty value at {name}")
        self.values += item.size
        if self.values > VALUES:
            raise Damage(f"more than {VALUES} values, {item.size} of them at {name}")
        if h5py.check_string_dtype(item.dtype) is not None:
            texts = np.asarray(item[()], object)
            return [text.decode() for text in texts.ravel()] if texts.ndim else texts.item().decode()
        if item.dtype.kind not in "iufb" or item.dtype.itemsize > 8:
            raise Damage(f"no numbers at {name}, but {item.dtype}")
        self.arrays.append(np.asarray(item[()]).astype(item.dtype.newbyteorder("=")))
        return {"array": len(self.arrays) - 1}


def read(path: str) -> bytes:
    """The archive of a file; a file that cannot be read makes one of which the tree is {"error": ...}."""
    import h5py
    import numpy as np

    reader = Reader()
    try:
        with h5py.File(path, "r") as file:
            tree = reader.tree(file)
    except Exception as error:  # h5py hands on whatever HDF5 stumbles over
        reader.arrays = []
        tree = {"error": " ".join(str(error).split())[:160] or type(error).__name__}
    stream = io.BytesIO()
    text = np.frombuffer(json.dumps(tree).encode(), np.uint8)
    np.savez(stream, tree=text, **{f"a{k}": array for k, array in enumerate(reader.arrays)})
    return stream.getvalue()


def bound() -> None:
    """The limits. None of them can be raised again."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    bound()
    sys.stdout.buffer.write(read(sys.argv[1]))
