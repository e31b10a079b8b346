"""Tables as people have them: how they are written, what is found in them, and the schema that stays with the model."""

import csv
import gzip
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fnnet import forward, predict
from fnnet.datasets import DataError, Reading, dataset, hold_out, load, load_table
from fnnet.layers import Standardize
from fnnet.runs import experiment, usual
from fnnet.tables import Column, Impute, OneHot, Schema
from fnnet.tables.cells import column, is_gap, number
from fnnet.tables.finding import are_classes
from fnnet.telling.installing import install
from fnnet.values import Purpose, key

KEY = key(0, Purpose.SPLIT)


def table(folder: Path, text: str | bytes, name: str = "own.csv") -> Path:
    """The path of a file with this text."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


# How tables are written

ROWS = [
    ["width", "color", "note", "kind"],
    ["1.5", "red", "a, b", "x"],
    ["", "blue", 'say "c"', "y"],
    ["-3", "", "a, b", "x"],
]
X = [[1.5, 2.0, 0.0], [np.nan, 1.0, 1.0], [-3.0, 0.0, 0.0]]


def written(separator: str, end: str = "\n", quoting: Any = csv.QUOTE_MINIMAL, rows: Any = ROWS) -> str:
    """The rows as text."""
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator=end, quoting=quoting).writerows(rows)
    return text.getvalue()


COMMAS = [[cell.replace(".", ",") for cell in row] for row in ROWS]
WRITTEN: dict[str, tuple[str, bytes]] = {
    "commas": ("a.csv", written(",").encode()),
    "semicolons": ("a.csv", written(";").encode()),
    "tabs": ("a.csv", written("\t").encode()),
    "a .tsv": ("a.tsv", written("\t").encode()),
    "all quoted": ("a.csv", written(",", quoting=csv.QUOTE_ALL).encode()),
    "CRLF": ("a.csv", written(",", "\r\n").encode()),
    "a mark": ("a.csv", b"\xef\xbb\xbf" + written(";").encode()),
    "UTF-16": ("a.csv", written("\t").encode("utf-16")),
    "packed": ("a.csv.gz", gzip.compress(written(",").encode())),
    "no last line end": ("a.csv", written(",").rstrip("\n").encode()),
    "blank lines": ("a.csv", written(",").replace("\n", "\n\n").encode()),
    "decimal commas": ("a.csv", written(";", rows=COMMAS).encode()),
    "decimal points under semicolons": ("a.csv", written(";").encode()),
    "decimal commas in quotes": ("a.csv", written(",", rows=COMMAS).encode()),
    "bars": ("a.csv", written("|").encode()),
    "an empty column at the end": ("a.csv", written(",").replace("\n", ",\n").encode()),
    "a .txt": ("a.txt", written(",").encode()),
    "NA": ("a.csv", written(",", rows=[[cell or "NA" for cell in row] for row in ROWS]).encode()),
    "nan": ("a.csv", written(",", rows=[[cell or "nan" for cell in row] for row in ROWS]).encode()),
    "?": ("a.csv", written(",", rows=[[cell or "?" for cell in row] for row in ROWS]).encode()),
    "spaces": ("a.csv", written(",", rows=[[f" {cell} " for cell in row] for row in ROWS]).encode()),
}


@pytest.mark.parametrize(("name", "content"), WRITTEN.values(), ids=WRITTEN)
def test_one_table_in_many_hands(tmp_path: Path, name: str, content: bytes) -> None:
    """However it is written, it is the same table."""
    made = load(table(tmp_path, content, name))
    assert made.name == "a"
    assert np.array_equal(made.x, X, equal_nan=True)
    assert made.classes == ("x", "y")
    assert made.y.tolist() == [0, 1, 0]
    assert made.schema is not None
    assert [c.name for c in made.schema.columns] == ["width", "color", "note"]
    assert made.schema.columns[1].categories == ("", "blue", "red")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a,b\n1,2\n3,4\n", ("a",)),
        ("1,2\n3,4\n", ("1",)),
        ("0,1,2\n5,6,7\n8,9,8\n", ("0", "1")),
        ("red,yes\nred,no\nblue,no\n", ("1",)),
        ("color,kind\nred,yes\nblue,no\n", ("color",)),
        ("NA,red,1\n5,blue,2\n", ("1", "2")),
        ("a,,c\n1,2,3\n4,5,4\n", ("a", "unnamed 2")),
    ],
)
def test_a_header_is_found_or_none(tmp_path: Path, text: str, names: tuple[str, ...]) -> None:
    """The first row names the columns where it looks like that, and otherwise they are numbered."""
    schema = load(table(tmp_path, text)).schema
    assert schema is not None
    assert schema.names == names


CELLS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.integers(-(10**6), 10**6).map(str),
    st.sampled_from(["", "?", "NA", "nan"]),
)


GERMAN = "Größe;Preis;Ort\n1.141;3.540,50;Köln\n919;12,25;Ulm\n3.540;1.000.000,5;Köln\n80,5;7;Ulm\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_thousands_are_no_decimals(tmp_path: Path, encoding: str) -> None:
    """Where the decimal point is a comma, a point parts thousands; the text may be that of Windows, which is said."""
    data = load(table(tmp_path, GERMAN.encode(encoding)))
    assert data.x.tolist() == [[1141.0, 3540.5], [919.0, 12.25], [3540.0, 1000000.5], [80.5, 7.0]]
    assert data.classes == ("Köln", "Ulm")
    assert data.schema is not None
    assert data.schema.names == ("Größe", "Preis")
    assert ("it is no UTF-8 text, and was read as Windows-1252" in data.notes) == (encoding == "cp1252")


def test_commas_part_thousands_too(tmp_path: Path) -> None:
    """Quoted thousands as English has them are numbers."""
    data = load(table(tmp_path, 'a,b,c\n"1,234",0.5,x\n"12,345,678.5",2,y\n'))
    assert data.x.tolist() == [[1234.0, 0.5], [12345678.5, 2.0]]


def test_what_each_column_was_taken_for_is_said() -> None:
    """Numbers, categories with their number, constant and empty columns, and one that only counts the rows."""
    frame = {
        "id": [1, 2, 3, 4], "size": [1.5, 2.5, 0.5, 9.0], "city": ["a", "b", "a", None], "same": ["x"] * 4,
        "one": [1, 1, 1, 1], "none": [None] * 4, "y": [0, 1, 0, 1],
    }  # fmt: skip
    said = "numbers: id, size; categories: city (3); constant: same, one; empty: none"
    assert dataset(frame).notes[:2] == (said, "id counts the rows: if that means nothing, --drop id")
    wide = {f"c{i}": np.arange(4.0) ** 2 for i in range(9)} | {"y": [0, 1, 0, 1]}
    assert dataset(wide).notes[0] == "numbers: c0, c1, c2, c3, c4, c5, and 3 more"


@pytest.mark.parametrize("header", [True, False])
def test_a_header_may_be_said(tmp_path: Path, header: bool) -> None:
    """Years are no rows where the first row is said to be a header, and are where it is said to be none."""
    path = table(tmp_path, "2019,2020,2021\n1.5,2.5,3.5\n2.5,3.5,4.5\n")
    schema = load_table(path, Reading(header=header)).schema
    assert schema is not None
    assert schema.names == (("2019", "2020") if header else ("1", "2"))


DROPPED: list[tuple[Any, tuple[str, ...]]] = [
    ("a, b", ("c", "d")),
    ("1", ("c", "d")),
    (["a, b", ","], ("c", "d")),
    (["c", "a, b"], ("d",)),
    ("2,1", ("d",)),
    (("c,d",), ("a, b",)),
]


@pytest.mark.parametrize(("drop", "left"), DROPPED, ids=[str(drop) for drop, _ in DROPPED])
def test_what_is_dropped_has_a_name_or_a_number(drop: Any, left: tuple[str, ...]) -> None:
    """Columns are left out by name, also one with a comma, or by their number; the target is found before that."""
    frame = {"a, b": [1.0, 2.0], "c": [3.0, 4.0], "d": [5.0, 6.5], "e": ["x", "y"]}
    schema = dataset(frame, target="4", drop=drop).schema
    assert schema is not None
    assert schema.target == "e"
    assert schema.names == left


def test_the_target_is_not_left_out() -> None:
    """A column can't be predicted and left out."""
    with pytest.raises(DataError, match="column b is to be predicted, and can't be left out"):
        dataset({"a": [1, 2], "b": [0, 1]}, target="b", drop="b")


