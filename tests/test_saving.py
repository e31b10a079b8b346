"""Saving: every tree comes back to the bit and of the same classes, and what no run can have made is refused."""

import copy
import math
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes
from hypothesis.extra.numpy import arrays as drawn
from strategies import Square, batch_norm, each_sample, nets, normal
from test_archive import each_reader, peak, refused, small_run, worth

from fnnet import (
    SGD,
    Affine,
    Dropout,
    Fixed,
    GaussianNoise,
    MeanSquaredError,
    RandomShift,
    ReLU,
    Residual,
    Scale,
    Sigmoid,
    SigmoidCrossEntropy,
    Softmax,
    SoftmaxCrossEntropy,
    Tanh,
    evaluate,
    freeze,
    frozen,
    key,
    param,
    training,
)
from fnnet.datasets import xor
from fnnet.datasets.dataset import of_arrays
from fnnet.learning.state import State
from fnnet.optimizers import OptimizerState
from fnnet.runs import load_run
from fnnet.runs.archive import FileError, pack, unpack, write
from fnnet.runs.build import experiment
from fnnet.runs.recipe import OPTIMIZERS, Recipe
from fnnet.runs.saving import load, packed, save
from fnnet.values import arrays, data, fingerprint
from fnnet.values.record import replace, settings
from fnnet.values.tree import with_arrays

TABLE = of_arrays("table", normal(0, 24, 3), [0, 1, 2] * 8)


def back(tree: Any, layers: Any = ()) -> Any:
    """The tree, saved and loaded."""
    with TemporaryDirectory() as folder:
        save(f"{folder}/tree.npz", tree)
        return load(f"{folder}/tree.npz", layers)


def check_same(made: Any, tree: Any) -> None:
    """Fail unless both are the same to the bit: classes, settings and their types, arrays and their order in memory."""
    assert made == tree
    assert fingerprint(made) == fingerprint(tree)  # it sees the types of settings
    for a, b in zip(arrays(made).values(), arrays(tree).values(), strict=True):
        assert (a.dtype, a.tobytes("A")) == (b.dtype, b.tobytes("A"))
        assert a.flags.f_contiguous >= b.flags.f_contiguous
        assert a.flags.aligned
        assert not a.flags.writeable
        assert a.base is None


# --- laws ------------------------------------------------------------------------------------------------------------


@given(nets(dropout=True), st.sampled_from([np.float32, np.float64]))
def test_networks(net: Any, dtype: Any) -> None:
    """A random network comes back the same, in both precisions, in use, in training, fixed and inside a Residual."""
    net = with_arrays(net, [freeze(a.astype(dtype)) for a in arrays(net).values()])
    for tree in (net, training(net, key(3, 4)), Fixed(net), (Residual((Fixed(net[:1]),)), net)):
        check_same(back(tree), tree)


@each_sample
def test_layers(sample: Any) -> None:
    """Every layer of the table comes back the same, in use and with its key in training."""
    for tree in (sample.layer, (sample.layer,), training(sample.layer, key(2**32 - 1, 4, 5, 6, 7))):
        check_same(back(tree), tree)


@given(nets(dropout=True))
def test_the_same_tree_gives_the_same_bytes(net: Any) -> None:
    """A tree and an equal one elsewhere in memory, and what was loaded, are saved as the same bytes."""
    assert packed(net) == packed(copy.deepcopy(net)) == packed(back(net))


@given(nets(dropout=True))
def test_numpy_reads_the_arrays_by_their_paths(net: Any) -> None:
    """Plain `np.load` finds the arrays of a saved tree under the paths that `arrays` gives them."""
    with TemporaryDirectory() as folder:
        save(f"{folder}/net.npz", net)
        with np.load(f"{folder}/net.npz") as file:
            assert set(file.files) == {"header.json", *arrays(net)}
            for name, a in arrays(net).items():
                assert np.array_equal(file[name], a)


finite = {"allow_nan": False, "allow_infinity": False}
some_arrays = st.sampled_from([np.float16, np.float32, np.float64, ">f8", np.complex128]).flatmap(
    lambda dtype: drawn(dtype, array_shapes(min_dims=0, min_side=0, max_side=4), elements=finite)
)


@given(some_arrays, st.sampled_from(["as it is", "by columns", "turned", "every other"]))
def test_arrays(a: Any, how: str) -> None:
    """Arrays of any kind, empty, without an axis, by columns or cut out of others come back the same."""
    made = np.array(a, order="F" if how == "by columns" else "C")
    made = {"turned": made.T, "every other": made[::2] if made.ndim else made}.get(how, made)
    tree = Affine(freeze(made), 0.5)
    check_same(back(tree), tree)


