"""The operators. One file each; a new op is one file and its name here."""

from edgesort.ops.biquad import Biquad
from edgesort.ops.dense import Dense
from edgesort.ops.peak import Peak
from edgesort.ops.requant import Requant
from edgesort.ops.window import Window

OPS = (Biquad, Requant, Window, Dense, Peak)

__all__ = ["OPS", "Biquad", "Dense", "Peak", "Requant", "Window"]
