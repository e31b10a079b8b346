"""The fused step: for every plain network the bits of the clear form, and for every other the clear form itself."""

from functools import partial
from itertools import islice, pairwise
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import affine, normal, seeds

from fnnet import (
    GELU,
    SGD,
    Adam,
    AdamW,
    Affine,
    Array,
    BatchNorm,
    Dropout,
    Fixed,
    Flatten,
    GaussianNoise,
    Huber,
    LayerNorm,
    LeakyReLU,
    MeanAbsoluteError,
    MeanSquaredError,
    RandomShift,
    ReLU,
    Residual,
    Scale,
    Sigmoid,
    SigmoidCrossEntropy,
    Softmax,
    SoftmaxCrossEntropy,
    Standardize,
    Tanh,
    Unstandardize,
    freeze,
    frozen,
    map_params,
    one_hot,
    train,
)
from fnnet.learning import Diverged, State
from fnnet.learning import stream as stream_module
from fnnet.learning.arguments import Arguments, check_arguments
from fnnet.learning.fused import fuse, laid_out
from fnnet.optimizers import AdaGrad, Clipped, Cosine, OptimizerState, RMSprop
from fnnet.optimizers.base import elementwise
from fnnet.values import arrays, fingerprint

OPTIMIZERS: dict[str, Any] = {
    "sgd": SGD(0.1),
    "momentum": SGD(0.1, momentum=0.9),
    "nesterov": SGD(Cosine(0.1, 50), momentum=0.9, nesterov=True),
    "adagrad": AdaGrad(0.05),
    "rmsprop": RMSprop(0.01),
    "adam": Adam(0.01),
    "adamw": AdamW(0.01, weight_decay=0.0),
    "adamw's decay": AdamW(Cosine(0.05, 50), weight_decay=0.3),
    "decay of all": Adam(0.01, weight_decay=0.1, decay="all"),
    "decay of matrices": SGD(0.1, momentum=0.9, weight_decay=0.1),
}


@frozen
class Square:
    """A user's layer without parameters: ``y = x^2``."""

    def forward(self, x: Array) -> tuple[Array, Array]:
        """y and x."""
        return freeze(x * x), x

    def backward(self, cache: Array, dout: Array) -> tuple[Array, "Square"]:
        """``2 dout x``."""
        return freeze(2.0 * dout * cache), self


MIDDLES: dict[str, tuple[Any, ...]] = {
    "nothing": (),
    "sigmoid": (affine(1, 6, 5), Sigmoid()),
    "two layers": (affine(1, 6, 5), Tanh(), Dropout(0.3), affine(2, 5, 6), ReLU()),
    "affine on affine": (affine(1, 6, 5), affine(2, 5, 4)),
    "everything": (Scale(0.5), affine(1, 6, 8), GELU(), GaussianNoise(0.1), affine(2, 8, 8), LeakyReLU(), Square()),
    "a softmax inside": (affine(1, 6, 5), Softmax()),
}


def images_first(net: tuple[Any, ...]) -> tuple[Any, ...]:
    """The network behind layers that take images of 2 x 3."""
    return (RandomShift(1), Flatten(), *net)


def wide(net: tuple[Any, ...], classes: int) -> tuple[Any, ...]:
    """The network with a last layer of so many classes."""
    widths = [layer.W.shape[1] for layer in net if isinstance(layer, Affine)]
    return (*net, affine(9, widths[-1] if widths else 6, classes))


def typed(net: tuple[Any, ...], dtype: str) -> tuple[Any, ...]:
    """The network in another dtype."""
    return tuple(
        Affine(layer.W.astype(dtype), layer.b.astype(dtype)) if isinstance(layer, Affine) else layer for layer in net
    )


def clear_states(monkeypatch: pytest.MonkeyPatch, *given: Any, **named: Any) -> list[State]:
    """The states of the clear form."""
    with monkeypatch.context() as patch:
        patch.setattr(stream_module, "fuse", lambda args, net: None)
        return list(train(*given, **named))


