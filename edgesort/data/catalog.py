"""Where recordings come from: $EDGESORT_DATA, ../shared/recordings, the user's cache, or their source.

Every file is checked against its SHA-256 before it is used, wherever it was found.
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pooch

from edgesort.data.errors import DataError, NotHere
from edgesort.share import share

SOURCE = "https://raw.githubusercontent.com"


@cache
def catalog() -> dict[str, dict[str, Any]]:
    """Facts of every dataset by name: about, repository, commit, sampling_frequency, licence, ..."""
    return tomllib.loads((Path(__file__).parent / "catalog.toml").read_text())


@cache
def checksums() -> dict[str, str]:
    """SHA-256 of every file by "dataset/file"."""
    lines = (Path(__file__).parent / "SHA256SUMS").read_text().splitlines()
    return {name: digest for digest, name in (line.split() for line in lines)}


def files(dataset: str) -> list[str]:
    """Names of a dataset's files, sorted."""
    if dataset not in catalog():
        raise DataError(f"dataset {dataset}: expected one of {', '.join(catalog())}")
    return sorted(name.split("/")[1] for name in checksums() if name.startswith(dataset + "/"))


def folders() -> list[Path]:
    """Folders that are searched, in this order; each holds one folder a dataset."""
    given = os.environ.get("EDGESORT_DATA")
    beside = share().resolve().parent / "shared" / "recordings"
    return [*([Path(given)] if given else []), beside, Path(pooch.os_cache("edgesort"))]


def present(dataset: str) -> bool:
    """True if every file of the dataset is in a local folder (not yet checked)."""
    return all(_local(f"{dataset}/{name}") for name in files(dataset))


def get(dataset: str) -> list[Path]:
    """The dataset's files, checked, downloaded to the user's cache if need be. DataError if they cannot be had."""
    return [get_file(dataset, name) for name in files(dataset)]


def get_file(dataset: str, name: str) -> Path:
    """One file of a dataset, checked, downloaded to the user's cache if need be."""
    if name not in files(dataset):
        raise DataError(f"{dataset}/{name}: expected a file of the catalogue, found none of that name")
    expected = checksums()[f"{dataset}/{name}"]
    path = _local(f"{dataset}/{name}") or _download(dataset, name, expected)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != expected:
        raise DataError(f"{path}: expected SHA-256 {expected}, found {found}; remove the file and fetch it again")
    return path


def _local(name: str) -> Path | None:
    return next((folder / name for folder in folders() if (folder / name).is_file()), None)


def _download(dataset: str, name: str, expected: str) -> Path:
    facts = catalog()[dataset]
    source = f"{facts['repository']} @ {facts['commit']}"
    suffix = name.rpartition(".")[2]
    if suffix not in facts.get("path", {}):
        raise NotHere(
            f"{dataset}/{name}: expected it in one of {', '.join(map(str, folders()))}, found it in none; "
            f"it was made from {source} and is not downloaded: set EDGESORT_DATA"
        )
    url = f"{SOURCE}/{facts['repository']}/{facts['commit']}/{facts['path'][suffix]}{name}"
    folder = Path(pooch.os_cache("edgesort")) / dataset
    try:
        return Path(pooch.retrieve(url, known_hash=f"sha256:{expected}", fname=name, path=folder))
    except ValueError:
        raise DataError(f"{url}: expected SHA-256 {expected}, found another; nothing was kept") from None
    except OSError as error:
        raise NotHere(
            f"{dataset}/{name}: expected it in one of {', '.join(map(str, folders()))} or at {url}, "
            f"found neither ({type(error).__name__}); set EDGESORT_DATA"
        ) from None
