"""Where an Affine layer keeps W, b, dW and db, seen from one try: by name, and otherwise by shape."""

from collections.abc import Iterator
from typing import Any, final

import numpy as np

from fnnet.grading.calls import BIASES, WEIGHTS, Path, Program, backward, forward, make_affine
from fnnet.grading.child.probe import is_rate
from fnnet.grading.found import Part
from fnnet.grading.session import Answer, Session
from fnnet.grading.wire import Odd
from fnnet.values.array import Array
from fnnet.values.record import evolve, frozen


@final
@frozen
class Places:
    """The paths of attributes; an empty one is not there. W is kept ``sideways`` by those who multiply by W^T."""

    W: Path
    b: Path
    dW: Path
    db: Path
    rates: list[str]
    constants: list[str]
    forward_works: bool
    sideways: bool = False
    tupled: bool = True


def scout(session: Session, part: Part) -> tuple[Part, Places]:
    """Make an Affine layer of 3 inputs and 4 outputs, run it once, and look at it."""
    inputs, outputs, n = (3, 3, 3) if part.style == "functions" else (3, 4, 5)
    for tupled in (False, True) if part.style == "functions" else (True,):
        p = Program()
        shown = "_Affine" if part.pure else "layer"
        made = make_affine(p, part, np.ones((inputs, outputs)), np.ones(outputs), shown, tupled)
        forward(p, part, made, p.array(np.ones((n, inputs))), "y")
        backward(p, part, made, p.array(np.ones((n, outputs))), "dx", 0.5, "y")
        if not part.pure:
            p.add("after", "parts", made)
        answer = session.run(p.steps, p.arrays)
        y = answer.get("y")
        if isinstance(y, np.ndarray):
            break
    if part.style == "course" and isinstance(y, Odd) and len(y.parts) == 2 and "loss" not in part.methods:
        return scout(session, evolve(part, style="record"))
    at = _arrays(answer.get("layer"))
    grown = {key: a for key, a in _grown(session, part, answer).items() if key not in at}
    W = _path(at, WEIGHTS, {(3, 4), (4, 3)})
    return part, Places(
        W=W,
        b=_path(at, BIASES, {(4,), (1, 4), (4, 1)}),
        dW=_path({**at, **grown}, _gradients(WEIGHTS), {}),
        db=_path({**at, **grown}, _gradients(BIASES), {}),
        rates=_rates(answer.get("layer")) + [name for name in part.numbers if is_rate(name)],
        constants=[name for name in session.names["numbers"] if is_rate(name)],
        forward_works=isinstance(y, np.ndarray),
        sideways=bool(W) and at[tuple(W)].shape == (4, 3),
        tupled=tupled,
    )


def _grown(session: Session, part: Part, answer: Answer) -> dict[tuple[str, ...], Array]:
    """The arrays of the layer after backward; after one with square arrays where a wrong product stopped the first."""
    if isinstance(answer.get("dx"), np.ndarray) or part.pure:
        return _arrays(answer.get("after"))
    p = Program()
    made = make_affine(p, part, np.ones((3, 3)), np.ones(3), "_Affine")
    forward(p, part, made, p.array(np.ones((3, 3))), "y")
    backward(p, part, made, p.array(np.ones((3, 3))), "dx", 0.5, "y")
    p.add("after", "parts", made)
    return _arrays(session.run(p.steps, p.arrays).get("after"))


def _gradients(names: tuple[str, ...]) -> tuple[str, ...]:
    makes = ("d{}", "grad{}", "{}grad", "grads{}", "gradient{}", "{}gradient", "delta{}", "gradients{}", "{}d", "dl{}")
    return tuple(form.format(name) for name in names for form in makes)


def _arrays(value: Any) -> dict[tuple[str, ...], Array]:
    return dict(_walk(value, ())) if isinstance(value, Odd) else {}


def _walk(value: Odd, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Array]]:
    for name, part in value.parts.items():
        if isinstance(part, np.ndarray):
            yield (*path, name), part
        elif isinstance(part, Odd) and part.type in ("dict", "OrderedDict") and not path:
            yield from _walk(part, (name,))


def _path(at: dict[tuple[str, ...], Array], names: tuple[str, ...], shapes: Any) -> Path:
    for path in at:
        joined = "".join(path).lower().replace("_", "")
        last = path[-1].lower().replace("_", "")
        if joined in names or (last in names and not joined.startswith("grad")):
            return list(path)
    return next((list(path) for path, a in at.items() if a.shape in shapes), [])


def _rates(value: Any) -> list[str]:
    return (
        [name for name, part in value.parts.items() if is_rate(name) and isinstance(part, np.ndarray)]
        if isinstance(value, Odd)
        else []
    )
