"""The steps that the parent asks for, done one by one on the objects of a student's file."""

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from numpy import array, ndarray, random

from fnnet.grading.child import verbs as v
from fnnet.grading.child.encode import fields
from fnnet.grading.child.probe import Note, log_of, probe, pure_probe
from fnnet.grading.child.verbs import Argument, AsTuple, Place, Repeat, Slot, Verb


class Unreached(ValueError):
    """A step needs what an earlier one did not give."""


class World:
    """The values that the steps have made so far, by name, beside the student's module.

    ``guard`` is called after every step, lest a copy that the student's code has forked goes on.
    """

    def __init__(self, module: ModuleType, guard: Callable[[], None]) -> None:
        self.module, self.guard, self.turn = module, guard, 0
        self.values: dict[str, Any] = {}
        self.notes: list[Note] = []

    def slot(self, name: str) -> Any:
        """The value of an earlier step. Raises `Unreached` when it gave none."""
        if name not in self.values:
            raise Unreached(name)
        return self.values[name]

    def value(self, said: Argument) -> Any:
        """What an argument stands for: a slot for what is in it, and everything else for itself."""
        match said:
            case Slot(name):
                return self.slot(name)
            case AsTuple(items):
                return tuple([self.value(item) for item in items])
            case list():
                return [self.value(item) for item in said]
            case dict():
                return self._named(said)
        return said

    def run(self, verb: Verb) -> Any:
        """Do one step; raise what it raises."""
        match verb:
            case v.Invoke(owner, name, args, named):
                return self._attribute(owner, name)(*map(self.value, args), **self._named(named))
            case v.Get(owner, place):
                return follow(self.slot(owner), place)
            case v.Make(value):
                return self.value(value)
            case v.Fill(owner, place, value):
                return _fill(self.slot(owner), place, self.value(value))
            case v.Put(owner, place, value):
                return _put(self.module if owner is None else self.slot(owner), place, self.value(value))
            case v.Probe(number, matrix, "", _):
                return pure_probe(number, matrix, self.notes)
            case v.Probe(number, matrix, kind, base):
                return probe(getattr(self.module, base) if base else None, kind, number, matrix, self.notes)
            case v.Look():
                return log_of(self.notes)
            case v.Seed(number):
                return random.seed(number)  # noqa: NPY002  # the generator that students use
            case v.Batch(whole, size):
                return self._rows(self.value(whole), size)
            case v.Repeat():
                return self._repeat(verb)
            case v.Descend(params, grads, rate):
                return descend(self.value(params), self.value(grads), rate)

    def _attribute(self, owner: str | None, name: str) -> Any:
        return getattr(self.module if owner is None else self.slot(owner), name)

    def _named(self, named: Mapping[str, Argument]) -> dict[str, Any]:
        return {name: self.value(item) for name, item in named.items()}

    def _rows(self, whole: Any, size: int) -> Any:
        start = self.turn * size % max(len(whole) - size + 1, 1)
        return whole[start : start + size]

    def _repeat(self, verb: Repeat) -> None:
        for self.turn in range(verb.times):
            for step in verb.steps:
                self.values[step.slot] = self.run(step.verb)
                self.guard()


def follow(value: Any, place: Place) -> Any:
    """What stands at a place."""
    for name in place:
        value = value[name] if isinstance(value, dict) or isinstance(name, int) else getattr(value, name)
    return value


def _fill(home: Any, place: Place, new: Any) -> None:
    old = follow(home, place)
    if isinstance(old, ndarray) and old.dtype.kind == "f" and old.flags.writeable and old.size == new.size:
        old[...] = new.reshape(old.shape)
    else:
        _put(home, place, array(new))


def _put(home: Any, place: Place, value: Any) -> None:
    home = follow(home, place[:-1])
    if isinstance(home, dict):
        home[place[-1]] = value
    else:
        setattr(home, str(place[-1]), value)


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