def test_numbers_that_are_written_as_texts() -> None:
    """A column of a frame whose numbers are texts is one of numbers, as in a file."""
    data = dataset({"n": [f"{i}" for i in range(30)], "y": [0, 1] * 15})
    assert data.x[:, 0].tolist() == list(range(30))
    assert data.notes[:2] == ("numbers: n", "n counts the rows: if that means nothing, --drop n")


def test_truth_values_are_spelled_alike() -> None:
    """True, true and TRUE are one category, also from a frame."""
    schema = dataset({"a": ["True", "FALSE", "true"], "y": [0, 1, 0]}).schema
    assert schema is not None
    assert schema.columns[0].categories == ("False", "True")
    assert schema.encode({"a": [True, False]}).tolist() == [[1.0], [0.0]]


def test_a_gap_among_categories_is_none_of_them() -> None:
    """Where training had no gap, one is no category, and neither is a column of gaps alone."""
    data = dataset({"size": [1.0, 2.0] * 10, "color": ["red", "blue"] * 10, "y": [0, 1] * 10})
    assert data.schema is not None
    x = data.schema.encode({"size": [1.0, 2.0], "color": [None, None]})
    assert np.isnan(x[:, 1]).all()
    net = experiment(usual(data), data).net
    assert forward(net[:3], x.astype(np.float32))[0][:, 1:].tolist() == [[0.0, 0.0]] * 2


