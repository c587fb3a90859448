"""What all commands share: the program, options that several have, and tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

ABOUT = """From a neural recording to implant firmware and bitstreams, every output bit proven on recorded data.

Exit code 0: done. 1: a check failed. 2: bad input or a missing tool, with one line on stderr.
"""
app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=ABOUT)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Out = Annotated[Path, typer.Option(help="A new folder; it appears whole or not at all.")]
Recording = Annotated[Path, typer.Option(help="A SpikeInterface folder, WAV or numpy file of integers.")]
FromScratch = Annotated[bool, typer.Option("--from-scratch", help="Do not start from the shipped weights.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with a stopped run.")]
Epochs = Annotated[int | None, typer.Option(help="The recipe's own number if not given.")]
BuildFolder = Annotated[Path, typer.Argument(help="A folder that `compile`, `train` or `demo` wrote.")]


def table(rows: list[dict[str, Any]], title: str) -> None:
    """Rows of one shape as a table on stdout."""
    shown = Table(title=title, title_justify="left")
    for column in rows[0]:
        shown.add_column(column.replace("_", " "), overflow="fold")
    for row in rows:
        shown.add_row(*("-" if value is None else str(value) for value in row.values()))
    Console(markup=False).print(shown)
