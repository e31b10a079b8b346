"""`fnnet evaluate`: how good a run's network is on the test part, class by class, and where it is wrong."""

import math
import sys
from pathlib import Path
from typing import Annotated, Any, Optional

import numpy as np
import typer

from fnnet.cli import options as o
from fnnet.cli.mistakes import captioned, check_save, print_mistakes, save_mistakes
from fnnet.cli.output import add_row, complain, number, print_json, print_table, say, table, visible
from fnnet.cli.output import rows as counted
from fnnet.cli.result import distances, finite, score
from fnnet.cli.starting import data_of_run
from fnnet.cli.threads import computing
from fnnet.datasets import DataError, Dataset
from fnnet.learning.metrics import confusion, precision_recall
from fnnet.network.chunks import predict
from fnnet.runs import Run, load_run
from fnnet.runs.new_rows import frames, known, schema_of_run
from fnnet.runs.recipe import named_loss
from fnnet.runs.wrong_rows import farthest, mistaken
from fnnet.values.array import Array

#: The most classes whose confusion matrix is printed.
PRINTED = 30


Save = Annotated[
    Optional[Path],
    typer.Option(help="Draw the pictures of --worst to this .png file.", metavar="FILE", show_default=False),
]


def evaluate(
    run: o.RunPath,
    data: Annotated[
        Optional[str],
        typer.Argument(metavar="FILE", help="A table with the run's columns, instead of the test part of its data."),
    ] = None,
    worst: Annotated[int, typer.Option(help="Show so many of the worst mistakes.", min=0, show_default=False)] = 0,
    save: Save = None,
    data_dir: o.DataDir = None,
    mirror: o.Mirror = None,
    json: o.Json = False,
) -> None:
    """Measure a run's network on the test part of its data, or on a table: accuracy, or R² and errors.

    Precision is the share of the predictions of a class that are right, recall the share of its examples that are
    found. The worst mistakes are those in which the true class was given the least probability, or, of numbers, the
    farthest from the true one; of images, their pictures are drawn.

    fnnet evaluate runs/mnist --worst 20

    fnnet evaluate runs/mnist --worst 20 --save worst.png

    fnnet evaluate runs/iris new.csv
    """
    found = load_run(run)
    check_save(save, worst, found.shape)
    rows, lines = _rows(found, data, data_dir, mirror)
    x, y = rows.x_test, rows.y_test
    with computing(found.threads):
        outputs = predict(found.net, x)
        loss = finite(float(found.loss(y).forward(outputs.astype(np.float64))[0]))
    report: dict[str, Any] = {
        "run": str(run),
        "dataset": rows.name,
        "epochs": found.state.epoch if found.state else None,
        "test_examples": len(y),
        "test_loss": loss,
    }
    if not found.classes:
        far = farthest(outputs[:, 0].astype(float), y, worst)
        report |= {**distances(outputs, y), "worst": _placed(far, lines)}
        print_json(report) if json else _print_numbers(report, worst)
        return
    counts, p = confusion(outputs, y), named_loss(found.recipe).probabilities(outputs)
    report |= {
        "test_accuracy": float(np.trace(counts) / counts.sum()),
        "classes": _classes(found.classes, counts),
        "confusion": counts.tolist(),
        "worst": _placed(mistaken(p, y, found.classes, worst), lines),
    }
    pictures = captioned(rows, report["worst"])
    save_mistakes(save, pictures)
    if json:
        print_json(report)
    else:
        _print(report, worst)
        print_mistakes(pictures, save)


def _rows(run: Run, path: str | None, folder: Path | None, mirror: str | None) -> tuple[Dataset, list[int] | None]:
    """The data of the run; or those whose test part is a file, and the lines of its rows."""
    if path is None:
        return run.checked(data_of_run(run, folder, mirror)), None
    stream = sys.stdin.buffer if path == "-" else None
    parts = [(frame.rows, *known(run, frame)) for frame in frames(run, Path(path), stream)]
    x, y = (np.concatenate([part[i] for part in parts]) for i in (1, 2))
    lines = [line for part in parts for line in part[3]]
    if gone := sum(part[0] for part in parts) - len(lines):
        complain(f"{counted(gone)} without {schema_of_run(run, path).target}: left out")
    if not lines:
        raise DataError(f"{path} must hold rows with {schema_of_run(run, path).target}, got none")
    return Dataset(path, x[:0], y[:0], x, y, run.classes, schema=run.schema), lines


def _placed(mistakes: list[dict[str, Any]], lines: list[int] | None) -> list[dict[str, Any]]:
    """The mistakes with the lines of the file, where it is one."""
    return [{**row, "line": lines[row["row"]]} for row in mistakes] if lines else mistakes


def _place(report: dict[str, Any]) -> str:
    """What the place of a mistake is called."""
    return "line" if any("line" in row for row in report["worst"]) else "test row"


def _print_numbers(report: dict[str, Any], worst: int) -> None:
    say(f"{visible(report['dataset'])}: {score(report)}, test loss {report['test_loss']:.4f}")
    if worst:
        say("\nthe farthest predictions")
        made = table(f">{_place(report)}", ">target", ">predicted", ">error")
        for row in report["worst"]:
            error = row["predicted"] - row["target"]
            place = str(row.get("line", row["row"]))
            add_row(made, place, number(row["target"]), number(row["predicted"]), number(error, sign=True))
        print_table(made)


def _classes(names: tuple[str, ...], counts: Array) -> list[dict[str, Any]]:
    rows = zip(names, *precision_recall(counts), counts.sum(axis=1), strict=True)
    return [
        {"class": name, "precision": _figure(p), "recall": _figure(r), "examples": int(n)} for name, p, r, n in rows
    ]


def _figure(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _print(report: dict[str, Any], worst: int) -> None:
    n = report["test_examples"]
    say(f"{visible(report['dataset'])}: {score(report)}, test loss {report['test_loss']:.4f}\n")
    made = table("class", ">precision", ">recall", ">examples")
    for row in report["classes"]:
        add_row(made, row["class"], _text(row["precision"]), _text(row["recall"]), f"{row['examples']:,}")
    print_table(made)
    names = [row["class"] for row in report["classes"]]
    if len(names) <= PRINTED:
        say("\nhow often each class (row) was taken for each (column)")
        made = table("", *(f">{name}" for name in names))
        for name, counts in zip(names, report["confusion"], strict=True):
            add_row(made, name, *(str(count) if count else "." for count in counts))
        print_table(made)
    if worst:
        say(f"\nthe worst mistakes, {len(report['worst'])} of {n - round(report['test_accuracy'] * n)}")
        made = table(f">{_place(report)}", "class", "taken for", ">with probability", ">its own")
        for row in report["worst"]:
            cells = row["class"], row["predicted"], f"{row['probability']:.4f}", f"{row['of_class']:.2g}"
            add_row(made, str(row.get("line", row["row"])), *cells)
        print_table(made)


def _text(share: float | None) -> str:
    return "-" if share is None else f"{share:.4f}"
