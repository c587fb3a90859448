"""What training adds to a recording, where it is asked to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Augmentation:
    """motion_um: how far the probe may move along its length, either way, while the model sorts (train/motion.py).
    overlaps_hz: spikes a second of each unit beside the recorded ones, so that more overlap (train/overlaps.py)."""

    motion_um: float | None = None
    overlaps_hz: float | None = None


AS_RECORDED = Augmentation()
