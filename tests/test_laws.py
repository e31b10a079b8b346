"""The laws over the one table of layers, and the laws themselves put to the test by layers that break them."""

import itertools
from collections.abc import Callable
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import SAMPLES, batches, each_sample, normal

from fnnet import (
    Affine,
    BatchNorm,
    Scale,
    Tanh,
    backward,
    check_gradients,
    check_laws,
    forward,
    freeze,
    frozen,
    gradients,
    leaves,
    map_params,
    param,
    readonly,
    sub,
    training,
)
from fnnet.checking import LAWS, Case
from fnnet.network.modes import offers
from fnnet.values import Key
from fnnet.values.record import replace

#: What a law compares: where it would compare a thing with itself, it can't be broken, and is not put to the test.
NEEDS: dict[str, Callable[[Any], bool]] = {
    "mode read from the cache": lambda layer: offers(layer, "training"),
    "gradients alone": lambda layer: bool(leaves(layer)) and (isinstance(layer, tuple) or offers(layer, "grads")),
}
CASES = [
    pytest.param(law, sample, id=f"{sample.name}-{law}")
    for sample in SAMPLES
    for law in LAWS
    if law not in sample.skip and NEEDS.get(law, bool)(sample.layer)
]
each_case = pytest.mark.parametrize(("law", "sample"), CASES)


def complaints(layer: Any, x: Any, **settings: Any) -> dict[str, str]:
    """What the laws have to say against a layer."""
    return {v.law: v.complaint for v in check_laws(layer, x, **settings) if v.complaint}


@each_case
@given(data=st.data())
def test_law(law: str, sample: Any, data: Any) -> None:
    """Every layer of the table keeps every law that it claims, at every x."""
    assert LAWS[law](Case.of(sample.layer, data.draw(batches(sample)), sample.key)) is None


@each_sample
@given(data=st.data())
def test_gradients(sample: Any, data: Any) -> None:
    """Backward is the derivative of forward, entry by entry, for every layer of the table at every x.

    In training there are six examples or more: of two BatchNorm makes -1 and 1 whatever they are, so that dx is a small
    difference of large numbers, and no derivative confirms its last digits.
    """
    x = data.draw(batches(sample, least=6 if sample.key else 2))
    report = check_gradients(sample.layer, x, key=sample.key, entries=20)
    assert report.passed, report.worst
    assert not any(row.kinks for row in report.rows)
    assert {row.method for row in report.rows} == {"complex step"}


def test_the_table_holds_every_layer() -> None:
    """Each layer that fnnet has stands in the table, and each random one in training mode too."""
    import fnnet.layers

    stored = {type(sample.layer).__name__ for sample in SAMPLES if sample.key is None}
    live = {type(sample.layer).__name__ for sample in SAMPLES if sample.key is not None}
    assert set(fnnet.layers.__all__) <= stored
    assert {name for name in fnnet.layers.__all__ if hasattr(getattr(fnnet.layers, name), "training")} <= live


def a_thousandth_out(a: Any) -> Any:
    """The gradient 0.1 % too large; where it vanishes, as before a BatchNorm, 0.001 instead."""
    return freeze(a * 1.001 if np.abs(a).max() > 1e-9 else a + 1e-3)


def one_entry_out(a: Any) -> Any:
    """The gradient with its largest entry 0.1 % too large."""
    wrong = np.array(a)
    place = np.abs(wrong).argmax()
    wrong.flat[place] += 1e-3 * max(abs(wrong.flat[place]), 1e-3)
    return freeze(wrong)


@frozen
class Wrong:
    """The layer inside, but one array of what its backward gives is wrong."""

    layer: Any = sub()
    path: str
    spoil: Callable[[Any], Any]

    def forward(self, x: Any) -> tuple[Any, Any]:
        """The layer's."""
        return forward(self.layer, x)

    def backward(self, cache: Any, dout: Any) -> tuple[Any, Any]:
        """The layer's, with the one array spoiled."""
        dx, grads = backward(self.layer, cache, dout)
        if self.path == "dx":
            return self.spoil(dx), replace(self, layer=grads)
        spoiled = leaves(grads)[self.path]
        return dx, replace(self, layer=map_params(lambda g: self.spoil(g) if g is spoiled else g, grads))


MISTAKES = [
    pytest.param(sample, path, spoil, id=f"{sample.name}-{path}-{spoil.__name__}")
    for sample in SAMPLES
    for path in [*leaves(sample.layer), "dx"]
    for spoil in (a_thousandth_out, one_entry_out)
]


