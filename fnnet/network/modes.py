"""Modes of a network as values: for one training step, and with the statistics that the step has seen.

As stored, a network is in its mode of use. Nothing is switched: `training` gives another network.
"""

from typing import Any

from fnnet.network.folds import P
from fnnet.values.keys import Key
from fnnet.values.record import kept_fields, replace


def training(params: P, key: Key) -> P:
    """The network for one training step: each layer that offers ``training`` is given its own key.

    A layer's number in the flattened network is the last part of its key. The stored network stays in inference
    mode; keep and update that one.

    >>> from fnnet import Dropout, Scale, key
    >>> training((Scale(2.0), Dropout(0.5)), key(0, 4))[1].key.layer
    1
    """
    return _training(params, key, 0)  # type: ignore[no-any-return]  # the same classes, so P


def _training(params: Any, key: Key, number: int) -> Any:
    if isinstance(params, tuple):
        made = []
        for layer in params:
            made.append(_training(layer, key, number))
            number += _count(layer)
        return tuple(made)
    subs = _subs(params)
    if subs:
        changes = {}
        inside = number + 1
        for name in subs:
            changes[name] = _training(getattr(params, name), key, inside)
            inside += _count(getattr(params, name))
        params = replace(params, **changes)
    return params.training(key._replace(layer=number)) if hasattr(params, "training") else params


def _count(params: Any) -> int:
    if isinstance(params, tuple):
        return sum(map(_count, params))
    return 1 + sum(map(_count, parts_of(params)))


def _subs(layer: Any) -> list[str]:
    return [name for name, kind in kept_fields(type(layer)) if kind == "sub"]


def parts_of(layer: Any) -> list[Any]:
    """The networks that a layer holds in its fields."""
    return [getattr(layer, name) for name in _subs(layer)]


def offers(params: Any, method: str) -> bool:
    """Whether any layer of a network has an optional method such as ``training`` or ``absorb``.

    >>> from fnnet import Dropout, Residual
    >>> offers((Residual((Dropout(),)),), "training")
    True
    """
    if isinstance(params, tuple):
        return any(offers(layer, method) for layer in params)
    return hasattr(params, method) or any(offers(part, method) for part in parts_of(params))


def absorb(params: P, caches: Any) -> P:
    """The network with its running statistics moved on by what the caches of a training step have seen.

    Raises TypeError for a record that holds such layers and has no ``absorb`` to hand their caches on.
    """
    if isinstance(params, tuple):
        return tuple(map(absorb, params, caches))  # type: ignore[return-value]  # as in backward
    return params.absorb(caches) if absorbs(params) else params  # type: ignore[attr-defined]  # as P


def absorbs(params: Any) -> bool:
    """Whether any layer of a network has running statistics to be moved on.

    Raises TypeError for a record that holds such layers and has no ``absorb`` to hand their caches on.
    """
    if isinstance(params, tuple):
        return any(map(absorbs, params))
    if hasattr(params, "absorb"):
        return True
    if any(map(absorbs, parts_of(params))):
        raise TypeError(
            f"{type(params).__name__} holds layers with running statistics, which would stand still: "
            "give it a method absorb(cache), as Residual has"
        )
    return False
