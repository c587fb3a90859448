"""What `edgesort calibrate` is asked for: files and names become recordings, sources of labels and runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgesort.data.errors import DataError
from edgesort.data.probe import with_probe
from edgesort.data.recordings import load_recording
from edgesort.data.sortings import load_sorting
from edgesort.train.add_units import add_units
from edgesort.train.augmentation import AS_RECORDED, Augmentation
from edgesort.train.calibrate import Source, calibrate, from_model, from_sorting, from_teacher, self_supervised
from edgesort.train.loop import load_checkpoint


@dataclass(frozen=True)
class Asked:
    """One source of labels, and the recording. The fields are the options of the same names."""

    recording: Path
    sorting: Path | None = None
    teacher: str | None = None
    self_supervised: bool = False
    recalibrate: Path | None = None
    add_units: Path | None = None
    incomplete: bool = False
    probe: Path | None = None


def run(
    asked: Asked,
    out: Path,
    model: str = "local_sorter",
    labelled_s: float | None = None,
    weight_bits: str | None = None,
    from_scratch: bool = False,
    resume: bool = False,
    epochs: int | None = None,
    seed: int = 0,
    augmentation: Augmentation = AS_RECORDED,
) -> dict[str, Any]:
    """Calibrate; returns the results with a `headline`. DataError unless exactly one source of labels is named."""
    named = [asked.sorting, asked.teacher, asked.self_supervised or None, asked.recalibrate]
    sources = sum(option is not None for option in named)
    if sources != 1:
        names = "--sorting, --teacher, --self-supervised and --recalibrate"
        raise DataError(f"labels: expected one of {names}, found {sources}; name one")
    for folder in (asked.recalibrate, asked.add_units):
        if folder is not None and not (folder / "checkpoint.pt").is_file():
            raise DataError(f"{folder}: expected a run that calibrate or train wrote, found no checkpoint.pt in it")
    recording = load_recording(asked.recording)
    if asked.probe is not None:
        recording = with_probe(recording, asked.probe)
    if asked.add_units is not None:
        if asked.sorting is None:
            raise DataError("add-units: expected the labels of the new units by --sorting, found none; name them")
        if augmentation != AS_RECORDED:
            raise DataError("add-units: expected no --motion and --overlaps, for earlier weights stay, found one")
        added = load_sorting(asked.sorting, recording)
        results = add_units(asked.add_units, recording, added, out, labelled_s, resume, epochs, seed)
        return results | {"headline": headline(results)}
    if asked.recalibrate is not None:
        model = load_checkpoint(asked.recalibrate / "checkpoint.pt")["model"]
    source: Source
    if asked.sorting is not None:
        source = from_sorting(load_sorting(asked.sorting, recording), asked.incomplete)
    elif asked.teacher is not None:
        source = from_teacher(asked.teacher, seed)
    elif asked.recalibrate is not None:
        source = from_model(asked.recalibrate, moving=augmentation.motion_um is not None)
    else:
        source = self_supervised(seed)
    options = (labelled_s, bits(weight_bits), from_scratch, resume, epochs, seed)
    results = calibrate(recording, source, out, model, asked.recalibrate, *options, augmentation=augmentation)
    return results | {"headline": headline(results)}


def bits(text: str | None) -> int | tuple[int, ...] | None:
    """Of "6" the number, of "8,4,4,6" all of them."""
    if text is None:
        return None
    parts = text.split(",")
    if not all(part.strip().isdigit() for part in parts):
        raise DataError(f"weight bits: expected numbers of 2 to 8 with commas between, found {text!r}")
    numbers = tuple(int(part) for part in parts)
    return numbers[0] if len(numbers) == 1 else numbers


def headline(results: dict[str, Any]) -> str:
    """Float against deployed on the part that was not used."""
    forms = [form for form in ("float", "quantized") if results.get(form)]
    if not forms:
        return "no labels in the part that was not used, so nothing to score"
    told = ", ".join(f"{form} {results[form]['mean_accuracy']:.3f}" for form in forms)
    return f"accuracy {told} on the part that was not used, against {results['calibration']['source']}"
