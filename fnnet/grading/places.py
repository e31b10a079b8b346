"""Where a layer keeps W, b, dW and db, by name or else by shape, and where it or a model is told a learning rate."""

from typing import final

import numpy as np

from fnnet.grading import calls
from fnnet.grading.calls import BIASES, WEIGHTS, Steps
from fnnet.grading.child.probe import is_rate
from fnnet.grading.child.records import Odd, Value
from fnnet.grading.child.verbs import Make, Place, Slot, Step
from fnnet.grading.parts import Part
from fnnet.grading.session import Answer, Session
from fnnet.values.array import Array
from fnnet.values.record import evolve, frozen


@final
@frozen
class Rates:
    """Where a learning rate can be told: attributes of an object, and constants of the file."""

    attributes: tuple[str, ...] = ()
    constants: tuple[str, ...] = ()

    def put(self, owner: str, rate: float) -> Steps:
        """Tell it everywhere."""
        steps = calls.put(owner, {(name,): rate for name in self.attributes})
        return steps + calls.put(None, {(name,): rate for name in self.constants})

    def __bool__(self) -> bool:
        return bool(self.attributes or self.constants)


def _rates(session: Session, part: Part, seen: Value) -> Rates:
    """Where an object that has been seen can be told a learning rate."""
    arrays = [n for n, a in seen.parts.items() if isinstance(a, np.ndarray)] if isinstance(seen, Odd) else []
    own, constants = (*arrays, *part.numbers), session.contents.numbers
    return Rates(tuple(filter(is_rate, own)), tuple(filter(is_rate, constants)))


def model_rates(session: Session, part: Part) -> Rates:
    """Where a model can be told a learning rate, beside an argument of its backward."""
    answer = session.run([*calls.make_model(part, ()), Step("seen", Make(Slot(calls.MODEL)))])
    return _rates(session, part, answer.get("seen"))


@final
@frozen
class Places:
    """The places of attributes; an empty one is not there. W is kept ``sideways`` by those who multiply by W^T.

    Functions get their parameters ``tupled`` or in a dictionary.
    """

    forward_works: bool
    W: Place = ()
    b: Place = ()
    dW: Place = ()
    db: Place = ()
    rates: Rates = Rates()
    sideways: bool = False
    tupled: bool = True

    def upright(self, W: Array) -> Array:
        """W or its gradient as the lecture lays it out, or as the layer keeps it: there and back are the same."""
        return W.T if self.sideways else W


def scout(session: Session, part: Part) -> tuple[Part, Places]:
    """Make an Affine layer of 3 inputs and 4 outputs, run it once, and look at it."""
    sizes = (3, 3, 3) if part.style == "functions" else (5, 3, 4)
    tupled = part.style != "functions"
    answer = session.run(_once(part, *sizes, tupled))
    if not tupled and not isinstance(answer.get("y"), np.ndarray):
        tupled, answer = True, session.run(_once(part, *sizes, True))
    y = answer.get("y")
    if part.style == "course" and "loss" not in part.methods and isinstance(y, Odd) and len(y.parts) == 2:
        return scout(session, evolve(part, style="record"))
    return part, _places(session, part, answer, tupled)


def _once(part: Part, n: int, inputs: int, outputs: int, tupled: bool = True) -> Steps:
    return [
        *calls.make_affine(part, np.ones((inputs, outputs)), np.ones(outputs), "Affine", tupled),
        Step("before", Make(Slot("Affine"))),
        *calls.forward(part, "Affine", np.ones((n, inputs)), "y"),
        *calls.backward(part, "Affine", np.ones((n, outputs)), "dx", 0.5, "y"),
        Step("after", Make(Slot("Affine"))),
    ]


def _places(session: Session, part: Part, answer: Answer, tupled: bool) -> Places:
    works = isinstance(answer.get("y"), np.ndarray)
    if part.pure:
        return Places(works, tupled=tupled)
    ran = isinstance(answer.get("dx"), np.ndarray)
    square = answer if ran else session.run(_once(part, 3, 3, 3))  # where a wrong product stopped the first backward
    at = _arrays(answer.get("before"))
    both = at | {place: a for place, a in _arrays(square.get("after")).items() if place not in at}
    W = _place(at, WEIGHTS, {(3, 4), (4, 3)})
    return Places(
        forward_works=works,
        W=W,
        b=_place(at, BIASES, {(4,), (1, 4), (4, 1)}),
        dW=_place(both, _gradients(WEIGHTS), set()),
        db=_place(both, _gradients(BIASES), set()),
        rates=_rates(session, part, answer.get("before")),
        sideways=bool(W) and at[W].shape == (4, 3),
    )


def _gradients(names: tuple[str, ...]) -> tuple[str, ...]:
    forms = ("d{}", "grad{}", "{}grad", "grads{}", "gradient{}", "{}gradient", "delta{}", "gradients{}", "{}d", "dl{}")
    return tuple(form.format(name) for name in names for form in forms)


def _arrays(value: Value, home: Place = ()) -> dict[Place, Array]:
    held: dict[Place, Array] = {}
    for name, item in value.parts.items() if isinstance(value, Odd) else ():
        if isinstance(item, np.ndarray):
            held[(*home, name)] = item
        elif isinstance(item, Odd) and item.type in ("dict", "OrderedDict") and not home:
            held |= _arrays(item, (name,))
    return held


def _place(at: dict[Place, Array], names: tuple[str, ...], shapes: set[tuple[int, ...]]) -> Place:
    for place in at:
        words = [str(name).lower().replace("_", "") for name in place]
        joined, last = "".join(words), words[-1]
        if joined in names or (last in names and not joined.startswith("grad")):
            return place
    return next((place for place, a in at.items() if a.shape in shapes), ())
