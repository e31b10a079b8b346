"""Tables by polars and of pandas: what they hold is what Python's own reader finds."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_tables import BROKEN, CELLS, WRITTEN, table

from fnnet.datasets import DataError, dataset, load
from fnnet.tables import Column
from fnnet.tables.polars_reading import _cells, _quickly, read_table
from fnnet.tables.reading import read_text

polars = pytest.importorskip("polars")
pandas = pytest.importorskip("pandas")

#: A frame with numbers, gaps, texts and truth values.
FRAME: dict[str, list[Any]] = {
    "size": [1.5, None, 3.0, 4.0],
    "count": [1, 2, None, 4],
    "color": ["red", None, "blue", "red"],
    "sold": [True, False, True, True],
    "kind": ["a", "b", "a", "b"],
}
X = [[1.5, 1.0, 2.0, 1.0], [np.nan, 2.0, 0.0, 0.0], [3.0, np.nan, 1.0, 1.0], [4.0, 4.0, 2.0, 1.0]]


def same(a: Any, b: Any) -> bool:
    """Whether two columns are the same numbers, to the bit, or the same texts."""
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and np.array_equal(a, b, equal_nan=True)
    return list(a) == list(b)


@pytest.mark.parametrize(("name", "content"), WRITTEN.values(), ids=WRITTEN)
def test_polars_reads_what_python_reads(tmp_path: Path, name: str, content: bytes) -> None:
    """Where polars reads a text file, the frame is that of the other reader."""
    path = table(tmp_path, content, name)
    quick, slow = read_table(path), read_text(path)
    assert list(quick.columns) == list(slow.columns)
    assert all(same(quick.columns[key], slow.columns[key]) for key in slow.columns)
    assert quick.notes == slow.notes


ODD = {
    "short row": "a,b,c\n1,2,3\n4,5\n6,7,8\n",
    "long row": "a,b\n1,2\n3,4,5\n",
    "blank line": "a,b\n1,2\n\n3,4\n",
    "quote inside": 'a,b\n1,x"y\n2,z\n',
    "text after a quote": 'a,b\n1,"x"y\n2,z\n',
    "space before a quote": 'a,b\n1, "x,y"\n2,z\n',
    "line end in a cell": 'a,b\n"1\n2",3\n4,5\n',
    "carriage returns": "a,b\r1,2\r3,4\r",
    "a NUL": "a,b\n1,\0\n2,3\n",
    "underscores": "a,b\n1_000,2\n3,4\n",
    "other digits": "a,b\n\u0661,2\n3,4\n",
    "infinity": "a,b\ninf,2\n3,4\n",
    "a comment": "#a,b\n1,2\n",
}


def outcome(read: Any, path: Path) -> Any:
    """The columns that are read, or the sentence with which a file is refused."""
    try:
        return {key: list(map(str, cells)) for key, cells in read(path).columns.items()}
    except DataError as error:
        return str(error)


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_odd_files_come_to_the_same(tmp_path: Path, text: str) -> None:
    """What polars would read otherwise is left to the other reader, with its sentences."""
    path = table(tmp_path, text)
    assert outcome(read_table, path) == outcome(read_text, path)


@pytest.mark.parametrize(("name", "content", "said"), BROKEN.values(), ids=BROKEN)
def test_broken_files_are_refused_alike(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    """With polars at hand broken files are one sentence too."""
    with pytest.raises(DataError, match=said) as error:
        load(table(tmp_path, content, name))
    assert "\n" not in str(error.value)


@given(st.lists(CELLS, min_size=1, max_size=8), st.booleans())
def test_numbers_are_read_to_the_bit(cells: list[str], comma: bool) -> None:
    """A number is the same double by both."""
    from fnnet.tables.cells import column

    said = [cell.replace(".", ",") for cell in cells] if comma else cells
    assert same(_cells(polars.Series(said, dtype=polars.String), comma), column(said, comma))


def test_a_plain_file_is_read_quickly(tmp_path: Path) -> None:
    """A file of numbers and texts is read by polars, which is what it is for."""
    path = table(tmp_path, "a,b\n1,x\n2,y\n")
    assert _quickly(path) is not None
    assert list(read_table(path).lines or ()) == [2, 3]


def test_the_line_is_named_all_the_same(tmp_path: Path) -> None:
    """A bad cell is named by its line also where polars has read it."""
    path = table(tmp_path, "size,kind\n" + "".join(f"{i}.5,{i % 2}\n" for i in range(40)) + "oops,1\n")
    with pytest.raises(DataError, match="column size holds numbers, got 'oops' in line 42"):
        load(path)


FRAMES = {
    "polars": lambda: polars.DataFrame(FRAME),
    "pandas": lambda: pandas.DataFrame(FRAME),
    "pandas with its own types": lambda: pandas.DataFrame(FRAME).convert_dtypes(),
    "pandas of categories": lambda: pandas.DataFrame(FRAME).astype({"color": "category", "kind": "category"}),
    "a dictionary": lambda: FRAME,
}


@pytest.mark.parametrize("make", FRAMES.values(), ids=FRAMES)
def test_frames_are_tables(make: Any) -> None:
    """A frame of either library, with its own types, is the same data set as a dictionary of lists."""
    data = dataset(make(), target="kind")
    assert np.array_equal(data.x, X, equal_nan=True)
    assert data.y.tolist() == [0, 1, 0, 1]
    assert data.classes == ("a", "b")
    assert data.schema is not None
    assert data.schema.columns[2:] == (Column("color", ("", "blue", "red")), Column("sold", ("False", "True")))


@pytest.mark.parametrize("make", FRAMES.values(), ids=FRAMES)
def test_new_frames_are_encoded(make: Any) -> None:
    """A new frame of any library is encoded by the schema of another's."""
    schema = dataset(FRAME).schema
    assert schema is not None
    assert np.array_equal(schema.encode(make()), X, equal_nan=True)