def test_zeros_keep_their_signs() -> None:
    """The sign of a zero and a number below the smallest normal one are kept."""
    tree = Affine([[0.0, -0.0, 5e-324, -1.7e308]], [0.0])
    assert np.signbit(back(tree).W).tolist() == [[False, True, False, True]]
    check_same(back(tree), tree)


@frozen
class Settings:
    """A user's layer with settings of every kind."""

    a: Any = param()
    one: Any = None
    two: Any = ()

    def forward(self, x: Any) -> tuple[Any, Any]:
        """x."""
        return x, None

    def backward(self, cache: Any, dout: Any) -> tuple[Any, Any]:
        """dout."""
        return dout, self


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | st.text()
    | st.builds(key, st.integers(0, 2**32 - 1), st.integers(1, 5), layer=st.integers(0, 9)),
    lambda inner: st.lists(inner, max_size=3).map(tuple),
    max_leaves=6,
)


def types(value: Any) -> Any:
    """The type of a setting, and of all in it."""
    return (type(value), *map(types, value)) if isinstance(value, tuple) else type(value)


@given(values, values)
def test_settings(one: Any, two: Any) -> None:
    """Settings come back equal and of the same types: None, numbers, infinity, text, keys, and tuples of them."""
    tree = (Settings(1.0, one, two),)
    made = back(tree, (Settings,))
    check_same(made, tree)
    assert types((made[0].one, made[0].two)) == types((one, two))


def test_not_a_number_as_a_setting() -> None:
    """A setting that is NaN comes back as NaN."""
    assert math.isnan(back(Settings(1.0, math.nan), (Settings,)).one)


SCALARS = [np.float32(0.1), np.float64(0.3), np.int64(3), np.uint8(7), np.True_, np.str_("x")]


@pytest.mark.parametrize("made", SCALARS, ids=[type(made).__name__ for made in SCALARS])
@pytest.mark.parametrize("inside", [False, True], ids=["alone", "in a tuple"])
def test_a_number_of_numpys_comes_back_as_pythons(made: Any, inside: bool) -> None:
    """A setting that is a NumPy scalar comes back as the Python number that it equals, with the same fingerprint."""
    tree = Settings(1.0, (made,) if inside else made)
    loaded = back(tree, (Settings,))
    assert loaded == tree
    assert types(loaded.one) == ((tuple, type(made.item())) if inside else type(made.item()))
    assert fingerprint(loaded) == fingerprint(tree)


def test_an_empty_network() -> None:
    """A network of no layers, and tuples of such, come back as they are."""
    for tree in ((), ((),), ((), (ReLU(), ()))):
        check_same(back(tree), tree)


# --- training states -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_states(optimizer: str, dtype: str) -> None:
    """Every state of a run comes back the same, and the run goes on from it to the same bits."""
    recipe = Recipe(
        hidden=(4,), optimizer=optimizer, dtype=dtype, epochs=3, batch_size=7, dropout=0.2, batch_norm=True,
        validation=0.25, patience=2, seed=3,
    )  # fmt: skip
    made = experiment(recipe, TABLE)
    states = list(made.states())
    for i, state in enumerate(states):
        loaded = back(state)
        check_same(loaded, state)
        assert type(loaded) is State
        assert type(loaded.optimizer) is OptimizerState
        assert [type(getattr(loaded, n)) for n in settings(State)] == [type(getattr(state, n)) for n in settings(State)]
        if i % 4 == 1:
            rest = [fingerprint(later) for later in made.states(loaded)]
            assert rest == [fingerprint(later) for later in states[i + 1 :]]


def run_of(recipe: str) -> Any:
    """A small run by this name."""
    return {
        "plain": lambda: small_run(),
        "adam": lambda: small_run(optimizer="adam"),
        "all": lambda: small_run(dropout=0.2, batch_norm=True, validation=0.25, patience=3, freeze=(0,)),
        "no hidden layer": lambda: small_run(hidden=()),
        "float32": lambda: small_run(dtype="float32"),
    }[recipe]()


