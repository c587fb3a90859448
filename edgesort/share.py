"""Where the hand-written sources lie: hw/, firmware/, sim/ and models/, in a checkout or in the wheel."""

from __future__ import annotations

from pathlib import Path


def share(*parts: str) -> Path:
    """Path of a shipped file or folder, for instance share("hw", "cells")."""
    package = Path(__file__).parent
    root = package / "_share" if (package / "_share").is_dir() else package.parent
    return root.joinpath(*parts)
