"""Output folders appear whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class FolderError(OSError):
    """A folder that is not what was expected: it exists already, or it is no build, or it cannot be written."""


def refuse_existing(out: Path) -> None:
    """FolderError if `out` exists: nothing is ever overwritten."""
    if out.exists():
        raise FolderError(f"{out}: expected a path that does not exist yet, found something; remove it or name another")


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """A folder beside `out` that becomes `out` when the block ends well, and vanishes when it does not."""
    refuse_existing(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    except OSError as error:
        raise FolderError(f"{out}: expected a folder that can be written, found {error.strerror}") from None
    try:
        yield folder
        folder.chmod(0o755)
        os.rename(folder, out)
    except OSError as error:
        if error.filename and str(folder) not in str(error.filename):
            raise
        raise FolderError(
            f"{out}: expected room to write it, found {error.strerror or error}; nothing was kept"
        ) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