@pytest.mark.parametrize("name", ["plain", "adam", "all", "no hidden layer", "float32"])
def test_runs(tmp_path: Path, name: str) -> None:
    """A run comes back from the file of its state, from the folder around it, and as a network without a state."""
    run = run_of(name)
    write(tmp_path / "state.npz", run.packed(run.state))
    write(tmp_path / "model.npz", run.packed(run.net))
    assert load_run(tmp_path / "state.npz") == load_run(tmp_path) == run
    assert load_run(tmp_path / "model.npz") == replace(run, state=None)
    check_same(load(tmp_path / "state.npz"), run.state)
    check_same(load(tmp_path / "model.npz"), run.net)
    assert load_run(tmp_path).packed(run.state) == run.packed(run.state)


def test_a_loaded_network_predicts_the_same(tmp_path: Path) -> None:
    """The loss of a loaded network is that of the saved one, to the bit."""
    run = small_run(epochs=20)
    save(tmp_path / "net.npz", run.net)
    found = [evaluate(net, SoftmaxCrossEntropy, xor().x, xor().y) for net in (run.net, load(tmp_path / "net.npz"))]
    assert found[0] == found[1]


# --- layers of the user's own ----------------------------------------------------------------------------------------


def test_a_layer_of_the_users(tmp_path: Path) -> None:
    """A user's layer comes back with its class given, and is refused by name without it."""
    net = (Square(normal(0, 3), normal(1, 3)), Residual((Settings([1.0], "x"), ReLU())))
    check_same(back(net, (Square, Settings)), net)
    save(tmp_path / "net.npz", net)
    assert "holds a 'Square', which fnnet does not know" in refused(tmp_path / "net.npz")
    assert "'Settings'" in refused(tmp_path / "net.npz", lambda path: load(path, layers=(Square,)))


def test_a_run_with_a_layer_of_the_users(tmp_path: Path) -> None:
    """A run whose network has a user's layer comes back with its class given, and is refused by name without it."""
    run = small_run()
    own = replace(run, net=(Square(normal(0, 2), normal(1, 2)), *run.net), state=None)
    write(tmp_path / "model.npz", own.packed(own.net))
    assert load_run(tmp_path / "model.npz", layers=(Square,)) == own
    assert "'Square'" in refused(tmp_path / "model.npz", load_run)


def impostor() -> type:
    """A user's class that is called as one of fnnet's."""
    made: type = frozen(type("Scale", (), {"__annotations__": {"factor": float}}))
    return made


def test_a_class_called_like_one_of_fnnets() -> None:
    """A user's class that is called like one of fnnet's is not saved, and does not take its place when loading."""
    with pytest.raises(TypeError, match=r"0 \(Scale\) can't be saved: it is another class than fnnet has"):
        packed((impostor()(2.0),))
    assert type(back(Scale(2.0), (impostor(),))) is Scale


@attrs.frozen
class Private:
    """A user's layer whose setting has a private name, which attrs wants without the underscore."""

    _rate: float = 0.5


@frozen
class Made:
    """A user's layer with a field that is not given but made."""

    rate: float = 0.5
    double: float = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "double", 2.0 * self.rate)


def saved(tree: Any) -> bool:
    """Whether a tree can be saved; if not, the error must name its class."""
    try:
        packed(tree)
    except TypeError as error:
        if type(tree).__name__ not in str(error):
            raise
        return False
    return True


@pytest.mark.parametrize("made", [Private(0.25), Made(0.25)], ids=["private", "made"])
def test_unusual_fields_come_back_or_are_not_saved(made: Any) -> None:
    """A record with a field that is private or not given comes back the same, or is refused when it is saved."""
    assert not saved(made) or back(made, (type(made),)) == made


# --- what is not saved -----------------------------------------------------------------------------------------------


@frozen
class Targets:
    """A layer of a user's that holds data."""

    y: Any = data()


