"""Recordings: the catalogue, and what is generated."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from edgesort.cli.shared import Json, Out, app, table

data = typer.Typer(no_args_is_help=True, help="Recordings, with checksum and terms.")
app.add_typer(data, name="data")


@data.command("list")
def data_list(as_json: Json = False) -> None:
    """Recordings with their terms, and whether they are on this machine."""
    from edgesort.data.catalog import catalog, present

    rows = [{"name": name, **facts, "present": present(name)} for name, facts in catalog().items()]
    if as_json:
        print(json.dumps({"recordings": rows}))
        return
    keys = ("name", "about", "licence", "present")
    table([{key: row.get(key) for key in keys} for row in rows], "recordings")


@data.command("get")
def data_get(
    name: Annotated[str, typer.Argument(help="A name that `data list` shows.")], as_json: Json = False
) -> None:
    """Find a recording here or download it, and check its checksums."""
    from edgesort.data.catalog import get

    files = [str(path) for path in get(name)]
    print(json.dumps({"name": name, "files": files}) if as_json else "\n".join(files))


@data.command("hybrid")
def data_hybrid(
    out: Out,
    background: Annotated[Path | None, typer.Option(help="A folder of N1 WAV files; the catalogue's if none.")] = None,
    templates: Annotated[Path | None, typer.Option(help="A file of templates; the catalogue's if none.")] = None,
    units: Annotated[int, typer.Option(help="How many units.")] = 4,
    snr: Annotated[list[float] | None, typer.Option(help="Peak over noise, once a unit.")] = None,
    seconds: float = 120.0,
    seed: int = 0,
    as_json: Json = False,
) -> None:
    """A recording with known spikes: real templates added to a real, quiet background."""
    from edgesort.data import catalog
    from edgesort.data.hybrid import SNRS, hybrid

    paths = sorted(background.glob("*.wav")) if background else catalog.get("neuralink_n1")
    shapes = templates or catalog.get_file("stark_templates", "units_000_099.npz")
    made = hybrid(paths, shapes, units, tuple(snr) if snr else SNRS[:units], seconds, seed=seed)
    made.save(out)
    print(json.dumps(made.facts) if as_json else made.headline(out))


@data.command("generate")
def data_generate(
    out: Out,
    channels: Annotated[int, typer.Option(help="1 to 128 or more, on a probe of two columns.")] = 4,
    units: Annotated[int, typer.Option(help="How many units.")] = 5,
    seconds: float = 120.0,
    seed: int = 0,
    bursts: Annotated[float, typer.Option(help="Share of spikes that open a burst of decaying amplitude.")] = 0.0,
    overlaps: Annotated[float, typer.Option(help="Share of spikes beside which another unit fires, in 1 ms.")] = 0.0,
    artefacts: Annotated[int, typer.Option(help="How many transients that all channels see.")] = 0,
    drift: Annotated[
        str | None, typer.Option(help="Units move: zigzag, bump or random_walk; without the three above.")
    ] = None,
    as_json: Json = False,
) -> None:
    """A recording with known spikes from SpikeInterface's generator."""
    from edgesort.data.drifting import generate

    made = generate(drift, channels, units, seconds, seed, bursts, overlaps, artefacts)
    made.save(out)
    print(json.dumps(made.facts) if as_json else made.headline(out))


@data.command("quiroga")
def data_quiroga(
    out: Out,
    condition: Annotated[str, typer.Option(help="easy1, easy2, difficult1 or difficult2, and _0.05 to _0.2.")],
    seconds: float = 60.0,
    seed: int = 0,
    as_json: Json = False,
) -> None:
    """One of the sixteen conditions of Quiroga's simulator: three similar units among many distant ones."""
    from edgesort.data.quiroga import quiroga

    made = quiroga(condition, seconds, seed)
    made.save(out)
    print(json.dumps(made.facts) if as_json else made.headline(out))
