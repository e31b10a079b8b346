"""The film of a run: which moments are kept, that they are the run's own, and how they are packed."""

import base64
import gzip
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fnnet import (
    GELU,
    SGD,
    Adam,
    AdamW,
    Affine,
    Dropout,
    Fixed,
    Flatten,
    MeanAbsoluteError,
    MeanSquaredError,
    RandomShift,
    ReLU,
    Residual,
    Scale,
    Sigmoid,
    SoftmaxCrossEntropy,
    datasets,
    freeze,
    mlp,
)  # fmt: skip
from fnnet.datasets import dataset
from fnnet.network.folds import forward, gradients
from fnnet.network.modes import training
from fnnet.optimizers import AdaGrad, RMSprop
from fnnet.runs.build import experiment
from fnnet.runs.recipe import asked, usual
from fnnet.seeing import see
from fnnet.seeing.budget import bytes_of
from fnnet.seeing.film import Training, film, kept_steps, moment, thinned
from fnnet.seeing.of_run import trained_by
from fnnet.seeing.packing import narrow, packed
from fnnet.seeing.stage import flat, stage
from fnnet.seeing.worked import of_batch
from fnnet.teaching.functions import evaluate
from fnnet.teaching.moves import constants, moves
from fnnet.teaching.terms import Symbol, symbols
from fnnet.teaching.worked_example import averaged
from fnnet.values import fingerprint
from fnnet.values.errors import UsageError
from fnnet.values.record import evolve, replace
from fnnet.values.tree import map_params

XOR = datasets.xor()


def of(data: Any, **settings: Any) -> Training:
    """The training of a data set with these settings."""
    return trained_by(experiment(asked(usual(data), settings), data))


# Which moments


@given(st.integers(0, 3000), st.integers(2, 400))
def test_kept_steps(steps: int, many: int) -> None:
    """All where they are few; else as many as asked for, rising, the first, the last, and ever farther apart."""
    kept = kept_steps(steps, many)
    assert len(kept) == min(many, steps + 1)
    assert (kept[0], kept[-1]) == (0, steps)
    gaps = np.diff(kept)
    assert (gaps > 0).all()
    assert len(gaps) < 2 or (np.diff(gaps) >= -1).all()


@pytest.mark.parametrize(
    ("name", "settings"),
    [("xor", {"epochs": 12}), ("digits", {"epochs": 1}), ("digits", {"epochs": 1, "batch_norm": True})],
)
def test_the_moments_are_those_of_the_run(name: str, settings: dict[str, Any]) -> None:
    """Each kept state is that of the run at its step, to the bit, and so is the last."""
    run = of(getattr(datasets, name)(), **settings)
    there = {state.step: fingerprint(state) for state in (run.first, *run.states())}
    found = film(run, stage(run.first.params, run.make, run.targets), kept_steps(run.steps, 5))
    assert [at.state.step for at in found.moments] == list(kept_steps(run.steps, 5))
    assert all(there[at.state.step] == fingerprint(at.state) for at in found.moments)
    assert len(found.loss) == run.steps
    assert [at.state.step for at in thinned(found, 3).moments] == [0, *kept_steps(run.steps, 5)[2:3], run.steps]


@pytest.mark.parametrize(("dropout", "step"), [(0.0, 7), (0.4, 7), (0.4, 50)])
def test_a_step_from_a_moment_is_that_of_the_run(dropout: float, step: int) -> None:
    """Rows, masks and learning rate of a moment are what the step took: done by hand it comes to the next moment."""
    run = of(datasets.digits(), epochs=2, shift=1, dropout=dropout, dtype="float64", hidden=(12,))
    on = stage(run.first.params, run.make, run.targets)
    here, there = film(run, on, (step, step + 1)).moments[1:3]
    net = flat(here.state.params)
    layers = [net[i] if i not in here.masks else None for i in range(on.begin, len(net))]
    x, caches = here.x, []
    for i, layer in enumerate(layers, start=on.begin):
        if layer is None:
            x = x * (here.masks[i] / (1.0 - net[i].rate))
            continue
        x, cache = layer.forward(x)
        caches.append(cache)
    assert run.make(run.targets[here.rows]).forward(x)[0] == pytest.approx(there.state.loss, rel=1e-12)
    batch = [of_batch(on, run, here, n + 1) for n in range(len(here.rows))]
    grads = averaged(batch).grads
    affines = tuple(layer for layer in net if isinstance(layer, Affine))
    moments = tuple(
        tuple(layer for layer in flat(m) if isinstance(layer, Affine)) for m in here.state.optimizer.moments
    )
    after, _ = run.optimizer.step(affines, grads, replace(here.state.optimizer, moments=moments))
    reached = [layer for layer in flat(there.state.params) if isinstance(layer, Affine)]
    for mine, its in zip(after, reached, strict=True):
        assert np.allclose(mine.W, its.W, 1e-12, 1e-14)
        assert np.allclose(mine.b, its.b, 1e-12, 1e-14)