def same_bits(a: State, b: State) -> bool:
    """Whether two states are the same value in every bit."""
    return fingerprint(a) == fingerprint(b)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("middle", MIDDLES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_state_has_the_bits_of_the_clear_form(
    monkeypatch: pytest.MonkeyPatch, middle: str, optimizer: str, dtype: str
) -> None:
    """Over 40 steps with short last batches, noise and flushed moments, every state is that of the clear form."""
    net = typed(wide(MIDDLES[middle], 3), dtype)
    x, y = normal(0, 19, 6), np.random.default_rng(1).integers(0, 3, 19)
    how: dict[str, Any] = {
        "loss": SoftmaxCrossEntropy,
        "optimizer": OPTIMIZERS[optimizer],
        "epochs": 10,
        "batch_size": 5,
    }
    assert (
        fuse(check_arguments(net, x, y, SoftmaxCrossEntropy, OPTIMIZERS[optimizer], 5, None, None, None), net)
        is not None
    )
    fused, clear = list(train(net, x, y, **how)), clear_states(monkeypatch, net, x, y, **how)
    assert len(fused) == 40
    assert [*map(same_bits, fused, clear)] == [True] * 40


@settings(max_examples=2 * settings.default.max_examples)
@given(st.data(), seeds)
def test_any_size_and_batch_has_the_bits_of_the_clear_form(draw: Any, seed: int) -> None:
    """For any numbers of examples, inputs, hidden units and classes the last state is that of the clear form."""
    examples, inputs, hidden, classes = (draw.draw(st.integers(low, 40)) for low in (1, 1, 1, 2))
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(examples, inputs)), rng.integers(0, classes, examples).astype(np.uint8)
    net = (affine(seed, inputs, hidden), Sigmoid(), affine(seed + 1, hidden, classes))
    how: dict[str, Any] = {"loss": SoftmaxCrossEntropy, "optimizer": Adam(0.01), "epochs": 2, "seed": seed % 1000}
    with pytest.MonkeyPatch.context() as patch:
        how["batch_size"] = draw.draw(st.integers(1, examples))
        assert same_bits(list(train(net, x, y, **how))[-1], clear_states(patch, net, x, y, **how)[-1])


def test_images_and_validation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Images that are moved, bytes that are scaled, and early stopping give the states of the clear form."""
    net = images_first((Scale(1 / 255), *wide(MIDDLES["two layers"], 3)))
    rng = np.random.default_rng(2)
    x, y = rng.integers(0, 256, (30, 2, 3), np.uint8), rng.integers(0, 3, 30)
    how: dict[str, Any] = {"loss": SoftmaxCrossEntropy, "epochs": 9, "batch_size": 8, "optimizer": Adam(0.05)}
    how |= {"validation": (x[:9], y[:9]), "patience": 2}
    fused, clear = list(train(net, x, y, **how)), clear_states(monkeypatch, net, x, y, **how)
    assert len(fused) == len(clear)
    assert all(map(same_bits, fused, clear))


def test_going_on_from_any_state() -> None:
    """A stream that begins at a state, whose arrays are nobody's views, goes on with the same bits."""
    net, x, y = wide(MIDDLES["sigmoid"], 3), normal(0, 12, 6), np.arange(12) % 3
    how: dict[str, Any] = {"loss": SoftmaxCrossEntropy, "optimizer": OPTIMIZERS["adam"], "epochs": 4, "batch_size": 5}
    states = list(train(net, x, y, **how))
    for at in (0, 4, 7):
        again = list(train(net, x, y, state=states[at], **how))
        assert [*map(same_bits, again, states[at + 1 :])] == [True] * (11 - at)


def test_a_kept_state_does_not_change() -> None:
    """No array of a state is written to, and none shared with a later one: a list of all states stays as it was."""
    net, x, y = wide(MIDDLES["two layers"], 3), normal(0, 12, 6), np.arange(12) % 3
    states, prints = [], []
    for state in train(net, x, y, loss=SoftmaxCrossEntropy, optimizer=OPTIMIZERS["adam"], epochs=12, batch_size=4):
        states.append(state)
        prints.append(fingerprint(state))
    assert [*map(fingerprint, states)] == prints
    for before, after in pairwise(states):
        for a, b in zip(arrays(before).values(), arrays(after).values(), strict=True):
            assert not np.shares_memory(a, b)
            with pytest.raises(ValueError, match="read-only"):
                b[...] = 0
            with pytest.raises(ValueError, match="WRITEABLE"):
                b.setflags(write=True)


