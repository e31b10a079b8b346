"""The steps that the parent asks for, done one by one on the objects of a student's file."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

from numpy import array, ndarray

from fnnet.grading.child import verbs as v
from fnnet.grading.child.describe import Unreached, fields
from fnnet.grading.child.probe import probe, pure_probe
from fnnet.grading.child.records import Called, Log


class World:
    """The values that the steps have made so far, by name, beside the student's module.

    ``guard`` is called after every step, lest a copy that the student's code has forked goes on.
    """

    def __init__(self, module: ModuleType, guard: Callable[[], None]) -> None:
        self.module, self.guard = module, guard
        self.values: dict[str, Any] = {}
        self.calls: list[Called] = []

    def value(self, said: v.Argument) -> Any:
        """What an argument stands for: a slot for what is in it, and everything else for itself."""
        match said:
            case v.Slot(name=name, place=place):
                return follow(self._slot(name), place)
            case v.AsTuple(items=items):
                return tuple([self.value(item) for item in items])
            case list():
                return [self.value(item) for item in said]
            case dict():
                return {name: self.value(item) for name, item in said.items()}
        return said

    def run(self, verb: v.Verb) -> Any:
        """Do one step; raise what it raises."""
        match verb:
            case v.Invoke(owner=owner, name=name, args=args, named=named):
                called, placed = getattr(self._owner(owner), name), [self.value(item) for item in args]
                return called(*placed, **{name: self.value(item) for name, item in named.items()})
            case v.Make(value=value):
                return self.value(value)
            case v.Put(owner=owner, place=place, value=value):
                return put(self._owner(owner), place, self.value(value))
            case v.Probe(kind="", number=number, matrix=matrix):
                return pure_probe(number, matrix, self.calls)
            case v.Probe(kind=kind, base=base, number=number, matrix=matrix):
                return probe(getattr(self.module, base) if base else None, kind, number, matrix, self.calls)
            case v.Look():
                seen, self.calls[:] = tuple(self.calls), []
                return Log(seen)
            case v.Repeat():
                return self._repeat(verb)
            case v.Descend(params=params, grads=grads, rate=rate):
                return descend(self.value(params), self.value(grads), rate)

    def _owner(self, name: str | None) -> Any:
        return self.module if name is None else self._slot(name)

    def _slot(self, name: str) -> Any:
        if name not in self.values:
            raise Unreached(name)
        return self.values[name]

    def _repeat(self, verb: v.Repeat) -> None:
        for turn in range(verb.times):
            for name, rows in verb.rows.items():
                start = turn * verb.size % max(len(rows) - verb.size + 1, 1)
                self.values[name] = rows[start : start + verb.size]
            for step in verb.steps:
                self.values[step.slot] = self.run(step.verb)
                self.guard()


def follow(value: Any, place: v.Place) -> Any:
    """What stands at a place."""
    for name in place:
        value = value[name] if isinstance(value, dict) or isinstance(name, int) else getattr(value, name)
    return value


def put(home: Any, place: v.Place, new: Any) -> None:
    """Write values into the array that stands at a place, or put the new value there."""
    home, last = follow(home, place[:-1]), str(place[-1])
    old = home.get(last) if isinstance(home, dict) else getattr(home, last, None)
    if isinstance(new, ndarray):
        if isinstance(old, ndarray) and old.dtype.kind == "f" and old.flags.writeable and old.size == new.size:
            old[...] = new.reshape(old.shape)
            return
        new = array(new)
    if isinstance(home, dict):
        home[last] = new
    else:
        setattr(home, last, new)


def descend(params: Any, grads: Any, rate: float) -> Any:
    """The parameters after a step down, in whatever they are held."""
    if isinstance(params, ndarray):
        return params - rate * array(grads).reshape(params.shape)
    if isinstance(params, tuple | list):
        stepped = [descend(p, g, rate) for p, g in zip(params, grads, strict=False)]
        return type(params)(*stepped) if hasattr(params, "_fields") else type(params)(stepped)
    if isinstance(params, dict):
        return {name: descend(p, follow(grads, (name,)), rate) for name, p in params.items()}
    named = fields(params)
    changed = {n: descend(v, follow(grads, (n,)), rate) for n, v in named.items() if isinstance(v, ndarray | tuple)}
    return type(params)(**{**named, **changed}) if changed else params
