"""A device while it runs: the live monitor."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from edgesort.cli.hil import Link, Samples
from edgesort.cli.shared import BuildFolder, Json, app


@app.command()
def monitor(
    build: BuildFolder,
    link: Link,
    recording: Samples = None,
    trace: Annotated[bool, typer.Option("--trace", help="Compare every value that the device holds, too.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of 127.0.0.1, for the page; a free one if 0.")] = 0,
    once: Annotated[bool, typer.Option("--once", help="End with the recording; else it is streamed again.")] = False,
    as_json: Json = False,
) -> None:
    """Stream a recording through a device in real time, compare every event, and show a page of it until Ctrl-C."""
    from edgesort.check import open_graph
    from edgesort.data.recordings import load_recording, microvolts
    from edgesort.hil.monitor.serve import monitor as show
    from edgesort.loop import plan

    endless = None if once else float("inf")
    made = plan(open_graph(build), build, recording, real_time=True, trace=trace, soak_hours=endless)
    step = microvolts(load_recording(recording)) if recording else None
    found = show(build, link, made, port, once, step)
    print(json.dumps(found.to_json()) if as_json else found.text())
    raise typer.Exit(0 if found.equal else 1)