def test_two_streams_side_by_side() -> None:
    """Two streams that take turns, and one state given to both, are what each is alone."""
    net, x, y = wide(MIDDLES["sigmoid"], 3), normal(0, 12, 6), np.arange(12) % 3
    how: dict[str, Any] = {"loss": SoftmaxCrossEntropy, "optimizer": OPTIMIZERS["momentum"], "epochs": 3}
    alone = [list(train(net, x, y, seed=seed, batch_size=4, **how)) for seed in (0, 1)]
    turns = list(zip(*(train(net, x, y, seed=seed, batch_size=4, **how) for seed in (0, 1)), strict=True))
    for stream, states in zip(zip(*turns, strict=True), alone, strict=True):
        assert all(map(same_bits, stream, states))


def test_a_loss_that_is_not_finite_is_the_same_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that diverges ends at the same step with the same sentence."""
    net, x, y = wide(MIDDLES["affine on affine"], 3), normal(0, 12, 6), np.arange(12) % 3
    how: dict[str, Any] = {"loss": SoftmaxCrossEntropy, "optimizer": SGD(1e200), "epochs": 9}
    with np.errstate(all="ignore"):
        with pytest.raises(Diverged) as fused:
            list(train(net, x, y, **how))
        with pytest.raises(Diverged) as clear:
            clear_states(monkeypatch, net, x, y, **how)
    assert str(fused.value) == str(clear.value)


PLAIN = wide(MIDDLES["sigmoid"], 3)
X, Y = normal(0, 12, 6), np.arange(12) % 3
OTHERS: dict[str, tuple[Any, dict[str, Any]]] = {
    "a norm": ((affine(1, 6, 5), BatchNorm.init(5, float), affine(2, 5, 3)), {}),
    "another norm": ((affine(1, 6, 5), LayerNorm.init(5, float), affine(2, 5, 3)), {}),
    "a tuple inside": ((PLAIN[:2], PLAIN[2]), {}),
    "a residual": ((affine(1, 6, 6), Residual(affine(3, 6, 6)), affine(2, 6, 3)), {}),
    "a fixed layer": ((Fixed(PLAIN[0]), *PLAIN[1:]), {}),
    "a bias of one number": ((PLAIN[0], Sigmoid(), Affine(PLAIN[2].W, np.zeros(1))), {}),
    "a layer alone": (affine(1, 6, 3), {}),
    "weights": (PLAIN, {"weights": np.arange(12.0)}),
    "clipping": (PLAIN, {"optimizer": Clipped(SGD(0.1), 0.01)}),
    "a loss made on the way": (PLAIN, {"loss": lambda y: SoftmaxCrossEntropy(y)}),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_not_plain_takes_the_clear_form(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A network, loss or optimizer of another kind is not fused, and trains as the clear form says."""
    net, changes = OTHERS[name]
    how = {"y": Y, "loss": SoftmaxCrossEntropy, "optimizer": SGD(0.1), "weights": None, **changes}
    y = how.pop("y")
    args = check_arguments(net, X, y, how["loss"], how["optimizer"], 4, how["weights"], None, None)
    assert fuse(args, net) is None
    here = list(islice(train(net, X, y, **how), 5))
    assert all(map(same_bits, here, clear_states(monkeypatch, net, X, y, **how)))


