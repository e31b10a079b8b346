"""Grade an Affine layer: each quantity alone, from reference inputs."""

from collections.abc import Mapping, Sequence

import numpy as np

from fnnet.grading import calls
from fnnet.grading.calls import Steps
from fnnet.grading.catalog import affine_mistakes as known
from fnnet.grading.child.records import Failure, Odd, Value
from fnnet.grading.child.verbs import Make, Place, Slot, Step
from fnnet.grading.inputs import Inputs, affine_cases
from fnnet.grading.judge import partly
from fnnet.grading.layer_grader import Observed, Said, Subject, graded, judged
from fnnet.grading.parts import Part
from fnnet.grading.places import Places, scout
from fnnet.grading.report import Mark
from fnnet.grading.session import Answer, Session
from fnnet.grading.update import RATE, proportion_complaints, update_complaints
from fnnet.values.array import Array
from fnnet.values.record import evolve

GRADIENTS = {"dx": known.INPUT, "dW": known.WEIGHTS, "db": known.BIAS}


def grade_affine(session: Session, part: Part) -> list[Mark]:
    """The marks of the Affine layer. Where no gradient is stored, it is the step at a learning rate of 1."""
    part, places = scout(session, part)
    cases = [_observe(session, part, places, case, RATE) for case in affine_cases()]
    stored = part.pure or places.dW
    again = [] if stored else [_observe(session, part, places, case, 1.0) for case in affine_cases()]
    said = judged(cases, {"forward": known.FORWARD}) | judged(again or cases, GRADIENTS)
    said |= _explained(again or cases, said)
    if not part.pure:
        told = bool(part.rate() or places.rates)
        update = proportion_complaints(cases, again) if again else update_complaints(part, cases, told)
        said |= {} if update is None else {"update": update}
    return graded(session, "Affine", said, (*cases, *again), _subject(part, places))


def _explained(observed: Sequence[Observed], said: Said) -> Said:
    """Gradients that are right wherever they came, and whose absence the mistake in another explains."""
    mistaken = {name for name, complaints in said.items() if any(c.mistake for c in complaints)}
    right = [name for name, q in GRADIENTS.items() if partly(q, [o.seen(name) for o in observed])]
    return {name: [] for name in right if mistaken - {name}}


def _observe(session: Session, part: Part, places: Places, case: Inputs, rate: float) -> Observed:
    """Every quantity of one case, and what it is computed from: the layer's own W and b."""
    answer = session.watch(_program(part, places, case, rate))
    values = {"y": answer.get("y"), "dx": answer.get("dx")}
    if part.pure:
        return Observed({**values, **_of_grads(answer)}, (case,), answer.wrote)
    slots = ("W0", "b0", "W1", "b1", *(("W2", "b2") if "updated" in answer.gave else ()))
    values |= {slot: _shaped(_upright(answer, slot, places), case.W if slot[0] == "W" else case.b) for slot in slots}
    W, b = _or(values["W0"], case.W), _or(values["b0"], case.b)
    values["dW"] = _upright(answer, "dW", places) if places.dW else _difference(W, values["W1"], values["dx"])
    values["db"] = answer.get("db") if places.db else _difference(b, values["b1"], values["dx"])
    return Observed(values, (evolve(case, W=W, b=b, lr=rate, W1=_or(values["W1"], W)),), answer.wrote)


def _upright(answer: Answer, slot: str, places: Places) -> Value:
    value = answer.get(slot)
    return places.upright(value) if isinstance(value, np.ndarray) and "W" in slot else value


def _shaped(value: Value, like: Array) -> Value:
    """A layer's own parameter in the shape of the lecture, where it has as many numbers."""
    return value.reshape(like.shape) if isinstance(value, np.ndarray) and value.size == like.size else value


def _or(value: Value, like: Array) -> Array:
    return value if isinstance(value, np.ndarray) and value.shape == like.shape else like


def _difference(old: Array, new: Value, dx: Value) -> Value:
    """The step that was taken, where no gradient is stored."""
    if isinstance(dx, Failure):
        return dx
    if not isinstance(new, np.ndarray) or new.shape != old.shape:
        return new
    return dx if dx is None and np.array_equal(new, old) else np.asarray(old - new)


def _program(part: Part, places: Places, case: Inputs, rate: float) -> Steps:
    layer, helped = "Affine", not part.pure and not places.forward_works
    updates = calls.updates(part, layer, rate) if not part.pure else []
    return [
        *_fresh(part, places, case, rate, layer),
        *_looks(layer, {"W0": places.W, "b0": places.b}),
        *calls.forward(part, layer, case.x, "y"),
        *(calls.put(layer, {("x",): case.x}) if helped else []),
        *calls.backward(part, layer, case.dout, "dx", rate, "y"),
        *_looks(layer, {"dW": places.dW, "db": places.db, "W1": places.W, "b1": places.b}),
        *updates,
        *(_looks(layer, {"W2": places.W, "b2": places.b}) if updates else []),
    ]


def _looks(owner: str, places: Mapping[str, Place]) -> Steps:
    return [Step(slot, Make(Slot(owner, place))) for slot, place in places.items() if place]


def _fresh(part: Part, places: Places, case: Inputs, rate: float, slot: str) -> Steps:
    return [
        *calls.make_affine(part, case.W, case.b, slot, places.tupled),
        *places.rates.put(slot, rate),
        *calls.put(slot, {places.W: places.upright(case.W), places.b: case.b}),
    ]


def _subject(part: Part, places: Places) -> Subject:
    one = next(affine_cases())
    stored = {name: place for name, place in (("dW", places.dW), ("db", places.db)) if place}

    def rounds(layer: str, name: str, case: Inputs) -> Steps:
        return [
            *calls.put(layer, {places.W: places.upright(case.W), places.b: case.b}),
            *calls.forward(part, layer, case.x, f"y {name}"),
            *calls.backward(part, layer, case.dout, f"dx {name}", RATE, f"y {name}"),
            *_looks(layer, {f"{slot} {name}": place for slot, place in stored.items()}),
        ]

    return Subject(("y", "dx", *stored), lambda slot: _fresh(part, places, one, RATE, slot), rounds, one)


def _of_grads(answer: Answer) -> dict[str, Value]:
    """dW and db out of what a pure backward returns second: a record, a dictionary or a pair."""
    grads, dx = answer.get(calls.grads_of("dx")), answer.get("dx")
    if not isinstance(grads, Odd):
        why = next((value for value in (grads, dx) if isinstance(value, Failure)), grads)
        return {"dW": why, "db": why}
    values: dict[str, Value] = {}
    for place, (name, names) in enumerate({"dW": calls.WEIGHTS, "db": calls.BIASES}.items()):
        wanted = (*names, *(f"d{known}" for known in names))
        by_name = [value for key, value in grads.parts.items() if calls.is_name(key, wanted)]
        values[name] = (by_name or grads.items[place:] or [Failure("missing", name)])[0]
    return values
