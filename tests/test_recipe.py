"""Recipes: every setting of a run as one value, checked by name, and the experiment that it makes of a data set."""

from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fnnet import Affine, Flatten, RandomShift, SoftmaxCrossEntropy, Standardize, evaluate, leaves
from fnnet.datasets import DataError, digits, xor
from fnnet.datasets.dataset import of_arrays
from fnnet.learning.arguments import steps_per_epoch
from fnnet.models import ACTIVATIONS
from fnnet.optimizers.schedules import rate
from fnnet.runs.build import experiment
from fnnet.runs.recipe import LOSSES, OPTIMIZERS, RATES, RECIPES, SCHEDULES, Recipe, usual_rate
from fnnet.values import fingerprint
from fnnet.values.record import replace

DIGITS = replace(digits(), x=digits().x[:40], y=digits().y[:40])
TABLE = of_arrays("table", np.arange(24.0).reshape(12, 2) ** 2, [0, 1, 2] * 4)
QUICK: dict[str, Any] = {"hidden": (6,), "epochs": 2, "batch_size": 8}


def names(net: Any) -> list[str]:
    """The classes of the layers."""
    return [type(layer).__name__ for layer in net]


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_activations_and_optimizers(activation: str, optimizer: str) -> None:
    """Every activation trains with every optimizer, to finite losses."""
    made = experiment(Recipe(**QUICK, activation=activation, optimizer=optimizer), TABLE)
    states = list(made.states())
    assert len(states) == 4
    assert all(np.isfinite(state.loss) for state in states)
    assert fingerprint(states[-1].params) != fingerprint(made.net)


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("loss", LOSSES)
def test_losses_and_schedules(loss: str, schedule: str) -> None:
    """Every loss trains with every schedule, on images, with all that is random and a validation share."""
    noisy: dict[str, Any] = {"shift": 1, "dropout": 0.2, "batch_norm": True, "validation": 0.25, "patience": 5}
    recipe = Recipe(**QUICK | noisy, loss=loss, schedule=schedule)
    *_, last = experiment(recipe, DIGITS).states()
    assert last.epoch == 2
    assert last.best_epoch in (1, 2)


@pytest.mark.parametrize("name", SCHEDULES)
@given(lr=st.floats(1e-5, 1.0), steps=st.integers(1, 500))
def test_schedules_start_and_stay_in_range(name: str, lr: float, steps: int) -> None:
    """Over its steps every schedule gives rates above or at 0 and not above the rate asked for, one of them near it."""
    schedule = SCHEDULES[name](lr, steps)
    rates = [rate(schedule, step) for step in range(steps)]
    assert min(rates) >= 0
    assert max(rates) <= lr * (1 + 1e-12)
    assert max(rates) > 0.8 * lr or steps < 8


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_dtype(dtype: str) -> None:
    """The whole network has the dtype of the recipe."""
    for data in (TABLE, DIGITS):
        net = experiment(Recipe(**QUICK, dtype=dtype, batch_norm=True), data).net
        assert {a.dtype for a in leaves(net).values()} == {np.dtype(dtype)}


def test_the_first_layers_fit_the_data() -> None:
    """Images are flattened and scaled to 1, one's own and a table standardized, exclusive or is taken as it is."""
    assert names(experiment(Recipe(**QUICK), DIGITS).net)[:2] == ["Flatten", "Scale"]
    assert names(experiment(Recipe(**QUICK, shift=1), DIGITS).net)[:3] == ["RandomShift", "Flatten", "Scale"]
    assert names(experiment(Recipe(**QUICK), TABLE).net)[:2] == ["Standardize", "Affine"]
    assert names(experiment(RECIPES["xor"], xor()).net) == ["Affine", "Sigmoid", "Affine"]
    shift, flatten, scale = experiment(Recipe(**QUICK, shift=2), DIGITS).net[:3]
    assert (shift, flatten) == (RandomShift(2), Flatten())
    assert scale.factor * DIGITS.x.max() == 1.0
    own = experiment(Recipe(**QUICK, dtype="float64"), replace(DIGITS, known=None)).net[1]
    assert own.mean.tolist() == pytest.approx([DIGITS.x.mean()] * 64, rel=1e-12)
    assert own.deviation.tolist() == pytest.approx([DIGITS.x.std()] * 64, rel=1e-12)