UNSAVED: dict[str, tuple[Callable[[], Any], str]] = {
    "a loss": (lambda: SoftmaxCrossEntropy([0, 1]), r"it \(SoftmaxCrossEntropy\) .*: its targets is data"),
    "a loss of rows": (lambda: SigmoidCrossEntropy([[0.0]]), "its targets is data, which is never saved"),
    "a loss beside a network": (lambda: ((Sigmoid(),), MeanSquaredError([[0.0]])), r"^1 \(MeanSquaredError\)"),
    "data deep inside": (lambda: (ReLU(), Residual((Tanh(), Targets([1])))), r"^1.inner.1 \(Targets\) .*its y is data"),
    "a function": (
        lambda: (Settings(1.0, len),),
        r"^0 \(Settings\) can't be saved: its one is <built-in function len>",
    ),
    "an array as a setting": (lambda: (ReLU(), Settings(1.0, (1, np.ones(3)))), r"^1 \(Settings\) .*its one is array"),
    "a matrix as a setting": (lambda: Settings(1.0, np.eye(3)), r"^it \(Settings\) can't be saved: its one is"),
    "a list": (lambda: Settings(1.0, [1, 2]), r"its one is \[1, 2\], not a number, a text or a tuple of them"),
    "a dictionary": (lambda: Settings(1.0, None, ({"a": 1},)), "its two is {'a': 1}"),
    "bytes": (lambda: Settings(1.0, b"x"), "its one is b'x'"),
    "a complex number": (lambda: Settings(1.0, 1j), "its one is 1j"),
    "a long double": (lambda: Settings(1.0, np.longdouble(1)), "its one is"),
    "a date": (lambda: Settings(1.0, np.datetime64("2020-01-01")), "its one is"),
    "a set": (lambda: Settings(1.0, frozenset((1,))), "its one is frozenset"),
    "a class": (lambda: Settings(1.0, Affine), "its one is <class"),
    "a record as a setting": (lambda: Settings(1.0, Sigmoid()), r"its one is Sigmoid\(\)"),
    "a setting deep inside": (
        lambda: ((ReLU(), (Fixed((Settings(1.0, len),)),)),),
        r"^0.1.0.inner.0 \(Settings\) can't be saved",
    ),
    "nothing": (lambda: None, r"it \(NoneType\) can't be saved: it is no record"),
    "an array": (lambda: np.ones(3), r"it \(ndarray\) can't be saved: it is no record"),
    "a list of layers": (lambda: [Sigmoid()], r"it \(list\) can't be saved: it is no record"),
    "a number in a network": (lambda: (Sigmoid(), 3.0), r"1 \(float\) can't be saved: it is no record"),
    "a class instead of a layer": (lambda: (Sigmoid,), r"0 \(type\) can't be saved: it is no record"),
    "an object": (lambda: (object(),), r"0 \(object\) can't be saved: it is no record"),
}


@pytest.mark.parametrize("name", UNSAVED)
def test_what_cannot_be_saved_is_refused(tmp_path: Path, name: str) -> None:
    """Data, and settings other than numbers, texts and tuples of them, are refused by their place; no file is made."""
    make, said = UNSAVED[name]
    with pytest.raises(TypeError, match=said) as caught:
        save(tmp_path / "file.npz", make())
    assert len(str(caught.value).splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_number_of_ten_thousand_digits_is_refused_by_its_place() -> None:
    """A whole number that can't be read again is refused when it is saved, naming the place."""
    with pytest.raises((TypeError, FileError), match=r"0 \(Settings\)"):
        packed((Settings(1.0, 10**10_000),))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64])
def test_numbers_that_are_not_finite(tmp_path: Path, bad: float, dtype: Any) -> None:
    """A network with NaN or infinity, in a parameter or a buffer, is not saved over a good one, and is not loaded."""
    path = tmp_path / "net.npz"
    good = (Affine(np.eye(2, dtype=dtype), np.zeros(2, dtype)), Residual(batch_norm(0, 2)))
    save(path, good)
    kept = path.read_bytes()
    for name, a in arrays(good).items():
        values = np.array(a)
        values.flat[-1] = bad
        wrong = {**arrays(good), name: freeze(values)}
        with pytest.raises(FileError, match=f"{name} .*not all finite"):
            save(path, with_arrays(good, wrong.values()))
        assert path.read_bytes() == kept
        path.write_bytes(pack(unpack(kept)[0], wrong))
        assert f"holds {name} with numbers that are not finite" in refused(path)
        path.write_bytes(kept)


# --- files that were made to deceive, with the right digest ----------------------------------------------------------


