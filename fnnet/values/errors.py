"""The one error that says: what was asked for can't be done, and the one who asked can mend it."""


class UsageError(ValueError):
    """A setting or an argument is wrong, said in one sentence; at the command line it ends in exit code 2."""
