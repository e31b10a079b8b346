"""`fnnet predict`: what a run's network says of pictures, or of numbers."""

from typing import Annotated, Any

import numpy as np
import typer

from fnnet.cli import options as o
from fnnet.cli.output import add_row, print_json, print_table, table
from fnnet.cli.threads import computing
from fnnet.datasets.known import KNOWN
from fnnet.datasets.pictures import read_picture
from fnnet.learning.metrics import predicted
from fnnet.network import chunks
from fnnet.runs import Run, load_run
from fnnet.runs.recipe import LOSSES
from fnnet.values.array import Array
from fnnet.values.errors import UsageError
from fnnet.values.number_rows import numbers_in

Inputs = Annotated[
    list[str], typer.Argument(metavar="IMAGE...|NUMBERS...", help="PNG or JPEG files; or rows of numbers, such as 0,1.")
]


def predict(run: o.RunPath, inputs: Inputs, json: o.Json = False) -> None:
    """Print the class of each IMAGE, or of each row of NUMBERS, and the probability of every class.

    Pictures may be of any size and color, dark on light or light on dark: they are brought to the form of the
    training data, as MNIST was made, scaled to its box and centered. This needs Pillow: pip install 'fnnet[images]'.

    fnnet predict runs/mnist seven.png photo.jpg

    fnnet predict runs/xor 0,1 1,1
    """
    found = load_run(run)
    x = _examples(found, inputs)
    with computing(found.threads):
        p = LOSSES[found.recipe.loss].probabilities(chunks.predict(found.net, x))
    names = inputs if len(inputs) == len(p) else [",".join(inputs)]
    rows = [
        {"input": name, "class": found.classes[best], "probabilities": dict(zip(found.classes, row, strict=True))}
        for name, best, row in zip(names, predicted(p), p.astype(float).tolist(), strict=True)
    ]
    print_json(rows) if json else _print(rows, found)


def _examples(run: Run, inputs: list[str]) -> Array:
    if len(run.shape) == 1:
        return _numbers(inputs, run.shape[0])
    name, forms = run.source.name, [name for name, known in KNOWN.items() if known.form]
    if name not in forms:
        raise UsageError(
            f"pictures are read for runs on {', '.join(forms)}, whose form is known, and this one is on {name}: "
            "bring yours to its form in Python, and use fnnet.predict(fnnet.load_run(...).net, x)"
        )
    return np.stack([read_picture(path, name) for path in inputs])


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
    made = table("input", "class", *(f">{name}" for name in run.classes))
    for row in rows:
        shares = [f"{p:.3f}" for p in row["probabilities"].values()]
        add_row(made, row["input"], row["class"], *shares)
    print_table(made, keep=2)
