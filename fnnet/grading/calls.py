"""How a part is made, run forward and run backward, as steps for a session, in the course's form and in fnnet's."""

from collections.abc import Sequence
from typing import TypeAlias

from fnnet.grading.child.probe import is_rate
from fnnet.grading.child.records import Parameter, Parameters, Warned
from fnnet.grading.child.verbs import Argument, AsTuple, Fill, Get, Invoke, Make, Place, Plain, Put, Slot, Step
from fnnet.grading.parts import Part
from fnnet.grading.session import Answer
from fnnet.values.array import Array

WEIGHTS = ("w", "weight", "weights", "kernel", "theta")
BIASES = ("b", "bias", "biases")
TARGETS = ("t", "target", "targets", "label", "labels", "answer", "ytrue", "truth", "onehot")

Steps: TypeAlias = list[Step]
Arguments: TypeAlias = tuple[tuple[Argument, ...], dict[str, Argument]]

#: A learning rate for whoever wants one to be made.
SOME_RATE: dict[str, Argument] = {"rate": 0.5}


def is_name(name: str, wanted: tuple[str, ...]) -> bool:
    """Whether a name is one of these, whatever its underscores, capitals and digits."""
    return name.lower().strip("_0123456789").replace("_", "") in wanted


def arguments(parameters: Parameters, values: dict[str, Argument], order: Sequence[Argument]) -> Arguments:
    """The arguments for these parameters: by name where one is known, by place for the rest of what is required."""
    placed: list[Argument] = []
    named: dict[str, Argument] = {}
    rest = list(order)
    for p in parameters:
        known = [value for key, value in values.items() if _means(p.name, key)]
        if not known and p.optional:
            continue
        value = known[0] if known else rest.pop(0) if rest else 1
        if _by_name(p) or named:
            named[p.name] = value
        else:
            placed.append(value)
    return tuple(placed), named


def _by_name(p: Parameter) -> bool:
    return p.kind == "KEYWORD_ONLY" or (p.optional and p.kind != "POSITIONAL_ONLY")


def _means(name: str, key: str) -> bool:
    wanted = {"W": WEIGHTS, "b": BIASES, "t": TARGETS}.get(key, ())
    return is_rate(name) if key == "rate" else is_name(name, wanted)


def call(
    part: Part, owner: str | None, method: str, values: dict[str, Argument], order: Sequence[Argument], name: str = ""
) -> Invoke:
    """The call of a method, with what its parameters ask for. A class and a function have their own ``name``."""
    placed, named = arguments(part.parameters(method), values, order)
    return Invoke(owner, name or method, placed, named)


def construct(part: Part, values: dict[str, Argument], order: Sequence[Argument]) -> Invoke:
    """The making of an object of the part's class."""
    return call(part, None, "__init__", values, order, part.name)


def make_affine(part: Part, W: Array, b: Array, slot: str, tupled: bool = True) -> Steps:
    """Make an Affine layer from W and b where it takes them, and else from its two sizes."""
    if part.style == "functions":
        return [Step(slot, Make(AsTuple((W, b)) if tupled else {"W": W, "b": b}), sent=False)]
    parameters = part.parameters("__init__")
    if part.style == "record" or any(is_name(p.name, WEIGHTS) for p in parameters):
        return [Step(slot, construct(part, {"W": W, "b": b, **SOME_RATE}, [W, b]), sent=False)]
    if not parameters:
        return [Step(slot, Invoke(None, part.name, W.shape, {}), sent=False)]
    return [Step(slot, construct(part, SOME_RATE, W.shape), sent=False)]


def make_plain(part: Part, slot: str, t: Plain = None) -> Steps:
    """Make a layer without parameters, or a loss of the targets t."""
    if part.style == "functions":
        return [Step(slot, Make(AsTuple(()) if t is None else t), sent=False)]
    return [Step(slot, construct(part, SOME_RATE, [] if t is None else [t]), sent=False)]


def forward(part: Part, made: str, x: Plain, slot: str) -> Steps:
    """Run forward: y is in the slot, and the cache beside it."""
    if not part.pure:
        placed, named = arguments(part.parameters("forward"), {}, [x])
        return [Step(slot, Invoke(made, "forward", placed or (x,), named), heard=True)]
    whole = pair_of(slot)
    if part.style == "record":
        run = Invoke(made, "forward", (x,), {})
    else:
        short = len(part.parameters("forward")) == 1
        run = Invoke(None, part.name, (x,) if short else (Slot(made), x), {})
    return [
        Step(whole, run, sent=False, heard=True),
        Step(slot, Get(whole, (0,))),
        Step(f"cache of {slot}", Get(whole, (1,)), sent=False),
    ]


def pair_of(slot: str) -> str:
    """The slot of all that a pure forward returned."""
    return f"{slot} and its cache"


def heard(answer: Answer, slot: str) -> tuple[Warned, ...]:
    """The warnings of a forward that left its y in a slot."""
    return answer.warnings(slot) + answer.warnings(pair_of(slot))


def backward(part: Part, made: str, d: Plain, slot: str, rate: float, after: str) -> Steps:
    """Run backward on what the forward of slot ``after`` left: dx is in the slot, and the gradients beside it."""
    if not part.pure:
        return [Step(slot, _course_backward(part, made, d, rate))]
    cache, whole = Slot(f"cache of {after}"), f"{slot} and its gradients"
    if part.style == "record":
        run = Invoke(made, "backward", (cache, d), {})
    else:
        short = len(part.parameters("backward")) == 2
        run = Invoke(None, part.backward_name, (cache, d) if short else (Slot(made), cache, d), {})
    return [Step(whole, run, sent=False), Step(slot, Get(whole, (0,))), Step(grads_of(slot), Get(whole, (1,)))]


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


def put_rates(owner: str, attributes: Sequence[str], constants: Sequence[str], rate: float) -> Steps:
    """Say the learning rate in attributes of an object and in constants of the file."""
    told = [Step("rate told", Put(owner, (name,), rate), sent=False) for name in attributes]
    return told + [Step("constant told", Put(None, (name,), rate), sent=False) for name in constants]


def fill(owner: str, place: Place, value: Array) -> Steps:
    """Write an array to a place, if there is one."""
    return [Step(f"filled {'.'.join(map(str, place))}", Fill(owner, place, value), sent=False)] if place else []