@pytest.mark.parametrize(("sample", "path", "spoil"), MISTAKES)
def test_a_mistake_is_caught(sample: Any, path: str, spoil: Any) -> None:
    """A gradient that is 0.1 % out, wholly or in its largest entry, fails the gradient check and the adjoint law."""
    wrong = Wrong(sample.layer, path, spoil)
    report = check_gradients(wrong, sample.x(), key=sample.key, entries=1000)
    failed = [row.path for row in report.rows if not row.passed]
    assert failed == ["dx" if path == "dx" else f"layer.{path}"]
    complaint = LAWS["adjoint"](Case.of(wrong, sample.x(), sample.key))
    assert complaint is not None
    assert complaint.startswith(failed[0])


@pytest.mark.parametrize(("sample", "path", "spoil"), MISTAKES)
def test_without_the_mistake_nothing_is_caught(sample: Any, path: str, spoil: Any) -> None:
    """The same record with nothing spoiled passes both."""
    right = Wrong(sample.layer, path, lambda a: a)
    assert check_gradients(right, sample.x(), key=sample.key, entries=10).passed
    assert LAWS["adjoint"](Case.of(right, sample.x(), sample.key)) is None


counter = itertools.count(1)


@frozen
class Broken:
    """The layer inside, made so that one law is broken and that the shapes stay."""

    layer: Any = sub()
    law: str
    mode: bool = False

    def forward(self, x: Any) -> tuple[Any, Any]:
        """The layer's, but for the laws of y."""
        y, cache = forward(self.layer, x)
        if self.law == "repeatable":
            y = y + 1e-9 * next(counter)
        return (y + len(x) if self.law == "batch law" else y), cache

    def backward(self, cache: Any, dout: Any) -> tuple[Any, Any]:
        """The layer's, but for the laws of dx."""
        dx, grads = backward(self.layer, cache, dout)
        if self.law == "pure" and dout.flags.writeable:
            dout *= 2.0
        return self.spoiled(dx), replace(self, layer=grads, mode=False)

    def spoiled(self, dx: Any) -> Any:
        """What is wrong with dx."""
        spoil = {"adjoint": a_thousandth_out, "linear in dout": lambda dx: dx + 1.0, "same space": lambda dx: dx[:-1]}
        spoil["single precision"] = lambda dx: dx.astype(np.float64)
        spoil["mode read from the cache"] = lambda dx: dx + float(self.mode)
        return spoil.get(self.law, lambda dx: dx)(dx)

    def grads(self, cache: Any, dout: Any) -> Any:
        """The gradients alone, but for their law a little out."""
        alone = gradients(self.layer, cache, dout)
        if self.law == "gradients alone":
            alone = map_params(a_thousandth_out, alone)
        return replace(self, layer=alone)

    def training(self, key: Key) -> Any:
        """The layer that knows that it is trained; what is inside has been told already."""
        return replace(self, mode=True)


@each_case
def test_every_case_can_fail(law: str, sample: Any) -> None:
    """Each law has something to say of each layer that it is put to: it notices that a broken one breaks it."""
    assert LAWS[law](Case.of(Broken(sample.layer, law), sample.x(), sample.key)) is not None


@each_case
def test_a_case_that_is_not_broken_passes(law: str, sample: Any) -> None:
    """The same record with nothing broken keeps the law."""
    assert LAWS[law](Case.of(Broken(sample.layer, "none"), sample.x(), sample.key)) is None


@frozen
class Doubled:
    """``y = 2 x``, with functions in place of what a layer does, so that it can do it wrongly."""

    run: Any = lambda layer, x: (2.0 * x, None)
    learn: Any = lambda layer, cache, dout: (2.0 * dout, replace(layer, key=None))
    key: Key | None = None

    def forward(self, x: Any) -> Any:
        """By ``run``."""
        return self.run(self, x)

    def backward(self, cache: Any, dout: Any) -> Any:
        """By ``learn``."""
        return self.learn(self, cache, dout)

    def training(self, key: Key) -> Any:
        """The layer with its key."""
        return replace(self, key=key)


def writes_to_dout(layer: Any, cache: Any, dout: Any) -> Any:
    """Double dout in its own place."""
    dout *= 2.0
    return dout, layer


def writes_to_x(layer: Any, x: Any) -> Any:
    """Double x in its own place."""
    x *= 2.0
    return x, None


def changes_itself(layer: Any, x: Any) -> Any:
    """Keep something on the layer."""
    object.__setattr__(layer, "key", Key(0, 1, 0, 0, next(counter)))
    return 2.0 * x, None


def forgets_the_mode(layer: Any, cache: Any, dout: Any) -> Any:
    """Scale by 2 in training mode only."""
    return (2.0 * dout if layer.key else dout), layer


