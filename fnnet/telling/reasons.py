"""Why something went wrong, in a few words, as other libraries' errors have it."""


def reason_of(error: Exception) -> str:
    r"""What an error says: the system's words, else the first line of its own, else its kind.

    >>> reason_of(FileNotFoundError(2, "No such file or directory"))
    'No such file or directory'
    >>> reason_of(ValueError("odd\nat 3")), reason_of(KeyError())
    ('odd', 'KeyError')
    """
    said: str = getattr(error, "strerror", None) or str(error).split("\n")[0] or type(error).__name__
    return said[:200]
