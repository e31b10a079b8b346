"""Where an Affine layer keeps W, b, dW and db, seen from one try: by name, and otherwise by shape."""

from typing import final

import numpy as np

from fnnet.grading.calls import BIASES, WEIGHTS, Rates, Steps, backward, forward, make_affine, rates_of
from fnnet.grading.child.records import Odd, Value
from fnnet.grading.child.verbs import Make, Place, Slot, Step
from fnnet.grading.parts import Part
from fnnet.grading.session import Answer, Session
from fnnet.values.array import Array
from fnnet.values.record import evolve, frozen


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
        *make_affine(part, np.ones((inputs, outputs)), np.ones(outputs), "Affine", tupled),
        Step("before", Make(Slot("Affine"))),
        *forward(part, "Affine", np.ones((n, inputs)), "y"),
        *backward(part, "Affine", np.ones((n, outputs)), "dx", 0.5, "y"),
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
        rates=rates_of(session, part, answer.get("before")),
        sideways=bool(W) and at[W].shape == (4, 3),
    )


def _gradients(names: tuple[str, ...]) -> tuple[str, ...]:
    forms = ("d{}", "grad{}", "{}grad", "grads{}", "gradient{}", "{}gradient", "delta{}", "gradients{}", "{}d", "dl{}")
    return tuple(form.format(name) for name in names for form in forms)


def _arrays(value: Value, home: Place = ()) -> dict[Place, Array]:
    """The arrays of an object, and of the dictionaries in it."""
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
