"""Where to read on: the command that shows a page of the course, and its address, once there is one."""

#: Where the built pages stand on the web. So far nowhere.
ADDRESS: str | None = None


def command(page: str, section: str = "") -> str:
    """What shows a page, or a section of it.

    >>> command("affine", "bias")
    'fnnet learn affine bias'
    """
    return f"fnnet learn {page} {section}".rstrip()


def hint(page: str, section: str = "", address: str | None = ADDRESS) -> str:
    """The command, and the address beside it.

    >>> hint("affine", "bias")
    'fnnet learn affine bias'
    >>> hint("affine", "bias", "https://example.org/")
    'fnnet learn affine bias (https://example.org/course/affine.html#bias)'
    """
    return (
        f"{command(page, section)} ({url(f'course/{page}', section, address)})" if address else command(page, section)
    )


def url(path: str, section: str, address: str) -> str:
    """The address of a page of the documentation, given without its suffix."""
    return f"{address.rstrip('/')}/{path}.html{'#' * bool(section)}{section}"
