"""The command line. No logic: each command calls one function and prints what it returns.

Progress goes to stderr, one JSON object to stdout with --json. Exit 0: done. 1: a check failed.
2: bad input or a missing tool, with one line that says what was expected and found.
"""

from __future__ import annotations

import errno
import signal
import sys

from edgesort.cli import builds, data, hil, models, monitor, use  # noqa: F401
from edgesort.cli.shared import app


def main() -> None:
    """Run a command; turn what can go wrong with input and tools into one line and exit code 2."""
    from edgesort.data.errors import DataError
    from edgesort.folders import FolderError
    from edgesort.frontends.errors import ModelError
    from edgesort.graph import GraphError
    from edgesort.hil.errors import DeviceError, LineLost
    from edgesort.targets.target import BuildError, ToolMissing

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that what was begun is ended
    try:
        app()
    except (DataError, FolderError, ModelError, GraphError, BuildError, ToolMissing, DeviceError, LineLost) as error:
        print(f"edgesort: {error}", file=sys.stderr)
        sys.exit(2)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EACCES, errno.EROFS, errno.ENOENT, errno.EISDIR, errno.ENOTDIR):
            raise
        print(f"edgesort: {error.filename or 'output'}: {error.strerror}; nothing was kept", file=sys.stderr)
        sys.exit(2)