def affines(net: Any) -> tuple[Affine, ...]:
    """The Affine layers of a network."""
    return tuple(layer for layer in flat(net) if isinstance(layer, Affine))


def test_dropped_units_have_the_gradients_of_the_library() -> None:
    """An example worked out with what dropout drew has the gradients of the network in training."""
    run = of(datasets.digits(), epochs=1, dropout=0.5, shift=0, dtype="float64", hidden=(9,))
    on = stage(run.first.params, run.make, run.targets)
    at = moment(run, on, run.first)
    net, loss = training(at.state.params, at.noise), run.make(run.targets[at.rows])
    _, caches = forward((net, loss), run.x[at.rows].astype(float))
    grads, _ = gradients((net, loss), caches, 1.0)
    mine = averaged([of_batch(on, run, at, n + 1) for n in range(len(at.rows))]).grads
    for one, other in zip(mine, affines(grads), strict=True):
        assert np.allclose(one.W, other.W, 1e-11, 1e-14)


# How they are packed


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("moments", [1, 2, 30])
def test_what_is_packed_comes_out_to_the_bit(dtype: str, moments: int) -> None:
    """Smooth or rough, with infinities, NaN and a negative zero."""
    rng = np.random.default_rng(moments)
    smooth = np.cumsum(np.cumsum(rng.normal(size=(moments, 5)), axis=0), axis=0)
    rough = np.where(rng.random((moments, 6)) < 0.3, np.inf, rng.normal(size=(moments, 6)))
    films = {"a": smooth.astype(dtype), "b": rough.astype(dtype), "c": np.full((moments, 2), -0.0, dtype)}
    films["b"][0, 0] = np.nan
    entries, text = packed({"x": np.arange(7, dtype=np.uint8)}, films)
    blob = gzip.decompress(base64.b64decode(text))
    assert np.array_equal(np.frombuffer(blob, np.uint8, 7, entries["x"]["at"]), np.arange(7))
    for name, film_ in films.items():
        assert np.array_equal(unpacked(blob, entries[name]).view(f"u{dtype[1]}"), film_.view(f"u{dtype[1]}"))


def unpacked(blob: bytes, entry: dict[str, Any]) -> Any:
    """Numbers over time, from the bytes of each place, as often as they are differences."""
    moments, count = entry["shape"]
    size = int(entry["dtype"][1])
    planes = np.frombuffer(blob, np.uint8, moments * count * size, entry["at"]).reshape(size, count, moments)
    bits = np.ascontiguousarray(planes.transpose(1, 2, 0)).view(f"<u{size}")[..., 0]
    for _ in range(entry["order"]):
        bits = np.cumsum(bits, axis=1, dtype=bits.dtype)
    return np.ascontiguousarray(bits.T).view(entry["dtype"])


def test_what_moves_smoothly_is_small() -> None:
    """The thousand states of XOR take less than a third of their bytes."""
    run = of(XOR)
    found = film(run, stage(run.first.params, run.make, run.targets), kept_steps(1000, 1001))
    rows = np.stack(
        [np.concatenate([a.W.ravel() for a in at.state.params if isinstance(a, Affine)]) for at in found.moments]
    )
    entries, text = packed({}, {"net": rows})
    assert entries["net"]["order"] == 4
    assert len(base64.b64decode(text)) < rows.nbytes / 3


@given(st.lists(st.one_of(st.integers(0, 255).map(float), st.floats(width=32), st.floats()), min_size=1))
def test_narrow_changes_no_number(values: list[float]) -> None:
    """In fewer bytes, but the same."""
    x = np.array(values)
    assert np.array_equal(narrow(x).astype(np.float64), x, equal_nan=True)


@pytest.mark.parametrize("letter", ["<", "&", "\N{SNOWMAN}", "\N{GRINNING FACE}"])
def test_no_name_makes_a_page_larger_than_its_budget(letter: str) -> None:
    """What a page is made of is counted as it stands in it: with what is said, it is made, and no larger."""
    net, names = mlp([2, 3, 2], seed=1), (20_000 * letter, "b")
    with pytest.raises(UsageError, match="say a size of at least") as refused:
        see(net, XOR.x, XOR.y, epochs=300, classes=names, title=names[0], size=255_000)
    size = bytes_of(str(refused.value).rsplit("at least ", 1)[1])
    assert size > 255_000
    assert len(see(net, XOR.x, XOR.y, epochs=300, classes=names, title=names[0], size=size).html.encode()) <= size


# Which networks have formulas


