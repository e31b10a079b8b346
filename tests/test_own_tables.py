"""Tables as other programs write them: headers of numbers, labels that are no classes, other separators."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fnnet.datasets import DataError, Reading, load_npz, load_table

X = np.arange(8.0).reshape(4, 2)


def csv(folder: Path, text: str) -> Path:
    """The path of a table."""
    path = folder / "own.csv"
    path.write_text(text)
    return path


def npz(folder: Path, **arrays: Any) -> Path:
    """The path of these arrays."""
    np.savez_compressed(folder / "own.npz", **arrays)
    return folder / "own.npz"


def complaint(read: Any, path: Path) -> str:
    """The one sentence with which a file is refused."""
    with pytest.raises(DataError) as error:
        read(path)
    message = str(error.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    return message


@pytest.mark.parametrize("header", ["0,1,2", '"0","1","2"', " 0, 1, 2"])
def test_columns_that_are_numbered_have_a_header(tmp_path: Path, header: str) -> None:
    """A first line 0,1,2, as pandas writes it, is neither a row nor a class."""
    made = load_table(csv(tmp_path, f"{header}\n5,6,7\n3,4,8\n"))
    assert made.x.tolist() == [[5.0, 6.0], [3.0, 4.0]]
    assert made.classes == ("7", "8")


@pytest.mark.parametrize("first", ["0,1", "0,1,1", "1,2,3", "0.0,1.0,2.0"])
def test_other_rows_of_numbers_are_rows(tmp_path: Path, first: str) -> None:
    """A first line that only resembles such a header is a row; of two columns 0,1 is one too."""
    other = ",".join("9" * len(first.split(",")))
    assert len(load_table(csv(tmp_path, f"{first}\n{other}\n")).y) == 2


def test_large_labels_of_whole_numbers_are_exact(tmp_path: Path) -> None:
    """Neighbors above 2**53 stay two classes, also where the labels for testing are of another type."""
    y = np.array([2**53, 2**53 + 1, 2**53, 2**53 + 1])
    made = load_npz(npz(tmp_path, x=X, y=y, x_test=X, y_test=y.astype(np.uint64)))
    assert made.classes == ("9007199254740992", "9007199254740993")
    assert made.y.tolist() == made.y_test.tolist() == [0, 1, 0, 1]


LARGE = [
    np.array([0, 2**53, 1, 0], np.float64),
    np.array([0, 2**24, 1, 0], np.float32),
    np.array([0, 2**63, 1, 0], np.uint64),
]


@pytest.mark.parametrize("y", LARGE, ids=lambda y: str(y.dtype))
def test_labels_that_are_not_exact_are_refused(tmp_path: Path, y: Any) -> None:
    """Where a type of numbers has no room for the neighbors of a label, it is refused by its row."""
    assert "got " in (message := complaint(lambda path: load_npz(path, task="classes"), npz(tmp_path, x=X, y=y)))
    assert "exact" in message
    assert "in row 1: number the classes from 0" in message


@pytest.mark.parametrize("dtype", ["?", "u1", ">i2", "u8", ">u8", "f2", ">f4", "f8", np.longdouble])
def test_labels_may_be_of_any_type(tmp_path: Path, dtype: Any) -> None:
    """Truth values, unsigned, big-endian, short and long numbers are labels like any others."""
    made = load_npz(npz(tmp_path, x=X, y=np.array([0, 1, 1, 0], dtype)))
    assert made.classes == ("0", "1")
    assert made.y.tolist() == [0, 1, 1, 0]


def test_large_labels_of_a_table_are_refused(tmp_path: Path) -> None:
    """Two neighbors above 2**53 in a table, which are one number when they are read, are refused."""
    text = "1,9007199254740993\n2,9007199254740992\n3,1\n"
    assert "below 2**53, got 9007199254740992 in row 0" in complaint(load_table, csv(tmp_path, text))


def as_classes(path: Path) -> Any:
    """A table whose last column is said to hold classes."""
    return load_table(path, Reading(task="classes"))


def test_prices_are_no_classes(tmp_path: Path) -> None:
    """A last column with nearly as many numbers as rows is predicted as numbers, and refused as classes."""
    prices = np.random.default_rng(0).integers(50_000, 300_000, 20_000)
    path = csv(tmp_path, "".join(f"{p % 7},{p}\n" for p in prices))
    message = complaint(as_classes, path)
    assert f"got {len(set(prices))} of them in 20000 rows, which looks like a measurement" in message
    assert "--task numbers" in message
    assert load_table(path).classes == ()
    assert load_table(path).y.tolist() == prices.tolist()


@pytest.mark.parametrize(("classes", "rows"), [(10, 10), (200, 400)])
def test_many_classes_are_welcome(tmp_path: Path, classes: int, rows: int) -> None:
    """Ten classes may have a row each, and any number of classes two."""
    text = "".join(f"1,{i % classes}\n" for i in range(rows))
    assert len(as_classes(csv(tmp_path, text)).classes) == classes


@pytest.mark.parametrize(("classes", "rows"), [(11, 11), (200, 399)])
def test_more_classes_are_refused(tmp_path: Path, classes: int, rows: int) -> None:
    """One class more, or one row less, is taken for a measurement."""
    assert "measurement" in complaint(as_classes, csv(tmp_path, "".join(f"1,{i % classes}\n" for i in range(rows))))


SEPARATED = {
    "semicolons": "1;2;0\n3;4;1\n",
    "semicolons and a header": "a;b;c\n1;2;0\n3;4;1\n",
    "decimal commas": "1,0;2,0;0\n3,0;4,0;1\n",
    "decimal commas later": "a;b;c\n1;2;0\n3,0;4,0;1\n",
    "decimal commas everywhere": "1,0;2,0;0,0\n3,0;4,0;1,0\n",
    "decimal points": "1.0;2.0;0\n3.0;4.0;1\n",
    "tabs": "1\t2\t0\n3\t4\t1\n",
}


@pytest.mark.parametrize("text", SEPARATED.values(), ids=SEPARATED)
def test_other_separators_are_found(tmp_path: Path, text: str) -> None:
    """Semicolons, with decimal commas or points, and tabs part cells as commas do."""
    made = load_table(csv(tmp_path, text))
    assert made.x.tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert made.y.tolist() == [0, 1]


def test_a_long_cell_is_not_repeated(tmp_path: Path) -> None:
    """A cell with a million letters is refused in a short sentence."""
    assert len(complaint(load_table, csv(tmp_path, f"1,0\n{'x' * 10**6},1\n"))) < len(str(tmp_path)) + 200


def test_arrays_that_would_unpack_to_gigabytes_are_refused(tmp_path: Path) -> None:
    """A small file that says it holds more than 1 GiB is refused unread."""
    path = npz(tmp_path, x=np.zeros((2**21, 2)), y=np.zeros(4))
    packed = path.read_bytes()
    size = (2**21 * 2 * 8 + 128).to_bytes(4, "little")
    at = packed.rindex(size)  # in the directory at the end; there is one more at the beginning
    path.write_bytes(packed[:at] + (2**31).to_bytes(4, "little") + packed[at + 4 :])
    assert "more than 1 GiB; save them unpacked" in complaint(load_npz, path)