@given(st.lists(CELLS, min_size=1, max_size=8), st.booleans())
def test_numbers_are_read_to_the_bit(cells: list[str], comma: bool) -> None:
    """A column of numbers and gaps is these numbers, whether its decimal point is a comma or not."""
    said = [cell.replace(".", ",") for cell in cells] if comma else cells
    made = column(said, comma)
    assert isinstance(made, np.ndarray)
    right = [np.nan if is_gap(cell) else float(cell) for cell in cells]
    assert np.array_equal(made, right, equal_nan=True)


@pytest.mark.parametrize("cell", ["1_000", "1,00", "1 000", "0x10", "1e", "--1", "1.2.3", "red", "\u0661"])
def test_what_is_no_number(cell: str) -> None:
    """What only Python or nobody takes for a number is a text."""
    assert number(cell) is None
    assert column(["1", cell]) == ["1", cell]


def test_a_text_late_in_a_long_file_is_one_from_the_first_row_on(tmp_path: Path) -> None:
    """A column of categories may look like one of numbers for many rows; its texts are as they were written."""
    text = "doors,kind\n" + "".join(f"{2 + i % 3}.0,{i % 2}\n" for i in range(25_000)) + "5 or more,1\n"
    schema = load(table(tmp_path, text)).schema
    assert schema is not None
    assert schema.columns == (Column("doors", ("2.0", "3.0", "4.0", "5 or more")),)


def test_one_bad_cell_among_many_is_found(tmp_path: Path) -> None:
    """A text among thousands of numbers is named by its line and column, blank lines and quoted line ends included."""
    rows = "".join(f'{i}.5,"a\nb",{i % 2}\n' for i in range(15_000))
    path = table(tmp_path, f"size,text,kind\n\n{rows}oops,a,1\n")
    with pytest.raises(DataError, match=r"column size holds numbers, got 'oops' in line 30003; .*--drop size$"):
        load(path)


BROKEN: dict[str, tuple[str, bytes, str]] = {
    "not packed": ("a.csv.gz", b"a,b\n1,2\n", "a.csv.gz can't be read: .*gzip"),
    "cut off": ("a.csv.gz", gzip.compress(written(",").encode() * 50)[:-9], "a.csv.gz can't be read: "),
    "bytes": ("a.csv", b"gr\xf6\0e,b\n1,2\n", "it is no text, or not UTF-8; save it as such"),
    "no code of Windows": ("a.csv", b"gr\x81e,b\n1,2\n", "it is no text, or not UTF-8; save it as such"),
    "an open quote": ("a.csv", b'a,b\n1,"' + b"x" * 200_000, "can't be read: field larger"),
    "no polars": ("a.parquet", b"PAR1", f"{re.escape(install('tables'))}|can't be read"),
}


