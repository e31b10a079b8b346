"""Predictions for the rows of a file, or of what is piped in: as CSV, a part after the other, in bounded memory."""

import csv
import json as plain
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

from rich.status import Status

from fnnet.cli.output import complain, err, rows
from fnnet.learning.metrics import predicted
from fnnet.network.chunks import predict
from fnnet.runs import Run
from fnnet.runs.new_rows import frames, schema_of_run, surprises
from fnnet.runs.recipe import named_loss
from fnnet.values.array import Array


def print_predictions(run: Run, path: str, json: bool) -> None:
    """A row for each row of the file at this path, or of the standard input where it is ``-``."""
    strange: Counter[tuple[str, str]] = Counter()
    with err.status("predicting") as status:
        parts = _outputs(run, path, strange, status)
        first = list(islice(parts, 1))  # what is wrong with the file is said before anything is written
        (_write_json if json else _write_csv)(run, chain(first, parts))
    for (name, what), times in strange.items():
        complain(f"{name}, in {rows(times)}: {what}")


def said(run: Run, outputs: Array) -> Iterator[list[Any]]:
    """What outputs (N, K) say, row by row: the number; or the class, and the probability of each."""
    if not run.classes:
        yield from outputs.astype(float).tolist()
        return
    p = named_loss(run.recipe).probabilities(outputs)
    for best, shares in zip(predicted(p).tolist(), p.astype(float).tolist(), strict=True):
        yield [run.classes[best], *shares]


def as_objects(run: Run, outputs: Array) -> Iterator[dict[str, Any]]:
    """The same, as JSON has it."""
    for best, *shares in said(run, outputs):
        if run.classes:
            yield {"class": best, "probabilities": dict(zip(run.classes, shares, strict=True))}
        else:
            yield {"prediction": best}


def _outputs(run: Run, path: str, strange: Counter[tuple[str, str]], status: Status) -> Iterator[Array]:
    many = 0
    for frame in frames(run, Path(path), sys.stdin.buffer if path == "-" else None):
        x = schema_of_run(run, frame.name).encode(frame)
        strange.update(surprises(run, x))
        yield predict(run.net, x)
        many += len(x)
        status.update(f"predicting, {rows(many)}")


def _write_csv(run: Run, parts: Iterator[Array]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["prediction", *run.classes])
    for outputs in parts:
        writer.writerows(
            [cell if isinstance(cell, str) else f"{cell:.7g}" for cell in row] for row in said(run, outputs)
        )


def _write_json(run: Run, parts: Iterator[Array]) -> None:
    """One list of objects, of which none is kept."""
    between = "["
    for row in chain.from_iterable(as_objects(run, outputs) for outputs in parts):
        sys.stdout.write(between + plain.dumps(row, allow_nan=False))
        between = ", "
    sys.stdout.write("]\n" if between == ", " else "[]\n")