def test_standardizing_sees_the_training_rows_alone() -> None:
    """The mean and deviation are measured on the rows that are trained on, not on those held out."""
    made = experiment(Recipe(**QUICK, validation=0.25, dtype="float64"), TABLE)
    assert made.net[0] == Standardize.of(made.x, np.float64)
    assert len(made.x) == 9
    assert made.validation is not None
    assert len(made.validation[0]) == 3
    rows = np.concatenate([made.x, made.validation[0]])
    assert sorted(map(tuple, rows)) == sorted(map(tuple, TABLE.x))


def test_hidden_layers() -> None:
    """The network has the hidden sizes named; with none it is one Affine layer."""
    deep = experiment(Recipe(hidden=(5, 4), dropout=0.1, batch_norm=True, activation="tanh"), TABLE).net
    assert names(deep) == ["Standardize", *["Affine", "BatchNorm", "Tanh", "Dropout"] * 2, "Affine"]
    assert [layer.W.shape for layer in deep if isinstance(layer, Affine)] == [(2, 5), (5, 4), (4, 3)]
    assert names(experiment(Recipe(hidden=()), TABLE).net) == ["Standardize", "Affine"]


def test_same_recipe_same_bits() -> None:
    """The same recipe on the same data gives the same bits, another seed others, and any state resumes."""
    recipe = Recipe(**QUICK, dropout=0.3, shift=1, validation=0.2, patience=3)
    first, second = (list(experiment(recipe, DIGITS).states()) for _ in range(2))
    assert [fingerprint(s.params) for s in first] == [fingerprint(s.params) for s in second]
    other = list(experiment(attrs.evolve(recipe, seed=1), DIGITS).states())
    assert fingerprint(other[-1].params) != fingerprint(first[-1].params)
    resumed = list(experiment(recipe, DIGITS).states(first[2]))
    assert [fingerprint(s) for s in resumed] == [fingerprint(s) for s in first[3:]]


def test_the_schedule_ends_with_the_run() -> None:
    """The one-cycle schedule is as long as the run: its last step has the smallest rate."""
    states = list(experiment(Recipe(**QUICK, lr=0.5), TABLE).states())
    assert len(states) == 2 * steps_per_epoch(12, 8)
    assert states[-1].lr == pytest.approx(0.5 / 1e5)
    assert states[0].lr == pytest.approx(0.5 / 25)


def test_the_usual_settings() -> None:
    """The batch is 32, or all rows where there are fewer, and the rate the optimizer's usual one."""
    assert experiment(Recipe(), TABLE).recipe.batch_size == 12
    assert experiment(Recipe(), DIGITS).recipe.batch_size == 32
    for optimizer, lr in RATES.items():
        made = experiment(Recipe(optimizer=optimizer, activation="relu", schedule="constant"), TABLE)
        assert made.optimizer.lr == lr == usual_rate(made.recipe)
    assert experiment(Recipe(optimizer="adam", lr=0.7, schedule="constant"), TABLE).optimizer.lr == 0.7
    assert usual_rate(Recipe(hidden=())) == usual_rate(Recipe(activation="relu"))


