"""Where a model shows its nodes' values to hw/cells/es_link_trace.v: a chain of hw/cells/es_tap.v."""

from __future__ import annotations

from edgesort.graph import Graph

NODE = "trace_node_i"  # the port by which a model with taps is known
PORTS = (f"input  wire [15:0] {NODE}", "input  wire trace_room_i", "output wire [67:0] trace_o")
UNTRACED = ".trace_node_i(16'hffff), .trace_room_i(1'b0), .trace_o()"  # no node, for whoever has no tracer
MOST_BITS, MOST_SIZE = 32, 1 << 16  # of a value and a frame that TRACE and the cell can tell


def tapped(graph: Graph) -> list[str]:
    """The streams that have a tap, by their numbers."""
    sizes = {name: max(stream.size, graph.rate(name)) for name, stream in graph.streams.items()}
    return [name for name, size in sizes.items() if graph.streams[name].dtype.bits <= MOST_BITS and size <= MOST_SIZE]


def widest(graph: Graph) -> int:
    """Bits of the container that holds a value of any tapped stream."""
    return max(8 * graph.streams[name].dtype.container.itemsize for name in tapped(graph))


def tap_text(graph: Graph, name: str, word: str, before: str | None) -> str:
    """The tap between what a node makes, <word>_made, and its stream, <word>. before: whose tap is before it."""
    stream, number = graph.streams[name], list(graph.streams).index(name)
    has = {"BITS": stream.dtype.bits, "SIGNED": int(stream.dtype.signed), "NODE": number, "SIZE": stream.size}
    parameters = ", ".join(f".{key}({value})" for key, value in {**has, "RATE": graph.rate(name)}.items())
    others = f"{before}_shown" if before else "68'd0"
    return (
        f"    wire {word}_made_valid, {word}_made_ready;\n    wire [67:0] {word}_shown;\n"
        f"    es_tap #({parameters}) {word}_tap (\n        .node_i(trace_node_i), .room_i(trace_room_i),\n"
        f"        .x_valid_i({word}_made_valid), .x_ready_o({word}_made_ready), .x_data_i({word}_data),\n"
        f"        .y_valid_o({word}_valid), .y_ready_i({word}_ready),\n"
        f"        .others_i({others}), .shown_o({word}_shown)\n    );\n"
    )