BREAKS: dict[str, tuple[str, Any, str]] = {
    "sign": ("adjoint", Doubled(learn=lambda layer, c, d: (-2.0 * d, layer)), "dx is not the derivative"),
    "writes to dout": ("pure", Doubled(learn=writes_to_dout), "writes to dout"),
    "writes to x": ("pure", Doubled(run=writes_to_x), "writes to x"),
    "changes itself": ("pure", Doubled(run=changes_itself), "changes the layer"),
    "keeps x": (
        "pure",
        Doubled(lambda layer, x: (x * x, x), lambda layer, c, d: (2.0 * c * d, layer)),
        "cache changes",
    ),
    "keeps a view of x": (
        "pure",
        Doubled(lambda layer, x: (x * x, x[:]), lambda layer, c, d: (2.0 * c * d, layer)),
        "cache changes",
    ),
    "shape of dx": ("same space", Doubled(learn=lambda layer, c, d: (2.0 * d[:, :1], layer)), "gradient in dx"),
    "dtype of dx": ("same space", Doubled(learn=lambda layer, c, d: ((2.0 * d).astype("f4"), layer)), "float32"),
    "class of grads": ("same space", Doubled(learn=lambda layer, c, d: (2.0 * d, Scale(2.0))), "stands against Scale"),
    "squared": ("linear in dout", Doubled(learn=lambda layer, c, d: (d * d, layer)), "dx: not linear"),
    "clipped": ("linear in dout", Doubled(learn=lambda layer, c, d: (np.clip(d, -1, 1), layer)), "dx: not linear"),
    "outputs by the batch": ("batch law", Doubled(lambda layer, x: (x - x.mean(0), None)), "outputs of two halves"),
    "dx by the batch": ("batch law", Doubled(learn=lambda layer, c, d: (d / len(d), layer)), "dx: two halves"),
    "forward by chance": (
        "repeatable",
        Doubled(lambda layer, x: (x + next(counter) * 1e-9, None)),
        "forward gives other bits",
    ),
    "backward by chance": (
        "repeatable",
        Doubled(learn=lambda layer, c, d: (d + next(counter) * 1e-9, layer)),
        "backward gives other bits",
    ),
    "mode": ("mode read from the cache", Doubled(learn=forgets_the_mode), "differs from that of the layer in training"),
    "wide y": ("single precision", Doubled(lambda layer, x: (x * np.float64(2.0), None)), "y is float64"),
    "wide dx": ("single precision", Doubled(learn=lambda layer, c, d: (d * np.ones(1), layer)), "dx is float64"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_law_is_named(name: str) -> None:
    """A layer that breaks a law is told so by that law, in a sentence that says how."""
    law, layer, said = BREAKS[name]
    complaint = LAWS[law](case_of(layer))
    assert complaint is not None
    assert said in complaint


def case_of(layer: Any) -> Case:
    """The case of a layer whose forward may write to the read-only x of the usual one."""
    x = normal(1, 4, 2)
    try:
        return Case.of(layer, x)
    except ValueError:
        whole = Case.of(Doubled(), x)
        return attrs.evolve(whole, stored=layer, live=layer)


def test_doubled_itself_keeps_all_laws() -> None:
    """What the broken layers are made from breaks nothing."""
    assert complaints(Doubled(), normal(1, 4, 2)) == {}


def dot(w: Any, cache: Any, dout: Any) -> Any:
    """The gradient in a w that all entries share."""
    return np.array([np.vdot(cache, dout)])


@frozen
class Stretch:
    """``y = w x`` with functions in place of its gradient, and of its gradient without dx."""

    w: Any = param()
    dw: Any = dot
    alone: Any = dot

    def forward(self, x: Any) -> tuple[Any, Any]:
        """y, and x."""
        return freeze(x * self.w), readonly(x)

    def backward(self, cache: Any, dout: Any) -> tuple[Any, Any]:
        """dx, and the gradient in w."""
        return freeze(dout * self.w), replace(self, w=freeze(self.dw(self.w, cache, dout)))

    def grads(self, cache: Any, dout: Any) -> Any:
        """The gradient alone."""
        return replace(self, w=freeze(self.alone(self.w, cache, dout)))


STRETCHES: dict[str, tuple[str, dict[str, Any], str]] = {
    "none": ("gradients alone", {"alone": lambda w, c, d: w * 0}, "gradients differ"),
    "last bit": ("gradients alone", {"alone": lambda w, c, d: np.nextafter(dot(w, c, d), 9.0)}, "gradients differ"),
    "shape": ("same space", {"dw": lambda w, c, d: np.zeros((1, 1))}, "gradient in w"),
    "mean": ("adjoint", {"dw": lambda w, c, d: np.array([np.mean(c * d)])}, "w is not the derivative"),
    "mean of the batch": ("batch law", {"dw": lambda w, c, d: np.array([np.mean(c * d)])}, "w: two halves"),
    "affine in dout": ("linear in dout", {"dw": lambda w, c, d: w + np.vdot(c, d)}, "w: not linear"),
    "wide": ("single precision", {"dw": lambda w, c, d: np.array([np.vdot(c, d)], np.float64)}, "w is float64"),
}


@pytest.mark.parametrize("name", STRETCHES)
def test_a_broken_law_of_a_parameter_is_named(name: str) -> None:
    """A layer whose parameter gradient breaks a law is told so by that law, in a sentence that says how."""
    law, how, said = STRETCHES[name]
    layer = Stretch([0.7], **how)
    complaint = LAWS[law](Case.of(layer, normal(1, 4, 2)))
    assert complaint is not None
    assert said in complaint


def test_batch_normalization_breaks_the_batch_law_in_training() -> None:
    """The law that the table lets BatchNorm skip in training is one that it does break there, and not in use."""
    layer, key = BatchNorm.init(2, np.float64), Key(0, 4, 0, 0, 0)
    assert list(complaints(layer, normal(1, 4, 2), key=key)) == ["batch law"]
    assert complaints(layer, normal(1, 4, 2), key=key, skip=("batch law",)) == {}
    assert complaints(layer, normal(1, 4, 2)) == {}


@frozen
class WrongClass:
    """A layer whose gradient is a record of another class."""

    w: Any = param()

    def forward(self, x: Any) -> tuple[Any, Any]:
        """``w x``."""
        return freeze(self.w * x), None

    def backward(self, cache: Any, dout: Any) -> tuple[Any, Any]:
        """``w dout``, and a wrong record."""
        return freeze(self.w * dout), Tanh()


LOUD = {
    "writes to dout": Doubled(learn=writes_to_dout),
    "shape of dx": Doubled(learn=lambda layer, cache, dout: (dout[:, :1], layer)),
    "rows of dx": Doubled(learn=lambda layer, cache, dout: (dout[:-1], layer)),
    "shape of a gradient": Stretch([0.7], dw=lambda w, c, d: np.zeros(3)),
    "class of grads": WrongClass([0.7]),
}


@pytest.mark.parametrize("name", LOUD)
def test_check_laws_gives_verdicts_on_a_layer_that_raises(name: str) -> None:
    """Whatever a layer does, `check_laws` says which laws it breaks, and does not fall over itself."""
    assert complaints(LOUD[name], normal(1, 4, 2)) != {}


@each_sample
def test_laws_are_pure(sample: Any) -> None:
    """To put a layer through the laws twice gives the same verdicts."""
    first, second = (check_laws(sample.layer, sample.x(), key=sample.key, skip=sample.skip) for _ in range(2))
    assert first == second
    assert [v.law for v in first] == [law for law in LAWS if law not in sample.skip]


@each_sample
def test_readonly_input_is_enough(sample: Any) -> None:
    """A layer takes read-only x and dout, and gives read-only outputs and gradients or what it was given."""
    net = training(sample.layer, sample.key) if sample.key else sample.layer
    x = sample.x()
    y, cache = forward(net, x)
    dout = normal(1, *y.shape)
    dx, grads = backward(net, cache, dout)
    for made in (y, dx, *leaves(grads).values(), *leaves(gradients(net, cache, dout)).values()):
        assert not made.flags.writeable


def test_a_network_of_layers_keeps_the_laws() -> None:
    """A tuple of layers is itself a layer: the laws hold for it."""
    net = (Affine(normal(1, 3, 4), normal(2, 4)), Tanh(), (Affine(normal(3, 4, 2), normal(4, 2)),))
    assert complaints(net, normal(5, 6, 3)) == {}


@each_sample
def test_a_gradient_is_its_layer_but_for_the_numbers(sample: Any) -> None:
    """A gradient that is given the layer's own arrays is the layer as stored: the step leaves no key or mode in it."""
    net = training(sample.layer, sample.key) if sample.key else sample.layer
    y, cache = forward(net, sample.x())
    for grads in (backward(net, cache, normal(1, *y.shape))[1], gradients(net, cache, normal(1, *y.shape))):
        assert map_params(lambda g, p: p, grads, sample.layer) == sample.layer


def test_a_gradient_that_is_zero_may_have_the_rounding_of_the_others() -> None:
    """A bias before BatchNorm has no effect; of two examples that are nearly alike its gradient is 1e-12 beside 44."""
    sample = next(sample for sample in SAMPLES if sample.name == "nested tuples, training")
    assert complaints(sample.layer, normal(17182, 2, *sample.shape[1:]), key=sample.key, skip=sample.skip) == {}
