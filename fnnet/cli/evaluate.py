"""`fnnet evaluate`: how good a run's network is on the test part, class by class, and where it is wrong."""

import math
from pathlib import Path
from typing import Annotated, Any, Optional

import numpy as np
import typer

from fnnet.cli import options as o
from fnnet.cli.mistakes import captioned, check_save, print_mistakes, save_mistakes
from fnnet.cli.output import add_row, print_json, print_table, say, table, visible
from fnnet.cli.result import finite
from fnnet.cli.starting import data_of_run
from fnnet.cli.threads import computing
from fnnet.learning.metrics import confusion, precision_recall, predicted
from fnnet.network.chunks import predict
from fnnet.runs import load_run
from fnnet.runs.recipe import LOSSES
from fnnet.values.array import Array

#: The most classes whose confusion matrix is printed.
PRINTED = 30


Save = Annotated[
    Optional[Path],
    typer.Option(help="Draw the pictures of --worst to this .png file.", metavar="FILE", show_default=False),
]


def evaluate(
    run: o.RunPath,
    worst: Annotated[int, typer.Option(help="Show so many of the worst mistakes.", min=0, show_default=False)] = 0,
    save: Save = None,
    data_dir: o.DataDir = None,
    mirror: o.Mirror = None,
    json: o.Json = False,
) -> None:
    """Measure a run's network on the test part of its data: loss, accuracy, and each class.

    Precision is the share of the predictions of a class that are right, recall the share of its examples that are
    found. The worst mistakes are those in which the true class was given the least probability; of images, their
    pictures are drawn.

    fnnet evaluate runs/mnist --worst 20

    fnnet evaluate runs/mnist --worst 20 --save worst.png
    """
    found = load_run(run)
    check_save(save, worst, found.shape)
    data = found.checked(data_of_run(found, data_dir, mirror))
    with computing(found.threads):
        outputs = predict(found.net, data.x_test)
        loss = finite(float(found.loss(data.y_test).forward(outputs.astype(np.float64))[0]))
    counts = confusion(outputs, data.y_test)
    report: dict[str, Any] = {
        "run": str(run),
        "dataset": data.name,
        "epochs": found.state.epoch if found.state else None,
        "test_examples": len(data.y_test),
        "test_loss": loss,
        "test_accuracy": float(np.trace(counts) / counts.sum()),
        "classes": _classes(data.classes, counts),
        "confusion": counts.tolist(),
        "worst": _worst(LOSSES[found.recipe.loss].probabilities(outputs), data.y_test, data.classes, worst),
    }
    pictures = captioned(data, report["worst"])
    save_mistakes(save, pictures)
    if json:
        print_json(report)
    else:
        _print(report, worst)
        print_mistakes(pictures, save)


def _classes(names: tuple[str, ...], counts: Array) -> list[dict[str, Any]]:
    rows = zip(names, *precision_recall(counts), counts.sum(axis=1), strict=True)
    return [
        {"class": name, "precision": _figure(p), "recall": _figure(r), "examples": int(n)} for name, p, r, n in rows
    ]


def _figure(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _worst(p: Array, labels: Array, names: tuple[str, ...], many: int) -> list[dict[str, Any]]:
    given, made = p[np.arange(len(p)), labels], predicted(p)
    wrong = np.flatnonzero(made != labels)
    order = wrong[np.argsort(given[wrong], kind="stable")][:many]
    return [
        {
            "row": int(i),
            "class": names[labels[i]],
            "predicted": names[made[i]],
            "probability": float(p[i, made[i]]),
            "of_class": float(given[i]),
        }
        for i in order
    ]


def _print(report: dict[str, Any], worst: int) -> None:
    n = report["test_examples"]
    say(
        f"{visible(report['dataset'])}: test accuracy {report['test_accuracy']:.4f} "
        f"({round(report['test_accuracy'] * n):,} of {n:,}), test loss {report['test_loss']:.4f}\n"
    )
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
        made = table(">test row", "class", "taken for", ">with probability", ">its own")
        for row in report["worst"]:
            cells = row["class"], row["predicted"], f"{row['probability']:.4f}", f"{row['of_class']:.2g}"
            add_row(made, str(row["row"]), *cells)
        print_table(made)


def _text(share: float | None) -> str:
    return "-" if share is None else f"{share:.4f}"
