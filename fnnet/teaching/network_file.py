"""Small networks in a text file, as they are written on a board: a line for each unit, its bias first.

An empty line ends a layer; what follows a ``#`` is a remark. Numbers are parted by commas or spaces.
"""

import os
from collections.abc import Iterator

import numpy as np

from fnnet.layers import Affine
from fnnet.runs.archive import FileError
from fnnet.tables.number_rows import numbers_in
from fnnet.tables.opening import open_regular
from fnnet.values.array import freeze
from fnnet.values.errors import UsageError

#: The network that is traced when no other is said: two inputs, two hidden units, one output, and round numbers.
LECTURE = """\
0.1, 0.5, -0.3   # u_10, u_11, u_12
-0.2, 0.4, 0.6   # u_20, u_21, u_22

0.3, 0.8, -0.7   # v_10, v_11, v_12
"""

#: The same with an output for each class, for the softmax cross-entropy.
TWO_CLASSES = f"{LECTURE}-0.4, 0.6, 0.2   # v_20, v_21, v_22\n"


def read_weights(path: str | os.PathLike[str]) -> tuple[Affine, ...]:
    """The Affine layers in a file. Raises FileError, naming the line, for what can't be one."""
    try:
        with open_regular(path) as file:
            return weights(file.read().decode("utf-8"))
    except (OSError, UnicodeError) as error:
        raise FileError(f"{path} can't be read: {getattr(error, 'strerror', None) or 'it is not text'}") from error
    except ValueError as error:
        raise FileError(f"{path}: {error}") from None


def weights(text: str) -> tuple[Affine, ...]:
    """The Affine layers in a text. Raises UsageError, naming the line, for what can't be one.

    >>> first, second = weights(LECTURE)
    >>> first.W[0], first.b, second.W.ravel()
    (array([0.5, 0.4]), array([ 0.1, -0.2]), array([ 0.8, -0.7]))
    """
    layers: list[Affine] = []
    for number, rows in _blocks(text):
        if len({len(row) for row in rows}) > 1 or len(rows[0]) < 2:
            raise UsageError(f"the units from line {number} on must have a bias and the same number of weights")
        if layers and len(rows[0]) - 1 != len(layers[-1].b):
            raise UsageError(
                f"the units from line {number} on must have a bias and {len(layers[-1].b)} weights, "
                f"one for each unit of the layer before, got {len(rows[0]) - 1}"
            )
        table = np.array(rows)
        layers.append(Affine(freeze(table[:, 1:].T.copy()), freeze(table[:, 0].copy())))
    if not layers:
        raise UsageError("there are no weights; write a line for each unit: its bias, then its weights")
    return tuple(layers)


def _blocks(text: str) -> Iterator[tuple[int, list[list[float]]]]:
    """The number of its first line and the rows of each layer."""
    begin, rows = 0, []
    for number, line in enumerate([*text.splitlines(), ""], 1):
        if said := line.split("#")[0].strip():
            begin = begin or number
            rows.append(numbers_in(said, f"line {number}", ", parted by commas or spaces"))
        elif rows and not line.strip():
            yield begin, rows
            begin, rows = 0, []
