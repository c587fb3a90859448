"""How training augments a recording, where it is asked to."""

from dataclasses import dataclass

from edgesort.data.errors import DataError


@dataclass(frozen=True)
class Augmentation:
    """motion_um: how far the probe may move along its length, either way, while the model sorts (train/motion.py).
    overlaps_hz: spikes a second of each unit beside the recorded ones, so that more overlap (train/overlaps.py).
    DataError unless those given are above 0."""

    motion_um: float | None = None
    overlaps_hz: float | None = None

    def __post_init__(self) -> None:
        for name, unit, value in (
            ("motion", "micrometres", self.motion_um),
            ("overlaps", "spikes a second", self.overlaps_hz),
        ):
            if value is not None and not value > 0:
                raise DataError(f"{name}: expected {unit} above 0, found {value:g}; leave --{name} out for none")


AS_RECORDED = Augmentation()
