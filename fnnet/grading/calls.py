"""How a part is made, run forward and run backward, as steps for a session, in the course's form and in fnnet's."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from fnnet.grading.child.probe import is_rate
from fnnet.grading.child.records import Parameters
from fnnet.grading.child.verbs import Argument, AsTuple, Invoke, Make, Place, Plain, Put, Slot, Step
from fnnet.grading.parts import Part
from fnnet.values.array import Array

WEIGHTS = ("w", "weight", "weights", "kernel", "theta")
BIASES = ("b", "bias", "biases")
TARGETS = ("t", "target", "targets", "label", "labels", "answer", "ytrue", "truth", "onehot")

Steps: TypeAlias = list[Step]

#: The slot of a model, and the learning rate that it is told.
MODEL, RATE = "model", 0.25

#: A learning rate for whoever wants one to be made.
SOME_RATE: dict[str, Argument] = {"rate": 0.5}


def is_name(name: str, wanted: tuple[str, ...]) -> bool:
    """Whether a name is one of these, whatever its underscores, capitals and digits."""
    return name.lower().strip("_0123456789").replace("_", "") in wanted


#: Whether a parameter of some name asks for what we call by a letter or a word.
MEANS: dict[str, Callable[[str], bool]] = {
    "W": lambda name: is_name(name, WEIGHTS),
    "b": lambda name: is_name(name, BIASES),
    "t": lambda name: is_name(name, TARGETS),
    "rate": is_rate,
}


def arguments(
    parameters: Parameters, values: dict[str, Argument], order: Sequence[Argument]
) -> tuple[tuple[Argument, ...], dict[str, Argument]]:
    """The arguments for these parameters: by name where one is known, by place for the rest of what is required."""
    placed: list[Argument] = []
    named: dict[str, Argument] = {}
    rest = list(order)
    for p in parameters:
        known = [value for key, value in values.items() if MEANS[key](p.name)]
        if not known and p.optional:
            continue
        value = known[0] if known else rest.pop(0) if rest else 1
        if named or p.kind == "KEYWORD_ONLY" or (p.optional and p.kind != "POSITIONAL_ONLY"):
            named[p.name] = value
        else:
            placed.append(value)
    return tuple(placed), named


def call(part: Part, owner: str | None, method: str, values: dict[str, Argument], order: Sequence[Argument]) -> Invoke:
    """The call of a method, with what its parameters ask for."""
    return Invoke(owner, method, *arguments(part.parameters(method), values, order))


def construct(part: Part, slot: str, values: dict[str, Argument], order: Sequence[Argument]) -> Step:
    """The making of an object of the part's class."""
    return Step(slot, Invoke(None, part.name, *arguments(part.parameters("__init__"), values, order)), sent=False)


def make_affine(part: Part, W: Array, b: Array, slot: str, tupled: bool = True) -> Steps:
    """Make an Affine layer from W and b where it takes them, and else from its two sizes."""
    if part.style == "functions":
        return [Step(slot, Make(AsTuple((W, b)) if tupled else {"W": W, "b": b}), sent=False)]
    parameters = part.parameters("__init__")
    if part.style == "record" or any(is_name(p.name, WEIGHTS) for p in parameters):
        return [construct(part, slot, {"W": W, "b": b, **SOME_RATE}, [W, b])]
    if not parameters:
        return [Step(slot, Invoke(None, part.name, W.shape), sent=False)]
    return [construct(part, slot, SOME_RATE, W.shape)]


def make_plain(part: Part, slot: str, t: Plain = None) -> Steps:
    """Make a layer without parameters, or a loss of the targets t."""
    if part.style == "functions":
        return [Step(slot, Make(AsTuple(()) if t is None else t), sent=False)]
    return [construct(part, slot, SOME_RATE, [] if t is None else [t])]


