"""Grade a Model by layers that write down how they are called: its order, its chaining, its learning rate."""

from itertools import pairwise
from typing import Any, final

import numpy as np

from fnnet.grading import calls, pages
from fnnet.grading.calls import Program
from fnnet.grading.catalog.model import BACKWARDS, FORWARDS, LAYERS
from fnnet.grading.child.probe import is_rate
from fnnet.grading.following import calls_of, chained, slips
from fnnet.grading.found import Part
from fnnet.grading.judge import Complaint, said, same
from fnnet.grading.report import Row, row
from fnnet.grading.running import run
from fnnet.grading.session import Session
from fnnet.grading.wire import Failure, Odd
from fnnet.values.array import Array
from fnnet.values.keys import Purpose, generator, key
from fnnet.values.record import frozen

ROWS = [("forward", 5.0), ("backward", 6.0), ("learning rate", 3.0)]
SIZES = (3, 4, 5, 2, 2)
KINDS = ("Affine", "Sigmoid", "Affine", "Softmax")
RATE = 0.25


@final
@frozen
class Handle:
    """How a Model of the course is driven: where its learning rate goes, and whether it is there at all."""

    attributes: list[str]
    constants: list[str]
    argument: str

    @property
    def known(self) -> bool:
        """Whether a learning rate can be handed to it."""
        return bool(self.attributes or self.constants or self.argument)


def handle(session: Session, part: Part) -> Handle:
    """Look for an argument of backward, an attribute of the model, and a constant of the file."""
    p = Program()
    make(p, part, [], "model")
    answer = session.run(p.steps, p.arrays)
    model = answer.get("model")
    fields = model.parts.items() if isinstance(model, Odd) else ()
    argument = next((q["name"] for q in part.parameters("backward") if is_rate(q["name"])), "")
    return Handle(
        [name for name, value in fields if is_rate(name) and isinstance(value, np.ndarray)]
        + [name for name in part.numbers if is_rate(name)],
        [name for name in session.names["numbers"] if is_rate(name)],
        argument,
    )


def make(p: Program, part: Part, layers: list[str], slot: str) -> str:
    """A model of the layers in these slots, by ``add`` where there is one."""
    listed = {"l": [{"s": name} for name in layers]}
    required = [q for q in part.parameters("__init__") if not q["optional"] and not is_rate(q["name"])]
    placed, named = calls.arguments(part.parameters("__init__"), {"rate": {"v": RATE}}, [listed])
    p.add(slot, "call", None, part.name, placed, named)
    if "add" in part.methods and not required:
        for name in layers:
            p.add(f"_add{name}", "call", slot, "add", [{"s": name}], {})
    return slot


def forward(p: Program, part: Part, x: Any, t: Any, slot: str) -> None:
    """Run the model forward, and give the targets to its loss, or else to its last layer's."""
    placed, named = calls.arguments(part.parameters("forward"), {"t": t}, [x])
    p.add(slot, "call", "_model", "forward", placed, named)


def loss(p: Program, part: Part, t: Any, last: str) -> None:
    """Hand the targets to the model's loss, or else to that of its last layer."""
    owner = "_model" if "loss" in part.methods else last
    p.add("loss", "call", owner, "loss", [t], {})


def backward(p: Program, part: Part, held: Handle, t: Any, rate: float) -> None:
    """Run the model backward with the learning rate wherever it can be said."""
    for name in held.attributes:
        p.add("_attribute", "put", "_model", [name], {"v": rate})
    for name in held.constants:
        p.add("_constant", "put", None, [name], {"v": rate})
    placed, named = calls.arguments(part.parameters("backward"), {"rate": {"v": rate}, "t": t}, [{"v": 1}])
    p.add("back", "call", "_model", "backward", placed, named)


