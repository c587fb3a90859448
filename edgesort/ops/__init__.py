"""The operators. One file each; a new op is one file and its name here."""

from edgesort.ops.add import Add
from edgesort.ops.average_pool import AveragePool
from edgesort.ops.biquad import Biquad
from edgesort.ops.delay import Delay
from edgesort.ops.dense import Dense
from edgesort.ops.depth_to_time import DepthToTime
from edgesort.ops.local_peak import LocalPeak
from edgesort.ops.max_pool import MaxPool
from edgesort.ops.nonlinear_energy import NonlinearEnergy
from edgesort.ops.peak import Peak
from edgesort.ops.requant import Requant
from edgesort.ops.slice import Slice
from edgesort.ops.upsample import Upsample
from edgesort.ops.window import Window

OPS = (
    Requant,
    Add,
    Slice,
    Window,
    Delay,
    Upsample,
    MaxPool,
    AveragePool,
    DepthToTime,
    Dense,
    Biquad,
    NonlinearEnergy,
    Peak,
    LocalPeak,
)

__all__ = [
    "OPS",
    "Add",
    "AveragePool",
    "Biquad",
    "Delay",
    "Dense",
    "DepthToTime",
    "LocalPeak",
    "MaxPool",
    "NonlinearEnergy",
    "Peak",
    "Requant",
    "Slice",
    "Upsample",
    "Window",
]
