"""edgesort: from a neural recording to implant firmware and bitstreams, every output bit proven.

graph = edgesort.load("model.onnx")
build = edgesort.compile(graph, target="icebreaker", out="build/sorter")
verdicts = edgesort.verify(build, frames)
"""

from edgesort.build import Build, compile, open_build, verify
from edgesort.frontends.qonnx import load
from edgesort.gating import gate

__all__ = ["Build", "compile", "gate", "load", "open_build", "verify"]