@cache
def base(of: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header and arrays of a good file of a run with a bit of everything."""
    run = small_run(optimizer="adam", dropout=0.2, batch_norm=True, validation=0.25, patience=3)
    return unpack(run.packed(run.state if of == "state" else run.net))


class _Gone:
    """Says that a part of the header is to be left out."""


GONE = _Gone()


def changed(header: Any, place: str, value: Any) -> Any:
    """A copy of the header with something else, or nothing, at a place such as ``tree.parts.0``."""
    made = copy.deepcopy(header)
    *way, last = (int(part) if part.isdigit() else part for part in place.split("."))
    inner = made
    for part in way:
        inner = inner[part]
    if value is GONE:
        del inner[last]
    else:
        inner[last] = value
    return made


def deep(levels: int) -> Any:
    """Lists in lists."""
    made: Any = []
    for _ in range(levels):
        made = [made]
    return made


NET = "tree.parts.params"
FIRST, NORM, NOISE, COUNT = f"{NET}.0", f"{NET}.1.settings", f"{NET}.3.settings", "tree.parts.optimizer.settings.step"
OUTSIDE = ("Conv", "os.system", "builtins.eval", "eval", "__import__", "fnnet.layers.Affine", "object", "", "affine")
NUMBERS = ("seed", "epoch", "step", "batch", "examples", "best_epoch")
FIGURES = ("loss", "lr", "total", "validation", "best_validation")

#: Changes that make a tree which neither `load` nor `load_run` may give back.
TREES: dict[str, tuple[str, Any]] = {
    **{f"the class {name!r}": (f"{FIRST}.class", name) for name in OUTSIDE},
    **{f"the class {name!r}": (f"{FIRST}.class", name) for name in (None, 5, [], ["Affine"], {}, True)},
    "two lines as a class": (f"{FIRST}.class", "Affine\nand more"),
    "a long name of a class": (f"{FIRST}.class", "A" * 100_000),
    "another class": (f"{FIRST}.class", "Sigmoid"),
    "a class with other arrays": (f"{FIRST}.class", "LayerNorm"),
    "no class": (f"{FIRST}.class", GONE),
    "no settings": (f"{FIRST}.settings", GONE),
    "settings in a list": (f"{FIRST}.settings", []),
    "an unknown setting": (f"{FIRST}.settings", {"more": 1}),
    "a setting of two lines": (f"{FIRST}.settings", {"a\nb": 1}),
    "a method as a setting": (f"{FIRST}.settings", {"forward": 1}),
    "a layer that is null": (FIRST, None),
    "a layer that is a number": (FIRST, 5),
    "a layer that is a text": (FIRST, "Affine"),
    "a layer that is an empty object": (FIRST, {}),
    "a layer too few": (FIRST, GONE),
    "no layers": (NET, []),
    "no parts": ("tree.parts", GONE),
    "a part too few": ("tree.parts.best", GONE),
    "a tree that is null": ("tree", None),
    "a tree that is a text": ("tree", "Affine"),
    "no tree": ("tree", GONE),
    "nesting": (FIRST, deep(450)),
    "a rate that is a text": (f"{NOISE}.rate", "x"),
    "a rate that is null": (f"{NOISE}.rate", None),
    "a rate that is a list": (f"{NOISE}.rate", [0.5]),
    "a rate that is an object": (f"{NOISE}.rate", {"a": {"b": {"c": 1}}}),
    "a rate that is empty": (f"{NOISE}.rate", {}),
    "a rate that is NaN": (f"{NOISE}.rate", {"float": "nan"}),
    "a rate that is infinite": (f"{NOISE}.rate", {"float": "inf"}),
    "a rate that is an expression": (f"{NOISE}.rate", {"float": "__import__('os')"}),
    "a rate that is huge": (f"{NOISE}.rate", 10**4000),
    "a rate of 1": (f"{NOISE}.rate", 1.0),
    "a rate below 0": (f"{NOISE}.rate", -0.1),
    "a rate that is a key": (f"{NOISE}.rate", {"key": [0, 1, 0, 0, 0]}),
    "a key that is short": (f"{NOISE}.key", {"key": [1]}),
    "a key that is long": (f"{NOISE}.key", {"key": [1] * 6}),
    "a key below 0": (f"{NOISE}.key", {"key": [-1, 1, 0, 0, 0]}),
    "a key of texts": (f"{NOISE}.key", {"key": "01000"}),
    "a key that is a text": (f"{NOISE}.key", "x"),
    "a key that is a list": (f"{NOISE}.key", [0, 1]),
    "a key that is a number": (f"{NOISE}.key", 7),
    "a momentum that is a text": (f"{NORM}.momentum", "x"),
    "a momentum that is null": (f"{NORM}.momentum", None),
    "an eps that is a text": (f"{NORM}.eps", "x"),
    "an eps that is a list": (f"{NORM}.eps", [1e-5]),
    "a mode that is a text": (f"{NORM}.batch", "x"),
    **{f"{name} below 0": (f"tree.settings.{name}", -1) for name in NUMBERS},
    **{f"{name} as a text": (f"tree.settings.{name}", "1") for name in NUMBERS},
    **{f"{name} that is broken": (f"tree.settings.{name}", 1.5) for name in NUMBERS},
    **{f"{name} that is null": (f"tree.settings.{name}", None) for name in NUMBERS},
    **{f"{name} that is a truth": (f"tree.settings.{name}", True) for name in NUMBERS},
    **{f"{name} that is huge": (f"tree.settings.{name}", 2**63) for name in NUMBERS},
    **{f"{name} as a text": (f"tree.settings.{name}", "1") for name in FIGURES},
    **{f"{name} that is a list": (f"tree.settings.{name}", [1.0]) for name in FIGURES},
    "a seed that no key has": ("tree.settings.seed", 2**32),
    "a total that is null": ("tree.settings.total", None),
    "a best validation that is null": ("tree.settings.best_validation", None),
    "a stop that is a text": ("tree.settings.stopped", "x"),
    "a stop that is null": ("tree.settings.stopped", None),
    "no seed": ("tree.settings.seed", GONE),
    "an unknown figure": ("tree.settings.more", 1),
    "the optimizer's count below 0": (COUNT, -1),
    "the optimizer's count as a text": (COUNT, "1"),
    "the optimizer's count that is broken": (COUNT, 0.5),
    "the optimizer's count that is null": (COUNT, None),
    "the optimizer's count that is huge": (COUNT, 2**63),
    "no count of the optimizer's": (COUNT, GONE),
    "an optimizer that is a layer": ("tree.parts.optimizer", {"class": "Sigmoid", "settings": {}, "parts": {}}),
    "an optimizer that is a network": ("tree.parts.optimizer", []),
    "an optimizer that is a class": ("tree.parts.optimizer.class", "Adam"),
}


@each_reader
@pytest.mark.parametrize("name", TREES)
def test_trees_that_no_run_has_made_are_refused(tmp_path: Path, name: str, how: Any) -> None:
    """A tree of unknown classes, or with settings and figures that no run can have, is refused in one sentence."""
    header, kept = base("state")
    path = tmp_path / "state.npz"
    path.write_bytes(pack(changed(header, *TREES[name]), kept))
    refused(path, how)


def test_a_factor_that_is_no_number_is_refused(tmp_path: Path) -> None:
    """A Scale or GaussianNoise or RandomShift is refused with a setting that is no number."""
    for cls, name in (("Scale", "factor"), ("GaussianNoise", "deviation"), ("RandomShift", "pixels")):
        for value in ("x", None, [1.0], {"float": "nan"}):
            tree = {"class": cls, "settings": {name: value}, "parts": {}}
            (tmp_path / f"{cls} {value}.npz").write_bytes(pack({"tree": tree}, {}))
    found = [path.name for path in sorted(tmp_path.iterdir()) if not is_refused(path)]
    assert found == []


def is_refused(path: Path) -> bool:
    """Whether `load` refuses a file."""
    try:
        load(path)
    except FileError:
        return True
    return False


RECIPE, SOURCE = "run.recipe", "run.source"
ODD = {"a text": "x", "null": None, "a list": [[]], "an object": {"a": 1}, "half": 1.5, "below 0": -1, "huge": 2**70}
NO_SHARE = ("a text", "null", "a list", "an object", "below 0")
WORDS = ("activation", "loss", "optimizer", "schedule", "dtype")
WHOLE = ("shift", "epochs", "seed")
REAL = ("weight_decay", "dropout", "validation")

#: Changes that make a run which `load_run` may not give back.
RUNS: dict[str, tuple[str, Any]] = {
    "no run": ("run", GONE),
    "a run in a list": ("run", []),
    "a run that is null": ("run", None),
    "no recipe": (RECIPE, GONE),
    "a recipe in a list": (RECIPE, []),
    "a recipe that is null": (RECIPE, None),
    "no source": (SOURCE, GONE),
    "an unknown part": ("run.more", 1),
    "a network in the header": ("run.net", 1),
    "a state in the header": ("run.state", None),
    "an unknown setting": (f"{RECIPE}.more", 1),
    "an unknown setting of two lines": (f"{RECIPE}.a\nb", 1),
    "a setting of a hundred thousand letters": (f"{RECIPE}.loss", "x" * 100_000),
    **{f"{name} that is {odd}": (f"{RECIPE}.{name}", value) for name in WORDS for odd, value in ODD.items()},
    **{f"{name} that is {odd}": (f"{RECIPE}.{name}", value) for name in WHOLE for odd, value in ODD.items()},
    **{
        f"{name} that is {odd}": (f"{RECIPE}.{name}", ODD[odd])
        for name in REAL
        for odd in ODD
        if odd not in ("half", "huge")
    },
    **{f"hidden that is {odd}": (f"{RECIPE}.hidden", v) for odd, v in ODD.items() if odd != "an object"},
    "a size of 0": (f"{RECIPE}.hidden", [0]),
    "a size of a billion": (f"{RECIPE}.hidden", [10**9]),
    "a size and a half": (f"{RECIPE}.hidden", [1.5]),
    "a rate of 0": (f"{RECIPE}.lr", 0.0),
    "a rate below 0": (f"{RECIPE}.lr", -0.1),
    "a rate that is a text": (f"{RECIPE}.lr", "x"),
    "a momentum for Adam": (f"{RECIPE}.momentum", 0.9),
    "dropout of 1": (f"{RECIPE}.dropout", 1.0),
    "patience of 0": (f"{RECIPE}.patience", 0),
    "no validation to be patient with": (f"{RECIPE}.validation", 0.0),
    "an unknown way to begin": (f"{RECIPE}.init", "hee"),
    "layers that are frozen by name": (f"{RECIPE}.freeze", ["x"]),
    "a switch that is a text": (f"{RECIPE}.batch_norm", "x"),
    "a switch that is null": (f"{RECIPE}.batch_norm", None),
    "a giant shape": ("run.shape", [10**12]),
    "a giant image": ("run.shape", [10**6, 10**6]),
    "a giant image of nothing": ("run.shape", [10**30, 0]),
    "a shape below 0": ("run.shape", [-2]),
    "a shape twice below 0": ("run.shape", [-1, -2]),
    "a shape of texts": ("run.shape", ["2"]),
    "a shape that is a text": ("run.shape", "2"),
    "a shape that is a number": ("run.shape", 2),
    "a shape that is null": ("run.shape", None),
    "a broken shape": ("run.shape", [2.0]),
    "a shape of truths": ("run.shape", [True, True]),
    "no shape": ("run.shape", GONE),
    "an empty shape": ("run.shape", []),
    "another shape": ("run.shape", [3]),
    "an image": ("run.shape", [1, 2]),
    "too many axes": ("run.shape", [1] * 70 + [2]),
    "a class too few": ("run.classes", ["0"]),
    "a class too many": ("run.classes", ["0", "1", "2"]),
    "classes that are a number": ("run.classes", 2),
    "classes that are a text": ("run.classes", "01"),
    "classes that are null": ("run.classes", None),
    "no classes": ("run.classes", GONE),
    **{f"threads that are {odd}": ("run.threads", value) for odd, value in ODD.items() if odd != "huge"},
    "no threads at all": ("run.threads", 0),
    "a start that is a number": ("run.start", 5),
    "a start that is a list": ("run.start", []),
    "a source of numbers": (SOURCE, {"name": 5, "folder": 6, "sha256": 7}),
    "a source that has no name": (f"{SOURCE}.name", None),
    "a source in a list": (f"{SOURCE}.folder", ["."]),
    "a source without a digest": (f"{SOURCE}.sha256", GONE),
    "a source with more": (f"{SOURCE}.more", 1),
}


@pytest.mark.parametrize("name", RUNS)
def test_runs_that_no_recipe_has_made_are_refused(tmp_path: Path, name: str) -> None:
    """A run with settings that no recipe can have, or a network that does not fit them, is refused in one sentence."""
    for of in ("state", "network"):
        header, kept = base(of)
        (tmp_path / f"{of}.npz").write_bytes(pack(changed(header, *RUNS[name]), kept))
        refused(tmp_path / f"{of}.npz", load_run)


@pytest.mark.parametrize("of", ["state", "network"])
def test_the_file_that_these_tests_change_is_good(tmp_path: Path, of: str) -> None:
    """Without a change the file that the tests above change is read, as a run and as a tree."""
    (tmp_path / "file.npz").write_bytes(pack(*base(of)))
    assert load_run(tmp_path / "file.npz").shape == (2,)
    load(tmp_path / "file.npz")


MOMENT, BEST = "optimizer.moments.1.0.W", "best.0.W"
ARRAYS: dict[str, tuple[str, Any]] = {
    "a moment of another shape": (MOMENT, np.ones((3, 3))),
    "a moment that spreads": (MOMENT, np.ones((1, 1))),
    "a moment of another precision": (MOMENT, np.ones((2, 2), np.float32)),
    "a moment of complex numbers": (MOMENT, np.ones((2, 2), complex)),
    "an empty moment": (MOMENT, np.ones((0, 2))),
    "a best network of another shape": (BEST, np.ones((2, 3))),
    "a best network of another precision": (BEST, np.ones((2, 2), np.float32)),
    "parameters of another shape": ("params.0.W", np.ones((2, 3))),
    "parameters of another precision": ("params.0.b", np.ones(2, np.float32)),
    "parameters of complex numbers": ("params.0.b", np.ones(2, complex)),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_states_whose_parts_differ_are_refused(tmp_path: Path, name: str) -> None:
    """A state whose moments or best network are not of the shapes and the dtype of its parameters is refused."""
    header, kept = base("state")
    place, a = ARRAYS[name]
    assert place in kept
    (tmp_path / "state.npz").write_bytes(pack(header, {**kept, place: a}))
    refused(tmp_path / "state.npz", load_run)


def without(kept: Any, start: str) -> dict[str, Any]:
    """The arrays whose paths don't begin so."""
    return {name: a for name, a in kept.items() if not name.startswith(start)}


PARTS: dict[str, tuple[str, Any, str]] = {
    "a moment of another network": ("tree.parts.optimizer.parts.moments.1", [], "optimizer.moments.1."),
    "fewer moments than Adam has": ("tree.parts.optimizer.parts.moments.1", GONE, "optimizer.moments.1."),
    "no moments": ("tree.parts.optimizer.parts.moments", [], "optimizer.moments."),
    "a shorter best network": ("tree.parts.best", [{"class": "Tanh", "settings": {}, "parts": {}}], "best."),
}


@pytest.mark.parametrize("name", PARTS)
def test_states_with_other_moments_are_refused(tmp_path: Path, name: str) -> None:
    """A state is refused that has other moments than its optimizer, or a best network of other layers."""
    header, kept = base("state")
    place, value, start = PARTS[name]
    (tmp_path / "state.npz").write_bytes(pack(changed(header, place, value), without(kept, start)))
    refused(tmp_path / "state.npz", load_run)


def spread(n: int) -> tuple[Any, dict[str, Any], list[int]]:
    """Numbers by columns, which spread what comes by rows to n x n: a layer of n numbers that gives n n of them."""
    column = np.ones((n, 1))
    layer = {"class": "LayerNorm", "settings": {}, "parts": {}}
    return [layer], {"0.gamma": column, "0.beta": column}, [n]


def spread_rows(n: int) -> tuple[Any, dict[str, Any], list[int]]:
    """The same with what standardizes."""
    layer = {"class": "Standardize", "settings": {}, "parts": {}}
    return [layer], {"0.mean": np.ones(n), "0.deviation": np.ones((n, 1))}, [n]


def border(n: int) -> tuple[Any, dict[str, Any], list[int]]:
    """A shift in training with a border of n."""
    return [{"class": "RandomShift", "settings": {"pixels": n, "key": {"key": [0, 4]}}, "parts": {}}], {}, [2, 2]


LARGE: dict[str, tuple[Any, dict[str, Any], list[int]]] = {
    "a giant shape": ([], {}, [10**12]),
    "a giant image": ([], {}, [10**6, 10**6]),
    "a giant image for a layer": ([{"class": "Flatten", "settings": {}, "parts": {}}], {}, [10**5, 10**5]),
    "a column that spreads": spread(3_000),
    "a deviation that spreads": spread_rows(3_000),
    "a giant border": border(2_000),
}


@pytest.mark.parametrize("name", LARGE)
def test_no_more_memory_is_taken_than_the_file_is_worth(tmp_path: Path, name: str) -> None:
    """A run is refused without taking the memory for a shape that its file is too small for."""
    tree, kept, shape = LARGE[name]
    header, _ = base("network")
    made = pack(changed(changed(header, "tree", tree), "run.shape", shape), kept)
    (tmp_path / "file.npz").write_bytes(made)
    assert peak(lambda: refused(tmp_path / "file.npz", load_run)) < worth(made)


def test_an_optimizer_is_no_layer_of_fnnets(tmp_path: Path) -> None:
    """An optimizer, which a run makes from its recipe, is not among the classes that a file may name."""
    save(tmp_path / "file.npz", SGD(0.5))
    assert "'SGD'" in refused(tmp_path / "file.npz")
    assert load(tmp_path / "file.npz", layers=(SGD,)) == SGD(0.5)


def test_a_folder_without_a_state_is_no_run(tmp_path: Path) -> None:
    """A folder that holds no state, and a network that was saved without its run, are refused by name."""
    assert refused(tmp_path, load_run) == f"{tmp_path} holds no run: state.npz is missing"
    save(tmp_path / "state.npz", (Softmax(), GaussianNoise(0.1), RandomShift(1), Dropout(0.1)))
    assert "holds no run" in refused(tmp_path, load_run)
