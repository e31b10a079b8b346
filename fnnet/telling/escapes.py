"""A text that is not ours made fit to be shown: nothing in it steers a terminal, or is hidden."""


def visible(text: object) -> str:
    r"""A text that is not ours, on one line: what would steer the terminal or can't be seen stands there as an escape.

    >>> print(visible("100 of 95\n\x1b[2J"))
    100 of 95\n\x1b[2J
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(text))
