"""A network as one value: list its arrays, map over its parameters, count them.

A *tree* is a record, or a tuple of trees. What is said here of a network holds for everything of its shape: its
gradients, a velocity, an Adam moment.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import numpy as np

from fnnet.values.array import Array, freeze, short_repr
from fnnet.values.errors import UsageError
from fnnet.values.record import kept_fields, replace

T = TypeVar("T")

#: The kinds of fields that hold layers.
PARTS = ("sub", "fixed")


def _walk(tree: Any, wanted: tuple[str, ...], path: str = "") -> Iterator[tuple[str, Array]]:
    if isinstance(tree, tuple):
        for i, part in enumerate(tree):
            yield from _walk(part, wanted, f"{path}{i}.")
        return
    for name, kind in kept_fields(type(tree)):
        if _enters(kind, wanted):
            yield from _walk(getattr(tree, name), wanted, f"{path}{name}.")
        elif kind in wanted:
            yield path + name, getattr(tree, name)


def _enters(kind: str, wanted: tuple[str, ...]) -> bool:
    """Whether a field of this kind holds layers whose arrays are among the wanted: what is fixed is not trained."""
    return kind == "sub" or (kind == "fixed" and "buffer" in wanted)


def leaves(tree: Any) -> dict[str, Array]:
    """The trained arrays of a tree by their paths.

    >>> from fnnet import Affine, Sigmoid
    >>> list(leaves((Affine([[1.0], [2.0]], [0.0]), Sigmoid())))
    ['0.W', '0.b']
    """
    return dict(_walk(tree, ("param",)))


def arrays(tree: Any) -> dict[str, Array]:
    """All arrays of a tree that belong to a saved model, trained or not, by their paths."""
    return dict(_walk(tree, ("param", "buffer")))


def count_params(tree: Any) -> int:
    """How many numbers are trained."""
    return sum(a.size for a in params_of(tree))


def dtype_of(tree: Any) -> np.dtype[Any]:
    """The one dtype of all arrays of a network; float64 when there are none.

    Raises UsageError, naming two arrays, when their dtypes differ, and one that is not floating or of another machine.
    """
    named = list(arrays(tree).items())
    if not named:
        return np.dtype(np.float64)
    first, a = named[0]
    for path, other in named:
        if other.dtype != a.dtype:
            raise UsageError(f"a network's arrays must share one dtype: {first} is {a.dtype}, {path} is {other.dtype}")
    if a.dtype.kind != "f":
        raise UsageError(f"a network's arrays must be floating-point numbers, {first} is {a.dtype}")
    if not a.dtype.isnative:
        raise UsageError(f"a network's arrays must have this machine's byte order, {first} is {a.dtype}; use astype")
    return a.dtype


def has_params(tree: Any) -> bool:
    """Whether anything in a tree is trained."""
    if isinstance(tree, tuple):
        return any(map(has_params, tree))
    for name, kind in kept_fields(type(tree)):
        if kind == "param" or (kind == "sub" and has_params(getattr(tree, name))):
            return True
    return False


def params_of(tree: Any) -> list[Array]:
    """The trained arrays of a tree in order, without their paths: what training loops over."""
    found: list[Array] = []
    _gather(tree, found)
    return found


def _holds(part: Any) -> bool:
    """Whether a layer may hold arrays, asked before a call is spent on it."""
    return isinstance(part, tuple) or bool(kept_fields(type(part)))


def _gather(tree: Any, found: list[Array]) -> None:
    if isinstance(tree, tuple):
        for part in tree:
            if _holds(part):
                _gather(part, found)
        return
    for name, kind in kept_fields(type(tree)):
        if kind == "param":
            found.append(getattr(tree, name))
        elif kind == "sub":
            _gather(getattr(tree, name), found)


def with_params(tree: T, values: Iterable[Array]) -> T:
    """The tree with its trained arrays replaced, in order, by ``values``, which must be read-only.

    >>> from fnnet import Affine
    >>> net = (Affine([[1.0]], [2.0]),)
    >>> with_params(net, params_of(net)) == net
    True
    """
    return _refill(tree, iter(values), ("param",))  # type: ignore[no-any-return]  # the same classes, so T


def with_arrays(tree: T, values: Iterable[Array]) -> T:
    """The tree with all the arrays of `arrays` replaced, in order, by ``values``, which must be read-only."""
    return _refill(tree, iter(values), ("param", "buffer"))  # type: ignore[no-any-return]  # the same classes, so T


def _refill(tree: Any, values: Iterator[Array], wanted: tuple[str, ...]) -> Any:
    if isinstance(tree, tuple):
        return tuple([_refill(part, values, wanted) if _holds(part) else part for part in tree])
    changes = {}
    for name, kind in kept_fields(type(tree)):
        if kind in wanted:
            changes[name] = next(values)
        elif _enters(kind, wanted):
            changes[name] = _refill(getattr(tree, name), values, wanted)
    return replace(tree, **changes) if changes else tree


def map_params(f: Callable[..., Any], first: T, *rest: Any) -> T:
    """``f`` of each trained array of the trees; all else comes from the first tree.

    What ``f`` returns is frozen without a copy. Raises ValueError, naming the place, when the trees are not of the
    same classes and lengths.

    >>> from fnnet import Affine
    >>> net = Affine([[1.0, 2.0]], [3.0, 4.0])
    >>> map_params(lambda p, g: p - 0.1 * g, net, net).b
    array([2.7, 3.6])
    """
    for other in rest:
        same_structure(first, other)
    columns = zip(*map(params_of, (first, *rest)), strict=True)
    return with_params(first, [freeze(np.asarray(f(*column))) for column in columns])


def same_structure(a: Any, b: Any) -> None:
    """Raise ValueError, naming the place, unless both trees have the same classes and lengths."""
    if not _alike(a, b):
        raise ValueError(f"trees must be alike: {_difference(a, b)}")


def same_arrays(a: Any, b: Any) -> None:
    """Raise ValueError, naming the place, unless both trees are alike, and their arrays in shapes and dtypes."""
    same_structure(a, b)
    for (path, here), there in zip(arrays(a).items(), arrays(b).values(), strict=True):
        if here.shape != there.shape or here.dtype != there.dtype:
            raise ValueError(f"{path} is {short_repr(here)} against {short_repr(there)}")


def _alike(a: Any, b: Any) -> bool:
    if type(a) is not type(b):
        return False
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(_alike, a, b))
    for name, kind in kept_fields(type(a)):
        if kind in PARTS and not _alike(getattr(a, name), getattr(b, name)):
            return False
    return True


def _difference(a: Any, b: Any, path: str = "") -> str:
    at = f"at {path.rstrip('.')} " if path else ""
    if type(a) is not type(b):
        return f"{at}{type(a).__name__} stands against {type(b).__name__}"
    if isinstance(a, tuple) and len(a) != len(b):
        return f"{at}{len(a)} layers stand against {len(b)}"
    pairs = zip(parts(a), parts(b), strict=True)
    return next(_difference(x, y, f"{path}{name}.") for (name, x), (_, y) in pairs if not _alike(x, y))


def parts(tree: Any) -> list[tuple[Any, Any]]:
    """The trees in a tree, by the number of their place or the name of their field."""
    if isinstance(tree, tuple):
        return list(enumerate(tree))
    return [(name, getattr(tree, name)) for name, kind in kept_fields(type(tree)) if kind in PARTS]
