"""What every frontend raises."""


class ModelError(ValueError):
    """A model file that cannot become a Graph, or a Graph that a format cannot hold: one line that says what to do."""
