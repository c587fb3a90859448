"""edgesort among SpikeInterface's sorters: import this module, then run_sorter("edgesort", recording, model=...)."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from spikeinterface.core import BaseRecording, BaseSorting, load
from spikeinterface.sorters import BaseSorter
from spikeinterface.sorters.sorterlist import sorter_dict, sorter_full_list

from edgesort.check import open_graph
from edgesort.data.errors import DataError
from edgesort.data.recordings import CONVERT, check_recording
from edgesort.sort import save, sort


class EdgesortSorter(BaseSorter):  # type: ignore[misc]  # SpikeInterface states no types
    """The exact integer graph of a model, bit for bit what the device computes. Its methods are SpikeInterface's."""

    sorter_name = "edgesort"
    requires_locations = False
    gpu_capability = "not-supported"
    requires_binary_data = False
    _default_params: ClassVar[dict[str, Any]] = {"model": None, "detector": False}
    _params_description: ClassVar[dict[str, str]] = {
        "model": "A QONNX file, a training run or a build folder",
        "detector": 'Keep the detector\'s events as a unit "any"',
    }
    sorter_description = (
        "edgesort runs a small quantized network that was trained on this probe or animal, as firmware or an FPGA runs "
        "it: filter, network, peaks and refractory time in integers, sample by sample. It sorts what it was trained "
        "for and finds no new units."
    )
    installation_mesg = "pip install edgesort"
    citations = "The card.md beside a model names its data and its authors."

    @classmethod
    def is_installed(cls) -> bool:
        return True

    @classmethod
    def get_sorter_version(cls) -> str:
        return version("edgesort")

    @classmethod
    def _check_params(cls, recording: BaseRecording, output_folder: Path, params: dict[str, Any]) -> dict[str, Any]:
        if params["model"] is None:
            raise DataError("edgesort: expected model=, a QONNX file or a build folder, found none; name one")
        if np.dtype(recording.get_dtype()).kind not in "iu":
            raise DataError(f"recording: expected integer samples, found {recording.get_dtype()}; {CONVERT}")
        check_recording(recording, open_graph(Path(params["model"])))
        return {**params, "model": str(Path(params["model"]).absolute())}

    @classmethod
    def _setup_recording(
        cls, recording: BaseRecording, sorter_output_folder: Path, params: dict[str, Any], verbose: bool
    ) -> None:
        """Nothing to do: the graph reads the recording itself."""

    @classmethod
    def _run_from_folder(cls, sorter_output_folder: Path, params: dict[str, Any], verbose: bool) -> None:
        recording = cls.load_recording_from_folder(sorter_output_folder.parent)
        save(
            sort(open_graph(Path(params["model"])), recording, params["detector"]),
            sorter_output_folder / "sorting",
        )

    @classmethod
    def _get_result_from_folder(cls, sorter_output_folder: Path) -> BaseSorting:
        return load(sorter_output_folder / "sorting")


if EdgesortSorter.sorter_name not in sorter_dict:  # the lists are all that SpikeInterface knows its sorters by
    sorter_full_list.append(EdgesortSorter)
    sorter_dict[EdgesortSorter.sorter_name] = EdgesortSorter
