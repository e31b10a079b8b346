"""What differs from one run to the next that is else the same: how far training says it is, and how long it took."""

import re

#: A line of how far training is: the epoch, and figures, and nothing else.
FIGURES = r"[^\W\d]\S* (-?[\d.]+|nan)|[\d.:]+( s)? left|in [\d.:]+( s)?|[\d,]+ examples/s"
PROGRESS = re.compile(rf"epoch [\d,]+( of [\d,]+)?( \(\d+%\))?: ({FIGURES})(, ({FIGURES}))*\n")


def beside_progress(stderr: str) -> str:
    r"""What was said on stderr beside how far training is.

    >>> beside_progress("epoch 3 of 10 (40%): loss 0.5000, 1.5 s left\nfnnet: stopped\n")
    'fnnet: stopped\n'
    """
    return "".join(line for line in stderr.splitlines(keepends=True) if not PROGRESS.fullmatch(line))


def timeless(history: bytes) -> bytes:
    r"""A history without its last column, the seconds.

    >>> timeless(b"1,42,0.1,0.25,,0.75,,1.5\n")
    b'1,42,0.1,0.25,,0.75,\n'
    """
    return re.sub(rb",[^,\n]*\n", b"\n", history)
