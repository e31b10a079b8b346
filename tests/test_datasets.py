"""Data sets: what is accepted, what is refused, and how rows are set aside."""

import copy
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fnnet.datasets import NAMES, DataError, digits, hold_out, load, split, xor
from fnnet.datasets.dataset import of_arrays
from fnnet.datasets.known import KNOWN
from fnnet.values.array import freeze
from fnnet.values.keys import Purpose, key

X = np.arange(6.0).reshape(3, 2)
Y = [0, 1, 1]
KEY = key(1, Purpose.SPLIT)
NAN, INF = X.copy(), X.copy()
NAN[1, 0], INF[2, 1] = np.nan, -np.inf

BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no rows": ({"x": np.empty((0, 2)), "y": []}, "x must be .* at least one row"),
    "no columns": ({"x": np.empty((3, 0)), "y": Y}, "x must be .* one number a row"),
    "no row shape": ({"x": [1.0, 2.0, 3.0], "y": Y}, r"x must be \(N, ...\).*got shape \(3,\)"),
    "ragged": ({"x": [[1.0], [2.0, 3.0]], "y": [0, 1]}, "x must be an array, got rows of different lengths"),
    "text": ({"x": [["a"], ["b"]], "y": [0, 1]}, "x must hold real numbers"),
    "complex": ({"x": X + 1j, "y": Y}, "x must hold real numbers, got complex128"),
    "lengths": ({"x": X, "y": [0, 1]}, "x and y must have as many rows, got 3 and 2"),
    "NaN": ({"x": NAN, "y": Y}, "NaN or infinity in row 1"),
    "infinity": ({"x": INF, "y": Y}, "NaN or infinity in row 2"),
    "fractions": ({"x": X, "y": [0, 0.5, 1], "task": "classes"}, "y must hold whole numbers, got 0.5 in row 1"),
    "NaN label": ({"x": X, "y": [0, 1, np.nan]}, "y must be finite, got nan in row 2"),
    "text labels": ({"x": X, "y": ["a", "b", "a"]}, "y must hold real numbers"),
    "matrix of labels": ({"x": X, "y": [[0], [1], [1]]}, r"y must be \(N,\)"),
    "negative": ({"x": X, "y": [0, -1, 1]}, "y must hold class indices from 0 up, got -1"),
    "all negative": ({"x": X, "y": [-1, -1, -1]}, "y must hold class indices from 0 up, got -1"),
    "beyond the names": ({"x": X, "y": Y, "classes": ["one"]}, "indices of the 1 training classes, got 1"),
    "huge label": ({"x": X, "y": [0, 1, 4_000_000_000]}, "number the classes from 0"),
    "half a test": ({"x": X, "y": Y, "x_test": X}, "given together"),
    "test shape": ({"x": X, "y": Y, "x_test": X[:, :1], "y_test": Y}, r"x_test must have rows of shape \(2,\)"),
    "test lengths": ({"x": X, "y": Y, "x_test": X, "y_test": [0]}, "x_test and y_test must have as many rows"),
    "test NaN": ({"x": X, "y": Y, "x_test": NAN, "y_test": Y}, "x_test must be finite"),
    "new class in test": ({"x": X, "y": Y, "x_test": X, "y_test": [0, 1, 2]}, "y_test .* 2 training classes, got 2"),
    "scalar test": ({"x": X, "y": Y, "x_test": 1.0, "y_test": []}, "x_test must be"),
}


@pytest.mark.parametrize(("arguments", "message"), BAD.values(), ids=BAD)
def test_bad_data_is_refused(arguments: dict[str, Any], message: str) -> None:
    """Data that could not be trained on is refused in one line that says what is wrong."""
    with pytest.raises(DataError, match=message) as error:
        of_arrays("bad", **arguments)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("classes", "dtype"), [(2, "u1"), (256, "u1"), (257, "u4")])
@pytest.mark.parametrize("given_as", [np.int64, np.float32, np.uint16])
def test_labels_are_kept_in_the_smallest_unsigned_type(classes: int, dtype: str, given_as: Any) -> None:
    """Labels are uint8 up to 256 classes and uint32 beyond, whatever type of whole number they came in."""
    y = np.arange(classes).astype(given_as)
    made = of_arrays("many", np.ones((classes, 1)), y, task="classes")
    assert made.y.dtype == dtype
    assert np.array_equal(made.y, y)
    assert len(made.classes) == classes


@pytest.mark.parametrize("dtype", ["u1", "i8", "f4", "f8", "?"])
def test_examples_keep_their_type(dtype: str) -> None:
    """The examples have the dtype in which they came."""
    assert of_arrays("kept", X.astype(dtype), Y).x.dtype == dtype


def test_arrays_that_nobody_can_write_to_are_not_copied() -> None:
    """Read-only arrays of the right type are kept as they are, others are copied."""
    x, y = freeze(np.zeros((2, 3, 3), np.uint8)), freeze(np.array([0, 1], np.uint8))
    made = of_arrays("same", x, y, x, y)
    assert made.x is made.x_test is x
    assert made.y is made.y_test is y
    mine = np.zeros((2, 3))
    assert not np.shares_memory(of_arrays("mine", mine, [0, 1]).x, mine)