@pytest.mark.parametrize(("name", "content", "said"), BROKEN.values(), ids=BROKEN)
def test_broken_files_are_one_sentence(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    """What can't be read is refused by name."""
    with pytest.raises(DataError, match=said) as error:
        load(table(tmp_path, content, name))
    assert "\n" not in str(error.value)


# What is found

TASKS = {
    "texts": (["a", "b"] * 5, "classes"),
    "two numbers": ([0.0, 1.0] * 5, "classes"),
    "few whole numbers": ([3, 4, 5, 6, 7] * 4, "classes"),
    "many, counted from 1": ([*range(1, 50)] * 2, "classes"),
    "many with a hole": ([*range(1, 50), 51] * 2, "numbers"),
    "measured": ([25, 31, 310, 75, 97, 141] * 2 + [*range(100, 140)], "numbers"),
    "fractions": ([0.5, 1.0, 1.5, 2.0] * 5, "numbers"),
    "a number for each row": ([1, 2, 3, 4, 5, 6], "numbers"),
}


@pytest.mark.parametrize(("target", "task"), TASKS.values(), ids=TASKS)
def test_the_task_is_found(target: list[Any], task: str) -> None:
    """Text and few whole numbers are classes, other numbers numbers; and what is said is done."""
    frame = {"x": np.arange(float(len(target))), "y": target}
    assert bool(dataset(frame).classes) == (task == "classes")
    if not isinstance(target[0], str):
        assert dataset(frame, task="numbers").y.tolist() == target
        assert are_classes(np.array(target)) == (task == "classes")


def test_what_was_decided_is_said(tmp_path: Path) -> None:
    """The notes name the target, why it is classes or numbers, what was left out, and the flags that say otherwise."""
    path = table(tmp_path, ",a,quality\n" + "".join(f"{i},{i}.5,{'' if i == 3 else i % 4}\n" for i in range(40)))
    assert load(path).notes == (
        "column 1 counts the rows and has no name: left out",
        "numbers: a",
        "quality has few whole numbers, so they are 4 classes: for numbers, --task numbers",
        "quality, the last column, is to be predicted: for another, --target",
        "1 row without quality: left out",
    )
    assert len(load(path).y) == 39
    said = load_table(path, Reading("quality", task="classes"))
    assert said.notes == (*load(path).notes[:2], load(path).notes[4])
    assert load_table(path, Reading("a")).notes[2] == "a is predicted as numbers: for classes, --task classes"


def test_rows_without_a_class_are_left_out() -> None:
    """A row whose class is not known is no example of another."""
    data = dataset({"x": [1.0, 2.0, 3.0, 4.0], "kind": ["b", None, "a", "b"]})
    assert data.x.tolist() == [[1.0], [3.0], [4.0]]
    assert data.y.tolist() == [1, 0, 1]
    assert data.classes == ("a", "b")


@pytest.mark.parametrize(("said", "target"), [(None, "c"), ("b", "b"), ("2", "b"), ("c", "c"), ("1", "a")])
def test_the_target_has_a_name_or_a_number(said: str | None, target: str) -> None:
    """The target is the last column, or one by its name, or by its number from 1."""
    made = dataset({"a": [1.0, 2.0], "b": [3.0, 4.0], "c": [0, 1]}, target=said)
    assert made.schema is not None
    assert made.schema.target == target


def test_a_name_comes_before_a_number() -> None:
    """Where columns are called by numbers, a number is such a name."""
    made = dataset({"2": [1.0, 2.0], "1": [3.0, 4.0]}, target="2")
    assert made.schema is not None
    assert made.schema.target == "2"


REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "no such target": ({"price": [1, 2], "b": [1, 2]}, {"target": "prize"}, "no column prize: did you mean price"),
    "no such column": ({"a": [1, 2], "b": [1, 2]}, {"target": "zzz"}, "it has a, b"),
    "no such drop": ({"a": [1, 2], "b": [1, 2]}, {"drop": ["c"]}, "has no column c: it has a, b"),
    "nothing left": ({"a": [1, 2], "b": [1, 2]}, {"drop": ["a"]}, "two columns or more"),
    "dates": (
        {"a": np.array(["2024-01-01", "2024-01-02"], "M8[D]"), "b": [0, 1]},
        {},
        r"in a \(dates\): leave out by --drop a",
    ),
    "lists": ({"a": [[1], [2]], "b": [0, 1]}, {}, r"column a of data must be \(N,\)"),
    "objects": ({"a": [{}, {}], "b": [0, 1]}, {}, "must hold numbers or texts, got dict"),
    "infinity": ({"a": [1.0, np.inf], "b": [0, 1]}, {}, "column a holds numbers, got infinity in row 1"),
    "texts as numbers": (
        {"a": [1, 2], "b": ["x", "y"]},
        {"task": "numbers"},
        "column b holds numbers, got 'x' in row 0",
    ),
    "fractions as classes": ({"a": [1, 2], "b": [0.5, 1]}, {"task": "classes"}, "b must hold whole numbers, got 0.5"),
    "another task": ({"a": [1, 2], "b": [0, 1]}, {"task": "ranks"}, "task must be classes or numbers"),
    "a class a row": (
        {"a": range(30), "b": [f"n{i}" for i in range(30)]},
        {},
        "column b must hold classes, got 30 of them in 30 rows.*--target",
    ),
}