ROWS = one_hot(Y, 3, float)
LOSSES: dict[str, tuple[Any, Any, Any]] = {
    "rows of probabilities": (PLAIN, ROWS, SoftmaxCrossEntropy),
    "yes or no": (PLAIN, ROWS, SigmoidCrossEntropy),
    "squares": (PLAIN, ROWS, MeanSquaredError),
    "sizes": (PLAIN, ROWS, MeanAbsoluteError),
    "numbers in their unit": (
        (*wide(MIDDLES["two layers"], 1), Unstandardize([10.0], [3.0])),
        10 + 3 * X[:, 0],
        partial(Huber, unit=3.0),
    ),
    "another last layer": ((*PLAIN, Sigmoid()), Y, SoftmaxCrossEntropy),
    "numbers to begin with": ((Standardize.of(X, float), *PLAIN), Y, SoftmaxCrossEntropy),
}


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_of_fnnets_own_is_fused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """With any loss, any last layer, and layers that hold what is not trained, each state is that of the clear form."""
    net, y, loss = LOSSES[name]
    assert fuse(check_arguments(net, X, y, loss, OPTIMIZERS["adam"], 5, None, None, None), net) is not None
    how: dict[str, Any] = {"loss": loss, "optimizer": OPTIMIZERS["adam"], "epochs": 4, "batch_size": 5}
    fused, clear = list(train(net, X, y, **how)), clear_states(monkeypatch, net, X, y, **how)
    assert [*map(same_bits, fused, clear)] == [True] * 12


@pytest.fixture
def args() -> Arguments:
    """The arguments of a plain run by momentum."""
    return check_arguments(PLAIN, X, Y, SoftmaxCrossEntropy, OPTIMIZERS["momentum"], 4, None, None, None)


def test_a_step_knows_nothing_but_what_it_is_given(args: Arguments) -> None:
    """Whatever went through a fused step before, it says of a network and moments what a fresh one says."""
    learn, batch = fuse(args, PLAIN), (None, args.x[:4], args.y[:4], None)
    params, start = laid_out(PLAIN, OPTIMIZERS["momentum"].init(PLAIN))
    assert learn is not None
    for changed in (lambda p, o: (p, start), lambda p, o: (params, o), lambda p, o: (params, start)):
        _, _, *last = learn(params, start, *batch)
        fresh = fuse(args, PLAIN)
        assert fresh is not None
        (a, _, *here), (b, _, *there) = learn(*changed(*last), *batch), fresh(*changed(*last), *batch)
        assert (a, *map(fingerprint, here)) == (b, *map(fingerprint, there))


def test_layers_of_one_shape_that_change_places_are_copied_anew() -> None:
    """A trained network whose layers are put together in another order is trained as it stands."""
    square = (affine(0, 6, 5), Sigmoid(), affine(1, 5, 5), Sigmoid(), affine(2, 5, 5), Sigmoid(), affine(3, 5, 3))
    *_, last = train(square, X, Y, loss=SoftmaxCrossEntropy, epochs=1)
    trained = last.params
    turned = (*trained[:2], trained[4], Sigmoid(), trained[2], *trained[5:])
    copied = map_params(np.array, turned)
    for one, other in zip(
        *(train(net, X, Y, loss=SoftmaxCrossEntropy, epochs=2) for net in (turned, copied)), strict=True
    ):
        assert same_bits(one, other)


def test_a_step_that_diverges_changes_nothing(args: Arguments) -> None:
    """When the loss is not finite the network and the optimizer's state come back as they were."""
    learn, (net, start) = fuse(args, PLAIN), laid_out(PLAIN, OPTIMIZERS["momentum"].init(PLAIN))
    assert learn is not None
    with np.errstate(all="ignore"):
        value, _, params, optimizer = learn(net, start, None, freeze(np.full((4, 6), np.nan)), args.y[:4], None)
    assert np.isnan(value)
    assert params is net
    assert optimizer is start


@frozen
class Backwards:
    """An optimizer with a rule that nobody asked for, and a step of its own that goes the other way."""

    lr: float = 0.1
    weight_decay: float = 0.0

    def init(self, params: Any) -> OptimizerState:
        """Nothing."""
        return OptimizerState(0, ())

    def step(self, params: Any, grads: Any, state: OptimizerState) -> tuple[Any, OptimizerState]:
        """Uphill."""
        return map_params(lambda p, g: p + self.lr * g, params, grads), OptimizerState(state.step + 1, ())

    def rule(self, lr: float, step: int) -> Any:
        """Downhill."""
        return lambda p, g: (p - lr * g,)