def test_no_test_part_is_an_empty_one() -> None:
    """Without a test part, or with an empty one, the test arrays have no rows and the right shape and type."""
    for made in (of_arrays("a", X, Y), of_arrays("a", X, Y, np.empty((0, 2)), [])):
        assert made.x_test.shape == (0, 2)
        assert made.x_test.dtype == made.x.dtype
        assert made.y_test.shape == (0,)
        assert made.y_test.dtype == made.y.dtype


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda d: pickle.loads(pickle.dumps(d))])
def test_a_copy_is_the_same_value(again: Any) -> None:
    """A copied or pickled data set equals the first, and nobody can write to it."""
    made = of_arrays("a", X, Y)
    assert again(made) == made
    with pytest.raises(ValueError, match="read-only"):
        again(made).x[0] = 1


@given(rows=st.integers(2, 60), share=st.floats(0, 1, exclude_min=True, exclude_max=True), seed=st.integers(0, 99))
def test_a_split_loses_no_row(rows: int, share: float, seed: int) -> None:
    """The two parts of a split are all rows once, in order, with their labels, near the share in the second."""
    x, y = np.arange(rows)[:, None], np.arange(rows)
    x1, y1, x2, y2 = split(x, y, share, key(seed, Purpose.SPLIT))
    assert sorted([*y1, *y2]) == list(y)
    for part_x, part_y in ((x1, y1), (x2, y2)):
        assert len(part_y) >= 1
        assert np.array_equal(part_x[:, 0], part_y)
        assert (np.diff(part_y) > 0).all()
    assert abs(len(y2) - share * rows) <= 1


def test_a_split_depends_on_its_key_alone() -> None:
    """The same key draws the same rows twice, another key others."""
    x, y = np.arange(100)[:, None], np.arange(100)
    first, again, other = (split(x, y, 0.3, key(seed, Purpose.SPLIT))[3] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("share", [0, 1, -0.1, 1.5, float("nan")])
def test_a_share_that_leaves_nothing_is_refused(share: float) -> None:
    """A share that is not between 0 and 1 is refused."""
    with pytest.raises(ValueError, match="share must be greater than 0 and less than 1"):
        split(X, np.array(Y), share, KEY)
    with pytest.raises(ValueError, match="share must be greater than 0 and less than 1"):
        hold_out(of_arrays("a", X, Y), share, KEY)


def test_a_single_row_cannot_be_split() -> None:
    """One row is too few for two parts, and x and y of different lengths have no rows in common."""
    with pytest.raises(ValueError, match="at least 2"):
        split(X[:1], np.array(Y[:1]), 0.5, KEY)
    with pytest.raises(ValueError, match="as many rows"):
        split(X, np.array(Y[:2]), 0.5, KEY)


def test_hold_out_makes_the_test_part() -> None:
    """The rows that are held out are the test part, of the same types and classes, and only once."""
    whole = of_arrays("a", X, Y, classes=["no", "yes"])
    parted = hold_out(whole, 0.4, KEY)
    assert (len(parted.y), len(parted.y_test)) == (2, 1)
    assert sorted([*parted.x[:, 0], *parted.x_test[:, 0]]) == list(X[:, 0])
    assert parted.classes == whole.classes
    assert parted.y_test.dtype == np.uint8
    with pytest.raises(ValueError, match="read-only"):
        parted.x_test[0] = 1
    with pytest.raises(DataError, match="a has a test part of 1 rows already"):
        hold_out(parted, 0.4, KEY)


def test_xor_is_exclusive_or() -> None:
    """Each row of xor has the class of exclusive or, and the test part is the training part."""
    made = xor()
    assert [a != b for a, b in made.x] == list(made.y)
    assert np.array_equal(made.x, made.x_test)
    assert made.x.dtype == np.float64
    assert np.array_equal(made.y, made.y_test)


def test_digits_are_those_of_scikit_learn() -> None:
    """The shipped digits are scikit-learn's, in its order, the first 1347 for training."""
    theirs = pytest.importorskip("sklearn.datasets").load_digits()
    ours = digits()
    assert np.array_equal(np.concatenate([ours.x, ours.x_test]), theirs.images)
    assert np.array_equal(np.concatenate([ours.y, ours.y_test]), theirs.target)


def test_digits_have_the_promised_form() -> None:
    """The digits are uint8 images of 8x8 from 0 to 16, 1347 for training and 450 for testing, all classes in both."""
    made = digits()
    assert (made.x.shape, made.x_test.shape) == ((1347, 8, 8), (450, 8, 8))
    assert made.x.dtype == np.uint8
    assert (made.x.min(), made.x.max()) == (0, 16)
    assert set(made.y) == set(made.y_test) == set(range(10))


def test_sets_load_by_name() -> None:
    """The sets that need no folder load by their names."""
    assert load("xor") == xor()
    assert load("digits") == digits()


@pytest.mark.parametrize("name", [name for name in NAMES if KNOWN[name].downloaded])
def test_downloaded_sets_want_a_folder(name: str) -> None:
    """MNIST and its relatives are not loaded without a folder."""
    with pytest.raises(DataError, match=f"folder must be given, to find {name} in it"):
        load(name)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("mnits", "did you mean mnist?"),
        ("Fashion_MNIST", "did you mean fashion-mnist?"),
        ("DIGITS", "did you mean digits?"),
        ("zzz", f"choose from {', '.join(NAMES)}"),
        ("table.doc", "must end in .csv, .tsv, .txt, "),
        ("", "choose from"),
    ],
)
def test_unknown_names_are_refused_with_a_hint(name: str, hint: str) -> None:
    """A name that no set has is refused with the nearest name, or all of them."""
    with pytest.raises(DataError, match="no data set is called") as error:
        load(name)
    assert hint in str(error.value)