@pytest.mark.parametrize(("frame", "how", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_learned_from_is_refused(frame: Any, how: Any, said: str) -> None:
    """Each refusal names the column, and what to do."""
    with pytest.raises(DataError, match=said):
        dataset(frame, **how)


def test_all_columns_that_must_be_left_out_are_named_at_once(tmp_path: Path) -> None:
    """Dates and free text are refused together, with the flag that leaves all of them out."""
    rows = "".join(f"Mr. {i},2024-01-{i + 1:02},12:{i + 10},T{i},{i % 3},{i % 2}\n" for i in range(30))
    path = table(tmp_path, f"name,day,time,ticket,n,kind\n{rows}")
    with pytest.raises(DataError, match=r"leave out by --drop name,day,time,ticket$"):
        load(path)
    assert load_table(path, Reading(drop=("name", "day", "time", "ticket"))).x.shape == (30, 1)


def test_constant_columns_and_gaps_alone_are_taken() -> None:
    """A column that never varies, or is empty, is of no use and does no harm."""
    frame = {"same": [2.0] * 20, "none": [None] * 20, "text": ["a"] * 20, "x": range(20), "y": [0, 1] * 10}
    data = dataset(frame)
    run = experiment(usual(data), data)
    *_, last = run.states()
    assert np.isfinite(predict(last.params, data.x)).all()


# The schema

LEARNED = Schema((Column("size"), Column("color", ("", "blue", "red"))), "price")


def test_rows_are_encoded_by_name() -> None:
    """Columns may stand in any order and beside others; texts are their places, gaps NaN or the place of a gap."""
    x = LEARNED.encode({"other": ["x"] * 3, "color": ["red", None, "green"], "size": [1.0, None, 3.0]})
    assert np.array_equal(x, [[1.0, 2.0], [np.nan, 0.0], [3.0, -1.0]], equal_nan=True)


NEW: dict[str, tuple[dict[str, Any], str]] = {
    "a column less": ({"color": ["red"]}, "lacks the column size"),
    "two columns less": ({"x": [1]}, "lacks the columns size, color"),
    "texts for numbers": ({"size": ["big"], "color": ["red"]}, "column size holds numbers, got 'big' in row 0"),
    "numbers for texts": ({"size": [1.0], "color": [3.0]}, "color held texts in training, and holds numbers here"),
    "written numbers for texts": ({"size": [1.0], "color": ["3"]}, "color held texts in training, and holds numbers"),
}


@pytest.mark.parametrize(("frame", "said"), NEW.values(), ids=NEW)
def test_other_columns_are_refused_by_name(frame: Any, said: str) -> None:
    """A column that is missing, or holds another kind, is named."""
    with pytest.raises(DataError, match=said):
        LEARNED.encode(frame)


def test_what_is_measured_is_of_the_training_rows_alone() -> None:
    """Medians, means, deviations, indicators and categories come from the rows that train, and from no others."""
    frame = {
        "size": [1.0, 2.0, 6.0, 100.0] * 6,
        "late": [1.0, 2.0, 3.0, None] * 6,
        "color": ["red", "blue", "red", "green"] * 6,
        "y": [0, 1] * 12,
    }
    data = dataset(frame)
    rows = np.arange(24) % 4 != 3
    from fnnet.values.record import evolve

    train = evolve(data, x=data.x[rows], y=data.y[rows], x_test=data.x[~rows], y_test=data.y[~rows])
    fill, scale, units = experiment(usual(train), train).net[:3]
    assert isinstance(fill, Impute)
    assert isinstance(scale, Standardize)
    assert isinstance(units, OneHot)
    assert fill.fill[:2].tolist() == [2.0, 2.0]
    assert fill.indicators == ()
    assert scale.mean.tolist() == [3.0, 2.0, 0.0]
    assert scale.deviation.tolist() == pytest.approx([np.std([1, 2, 6]), np.std([1, 2, 3]), 1.0])
    assert units.codes == ((), (), (0, 2))


def test_validation_rows_are_no_training_rows() -> None:
    """With a validation share, what is measured leaves its rows out too."""
    rng = np.random.default_rng(0)
    data = dataset({"a": rng.normal(size=60), "c": [f"c{i}" for i in range(15)] * 4, "y": [0, 1] * 30})
    from fnnet.values.record import evolve

    run = experiment(evolve(usual(data), validation=0.5), data)
    assert len(run.x) == 30
    assert run.net[0].fill[0] == pytest.approx(np.median(run.x[:, 0]))
    assert run.net[1].mean[0] == pytest.approx(run.x[:, 0].mean(), rel=1e-5)
    assert run.net[2].codes[1] == tuple(np.unique(run.x[:, 1]).astype(int))


def test_a_test_part_keeps_the_columns() -> None:
    """Rows that are held out are rows of the same schema."""
    data = hold_out(dataset({"a": [1.0, None] * 10, "y": ["p", "q"] * 10}), 0.2, KEY)
    assert data.x_test.shape == (4, 1)
    assert data.schema == Schema((Column("a"),), "y")
