"""The one error of the data folder."""


class DataError(ValueError):
    """Data that cannot be used. One line: the thing, what was expected, what was found, what to do."""