def test_momentum() -> None:
    """SGD has momentum 0.9 unless told, and weight decay is passed on."""
    made = [experiment(Recipe(**QUICK, momentum=m, weight_decay=0.1), TABLE).optimizer for m in (None, 0.0, 0.5)]
    assert [getattr(optimizer, "momentum") for optimizer in made] == [0.9, 0.0, 0.5]  # noqa: B009  # not of every optimizer
    assert {getattr(optimizer, "weight_decay") for optimizer in made} == {0.1}  # noqa: B009  # likewise


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "activation": (
        {"activation": "rellu"},
        r"activation must be one of sigmoid, tanh, .*, got 'rellu'; did you mean relu\?",
    ),
    "optimizer": ({"optimizer": "adm"}, r"optimizer must be one of .*, got 'adm'; did you mean adam\?"),
    "loss": ({"loss": "x"}, f"loss must be one of {', '.join(LOSSES)}, got 'x'$"),
    "schedule": ({"schedule": "cosin"}, "schedule must be one of .*did you mean cosine"),
    "dtype": ({"dtype": "float16"}, "dtype must be one of float32, float64"),
    "lr 0": ({"lr": 0.0}, "lr must be a finite number above 0, got 0"),
    "lr NaN": ({"lr": np.nan}, "lr must be a finite number above 0, got nan"),
    "lr inf": ({"lr": np.inf}, "lr must be a finite number above 0, got inf"),
    "momentum": ({"momentum": 1.0}, "momentum must be a finite number of at least 0 and below 1, got 1"),
    "weight decay": ({"weight_decay": -1.0}, "weight-decay must be a finite number of at least 0, got -1"),
    "dropout": ({"dropout": 1.0}, "dropout must be .*below 1"),
    "validation": ({"validation": 1.0}, "validation must be .*below 1"),
    "epochs": ({"epochs": 0}, "epochs must be a whole number of at least 1, got 0"),
    "half an epoch": ({"epochs": 1.5}, "epochs must be a whole number of at least 1, got 1.5"),
    "batch": ({"batch_size": 0}, "batch-size must be a whole number of at least 1, got 0"),
    "seed": ({"seed": -1}, "seed must be a whole number of at least 0, got -1"),
    "large seed": ({"seed": 2**32}, "seed must be a whole number"),
    "shift": ({"shift": -1}, "shift must be a whole number of at least 0, got -1"),
    "hidden": ({"hidden": (3, 0)}, "hidden must be sizes .*1.*such as 128,64, or none, got 0"),
    "momentum of Adam": ({"optimizer": "adam", "momentum": 0.5}, "momentum goes with the optimizer sgd, got adam"),
    "patience": ({"patience": 3}, "patience needs a validation share"),
    "patience 0": ({"patience": 0, "validation": 0.1}, "patience must be a whole number of at least 1"),
    "init": ({"init": "hee"}, "init"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_settings_are_refused(name: str) -> None:
    """A setting outside its range or an unknown name is refused when the recipe is made, naming the setting."""
    settings, said = BAD[name]
    with pytest.raises(ValueError, match=said):
        Recipe(**settings)


def test_what_does_not_fit_the_data_is_refused() -> None:
    """A batch larger than the data, a shift of a table, and a share that leaves nothing are refused by name."""
    with pytest.raises(ValueError, match="batch-size must be at most the 12 training examples, got 13"):
        experiment(Recipe(batch_size=13), TABLE)
    with pytest.raises(ValueError, match="at most the 9 training examples, got 10"):
        experiment(Recipe(batch_size=10, validation=0.25), TABLE)
    with pytest.raises(ValueError, match=r"shift moves images, but the examples of table have shape \(2,\)"):
        experiment(Recipe(shift=1), TABLE)
    with pytest.raises(DataError, match="at least 2 to be split"):
        experiment(Recipe(validation=0.5), of_arrays("one", [[1.0]], [0], classes=["a", "b"]))


@pytest.mark.parametrize("name", RECIPES)
def test_the_named_recipes(name: str) -> None:
    """A named recipe is a recipe, and can be made real on images or a table of its kind."""
    data = {"xor": xor(), "digits": DIGITS}.get(name)
    if data is None:
        data = of_arrays(name, np.zeros((130, 28, 28), np.uint8), [0, 9] * 65)
    made = experiment(RECIPES[name], data)
    state = next(made.states())
    assert state.step == 1
    assert made.net[-1].b.size == len(data.classes)


def test_xor_is_learned() -> None:
    """The recipe for exclusive or learns its four rows."""
    *_, last = experiment(RECIPES["xor"], xor()).states()
    assert evaluate(last.params, SoftmaxCrossEntropy, xor().x, xor().y)[1] == 1.0


def test_targets() -> None:
    """Class indices stay indices for the cross-entropy, and become rows for the other losses."""
    assert experiment(Recipe(**QUICK), TABLE).targets(TABLE.y) is TABLE.y
    for loss in ("sigmoid", "mse"):
        rows = experiment(Recipe(**QUICK, loss=loss), TABLE).targets(TABLE.y)
        assert rows.shape == (12, 3)
        assert rows.argmax(axis=1).tolist() == TABLE.y.tolist()
