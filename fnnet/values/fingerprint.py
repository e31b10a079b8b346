"""A tree as lines of text, and its fingerprint."""

import hashlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from fnnet.values.record import kept_fields, settings
from fnnet.values.tree import PARTS, arrays


def fingerprint(tree: Any) -> str:
    """The SHA-256 over classes, settings and every bit of the arrays, as 64 hexadecimal digits.

    >>> from fnnet import Scale
    >>> fingerprint(Scale(0.5)) == fingerprint(Scale(0.5)) != fingerprint(Scale(1.0))
    True
    """
    digest = hashlib.sha256()
    for text in structure(tree):
        digest.update(text.encode() + b"\0")
    for path, a in arrays(tree).items():
        digest.update(f"{path} {a.dtype.str} {a.shape}".encode() + b"\0")
        digest.update(np.ascontiguousarray(a).tobytes())
    return digest.hexdigest()


def structure(tree: Any) -> Iterator[str]:
    """The classes of a tree and their settings, without the arrays.

    >>> from fnnet import Affine, Scale
    >>> list(structure((Scale(0.5), Affine([[1.0]], [0.0]))))
    ['tuple 2', 'Scale', 'factor=0.5', 'Affine']
    """
    if isinstance(tree, tuple):
        yield f"tuple {len(tree)}"
        for part in tree:
            yield from structure(part)
        return
    yield type(tree).__name__
    for name in settings(type(tree)):
        yield f"{name}={_said(getattr(tree, name))}"
    for name, kind in kept_fields(type(tree)):
        if kind in PARTS:
            yield from structure(getattr(tree, name))


def _said(value: Any) -> str:
    """A setting in words; a NumPy number as the Python number that it is."""
    if type(value) is tuple:
        return f"({', '.join(map(_said, value))})"
    return repr(value.item() if isinstance(value, np.generic) else value)