def test_x_and_y_may_stand_apart() -> None:
    """A frame of inputs and a series of targets, as scikit-learn takes them, are a table too."""
    frame = pandas.DataFrame(FRAME)
    data = dataset(frame.drop(columns="kind"), frame["kind"])
    assert np.array_equal(data.x, X, equal_nan=True)
    assert data.schema is not None
    assert data.schema.target == "kind"


@pytest.mark.parametrize("beside", [True, False])
@pytest.mark.parametrize("make", FRAMES.values(), ids=FRAMES)
def test_a_test_part_may_be_a_frame(make: Any, beside: bool) -> None:
    """A second frame is the test part, encoded as the first, with what is to be predicted in it or beside it."""
    frame: Any = make()
    others = {name: frame[name] for name in FRAME if name != "kind"}
    parts = (others, frame["kind"], others, frame["kind"]) if beside else (frame, None, frame, None)
    data = dataset(*parts, target="kind")
    assert np.array_equal(data.x_test, X, equal_nan=True)
    assert data.y_test.tolist() == data.y.tolist() == [0, 1, 0, 1]
    assert data.y_test.dtype == data.y.dtype


def test_a_test_part_has_the_classes_of_training() -> None:
    """A class that training had not, or none, is refused by its row."""
    with pytest.raises(DataError, match="column kind has c, which no training row has, in row 1"):
        dataset({"x": [1, 2], "kind": ["a", "b"]}, None, {"x": [1, 2], "kind": ["a", "c"]})
    with pytest.raises(DataError, match="nothing to be predicted in row 1"):
        dataset({"x": [1, 2], "kind": ["a", "b"]}, None, {"x": [1, 2], "kind": ["a", None]})


def test_arrays_may_have_classes_by_name() -> None:
    """Texts beside an array are its classes."""
    data = dataset(np.eye(3), ["b", "a", "b"], np.eye(3), np.array(["a", "a", "b"]))
    assert (data.classes, data.y.tolist(), data.y_test.tolist()) == (("a", "b"), [1, 0, 1], [0, 0, 1])


ODD_FRAMES: dict[str, tuple[Any, dict[str, Any], str]] = {
    "a lazy frame": (lambda: polars.DataFrame(FRAME).lazy(), {}, "by .collect"),
    "no rows": (lambda: pandas.DataFrame(FRAME).head(0), {}, "must hold rows, got none"),
    "a series as the target": (lambda: FRAME, {"target": pandas.Series([1])}, "target must be the name of a column"),
    "y twice": (lambda: FRAME, {"y": ["a"] * 4, "target": "kind"}, "has a column kind already, and y beside it"),
    "too few": (lambda: FRAME, {"y": ["a"] * 3, "target": "new"}, "as many rows, got 4 and 3"),
}


@pytest.mark.parametrize(("make", "how", "said"), ODD_FRAMES.values(), ids=ODD_FRAMES)
def test_odd_frames_are_refused(make: Any, how: Any, said: str) -> None:
    """What is no frame of rows is refused in a sentence."""
    with pytest.raises(DataError, match=said):
        dataset(make(), **how)


def test_whatever_numbers_a_frame_has() -> None:
    """Decimals, columns named by numbers, and dates that are left out are no trouble."""
    days = np.array(["2024-01-01", "2024-01-02"], "M8[D]")
    frame = pandas.DataFrame({0: [Decimal("1.5"), Decimal("2.5")], 1: days, 2: [0, 1]})
    data = dataset(frame, target=2, drop=["1"])  # type: ignore[arg-type]  # a number, as of a frame without names
    assert data.x.tolist() == [[1.5], [2.5]]


@pytest.mark.parametrize("make", [polars.DataFrame, pandas.DataFrame])
def test_dates_of_a_frame_are_refused(make: Any) -> None:
    """A column of dates is named."""
    days = np.array(["2024-01-01", "2024-01-02"], "M8[D]").astype(object)
    with pytest.raises(DataError, match=r"in day \(dates\): leave out by --drop day"):
        dataset(make({"day": days, "y": [0, 1]}))


@pytest.mark.parametrize("ending", ["parquet", "xlsx"])
def test_other_formats(tmp_path: Path, ending: str) -> None:
    """A `.parquet` and an `.xlsx` file hold the same table."""
    if ending == "xlsx":
        pytest.importorskip("fastexcel")
        pytest.importorskip("xlsxwriter")
        polars.DataFrame(FRAME).write_excel(tmp_path / "a.xlsx")
    else:
        polars.DataFrame(FRAME).write_parquet(tmp_path / "a.parquet")
    data = load(tmp_path / f"a.{ending}")
    assert np.array_equal(data.x[:, :3], np.array(X)[:, :3], equal_nan=True)
    assert data.classes == ("a", "b")


@pytest.mark.parametrize("ending", ["parquet", "xlsx"])
def test_damaged_formats_are_one_sentence(tmp_path: Path, ending: str) -> None:
    """What polars can't read is refused by name."""
    (tmp_path / f"a.{ending}").write_bytes(b"PAR1 or PK, but no more")
    with pytest.raises(DataError, match=f"a.{ending} can't be read: ") as error:
        load(tmp_path / f"a.{ending}")
    assert "\n" not in str(error.value)