def test_an_optimizer_is_trained_by_its_own_step() -> None:
    """A method that happens to be called ``rule`` never stands in for an optimizer's step."""
    first = next(train(PLAIN, X, Y, loss=SoftmaxCrossEntropy, optimizer=Backwards()))
    down = next(train(PLAIN, X, Y, loss=SoftmaxCrossEntropy, optimizer=SGD(0.1)))
    moves = map_params(lambda up, p, d: (up - p) + (d - p), first.params, PLAIN, down.params)
    assert all(np.abs(a).max() < 1e-6 for a in arrays(moves).values())


@frozen
class Views:
    """An elementwise optimizer whose rule gives a part of a larger array."""

    lr: float = 0.1
    weight_decay: float = 0.0
    decay: str = "matrices"
    decoupled: ClassVar[bool] = False
    step = elementwise

    def init(self, params: Any) -> OptimizerState:
        """Nothing."""
        return OptimizerState(0, ())

    def rule(self, lr: float, step: int) -> Any:
        """Gradient descent, in the lower half of two rows."""
        return lambda p, g: (np.stack([g, p - lr * g])[1],)


def test_an_elementwise_optimizer_of_ones_own_is_fused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who takes `elementwise` for a step is fused, with the bits of the clear form, in whatever memory."""
    how = {"loss": SoftmaxCrossEntropy, "optimizer": Views(), "epochs": 3}
    assert fuse(check_arguments(PLAIN, X, Y, SoftmaxCrossEntropy, Views(), 4, None, None, None), PLAIN) is not None
    assert all(map(same_bits, list(train(PLAIN, X, Y, **how)), clear_states(monkeypatch, PLAIN, X, Y, **how)))


@pytest.mark.parametrize("dtype", [np.uint64, np.int64, np.uint8, ">i4"])
def test_labels_of_any_whole_number_train_in_both_steps(monkeypatch: pytest.MonkeyPatch, dtype: Any) -> None:
    """Labels of any integer dtype give the same bits, in the fused and in the clear step."""
    how = {"loss": SoftmaxCrossEntropy, "epochs": 2}
    states = list(train(PLAIN, X, Y.astype(dtype), **how))
    assert all(map(same_bits, states, clear_states(monkeypatch, PLAIN, X, Y.astype(dtype), **how)))
    assert all(map(same_bits, states, train(PLAIN, X, Y, **how)))


@frozen
class Counter:
    """A user's layer that counts the batches it has seen, and holds no array."""

    seen: int = 0

    def forward(self, x: Array) -> tuple[Array, None]:
        """x."""
        return x, None

    def backward(self, cache: None, dout: Array) -> tuple[Array, "Counter"]:
        """dout."""
        return dout, self

    def absorb(self, cache: None) -> "Counter":
        """One more."""
        return Counter(self.seen + 1)


def test_a_layer_that_absorbs_a_setting_does_so() -> None:
    """A layer without arrays that changes from step to step is not passed over."""
    net = (PLAIN[0], Counter(), *PLAIN[1:])
    *_, last = train(net, X, Y, loss=SoftmaxCrossEntropy, epochs=2, batch_size=4)
    assert last.params[1].seen == 6


@pytest.mark.parametrize("rows", [11, 12, 13, 40])
def test_many_short_rows_of_large_logits(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    """With logits of hundreds nothing overflows, however many examples there are for each class."""
    net = (Affine(np.eye(3, dtype=np.float32), np.zeros(3, np.float32)),)
    x, y = 800 * normal(0, rows, 3, dtype=np.float32), np.arange(rows) % 3
    how: dict[str, Any] = {"loss": SoftmaxCrossEntropy, "epochs": 3, "batch_size": rows}
    assert all(map(same_bits, train(net, x, y, **how), clear_states(monkeypatch, net, x, y, **how)))
