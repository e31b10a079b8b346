"""Predictions for the rows of a file, or of what is piped in: as CSV, a part after the other, in bounded memory."""

import sys
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

from rich.status import Status

from fnnet.cli.output import complain, err
from fnnet.cli.output import rows as counted
from fnnet.cli.streamed import as_object, said, write_csv, write_json
from fnnet.network.chunks import predict
from fnnet.runs import Run
from fnnet.runs.new_rows import frames, schema_of_run, surprises
from fnnet.values.array import Array


def print_predictions(run: Run, path: str, json: bool) -> None:
    """A row for each row of the file at this path, or of the standard input where it is ``-``."""
    strange: Counter[tuple[str, str]] = Counter()
    with err.status("predicting") as status:
        parts = _outputs(run, path, strange, status)
        first = list(islice(parts, 1))  # what is wrong with the file is said before anything is written
        rows = (said(run, outputs) for outputs in chain(first, parts))
        if json:
            write_json((as_object(run, row) for row in part) for part in rows)
        else:
            write_csv(["prediction", *run.classes], (map(_cells, part) for part in rows))
    for (name, what), times in strange.items():
        complain(f"{name}, in {counted(times)}: {what}")


def _outputs(run: Run, path: str, strange: Counter[tuple[str, str]], status: Status) -> Iterator[Array]:
    many = 0
    for frame in frames(run, Path(path), sys.stdin.buffer if path == "-" else None):
        x = schema_of_run(run, frame.name).encode(frame)
        strange.update(surprises(run, x))
        yield predict(run.net, x)
        many += len(x)
        status.update(f"predicting, {counted(many)}")


def _cells(row: list[Any]) -> list[str]:
    return [cell if isinstance(cell, str) else f"{cell:.7g}" for cell in row]
