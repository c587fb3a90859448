"""HLS projects of a graph's network through hls4ml, for two vendors' tools, in parallel or as a stream."""

from edgesort.targets.hls4ml.backends import CATAPULT, VITIS
from edgesort.targets.hls4ml.layers import network, objections, receptive, windows
from edgesort.targets.hls4ml.target import Hls4ml

PROJECTS = (
    Hls4ml("hls4ml", "Vitis HLS project of the network (hls4ml, io_parallel), one window of samples a call", VITIS),
    Hls4ml("hls4ml-stream", "the same with AXI streams, a frame a beat (io_stream)", VITIS, "io_stream"),
    Hls4ml("hls4ml-catapult", "Catapult project of the network (hls4ml, io_parallel), one window a call", CATAPULT),
    Hls4ml("hls4ml-catapult-stream", "the same with channels, a frame a beat (io_stream)", CATAPULT, "io_stream"),
)

__all__ = ["CATAPULT", "PROJECTS", "VITIS", "Hls4ml", "network", "objections", "receptive", "windows"]
