"""The two errors that say what the one who asked can mend: what was asked for, or the data."""


class UsageError(ValueError):
    """A setting or an argument is wrong, said in one sentence; at the command line it ends in exit code 2."""


class DataError(ValueError):
    """Something is wrong with the data, said in one sentence."""
