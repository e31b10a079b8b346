"""`fnnet predict`: what a run's network says of pictures, or of numbers."""

import os
import re
from typing import Annotated, Any

import numpy as np
import typer

from fnnet.cli import options as o
from fnnet.cli.new_table import print_predictions
from fnnet.cli.output import add_row, print_json, print_table, table
from fnnet.cli.picture_rows import print_pictures, reader
from fnnet.cli.streamed import as_object, said
from fnnet.cli.threads import computing
from fnnet.datasets.known import is_table
from fnnet.network import chunks
from fnnet.runs import Run, load_run
from fnnet.runs.new_rows import frame_of_rows
from fnnet.tables.number_rows import numbers_in
from fnnet.values.array import Array
from fnnet.values.errors import UsageError

Inputs = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE|IMAGES|NUMBERS",
        help="A table, or - for one that is piped in; PNG or JPEG files; a folder; or rows of numbers, such as 0,1.",
    ),
]


def predict(run: o.RunPath, inputs: Inputs, json: o.Json = False) -> None:
    """Print what a run's network says of each row of a table, of each IMAGE, or of each row of NUMBERS.

    A table has the columns of the training data, in any order, and may have more. For each of its rows one is written,
    as CSV: the prediction, and for classes the probability of each.

    Pictures may be of any size and color, dark on light or light on dark: they are brought to the form of the
    training data, as MNIST was made, scaled to its box and centered; for a run on a folder of pictures, as those were.
    This needs Pillow, and says how to get it.

    Of a FOLDER, and the folders in it, each picture becomes a row of CSV. Exits with 1 when one could not be read.

    fnnet predict runs/iris new.csv > out.csv

    fnnet predict runs/mnist seven.png photo.jpg

    fnnet predict runs/pictures new/ > new.csv

    fnnet predict runs/xor 0,1 1,1
    """
    found = load_run(run)
    if len(found.shape) > 1 and any(map(os.path.isdir, inputs)):
        print_pictures(found, reader(found), inputs, json)
        return
    if len(inputs) == 1 and (inputs[0] == "-" or is_table(inputs[0])):
        with computing(found.threads):
            print_predictions(found, inputs[0], json)
        return
    _check(inputs, found)
    x = _examples(found, inputs)
    with computing(found.threads):
        outputs = chunks.predict(found.net, x)
    names = inputs if len(inputs) == len(x) else [",".join(inputs)]
    rows = [{"input": name, **as_object(found, row)} for name, row in zip(names, said(found, outputs), strict=True)]
    print_json(rows) if json else _print(rows, found)


def _check(inputs: list[str], run: Run) -> None:
    """Raise UsageError for what can't be a row of numbers or a picture, in its own words."""
    for text in inputs:
        if text.startswith("--"):
            raise UsageError(f"No such option: {text} (see fnnet predict --help)")
        if text == "-" or is_table(text):
            raise UsageError(f"{text} is a table: predict one at a time, and nothing beside it")
        if len(run.shape) == 1 and os.path.exists(text):
            raise UsageError(f"{text} is no table: this run reads rows, of new.csv or the like, or typed, such as 0,1")
        if len(run.shape) > 1 and not os.path.exists(text) and re.fullmatch(r"[-+.,\d\s]+", text):
            raise UsageError(f"{text} is a row of numbers: this run is on images, and wants such as seven.png")


def _examples(run: Run, inputs: list[str]) -> Array:
    if run.schema:
        return run.schema.encode(frame_of_rows(run, inputs))
    if len(run.shape) == 1:
        return _numbers(inputs, run.shape[0])
    read = reader(run)
    return np.stack([read(path) for path in inputs])


def _numbers(inputs: list[str], columns: int) -> Array:
    """Rows of numbers; where each input is one number and a row wants more, all of them are one row."""
    rows = [numbers_in(text, "an input of this run", ", such as 0.5,1") for text in inputs]
    if columns == len(rows) > 1 and all(len(row) == 1 for row in rows):
        rows = [[row[0] for row in rows]]
    for text, row in zip(inputs, rows, strict=False):
        if len(row) != columns:
            raise UsageError(f"a row must have {columns} numbers, such as {','.join('0' * columns)}, got {text}")
    return np.array(rows)


def _print(rows: list[dict[str, Any]], run: Run) -> None:
    made = (
        table("input", "class", *(f">{name}" for name in run.classes)) if run.classes else table("input", ">prediction")
    )
    for row in rows:
        shares = [f"{p:.3f}" for p in row.get("probabilities", {}).values()]
        add_row(made, row["input"], row["class"] if run.classes else f"{row['prediction']:.5g}", *shares)
    print_table(made, keep=2)