def test_what_has_no_formulas_says_why() -> None:
    """Each with its reason; and what is before the first trained layer is done, or done on the page."""
    y = np.array([0, 1, 1, 0])
    first, last = Affine.init((0, 1, 0, 0, 0), 3, 3), Affine.init((0, 1, 0, 0, 1), 3, 2)
    cases: list[tuple[Any, Any, str]] = [
        ((first, GELU(), last), SoftmaxCrossEntropy, "GELU"),
        ((Residual((first,)), last), SoftmaxCrossEntropy, "Residual"),
        ((first, Dropout(), Sigmoid(), last), SoftmaxCrossEntropy, "Dropout"),
        ((first, Sigmoid(), last, Dropout()), SoftmaxCrossEntropy, "Dropout"),
        ((first, Sigmoid(), last), MeanAbsoluteError, "MeanAbsoluteError"),
        ((first, ReLU(), Fixed(last), first), SoftmaxCrossEntropy, "Fixed"),
    ]
    for net, make, named in cases:
        targets = y if make is SoftmaxCrossEntropy else np.zeros((4, 2))
        found = stage(net, make, targets)
        assert found.board is None
        assert named in found.why
    on = stage((RandomShift(1), Flatten(), Scale(0.5), ((first, Sigmoid()), last)), SoftmaxCrossEntropy, y)
    assert (on.begin, on.written, on.board and on.board.sizes) == (1, 1, (3, 3, 2))
    assert stage((Fixed(first), Sigmoid(), last), SoftmaxCrossEntropy, y).begin == 2


def test_a_table_is_prepared_on_the_page() -> None:
    """Gaps and categories are the page's to fill and unfold; targets are in the deviation of what is predicted."""
    rng = np.random.default_rng(0)
    columns = {"a": rng.normal(size=30), "color": list(rng.choice(["red", "blue"], 30)), "y": rng.normal(9, 3, 30)}
    run = of(dataset(columns), epochs=2, hidden=(3,))
    on = stage(run.first.params, run.make, run.targets)
    assert (on.begin, on.written, on.board is not None) == (0, 3, True)
    assert on.unit == pytest.approx((np.mean(run.targets), np.std(run.targets)), rel=1e-6)
    assert np.std(on.targets(run.targets)) == pytest.approx(1, rel=1e-6)


# The optimizers' lines


OPTIMIZERS = [
    SGD(0.1), SGD(0.1, momentum=0.9), SGD(0.1, momentum=0.8, nesterov=True), AdaGrad(0.1), RMSprop(0.1, alpha=0.9),
    Adam(0.1), AdamW(0.1, weight_decay=0.2),
]  # fmt: skip


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda o: type(o).__name__)
@pytest.mark.parametrize("decay", ["none", "matrices", "all"])
@pytest.mark.parametrize("k", [0, 1])
def test_the_lines_of_an_optimizer_are_its_step(optimizer: Any, decay: str, k: int) -> None:
    """Calculated one after the other they come to what the optimizer does, in the third of three steps."""
    opt = evolve(optimizer, weight_decay=0.0 if decay == "none" else 0.3, decay="all" if decay == "all" else "matrices")
    rng = np.random.default_rng(5)
    net = Affine(rng.normal(size=(1, 1)), rng.normal(size=1))
    state = opt.init(net)
    for _ in range(3):
        grads = map_params(lambda a: freeze(rng.normal(size=a.shape)), net)
        before, net_before, state_before = state, net, state
        net, state = opt.step(net, grads, state)
    one = (lambda a: float(a.W[0, 0])) if k else (lambda a: float(a.b[0]))
    u = Symbol("u", (1, k))
    known = {
        **constants(opt), "eta": 0.1, "u": one(net_before), "E": one(grads),
        **dict(zip("ms", [one(m) for m in (state_before.moments * 2)[:2]], strict=False)),
    }  # fmt: skip
    if isinstance(opt, Adam | AdamW):
        known |= {"c1": 1 - opt.beta1**3, "c2": 1 - opt.beta2**3}
    lines = moves(opt, u, evolve(u, of=Symbol("E")))
    assert lines is not None
    for line in lines:
        known[line.left.letter] = evaluate(valued(line.right, known), lambda value: value)
    assert known["u"] == pytest.approx(one(net), rel=1e-12)
    assert before.step == 2


def valued(term: Any, known: dict[str, float]) -> Any:
    """A term with values for its symbols; a derivative is called E here."""
    if isinstance(term, Symbol):
        return evolve(term, value=known["E" if term.of else term.letter])
    if not list(symbols(term)):
        return term
    fields = {
        name: getattr(term, name) for name in term.__attrs_attrs__ and [a.name for a in type(term).__attrs_attrs__]
    }
    made = {
        name: tuple(valued(part, known) for part in value) if isinstance(value, tuple) else valued(value, known)
        for name, value in fields.items()
        if not isinstance(value, str | float)
    }
    return evolve(term, **made)


def test_an_optimizer_of_ones_own_has_no_lines() -> None:
    """Nothing is guessed."""

    class Mine:
        weight_decay = 0.0

    assert moves(Mine(), Symbol("u", (1, 1)), Symbol("u", (1, 1), of=Symbol("E"))) is None


def test_a_loss_with_a_unit_has_no_formulas() -> None:
    """A trace would take it for one without."""
    assert "unit" in stage((Affine([[1.0]], [0.0]),), partial(MeanSquaredError, unit=2.0), np.zeros(3)).why
