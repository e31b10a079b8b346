"""The user's own files: tables and arrays, whole and broken."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fnnet.datasets import DataError, load, load_npz, load_table

X = np.arange(8.0).reshape(4, 2)


def save(path: Path, **arrays: Any) -> Path:
    """The path, at which the arrays are saved."""
    np.savez(path, **arrays)
    return path


def test_labels_of_any_range_become_indices(tmp_path: Path) -> None:
    """Labels are mapped to indices of the sorted training labels, the test labels by the same map."""
    made = load(save(tmp_path / "own.npz", x=X, y=[30, -1, 7, 30], x_test=X[:2], y_test=[7.0, 30.0]))
    assert made.classes == ("-1", "7", "30")
    assert made.y.tolist() == [2, 0, 1, 2]
    assert made.y_test.tolist() == [1, 2]
    assert made.name == "own"


@pytest.mark.parametrize("dtype", ["u1", "f4", "f8", "i4"])
def test_an_npz_keeps_the_type_of_its_examples(tmp_path: Path, dtype: str) -> None:
    """The examples of an .npz keep their dtype, and a file without a test part has an empty one."""
    made = load_npz(save(tmp_path / "own.npz", x=X.astype(dtype), y=[1, 2, 3, 1]))
    assert made.x.dtype == dtype
    assert made.x_test.shape == (0, 2)


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.float64])
def test_one_hot_rows_are_labels(tmp_path: Path, dtype: Any) -> None:
    """One-hot rows of any type are read as the position of their one."""
    y = np.eye(3, dtype=dtype)[[2, 0, 1, 2]]
    assert load_npz(save(tmp_path / "own.npz", x=X, y=y)).y.tolist() == [2, 0, 1, 2]


Y = [0, 1, 0, 1]
BAD_NPZ: dict[str, tuple[dict[str, Any], str]] = {
    "no y": ({"x": X}, "y is missing"),
    "no x": ({"y": Y, "X": X}, "x is missing"),
    "half a test": ({"x": X, "y": Y, "x_test": X}, "x_test and y_test together or neither"),
    "objects": ({"x": np.array([["a", None]] * 4, object), "y": Y}, "can't be read as an .npz file of numbers: Object"),
    "text": ({"x": X, "y": np.array(list("abab"))}, "y must hold real numbers"),
    "lengths": ({"x": X, "y": [*Y[:3], 0, 1]}, "as many rows, got 4 and 5"),
    "NaN": ({"x": X * np.nan, "y": Y}, "NaN or infinity in row 0"),
    "no numbers": ({"x": X, "y": [0.5, 1, np.inf, 1]}, "y must be finite, got inf in row 2"),
    "new numbers": ({"x": X, "y": [0.5] * 4, "x_test": X, "y_test": [0.5, np.nan, 1, 1]}, "y_test must be finite"),
    "empty": ({"x": X[:0], "y": []}, "at least one row"),
    "one class": ({"x": X, "y": [5] * 4}, "two classes or more, got 5 in every row"),
    "two ones": ({"x": X, "y": np.ones((4, 2))}, "one-hot"),
    "a two": ({"x": X, "y": 2 * np.eye(4)}, "one-hot"),
    "a one and a half": ({"x": X, "y": np.eye(4) + np.array([0, 0, 0, 0.5])}, "one-hot"),
    "a column": ({"x": X, "y": [[0], [1], [0], [1]]}, "one-hot"),
    "a cube": ({"x": X, "y": np.ones((4, 2, 2))}, r"y must be \(N,\)"),
    "new test label": ({"x": X, "y": Y, "x_test": X, "y_test": [0, 1, 9, 1]}, "label 9, which no training row has"),
    "test shape": ({"x": X, "y": Y, "x_test": X[:, :1], "y_test": Y}, "x_test must have rows of shape"),
}


@pytest.mark.parametrize(("arrays", "message"), BAD_NPZ.values(), ids=BAD_NPZ)
def test_bad_arrays_are_refused(tmp_path: Path, arrays: dict[str, Any], message: str) -> None:
    """An .npz whose arrays are no data set is refused in one line that names the file and the fault."""
    with pytest.raises(DataError, match=f"own.npz.*{message}") as error:
        load_npz(save(tmp_path / "own.npz", **arrays))
    assert "\n" not in str(error.value)


def test_files_that_are_no_npz_are_refused(tmp_path: Path) -> None:
    """Missing, empty, text, cut-off, damaged and other NumPy files and folders are refused as .npz."""
    good = save(tmp_path / "good.npz", x=X, y=Y).read_bytes()
    np.save(tmp_path / "single.npy", X)
    damaged = bytearray(good)
    damaged[200] ^= 255
    contents = {
        "empty": b"",
        "text": b"x,y\n1,2\n",
        "cut": good[:-30],
        "damaged": bytes(damaged),
        "zip": b"PK\x05\x06" + bytes(18),
        "npy": (tmp_path / "single.npy").read_bytes(),
    }
    for name, content in contents.items():
        (tmp_path / f"{name}.npz").write_bytes(content)
    (tmp_path / "folder.npz").mkdir()
    for name in [*contents, "folder", "missing"]:
        with pytest.raises(DataError, match=f"{name}.npz") as error:
            load(str(tmp_path / f"{name}.npz"))
        assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        "1,2,7\n3,4,8\n",
        "a,b,kind\n1,2,7\n3,4,8",
        "\ufeffa,b,kind\r\n1,2,7\r\n\r\n3,4,8\r\n",
        '"a","b","kind"\n"1", 2 ,7\n3,4,8\n  \n',
        "1e0,2.0,7.0\n3,4,8\n",
    ],
)
def test_a_table_is_read_with_or_without_a_header(tmp_path: Path, text: str) -> None:
    """A table is read the same with a header or none, byte-order mark, blank lines, quotes and spaces."""
    (tmp_path / "own.csv").write_text(text, "utf-8", newline="")
    made = load(tmp_path / "own.csv")
    assert made.x.tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert made.y.tolist() == [0, 1]
    assert made.classes == ("7", "8")
    assert len(made.y_test) == 0


NUMBERS = "".join(f"{i}.5,{i % 2}\n" for i in range(30))
PRICES = "".join(f"{i % 2},{i}.5\n" for i in range(30))
BAD_CSV = {
    "empty": ("", "must hold rows, got none"),
    "blank": ("\n  \n", "must hold rows, got none"),
    "header only": ("a,b\n", "must hold rows, got none"),
    "text in a row": (f"a,b\n{NUMBERS}\ncat,1\n", "column a holds numbers, got 'cat' in line 33; .*--drop a"),
    "text in a price": (f"a,b\n{PRICES}\n1,cat\n", "column b holds numbers, got 'cat' in line 33"),
    "ragged": ("1,2,0\n1,1\n", "3 columns in every row, got 2 in line 2"),
    "longer": ("h,i,j\n1,2,0\n1,2,3,1\n", "3 columns in every row, got 4 in line 3"),
    "infinity": ("1,0\n1,-inf\n", "column 2 holds numbers, got infinity in line 2"),
    "infinity in x": ("1,0\n1e999,1\n", "column 1 holds numbers, got infinity in line 2"),
    "another separator later": ("1;0\n2;1\n3,1\n", "2 columns in every row, got 1 in line 3"),
    "one column": ("1\n2\n", "two columns or more"),
    "one class": ("1,3\n2,3\n", "column 2 must have two classes or more, got 3"),
    "one text": ("1,a\n2,a\n", "column 2 must have two classes or more, got a"),
    "nothing to predict": ("a,b\n1,\n2,?\n", "column b is to be predicted, and holds nothing"),
    "two columns of one name": ("a,b,a\n1,2,0\n", "two columns a; rename one"),
    "dates": ("a,b\n2024-01-31,1\n2024-02-01,0\n", r"learned from in a \(dates\): leave out by --drop a$"),
    "names": (
        "who,sex,n,b\n" + "".join(f"Mr. {i},m,{i},{i % 2}\n" for i in range(30)),
        r"in who \(free text, 30 different ones\): leave out by --drop who",
    ),
    "names to be predicted": (
        "n,who\n" + "".join(f"{i},Mr. {i}\n" for i in range(30)),
        "column who must hold classes, got 30 of them in 30 rows, .*--target",
    ),
}


@pytest.mark.parametrize(("text", "message"), BAD_CSV.values(), ids=BAD_CSV)
def test_bad_tables_are_refused(tmp_path: Path, text: str, message: str) -> None:
    """A table that is no data set is refused in one line that names the file, and the line and column of the fault."""
    (tmp_path / "own.csv").write_text(text)
    with pytest.raises(DataError, match=f"own.csv.*({message})") as error:
        load_table(tmp_path / "own.csv")
    assert "\n" not in str(error.value)


def test_files_that_are_no_text_are_refused(tmp_path: Path) -> None:
    """A missing file, a folder, and bytes that are not UTF-8 are refused as a table."""
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe1,2")
    with pytest.raises(DataError, match="not UTF-8"):
        load_table(tmp_path / "bytes.csv")
    with pytest.raises(DataError, match="No such file"):
        load(tmp_path / "missing.csv")
    with pytest.raises(DataError, match="can't be read"):
        load_table(tmp_path)
