"""The operators. One file each; a new op is one file and its name here."""

from edgesort.ops.add import Add
from edgesort.ops.biquad import Biquad
from edgesort.ops.delay import Delay
from edgesort.ops.dense import Dense
from edgesort.ops.peak import Peak
from edgesort.ops.requant import Requant
from edgesort.ops.slice import Slice
from edgesort.ops.upsample import Upsample
from edgesort.ops.window import Window

OPS = (Requant, Add, Slice, Window, Delay, Upsample, Dense, Biquad, Peak)

__all__ = ["OPS", "Add", "Biquad", "Delay", "Dense", "Peak", "Requant", "Slice", "Upsample", "Window"]
