"""What a user asks wrongly is refused where it enters: in one sentence, by name, before anything is computed."""

from collections.abc import Callable
from itertools import islice
from typing import Any

import numpy as np
import pytest
from short_run import NET, X, Y, run

from fnnet import (
    Affine,
    MeanSquaredError,
    Residual,
    Scale,
    SoftmaxCrossEntropy,
    Standardize,
    check_gradients,
    evaluate,
    load,
    one_hot,
    predict,
    save,
    train,
)
from fnnet.learning import Diverged, accuracy, confusion
from fnnet.models import mlp
from fnnet.network import summarize
from fnnet.network.shapes import DEEPEST
from fnnet.optimizers import SGD, Adam
from fnnet.runs.archive import FileError
from fnnet.teaching import who_moved
from fnnet.values.errors import UsageError
from fnnet.values.tree import arrays, leaves


def nested(deep: int, around: Callable[[Any], Any]) -> Any:
    """A layer inside so many others."""
    layer: Any = Affine(np.eye(2), np.zeros(2))
    for _ in range(deep):
        layer = around(layer)
    return layer


# Numbers

WRONG: dict[str, tuple[Any, str]] = {
    "masked": (np.ma.array(X, mask=X > 1), "x, got a masked array; fill its gaps"),
    "complex": (X + 1j, "expected real numbers for x, got an array of complex128"),
    "text": (X.astype(str), "expected numbers for x, got an array of <U32"),
    "times": (X.astype("datetime64[s]"), "expected numbers for x, got an array of datetime64"),
    "nothing": (None, "expected numbers for x, got an array of object"),
    "a number": (3.0, r"x must be \(N, ...\), one example after the other, got a single number"),
}
DOORS: dict[str, Callable[[Any, Any], Any]] = {
    "train": lambda net, x: run(net, x),
    "predict": predict,
    "evaluate": lambda net, x: evaluate(net, SoftmaxCrossEntropy, x, Y),
    "check_gradients": lambda net, x: check_gradients(net, x).passed,
    "who_moved": lambda net, x: who_moved(net, SoftmaxCrossEntropy(Y), x, next(iter(leaves(net))) + "[0,0]"),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", WRONG)
def test_what_are_no_real_numbers_is_refused(name: str, door: str) -> None:
    """A mask, an imaginary part and text are refused, rather than lost."""
    x, said = WRONG[name]
    with pytest.raises((UsageError, TypeError), match=said):
        DOORS[door](NET, x)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("dtype", [bool, np.uint64, ">f8", ">i2", np.float16, np.longdouble])
def test_other_real_numbers_are_taken(dtype: Any, door: str) -> None:
    """Whatever dtype x has, it counts as the numbers that it holds."""
    x = np.round(X).clip(0, 1)
    assert np.array_equal(DOORS[door](NET, x.astype(dtype)), DOORS[door](NET, x))


@pytest.mark.parametrize("dtype", [np.uint64, ">i4", ">u8", np.int8])
def test_labels_of_other_dtypes_are_taken(dtype: Any) -> None:
    """Whole numbers are class indices in every dtype."""
    assert run(y=Y.astype(dtype))[-1].loss == run()[-1].loss
    assert evaluate(NET, SoftmaxCrossEntropy, X, Y.astype(dtype)) == evaluate(NET, SoftmaxCrossEntropy, X, Y)


@pytest.mark.parametrize("scale", [1, 2**62, 2**63])
def test_weights_of_other_dtypes_are_taken(scale: int) -> None:
    """Weights count by their ratios, also where their sum is beyond whole numbers of 64 bits."""
    weights = np.array([1, 0, 1, 1, 0, 1], np.uint64) * np.uint64(scale)
    plain = run(weights=[1.0, 0.0, 1.0, 1.0, 0.0, 1.0])[-1].loss
    assert run(weights=weights)[-1].loss == plain
    assert run(weights=weights > 0)[-1].loss == plain
    assert run(weights=weights.astype(">f8"))[-1].loss == plain


def test_masks_and_imaginary_parts_of_all_else() -> None:
    """Weights, labels, and the arrays of a layer lose no mask either; weights no imaginary part."""
    masked = np.ma.array(np.ones(6), mask=Y)
    for ask in (
        lambda: run(weights=masked),
        lambda: SoftmaxCrossEntropy(Y, masked),
        lambda: Affine(np.ma.array(np.eye(2), mask=np.eye(2)), np.zeros(2)),
        lambda: one_hot(np.ma.array(Y, mask=Y), 2),
        lambda: accuracy(X, np.ma.array(Y, mask=Y)),
        lambda: confusion(X, np.ma.array(Y, mask=Y)),
    ):
        with pytest.raises(TypeError, match="got a masked array"):
            ask()
    with pytest.raises(TypeError, match="expected real numbers for weights"):
        run(weights=np.ones(6) + 1j)


def test_features_beyond_the_network() -> None:
    """Numbers that float32 can't hold are refused where it is to learn from them; elsewhere what comes says so."""
    net, x = mlp([2, 3, 2]), np.where(X > 1, -1e200, X)
    for door in ("train", "who_moved"):
        with pytest.raises(UsageError, match=r"x must be numbers that float32 can hold, up to 3.4e\+38, got 1e\+200"):
            DOORS[door](net, x)
    with pytest.raises(UsageError, match="y must be numbers that float32 can hold"):
        run(net, X, x, MeanSquaredError)
    assert np.isfinite(predict((Scale(1.0),), x)).all()
    assert np.isinf(predict(net[:1], x[4:5])).any()
    assert not np.isfinite(evaluate(net[:1], MeanSquaredError, x, np.zeros((6, 3)))[0])
    assert check_gradients(net, x).passed


@pytest.mark.parametrize(("dtype", "size"), [(np.float32, 1e20), (np.float64, 1e200)])
def test_features_too_large_to_train_on(dtype: Any, size: float) -> None:
    """Features whose squares overflow are refused where parameters meet them, and taken where a layer tames them."""
    net, x = mlp([2, 3, 2], dtype=dtype), (X * size).astype(dtype)
    with pytest.raises(UsageError, match=r"x reaches 2e\+\d+, too large to train on in float..; .* as Standardize"):
        run(net, x)
    assert np.isfinite(predict(net, x)).all()
    assert np.isfinite(run((Scale(1 / size), *net), x)[-1].loss)
    tame = Standardize(np.zeros(2, dtype), np.full(2, size, dtype))
    assert np.isfinite(run((tame, *net), x)[-1].loss)


def test_predictions_beyond_all_numbers() -> None:
    """Outputs and losses that overflow are infinite, without a warning."""
    net = (Affine([[1e200, 1.0], [0.0, 1.0]], [0.0, 0.0]),)
    assert predict(net, X * 1e200).max() == np.inf
    assert evaluate(net, MeanSquaredError, X * 1e150, X)[0] == np.inf


def test_divergence_is_never_that_of_the_data() -> None:
    """Where x itself is not finite, no learning rate helps, and none is spoken of: it is refused by its row."""
    x = X.copy()
    x[3] = np.nan
    with pytest.raises(UsageError, match="x must be finite numbers, got nan in row 3; leave such rows out or fill"):
        run(x=x)
    with np.errstate(all="ignore"), pytest.raises(Diverged, match="try a lower learning rate or clipping"):
        run(y=X, loss=MeanSquaredError, optimizer=SGD(1e300))


# Networks

BROKEN: dict[str, tuple[Any, str]] = {
    "a list": (list(NET), r"a network must be a layer or a tuple of layers, got list; use tuple\(...\)"),
    "a list inside": ((NET[0], [NET[1]]), r"layer 1 must be a layer or a tuple of layers, got list; use tuple"),
    "a list in a record": ((Residual([NET[0]]),), "layer 0.inner must be a layer"),  # type: ignore[arg-type]  # the mistake
    "a class": ((Affine,), "layer 0 must be .*, got the class Affine"),
    "a name": ("mlp", "a network must be .*, got str"),
    "nothing": (None, "a network must be .*, got NoneType"),
    "900 tuples": (nested(900, lambda layer: (layer,)), "nested at most 100 deep; put its layers into one tuple"),
    "900 records": (nested(900, Residual), "nested at most 100 deep"),
    "101 tuples": (nested(DEEPEST + 1, lambda layer: (layer,)), "nested at most 100 deep"),
    "another machine's": ((Affine(np.eye(2, dtype=">f8"), np.zeros(2, ">f8")),), "byte order, 0.W is >f8"),
}
TAKING = {**DOORS, "summarize": lambda net, x: summarize(net, x.shape[1:])}
TAKING.pop("who_moved")


@pytest.mark.parametrize("door", TAKING)
@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_network_is_refused(name: str, door: str) -> None:
    """A list, a class, a name and a nest too deep are refused by their place, wherever a network enters."""
    net, said = BROKEN[name]
    if (name, door) == ("another machine's", "check_gradients"):
        return  # which takes every array in float64
    with pytest.raises(UsageError, match=said):
        TAKING[door](net, X)


@pytest.mark.parametrize("net", [nested(DEEPEST, lambda layer: (layer,)), nested(DEEPEST, Residual), ((),), ((), NET)])
def test_odd_networks_are_networks(net: Any, tmp_path: Any) -> None:
    """A network may be nested 100 deep, and hold nothing; all that is done with networks is done with it, and saved."""
    for door in TAKING.values():
        door(net, X / 1e20)
    last = run(net, X / 1e20, optimizer=Adam(), validation=(X / 1e20, Y))[-1]
    save(tmp_path / "state.npz", last)
    again = load(tmp_path / "state.npz")
    assert [a.tobytes() for a in arrays(again).values()] == [a.tobytes() for a in arrays(last).values()]


@pytest.mark.parametrize("around", [lambda layer: (layer,), Residual])
def test_what_cannot_be_saved(around: Any, tmp_path: Any) -> None:
    """A nest too deep and a list are refused by save, and no file is left."""
    with pytest.raises(UsageError, match="nested more than 100 deep can't be saved"):
        save(tmp_path / "net.npz", nested(900, around))
    with pytest.raises(TypeError, match=r"it \(list\) can't be saved: it is no record; use tuple\(...\)"):
        save(tmp_path / "net.npz", list(NET))
    with pytest.raises(FileError):
        load(tmp_path / "net.npz")


# Settings

SETTINGS: dict[str, tuple[Callable[[], Any], str]] = {
    "epochs": (lambda: run(epochs=1.5), "epochs must be a whole number, got 1.5"),
    "epochs as text": (lambda: run(epochs="3"), "epochs must be a whole number, got '3'"),
    "a true epoch": (lambda: run(epochs=True), "epochs must be a whole number, got True"),
    "batch size": (lambda: run(batch_size=1.5), "batch_size must be a whole number, got 1.5"),
    "patience": (lambda: run(patience=1.5, validation=(X, Y)), "patience must be a whole number, got 1.5"),
    "three": (lambda: run(validation=(X, Y, Y)), r"validation must be two arrays, \(x, y\), got 3 of them"),
    "one": (lambda: run(validation=(X,)), r"validation must be two arrays, \(x, y\), got 1 of them"),
    "an array": (lambda: run(validation=X), r"validation must be two arrays, \(x, y\), got ndarray"),
    "masked": (lambda: run(validation=(np.ma.array(X, mask=X), Y)), "for x of validation, got a masked array"),
    "a name": (lambda: run(optimizer="adam"), r"optimizer must be one such as SGD\(lr=0.1\), got 'adam'"),
    "a class": (
        lambda: run(optimizer=Adam),
        r"optimizer must be one such as SGD\(lr=0.1\), got the class Adam; use",
    ),
    "a loss by name": (lambda: run(loss="mse"), "loss must be what makes one of targets, .* got 'mse'"),
    "a loss made": (lambda: run(loss=SoftmaxCrossEntropy(Y)), "loss must be what makes one of targets"),
    "lr": (lambda: SGD(lr=10**400), "lr must be a finite number of at least 0, got a whole number beyond all floats"),
    "a longer lr": (lambda: SGD(lr=10**5000), "lr must be .*, got a whole number beyond all floats"),
    "eps": (lambda: Adam(eps=10**400), "eps must be .*, got a whole number beyond all floats"),
    "whole weights": (lambda: mlp([2, 8, 2], dtype=int), "dtype must be one of floating-point .*, got int64"),
    "complex weights": (
        lambda: mlp([2, 8, 2], dtype=complex),
        "dtype must be .*, got complex128",
    ),
    "no examples": (lambda: evaluate(NET, SoftmaxCrossEntropy, X[:0], Y[:0]), "at least one, got 0 and 0"),
    "few targets": (lambda: evaluate(NET, SoftmaxCrossEntropy, X, Y[:3]), "number of examples, .* got 6 and 3"),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_are_refused(name: str) -> None:
    """What no run can have is refused by its name, with what came."""
    ask, said = SETTINGS[name]
    with pytest.raises((UsageError, TypeError), match=said):
        ask()


def test_whole_numbers_of_numpy_are_taken() -> None:
    """A whole number may be NumPy's."""
    states = train(NET, X, Y, loss=SoftmaxCrossEntropy, epochs=np.int64(2), batch_size=np.uint8(3))  # type: ignore[arg-type]  # as said
    assert [state.examples for state in islice(states, 4)] == [3, 6, 3, 6]
