"""The steps that the parent asks for, one by one, on the objects of a student's file."""

from collections.abc import Callable
from typing import Any

from numpy import array, ndarray, random

from fnnet.grading.child.encode import encode, fields
from fnnet.grading.child.probe import probe, pure_probe


class Unreached(ValueError):
    """A step needs what an earlier one did not give."""


class World:
    """The values that the steps have made so far, by name, beside the student's module.

    ``guard`` is called after every step, lest a copy that the student's code has forked goes on.
    """

    def __init__(self, module: Any, arrays: list[Any], guard: Callable[[], None]) -> None:
        self.module, self.arrays, self.guard, self.turn = module, arrays, guard, 0
        self.values: dict[str, Any] = {}
        self.log: list[Any] = []

    def slot(self, name: str) -> Any:
        """The value of an earlier step. Raises `Unreached` when it gave none."""
        if name not in self.values:
            raise Unreached(name)
        return self.values[name]

    def value(self, said: Any) -> Any:
        """An argument: an array that was sent, a slot, a plain value, or a tuple or dictionary of them."""
        (kind, what), *_ = said.items()
        if kind == "a":
            return self.arrays[what]
        if kind == "s":
            return self.slot(what)
        if kind == "t":
            return tuple(self.value(item) for item in what)
        if kind == "l":
            return [self.value(item) for item in what]
        if kind == "d":
            return {key: self.value(item) for key, item in what.items()}
        return what

    def run(self, step: list[Any]) -> Any:
        """Do one step; raise what it raises."""
        return getattr(self, f"_{step[0]}")(*step[1:])

    def _call(self, owner: str | None, name: str, args: list[Any], named: dict[str, Any]) -> Any:
        home = self.module if owner is None else self.slot(owner)
        function = getattr(home, name) if name else home
        return function(*map(self.value, args), **{key: self.value(v) for key, v in named.items()})

    def _get(self, owner: str, path: list[str]) -> Any:
        return _follow(self.slot(owner), path)

    def _item(self, owner: str, index: int) -> Any:
        return self.slot(owner)[index]

    def _parts(self, owner: str) -> Any:
        """The outline of an object that is no tuple; encoded by its fields."""
        return fields(self.slot(owner))

    def _fill(self, owner: str, path: list[str], said: Any) -> None:
        """Write values into the array that stands there, or put a new one in its place."""
        home, old, new = self.slot(owner), _follow(self.slot(owner), path), self.value(said)
        if isinstance(old, ndarray) and old.dtype.kind == "f" and old.flags.writeable and old.size == new.size:
            old[...] = new.reshape(old.shape)
        else:
            _put(home, path, array(new))

    def _put(self, owner: str | None, path: list[str], said: Any) -> None:
        _put(self.module if owner is None else self.slot(owner), path, self.value(said))

    def _probe(self, base: str | None, name: str, number: int, matrix: Any) -> Any:
        return probe(getattr(self.module, base) if base else None, name, number, self.value(matrix), self.log)

    def _pure_probe(self, number: int, matrix: Any) -> Any:
        return pure_probe(number, self.value(matrix), self.log)

    def _calls(self) -> Any:
        return [list(entry) for entry in self.log]

    def _make(self, said: Any) -> Any:
        return self.value(said)

    def _seed(self, number: int) -> None:
        random.seed(number)  # noqa: NPY002  # the generator that students use

    def _rows(self, owner: dict[str, Any], size: int) -> Any:
        """The batch whose turn it is."""
        whole = self.value(owner)
        start = self.turn * size % max(len(whole) - size + 1, 1)
        return whole[start : start + size]

    def _repeat(self, times: int, body: list[list[Any]]) -> None:
        for self.turn in range(times):
            for slot, *step in body:
                self.values[slot] = self.run(step)
                self.guard()

    def _descend(self, params: Any, grads: Any, rate: float) -> Any:
        return _descend(self.value(params), self.value(grads), rate)

    def _nudge(self, owner: str, pairs: list[list[list[str]]], rate: float) -> None:
        """Take the learning rate's share of the stored gradients off the parameters."""
        for param, grad in pairs:
            value = _follow(self.slot(owner), param)
            value -= rate * array(_follow(self.slot(owner), grad)).reshape(value.shape)


def _follow(value: Any, path: list[str]) -> Any:
    for name in path:
        value = value[name] if isinstance(value, dict) else getattr(value, name)
    return value


def _put(home: Any, path: list[str], value: Any) -> None:
    home = _follow(home, path[:-1])
    if isinstance(home, dict):
        home[path[-1]] = value
    else:
        setattr(home, path[-1], value)


def _descend(params: Any, grads: Any, rate: float) -> Any:
    if isinstance(params, ndarray):
        return params - rate * array(grads).reshape(params.shape)
    if isinstance(params, tuple | list):
        made = [_descend(p, g, rate) for p, g in zip(params, grads, strict=False)]
        return type(params)(*made) if hasattr(params, "_fields") else type(params)(made)
    if isinstance(params, dict):
        return {name: _descend(p, _follow(grads, [name]), rate) for name, p in params.items()}
    named = fields(params) or {}
    changed = {n: _descend(v, _follow(grads, [n]), rate) for n, v in named.items() if isinstance(v, ndarray | tuple)}
    return type(params)(**{**named, **changed}) if changed else params


def answer(value: Any) -> tuple[Any, bytes]:
    """A value as an outline and its bytes."""
    blob: list[bytes] = []
    outline = encode(value, blob)
    return outline, b"".join(blob)
