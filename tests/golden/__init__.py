"""Texts that must not change unnoticed. `pytest --update-golden` writes them anew; the diff is for a person to read."""

from pathlib import Path

import pytest


def check(name: str, text: str, config: pytest.Config) -> None:
    """Fail unless the golden file `name` holds exactly `text`."""
    file = Path(__file__).parent / name
    if config.getoption("--update-golden"):
        file.write_text(text)
    assert file.is_file(), f"tests/golden/{name} is missing: run pytest --update-golden and read what it wrote"
    assert text == file.read_text(), f"tests/golden/{name} differs: read the diff; if it is meant, --update-golden"
