"""The errors of data and training: each is one line for the person at the terminal."""


class DataError(ValueError):
    """Data that cannot be used. One line: the thing, what was expected, what was found, what to do."""


class NotHere(DataError):
    """A recording of the catalogue that is in no local folder and cannot be fetched."""


class Stopped(DataError):
    """A person stopped the training (Ctrl-C). Says which checkpoint was kept and how to go on."""
