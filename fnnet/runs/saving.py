"""Networks, and all records made of them, as files: `save` and `load`.

A file says in its header which classes its tree is made of, with their settings; the arrays lie beside it by their
paths. Nothing that a file names is ever imported: a class is found among fnnet's own, or among those that the reader
was given.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import numpy as np

from fnnet import layers as own
from fnnet.learning.state import State
from fnnet.network.shapes import DEEPEST
from fnnet.optimizers import OptimizerState
from fnnet.runs.archive import FileError, pack, read, sentence, write
from fnnet.runs.typed import typed
from fnnet.tables import Impute, OneHot
from fnnet.values.array import Array
from fnnet.values.errors import UsageError
from fnnet.values.keys import Key, Purpose, key
from fnnet.values.record import kept_fields, names, settings
from fnnet.values.tree import PARTS, arrays

KNOWN: dict[str, type] = {
    **{name: getattr(own, name) for name in own.__all__},
    **{layer.__name__: layer for layer in (Impute, OneHot)},
    "OptimizerState": OptimizerState,
    "State": State,
}

#: Whole numbers from here on are not kept: Python reads no decimals of more than 4,300 digits.
WHOLE = 10**1000


def save(path: str | os.PathLike[str], tree: Any) -> None:
    """Save a network, a training state, or whatever else is made of records.

    The file is an `.npz` whose arrays are called by their paths, written whole or not at all. Raises FileError when it
    can't be or the numbers are not finite, and TypeError, naming the place, for what can't be saved: data, and
    settings other than numbers, texts and tuples of them.

    >>> from tempfile import TemporaryDirectory
    >>> from fnnet import Affine, Sigmoid
    >>> net = (Affine([[1.0], [2.0]], [0.0]), Sigmoid())
    >>> with TemporaryDirectory() as folder:
    ...     save(f"{folder}/net.npz", net)
    ...     load(f"{folder}/net.npz") == net
    True
    """
    write(path, packed(tree))


def load(path: str | os.PathLike[str], layers: Sequence[type] = ()) -> Any:
    """What `save` saved, to the bit; ``layers`` are the classes in it that are not fnnet's own.

    Raises FileError when the file can't be read, is not exactly as it was written, or holds what nobody knows. No more
    memory is taken than the file is worth.
    """
    return opened(path, layers)[0]


def packed(tree: Any, **about: Any) -> bytes:
    """The bytes of a file with a tree in it, and what is to be said about it."""
    outline, kept = _outline(tree, ""), arrays(tree)
    for name, a in kept.items():
        if not np.isfinite(a).all():
            raise FileError(f"{name} can't be saved: its numbers are not all finite")
    return pack({"tree": outline, **about}, kept)


def opened(path: str | os.PathLike[str], layers: Sequence[type] = ()) -> tuple[Any, dict[str, Any]]:
    """The tree in a file, and what was said about it. Raises FileError as `load` does."""
    header, kept = read(path)
    try:
        for name, a in kept.items():
            if not np.isfinite(a).all():
                raise ValueError(f"holds {name} with numbers that are not finite")
        tree = _tree(header["tree"], kept, {cls.__name__: cls for cls in layers} | KNOWN, "")
        if kept:
            raise ValueError(f"holds {next(iter(kept))}, which is no part of its network")
        return tree, header
    except Exception as error:  # what a file says of its classes can be wrong in as many ways as they can be built
        reason = str(error) if isinstance(error, ValueError) else f"holds no network: {type(error).__name__} {error}"
        raise FileError(f"{path} {sentence(reason)}") from error


def _outline(tree: Any, place: str) -> Any:
    if place.count(".") > DEEPEST + 3:  # a state holds its networks three steps down
        raise UsageError(
            f"a network that is nested more than {DEEPEST} deep can't be saved; put its layers into one tuple"
        )
    if isinstance(tree, tuple):
        return [_outline(part, f"{place}{i}.") for i, part in enumerate(tree)]
    cls = type(tree)
    at = f"{place.rstrip('.') or 'it'} ({cls.__name__})"
    kind = "no record; use tuple(...)" if isinstance(tree, list) else "no record"
    if not attrs.has(cls) or KNOWN.get(cls.__name__, cls) is not cls:
        raise TypeError(f"{at} can't be saved: it is {'another class than fnnet has' if attrs.has(cls) else kind}")
    said = dict.fromkeys(settings(cls)) | dict(kept_fields(cls))
    for name in names(cls):
        if name not in said:
            raise TypeError(f"{at} can't be saved: its {name} is data, which is never saved")
    return {
        "class": cls.__name__,
        "settings": {name: _plain(getattr(tree, name), f"{at} can't be saved: its {name}") for name in _given(cls)},
        "parts": {n: _outline(getattr(tree, n), f"{place}{n}.") for n, kind in kept_fields(cls) if kind in PARTS},
    }


def _given(cls: type) -> list[str]:
    """The settings of a class that it is given; those that it makes itself are made again."""
    made = {field.name for field in attrs.fields(cls) if not field.init}
    return [name for name in settings(cls) if name not in made]


def _tree(outline: Any, kept: dict[str, Array], classes: Mapping[str, type], place: str) -> Any:
    """The tree of an outline; takes its arrays out of ``kept``."""
    if isinstance(outline, list):
        return tuple(_tree(part, kept, classes, f"{place}{i}.") for i, part in enumerate(outline))
    cls = classes.get(outline["class"])
    if cls is None:
        raise ValueError(
            f"holds a {outline['class']!r}, which fnnet does not know; give its class: load(path, layers=...)"
        )
    given = {field.name: field.alias for field in attrs.fields(cls)}  # a private name is given without its underscore
    values = {given[name]: _value(value) for name, value in outline["settings"].items()}
    for name, kind in kept_fields(cls):
        at = f"{place}{name}"
        values[given[name]] = _tree(outline["parts"][name], kept, classes, f"{at}.") if kind in PARTS else kept.pop(at)
    made = cls(**values) if cls.__name__ not in KNOWN else typed(cls(**values))
    return checked(made) if isinstance(made, State) else made


def _plain(value: Any, name: str) -> Any:
    """A setting as JSON has it; what JSON lacks is an object of one name."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, Key):
        return {"key": list(value)}
    if isinstance(value, tuple):
        return [_plain(part, name) for part in value]
    if isinstance(value, float) and not np.isfinite(value):
        return {"float": repr(value)}
    if value is None or isinstance(value, bool | float | str) or (isinstance(value, int) and -WHOLE < value < WHOLE):
        return value
    kind = "a whole number too large to keep" if isinstance(value, int) else sentence(repr(value))
    raise TypeError(f"{name} is {kind}, not a number, a text or a tuple of them")


def _value(plain: Any) -> Any:
    if isinstance(plain, list):
        return tuple(map(_value, plain))
    if isinstance(plain, dict):
        return key(*Key(*plain["key"])) if "key" in plain else float(plain["float"])
    return plain


def checked(state: State) -> State:
    """The state, if its figures can be those of a run; otherwise ValueError. For states that come from outside."""
    typed(state)
    counts = {name: getattr(state, name) for name in ("epoch", "step", "batch", "examples", "epoch_size", "best_epoch")}
    for name, value in {**counts, "optimizer.step": state.optimizer.step}.items():
        if not 0 <= value < 2**63:
            raise ValueError(f"{name} must be a whole number of at least 0, got {value}")
    key(state.seed, Purpose.SHUFFLE)
    return state
