"""How a Model of the course is driven: made of its layers, run forward and backward, told its targets and its rate."""

from collections.abc import Sequence
from typing import final

import numpy as np

from fnnet.grading import calls
from fnnet.grading.calls import Steps
from fnnet.grading.child.probe import is_rate
from fnnet.grading.child.records import Odd
from fnnet.grading.child.verbs import Invoke, Make, Plain, Slot, Step
from fnnet.grading.parts import Part
from fnnet.grading.session import Session
from fnnet.values.record import frozen

#: The learning rate that a model is told.
RATE = 0.25
MODEL = "model"


@final
@frozen
class Handle:
    """Where the learning rate of a model goes, and whether there is a place at all."""

    attributes: tuple[str, ...]
    constants: tuple[str, ...]
    argument: bool

    @property
    def known(self) -> bool:
        """Whether a learning rate can be handed to it."""
        return bool(self.attributes or self.constants or self.argument)


def handle(session: Session, part: Part) -> Handle:
    """Look for an argument of backward, an attribute of the model, and a constant of the file."""
    answer = session.run([*make(part, ()), Step("seen", Make(Slot(MODEL)))])
    model = answer.get("seen")
    parts = model.parts if isinstance(model, Odd) else {}
    attributes = [name for name, value in parts.items() if isinstance(value, np.ndarray)]
    return Handle(
        tuple(name for name in (*attributes, *part.numbers) if is_rate(name)),
        tuple(name for name in session.contents.numbers if is_rate(name)),
        any(is_rate(p.name) for p in part.parameters("backward")),
    )


def make(part: Part, layers: Sequence[str]) -> Steps:
    """A model of the layers in these slots, by ``add`` where there is one."""
    listed: list[Plain] = [Slot(name) for name in layers]
    required = [p for p in part.parameters("__init__") if not p.optional and not is_rate(p.name)]
    made = [Step(MODEL, calls.construct(part, {"rate": RATE}, [listed]), sent=False)]
    if "add" not in part.methods or required:
        return made
    return made + [Step(f"{name} added", Invoke(MODEL, "add", (Slot(name),), {}), sent=False) for name in layers]


def forward(part: Part, x: Plain, t: Plain, slot: str, sent: bool = True) -> Step:
    """Run the model forward, with the targets if it asks for them."""
    return Step(slot, calls.call(part, MODEL, "forward", {"t": t}, [x]), sent)


def loss(part: Part, t: Plain, last: str) -> Step:
    """Hand the targets to the model's loss, or else to that of its last layer."""
    return Step("loss", Invoke(MODEL if "loss" in part.methods else last, "loss", (t,), {}))


def backward(part: Part, held: Handle, t: Plain, rate: float) -> Steps:
    """Run the model backward with the learning rate wherever it can be said."""
    told = calls.put_rates(MODEL, held.attributes, held.constants, rate)
    return [*told, Step("back", calls.call(part, MODEL, "backward", {"rate": rate, "t": t}, [1]))]
