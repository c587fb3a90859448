"""Builds on devices: the link."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from edgesort.cli.shared import BuildFolder, Json, app

Link = Annotated[
    str, typer.Option(help="host:, qemu:MACHINE, rtl:BOARD, a serial port (/dev/ttyUSB0?baud=N) or socket://HOST:PORT.")
]
Samples = Annotated[Path | None, typer.Option(help="Recorded samples; the build's own if none.")]


@app.command()
def hil(
    build: BuildFolder,
    link: Link,
    recording: Samples = None,
    seconds: Annotated[float | None, typer.Option(help="Of the recording, from its start; all if not given.")] = None,
    real_time: Annotated[
        bool, typer.Option("--real-time", help="As fast as recorded; else as the device can.")
    ] = False,
    trace: Annotated[bool, typer.Option("--trace", help="Compare every value that the device holds, too.")] = False,
    soak: Annotated[float | None, typer.Option(help="Hours for which the recording is streamed over and over.")] = None,
    flip_weight: Annotated[
        str | None, typer.Option(metavar="NODE", help="Show that the check can fail: a bit of this node is wrong.")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="A file for the result as JSON.")] = None,
    as_json: Json = False,
) -> None:
    """Stream a recording through a device, and compare every event with the reference as it comes."""
    from edgesort.check import open_graph
    from edgesort.loop import plan, run

    made = plan(open_graph(build), build, recording, seconds, real_time, trace, soak)
    found = run(build, link, made, report, flip_weight)
    print(json.dumps(found.to_json()) if as_json else found.text())
    raise typer.Exit(0 if found.equal else 1)