def forward(part: Part, made: str, x: Plain, slot: str) -> Steps:
    """Run forward: y is in the slot, and the cache in that of all that a pure forward returned."""
    if not part.pure:
        placed, named = arguments(part.parameters("forward"), {}, [x])
        return [Step(slot, Invoke(made, "forward", placed or (x,), named))]
    run = _pure(part, made, "forward", part.name, (x,))
    return [Step(all_of(slot), run, sent=False), Step(slot, Make(Slot(all_of(slot), (0,))))]


def _pure(part: Part, made: str, method: str, function: str, args: tuple[Plain, ...]) -> Invoke:
    """The call of a record's method, or of a function, which takes its parameters first if it takes them."""
    if part.style == "record":
        return Invoke(made, method, args)
    short = len(part.parameters(method)) == len(args)
    return Invoke(None, function, args if short else (Slot(made), *args))


def all_of(slot: str) -> str:
    """The slot of the pair that a pure forward or backward returned."""
    return f"all of {slot}"


def backward(part: Part, made: str, d: Plain, slot: str, rate: float, after: str) -> Steps:
    """Run backward on what the forward of slot ``after`` left: dx is in the slot, and the gradients beside it."""
    if not part.pure:
        return [Step(slot, _course_backward(part, made, d, rate))]
    cache, whole = Slot(all_of(after), (1,)), all_of(slot)
    run = _pure(part, made, "backward", part.backward_name, (cache, d))
    parts = (Step(name, Make(Slot(whole, (i,)))) for i, name in enumerate((slot, grads_of(slot))))
    return [Step(whole, run, sent=False), *parts]


def grads_of(slot: str) -> str:
    """The slot of the gradients that a pure backward returned beside dx."""
    return f"gradients of {slot}"


def _course_backward(part: Part, made: str, d: Plain, rate: float) -> Invoke:
    """A backward that takes d_out, its learning rate, or neither; of other parameters those that are required."""
    parameters, called = part.parameters("backward"), part.rate()
    if parameters and is_rate(parameters[0].name):
        return Invoke(made, "backward", (), {parameters[0].name: rate})
    rest = [p.name for p in parameters[1:] if p.name == called or not p.optional]
    methods = part.methods.get("backward")
    bare = methods is not None and len(methods) == 1  # nothing but self
    return Invoke(made, "backward", () if bare else (d,), {name: rate if name == called else None for name in rest})


def updates(part: Part, made: str, rate: float) -> Steps:
    """Call the method that updates the parameters, where there is one."""
    method = next((name for name in ("update", "step") if name in part.methods), None)
    return [Step("updated", call(part, made, method, {"rate": rate}, [rate]), sent=False)] if method else []


def put(owner: str | None, values: Mapping[Place, Argument]) -> Steps:
    """Set places of an object, or names of the file; an empty place is not there."""
    return [Step(f"put {place}", Put(owner, place, value)) for place, value in values.items() if place]


def make_model(part: Part, layers: Sequence[str]) -> Steps:
    """Make a model of the layers in these slots, by ``add`` where there is one."""
    listed: list[Plain] = [Slot(name) for name in layers]
    required = [p for p in part.parameters("__init__") if not p.optional and not is_rate(p.name)]
    added = [] if required or "add" not in part.methods else layers
    made = construct(part, MODEL, {"rate": RATE}, [listed])
    return [made, *(Step(f"{name} added", Invoke(MODEL, "add", (Slot(name),)), sent=False) for name in added)]


def model_forward(part: Part, x: Plain, t: Plain, slot: str) -> Step:
    """Run the model forward, with the targets if it asks for them."""
    return Step(slot, call(part, MODEL, "forward", {"t": t}, [x]))


def model_loss(part: Part, t: Plain, last: str) -> Step:
    """Hand the targets to the model's loss, or else to that of its last layer."""
    return Step("loss", Invoke(MODEL if "loss" in part.methods else last, "loss", (t,)))


def model_backward(part: Part, t: Plain, rate: float) -> Step:
    """Run the model backward, with the learning rate and the targets if it asks for them."""
    return Step("back", call(part, MODEL, "backward", {"rate": rate, "t": t}, [1]))
