"""How to get what fnnet can do without: the extras of its package."""

#: What pip is given, and where. fnnet is in no index so far, so it is the checkout; once there is a package, its name.
PACKAGE, WHERE = ".", " in fnnet's checkout"


def install(extra: str, *options: str) -> str:
    """The command that brings an extra, as every message says it.

    >>> print(install("images"))
    pip install '.[images]' in fnnet's checkout
    """
    return f"{' '.join(['pip install', *options])} '{PACKAGE}[{extra}]'{WHERE}"
