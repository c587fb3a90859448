"""A NIR file's tree of values, read by a process of its own (child.py) and checked here."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from edgesort.frontends.errors import ModelError

CHILD = Path(__file__).with_name("child.py")
PATIENCE = 30  # seconds of wall clock, on a machine that is busy with other things
QUIET = {"OPENBLAS_NUM_THREADS": "1", "HDF5_USE_FILE_LOCKING": "FALSE", "HDF5_PLUGIN_PRELOAD": "::"}

Tree = dict[str, Any]


def read(path: Path) -> Tree:
    """Groups as dicts, text as str, texts as lists, numbers as arrays. ModelError if the file is missing or damaged."""
    if not path.is_file():
        raise ModelError(f"{path}: expected a NIR file, found none")
    try:
        tree = unpack(fetch(path))
    except ModelError as error:
        raise ModelError(f"{path}: expected a valid NIR file, found a damaged one ({error}); export it again") from None
    return tree


def fetch(path: Path) -> bytes:
    """What the child says about a file."""
    command = [sys.executable, "-P", str(CHILD), str(path)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE, env={**os.environ, **QUIET})
    except subprocess.TimeoutExpired:
        raise ModelError(f"it takes more than {PATIENCE} s to read") from None
    if done.returncode:
        raise ModelError(ending(done.returncode))
    return done.stdout


def ending(status: int) -> str:
    """Why the child gave no answer."""
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        return "it takes too long or too much memory to read"
    if status < 0:
        return f"HDF5 crashes on it with {signal.Signals(-status).name}"
    return "HDF5 gives up on it"


def unpack(archive: bytes) -> Tree:
    """The tree in the child's answer."""
    try:
        with np.load(io.BytesIO(archive), allow_pickle=False) as arrays:
            tree = json.loads(arrays["tree"].tobytes())
            found = _filled(tree, arrays)
    except (ValueError, KeyError, OSError, EOFError, RecursionError) as error:
        raise ModelError(f"no answer: {type(error).__name__}") from None
    if "error" in found:
        raise ModelError(str(found["error"]))
    return found


def _filled(tree: Tree, arrays: Any) -> Tree:
    """The tree with its arrays in place."""
    found: Tree = {}
    for name, value in tree.items():
        if isinstance(value, dict) and set(value) == {"array"} and isinstance(value["array"], int):
            found[name] = arrays[f"a{value['array']}"]
        else:
            found[name] = _filled(value, arrays) if isinstance(value, dict) else value
    return found