def grade_model(session: Session, part: Part, parts: dict[str, Part]) -> list[Row]:
    """The rows of a Model of the course."""
    held = handle(session, part)
    p = Program()
    x, matrices = arrays()
    t = p.array(np.eye(2)[[0, 1, 1, 0, 1]])
    for i, (kind, matrix) in enumerate(zip(KINDS, matrices, strict=True)):
        base = parts[kind].name if kind in parts and parts[kind].style == "course" else None
        p.add(f"_p{i}", "probe", base, kind, i, p.array(matrix))
    make(p, part, [f"_p{i}" for i in LAYERS], "_model")
    forward(p, part, p.array(x), t, "y")
    p.add("forwards", "calls")
    run_by_hand(p, x)
    loss(p, part, t, "_p3")
    p.add("before", "calls")
    backward(p, part, held, t, RATE)
    p.add("calls", "calls")
    answer = run(session, p, [])
    before, so_far = calls_of(answer.get("forwards")), calls_of(answer.get("before"))
    wanted = np.linalg.multi_dot([x, *matrices])
    m = dict(ROWS)
    there = forward_complaints(answer.get("y"), [c for c in before if c[0] == 0], wanted, x, matrices)
    went = [c for c in calls_of(answer.get("calls"))[len(so_far) :] if c[0] == 1]
    rows = [
        row("Model", "forward", m["forward"], there),
        row("Model", "backward", m["backward"], _backward(answer.get("back"), went, x, matrices)),
    ]
    if "Affine" not in parts or parts["Affine"].rate():
        optional = "Affine" in parts and parts["Affine"].rate_is_optional()
        rates = [] if optional and not held.known else _rates(went, held)
        rows.append(row("Model", "learning rate", m["learning rate"], rates))
    return rows


def run_by_hand(p: Program, x: Array) -> None:
    """Run the layers as a right model would, so that backward finds them in order whatever forward did."""
    given: dict[str, Any] = p.array(x)
    for i in LAYERS:
        p.add(f"_h{i}", "call", f"_p{i}", "forward", [given], {})
        given = {"s": f"_h{i}"}


def arrays() -> tuple[Array, list[Array]]:
    """x (5, 3), and the matrix of each layer."""
    drawn = generator(key(0, Purpose.CHECK, layer=9))
    return drawn.standard_normal((5, 3)), [drawn.standard_normal(s) for s in pairwise(SIZES)]


def forward_complaints(
    y: Any, went: list[list[Any]], wanted: Array, x: Array, matrices: list[Array]
) -> list[Complaint]:
    """What is wrong with the way forward."""
    if [c[1] for c in went] == list(LAYERS) and chained(went) and same(y, wanted):
        return []
    found = slips(FORWARDS, went, x, lambda layer, got: np.asarray(got @ matrices[layer]))
    if found:
        return found
    if not isinstance(y, np.ndarray):
        return [Complaint(said("the output of Model.forward", y))]
    if [c[1] for c in went] == list(LAYERS) and chained(went):
        return [Complaint(f"Model.forward does not return what its last layer returned: see {pages.MODEL}")]
    return [Complaint(f"Model.forward does not hand x through all layers in order: see {pages.MODEL}")]


def _backward(back: Any, went: list[list[Any]], x: Array, matrices: list[Array]) -> list[Complaint]:
    if [c[1] for c in went] == list(LAYERS[::-1]) and chained(went) and not isinstance(back, Failure):
        return []
    inputs = [x]
    for matrix in matrices:
        inputs.append(inputs[-1] @ matrix)

    def call(layer: int, got: Array) -> Array:
        return np.asarray(got @ matrices[layer].T if got.ndim == 2 else got * inputs[layer])

    start = went[0][2] if went and isinstance(went[0][2], np.ndarray) else np.asarray(1.0)
    if isinstance(back, Failure) and back.kind == "raised" and not went:
        return [Complaint(said("Model.backward", back))]
    found = slips(BACKWARDS, went, start, call)
    if isinstance(back, Failure):
        found.append(Complaint(said("Model.backward", back)))
    return found or [Complaint(f"Model.backward does not hand d_out through all layers: see {pages.MODEL_BACKWARD}")]


def _rates(went: list[list[Any]], held: Handle) -> list[Complaint]:
    """The learning rate must reach both Affine layers."""
    got = [c[3] for c in went if c[1] in (0, 2)]
    if not got:
        return [Complaint("no learning rate can be seen before backward reaches the Affine layers")]
    if not all(isinstance(rate, np.ndarray) and rate.size == 1 for rate in got):
        return [
            Complaint(f"the Affine layers are not given a learning rate: see {pages.LEARNING_RATE}", "no learning rate")
        ]
    if held.known and not all(same(rate.reshape(()), np.asarray(RATE)) for rate in got):
        text = f"the learning rate that reaches the layers is not the one that was given: see {pages.LEARNING_RATE}"
        return [Complaint(text, "another learning rate")]
    return []
