"""Slips that everybody makes once: each is told at once, in one sentence that says what to use instead."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from short_run import NET, X, Y, run

from fnnet import (
    SGD,
    Affine,
    Flatten,
    MeanSquaredError,
    ReLU,
    Scale,
    Sigmoid,
    SoftmaxCrossEntropy,
    Standardize,
    evaluate,
    fit,
    freeze,
    mlp,
    predict,
    train,
)
from fnnet.learning import State
from fnnet.teaching import who_moved
from fnnet.values.errors import UsageError

STATE = run()[-1]
PICTURES = mlp([64, 3], first=(Flatten(), Scale(0.1)))
ONE = r"x must be \(N, ...\), one example after the other, got one of \({}\); use x\[None\]"


def measured(net: Any = NET, x: Any = X, y: Any = Y, loss: Any = SoftmaxCrossEntropy) -> Any:
    """The loss and the accuracy."""
    return evaluate(net, loss, x, y)


SLIPS: dict[str, tuple[Callable[[], Any], str]] = {
    "an activation by name": (lambda: mlp([2, 8, 2], "relu"), r"got 'relu'; use one such as ReLU\(\)$"),  # type: ignore[arg-type]  # the slip
    "by another": (lambda: mlp([2, 8, 2], "Tanh"), r"got 'Tanh'; use one such as Tanh\(\)$"),  # type: ignore[arg-type]  # the slip
    "by none that is known": (
        lambda: mlp([2, 8, 2], "rleu"),
        r"must be a layer, got 'rleu'; use .*ReLU\(\)$",
    ),  # type: ignore[arg-type]  # the slip
    "its class": (lambda: mlp([2, 8, 2], ReLU), r"activation must be a layer, got the class ReLU; use ReLU\(...\)$"),
    "a layer's class": (lambda: predict((*NET, Sigmoid), X), r"layer 3 .*, got the class Sigmoid; use Sigmoid\(...\)$"),
    "an optimizer's class": (lambda: run(optimizer=SGD), r"got the class SGD; use SGD\(...\)$"),
    "a loss by name": (lambda: run(loss="mse"), "such as SoftmaxCrossEntropy, got 'mse'$"),
    "a loss by name to evaluate": (lambda: measured(loss="mse"), "such as SoftmaxCrossEntropy, got 'mse'$"),
    "a loss made": (lambda: run(loss=MeanSquaredError(X)), "its targets; use loss=MeanSquaredError$"),
    "a loss made to evaluate": (lambda: measured(loss=SoftmaxCrossEntropy(Y)), "use loss=SoftmaxCrossEntropy$"),
    "a state to predict": (lambda: predict(STATE, X), "got State; use its .params or .chosen$"),  # type: ignore[arg-type]  # the slip
    "a state to evaluate": (lambda: measured(STATE), "got State; use its .params or .chosen$"),
    "a state to train": (lambda: run(STATE), "got State; use its .params or .chosen$"),
    "a list": (lambda: run(list(NET)), r"got list; use tuple\(...\)$"),
    "a loss at the end": (lambda: predict((NET, SoftmaxCrossEntropy(Y)), X), "leave SoftmaxCrossEntropy out$"),
    "the same to train": (lambda: run((*NET, MeanSquaredError(X))), "leave MeanSquaredError out$"),
    "one example": (lambda: predict(NET, X[0]), ONE.format("2,")),
    "one to train on": (lambda: run(x=X[0]), ONE.format("2,")),
    "one to evaluate": (lambda: measured(x=X[0]), ONE.format("2,")),
    "one picture": (lambda: predict(PICTURES, np.zeros((8, 8))), ONE.format("8, 8")),
    "one picture to train on": (lambda: run(PICTURES, np.zeros((8, 8))), ONE.format("8, 8")),
    "a column": (lambda: predict(NET, X[:, 0]), r"expects x of \(N, 2\), got \(N\); put Flatten\(\) before it$"),
    "other columns": (lambda: predict(NET, X[:, :1]), r"^layer 0 \(Affine 2x3\) expects 2 inputs, got 1$"),
    "classes as rows of one": (lambda: run(y=Y[:, None]), r"got \(6, 1\); use np.ravel\(y\)$"),
    "the same to evaluate": (lambda: measured(y=Y[:, None] + 1), r"got \(6, 1\); use np.ravel\(y\)$"),
    "classes as floats": (lambda: run(y=Y * 1.0), r"labels.astype\(int\): these are float64$"),
    "the same floats": (lambda: measured(y=Y * 1.0), r"labels.astype\(int\): these are float64$"),
    "classes as text": (lambda: run(y=["a", "b"] * 3), r"for y, got .*np.unique\(..., return_inverse=True\)\[1\]$"),
    "the same text": (lambda: measured(y=["a", "b"] * 3), r"for targets, got .*np.unique\(..., return_inverse=True\)"),
    "text in x": (lambda: run(x=X.astype(str)), r"expected numbers for x, got an array of <U32; use .astype\(float\)$"),
}


@pytest.mark.parametrize("name", SLIPS)
def test_slips_are_told(name: str) -> None:
    """A slip is refused in one line, which ends with what to use."""
    ask, said = SLIPS[name]
    with pytest.raises((UsageError, TypeError), match=said) as told:
        ask()
    assert "\n" not in str(told.value)


# NaN and infinity

ODD = np.where(np.arange(12).reshape(6, 2) == 9, np.nan, X)
DOORS: dict[str, Callable[[Any, Any], Any]] = {
    "train": lambda net, x: train(net, x, Y, loss=SoftmaxCrossEntropy),
    "fit": lambda net, x: fit(net, x, Y, loss=SoftmaxCrossEntropy),
    "validation": lambda net, x: run(net, validation=(x, Y)),
    "evaluate": lambda net, x: measured(net, x),
    "predict": predict,
    "who_moved": lambda net, x: who_moved(net, SoftmaxCrossEntropy(Y), x, "0.W[0,0]"),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("net", [NET, (Standardize.of(X, float), NET)], ids=["plain", "nested"])
def test_what_is_not_finite_is_refused_by_its_row(net: Any, value: float, door: str) -> None:
    """NaN and infinity are refused at once, by their row, and nothing is said of learning rates."""
    if door == "who_moved" and net is not NET:
        return
    with pytest.raises(UsageError, match=f"must be finite numbers, got {value} in row 4; leave such rows out or fill"):
        DOORS[door](net, np.where(np.isnan(ODD), value, X))


def test_the_row_is_found_in_every_chunk() -> None:
    """The row is counted from the beginning, however many there are."""
    x = np.zeros((2500, 2), np.float32)
    x[2345, 1] = np.inf
    with pytest.raises(UsageError, match="got inf in row 2345;"):
        predict(NET, x)


@pytest.mark.parametrize("ask", [lambda y: run(y=y, loss=MeanSquaredError), lambda y: measured(y=y)])
def test_targets_that_are_not_finite_are_refused(ask: Callable[[Any], Any]) -> None:
    """So are targets."""
    with pytest.raises(UsageError, match="must be finite numbers, got nan in row 4"):
        ask(ODD)


class Filled:
    """A layer that takes gaps: 0 stands for each."""

    def forward(self, x: Any) -> tuple[Any, None]:
        """X without gaps."""
        return freeze(np.where(np.isnan(x), 0.0, x)), None

    def backward(self, cache: None, dout: Any) -> tuple[Any, Any]:
        """Dout."""
        return dout, self


@pytest.mark.parametrize("door", [door for door in DOORS if door != "who_moved"])
def test_a_layer_may_take_gaps(door: str) -> None:
    """Where layers before the first parameters make finite numbers of it, x may have gaps, but no infinity."""
    for net in ((Filled(), *NET), (Scale(2.0), (Filled(), NET))):
        DOORS[door](net, ODD)
        gap, x = np.where(X == 2, np.nan, X), np.where(np.isnan(ODD), np.inf, X)
        x[1, 0] = np.nan
        DOORS[door](net, gap)
        with pytest.raises(UsageError, match="got inf in row 4"):
            DOORS[door](net, x)


def test_gaps_in_rows_of_another_shape() -> None:
    """Where the layers that x with gaps would meet take another shape, the shape is told."""
    with pytest.raises(UsageError, match=r"layer 0 \(Standardize 2\) expects x of \(N, 2\), got \(N, 3\)"):
        predict((Standardize.of(X, float), *NET), np.full((6, 3), np.nan))


# What holds numbers without being an array


class Frame:
    """A data frame as far as it matters: columns by name, and one array of all of them."""

    def __init__(self, **columns: Any) -> None:
        self.columns = list(columns)
        self.values = columns

    def __getitem__(self, name: str) -> Any:
        return np.array(self.values[name])

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        mixed = any(self[name].dtype.kind not in "iuf" for name in self.columns)
        return np.stack([self[name].astype(object if mixed else float) for name in self.columns], axis=1)


class Tensor:
    """A tensor as far as it matters."""

    requires_grad = True

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise RuntimeError("Can't call numpy() on Tensor that requires grad.")


NUMBERS = {"height": X[:, 0].tolist(), "width": X[:, 1].tolist()}
TEXT = {**NUMBERS, "kind of fruit": ["apple", "pear"] * 3}


def frames() -> dict[str, Any]:
    """Makers of data frames: one of ours, and those of the libraries that are there."""
    made: dict[str, Any] = {"ours": Frame}
    for library in ("pandas", "polars"):
        try:
            made[library] = lambda library=library, **columns: __import__(library).DataFrame(columns)
            made[library](**NUMBERS)
        except ImportError:
            del made[library]
    return made


@pytest.mark.parametrize("library", frames())
def test_data_frames_are_taken(library: str) -> None:
    """A data frame and its columns count as the numbers that they hold, everywhere."""
    frame = frames()[library]
    x, column = frame(**NUMBERS), frame(y=Y.tolist(), w=[1.0, 2.0] * 3)
    plain = run(weights=[1.0, 2.0] * 3, validation=(X, Y))[-1]
    assert run(x=x, y=column["y"], weights=column["w"], validation=(x, column["y"]))[-1] == plain
    assert np.array_equal(predict(NET, x), predict(NET, X))
    assert measured(x=x, y=column["y"]) == measured()


@pytest.mark.parametrize("library", frames())
def test_columns_without_numbers_are_named(library: str) -> None:
    """Columns that hold no numbers are named; labels that are text are told how to become numbers."""
    frame = frames()[library](**TEXT)
    with pytest.raises(TypeError, match="for x, got other values in 'kind of fruit'; leave such columns out, or make"):
        run(x=frame)
    with pytest.raises(TypeError, match="expected numbers for y, got .* number classes from 0 by np.unique"):
        run(y=frame["kind of fruit"])


def test_mixed_columns_of_numbers() -> None:
    """Columns of truths and numbers, of which pandas makes objects, are told how to become numbers."""
    with pytest.raises(TypeError, match=r"expected numbers for x, got an array of object; use .astype\(float\)"):
        run(x=Frame(a=X[:, 0], b=X[:, 1] > 0))


@pytest.mark.parametrize("door", [lambda x: predict(NET, x), lambda y: run(y=y), lambda w: run(weights=w)])
def test_a_tensor_with_a_gradient_is_refused(door: Callable[[Any], Any]) -> None:
    """A tensor that wants its gradient is refused in one sentence, which names the way out."""
    with pytest.raises(TypeError, match=r"got a tensor with a gradient; use .detach\(\).numpy\(\)$"):
        door(Tensor())


def test_tensors_are_taken(torch: Any) -> None:
    """Tensors of PyTorch count as the numbers that they hold."""
    x, y = torch.tensor(X), torch.tensor(Y)
    assert run(x=x, y=y)[-1] == run()[-1]
    assert np.array_equal(predict(NET, x), predict(NET, X))
    with pytest.raises(TypeError, match=r"use .detach\(\).numpy\(\)$"):
        predict(NET, x.requires_grad_())


def test_the_state_has_what_the_sentence_names() -> None:
    """What is named instead of a state is there, and a network."""
    assert isinstance(STATE, State)
    assert np.array_equal(predict(STATE.params, X), predict(STATE.chosen, X))
    assert np.array_equal(predict(Affine([[1.0]], [0.0]), [[2.0]]), [[2.0]])


@pytest.mark.parametrize("layer", [Affine(2, 3), Affine([1.0, 2.0], [3.0])])
def test_sizes_in_the_place_of_weights(layer: Any) -> None:
    """A layer that was given its sizes is refused by its place, before it is trained."""
    with pytest.raises(UsageError, match=r"layer 0 \(Affine.*must have W \(I, O\), .*made by Affine.init"):
        fit((layer,), np.eye(2), np.eye(2), loss=MeanSquaredError)
