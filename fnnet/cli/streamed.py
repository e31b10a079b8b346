"""What a run says of many examples, written a part after the other, of which none is kept."""

import csv
import io
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import typer

from fnnet.learning.metrics import predicted
from fnnet.runs import Run
from fnnet.runs.recipe import named_loss
from fnnet.values.array import Array


def said(run: Run, outputs: Array) -> Iterator[list[Any]]:
    """What outputs (N, K) say, row by row: the number; or the class, and the probability of each."""
    if not run.classes:
        yield from outputs.astype(float).tolist()
        return
    p = named_loss(run.recipe).probabilities(outputs)
    for best, shares in zip(predicted(p).tolist(), p.astype(float).tolist(), strict=True):
        yield [run.classes[best], *shares]


def as_object(run: Run, row: Sequence[Any]) -> dict[str, Any]:
    """A row of what is said, as JSON has it."""
    best, *shares = row
    if not run.classes:
        return {"prediction": best}
    return {"class": best, "probabilities": dict(zip(run.classes, shares, strict=True))}


def write_csv(head: Sequence[str], parts: Iterable[Iterable[Sequence[str]]]) -> None:
    """Rows under their head."""
    _write(_csv([head]))
    for rows in parts:
        _write(_csv(rows))


def write_json(parts: Iterable[Iterable[dict[str, Any]]]) -> None:
    """One list of objects."""
    between = "["
    for rows in parts:
        texts = [json.dumps(row, allow_nan=False) for row in rows]
        if texts:
            _write(between + ", ".join(texts))
            between = ", "
    _write("[]\n" if between == "[" else "]\n")


def _csv(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _write(text: str) -> None:
    """Text to stdout. Whoever reads it may stop, as `head` does; then all is said."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(1) from None
