"""How a Model of the course is driven: made of its layers, run forward and backward, told its targets and its rate."""

from collections.abc import Sequence

from fnnet.grading import calls
from fnnet.grading.calls import Rates, Steps
from fnnet.grading.child.probe import is_rate
from fnnet.grading.child.verbs import Invoke, Make, Plain, Slot, Step
from fnnet.grading.parts import Part
from fnnet.grading.session import Session

#: The learning rate that a model is told.
RATE = 0.25
MODEL = "model"


def rates_of(session: Session, part: Part) -> Rates:
    """Where a model can be told a learning rate, beside an argument of its backward."""
    answer = session.run([*make(part, ()), Step("seen", Make(Slot(MODEL)))])
    return calls.rates_of(session, part, answer.get("seen"))


def make(part: Part, layers: Sequence[str]) -> Steps:
    """A model of the layers in these slots, by ``add`` where there is one."""
    listed: list[Plain] = [Slot(name) for name in layers]
    required = [p for p in part.parameters("__init__") if not p.optional and not is_rate(p.name)]
    added = [] if required or "add" not in part.methods else layers
    made = calls.construct(part, MODEL, {"rate": RATE}, [listed])
    return [made, *(Step(f"{name} added", Invoke(MODEL, "add", (Slot(name),)), sent=False) for name in added)]


def forward(part: Part, x: Plain, t: Plain, slot: str) -> Step:
    """Run the model forward, with the targets if it asks for them."""
    return Step(slot, calls.call(part, MODEL, "forward", {"t": t}, [x]))


def loss(part: Part, t: Plain, last: str) -> Step:
    """Hand the targets to the model's loss, or else to that of its last layer."""
    return Step("loss", Invoke(MODEL if "loss" in part.methods else last, "loss", (t,)))


def backward(part: Part, rates: Rates, t: Plain, rate: float) -> Steps:
    """Run the model backward with the learning rate wherever it can be said."""
    return [*rates.put(MODEL, rate), Step("back", calls.call(part, MODEL, "backward", {"rate": rate, "t": t}, [1]))]
