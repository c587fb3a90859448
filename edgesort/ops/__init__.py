"""The operators. One file each; a new op is one file and its name here."""

from edgesort.ops.adaptive_threshold import AdaptiveThreshold
from edgesort.ops.add import Add
from edgesort.ops.arg_max import ArgMax
from edgesort.ops.attention import Attention
from edgesort.ops.average_pool import AveragePool
from edgesort.ops.biquad import Biquad
from edgesort.ops.common_average import CommonAverage
from edgesort.ops.common_median import CommonMedian
from edgesort.ops.concat import Concat
from edgesort.ops.delay import Delay
from edgesort.ops.delta import Delta
from edgesort.ops.dense import Dense
from edgesort.ops.depth_to_time import DepthToTime
from edgesort.ops.gru import Gru
from edgesort.ops.hard_sigmoid import HardSigmoid
from edgesort.ops.lif import Lif
from edgesort.ops.local_peak import LocalPeak
from edgesort.ops.max_pool import MaxPool
from edgesort.ops.multiply import Multiply
from edgesort.ops.noise import Noise
from edgesort.ops.nonlinear_energy import NonlinearEnergy
from edgesort.ops.peak import Peak
from edgesort.ops.rectify import Rectify
from edgesort.ops.requant import Requant
from edgesort.ops.reshape import Reshape
from edgesort.ops.slice import Slice
from edgesort.ops.state_space import StateSpace
from edgesort.ops.subtract import Subtract
from edgesort.ops.table import Table
from edgesort.ops.threshold import Threshold
from edgesort.ops.upsample import Upsample
from edgesort.ops.window import Window

OPS = (
    Requant,
    Add,
    Slice,
    Subtract,
    Multiply,
    Concat,
    Reshape,
    Rectify,
    HardSigmoid,
    Table,
    Threshold,
    AdaptiveThreshold,
    ArgMax,
    Window,
    Delay,
    Upsample,
    MaxPool,
    AveragePool,
    DepthToTime,
    Dense,
    Lif,
    Gru,
    Attention,
    Biquad,
    CommonAverage,
    CommonMedian,
    Noise,
    Delta,
    StateSpace,
    NonlinearEnergy,
    Peak,
    LocalPeak,
)

__all__ = [
    "OPS",
    "AdaptiveThreshold",
    "Add",
    "ArgMax",
    "Attention",
    "AveragePool",
    "Biquad",
    "CommonAverage",
    "CommonMedian",
    "Concat",
    "Delay",
    "Delta",
    "Dense",
    "DepthToTime",
    "Gru",
    "HardSigmoid",
    "Lif",
    "LocalPeak",
    "MaxPool",
    "Multiply",
    "Noise",
    "NonlinearEnergy",
    "Peak",
    "Rectify",
    "Requant",
    "Reshape",
    "Slice",
    "StateSpace",
    "Subtract",
    "Table",
    "Threshold",
    "Upsample",
    "Window",
]
