"""What a run's network says of each picture in a folder: a row as soon as it is known, for any number of them."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeAlias

import numpy as np
import typer
from rich.progress import track

from fnnet.cli.output import complain, err, out, visible
from fnnet.cli.streamed import as_object, said, write_csv, write_json
from fnnet.cli.threads import computing
from fnnet.datasets import DataError
from fnnet.datasets.files_below import files_below, is_picture, some
from fnnet.datasets.known import KNOWN
from fnnet.datasets.pictures import read_picture
from fnnet.datasets.sheets import picture_on_sheet
from fnnet.network import chunks
from fnnet.runs import Run
from fnnet.values.array import Array
from fnnet.values.errors import UsageError

Reader: TypeAlias = Callable[[str], Array]

#: A path, and what is said of the picture there: the class, and the probability of each class.
Row: TypeAlias = tuple[str, list[Any]]


def reader(run: Run) -> Reader:
    """What brings a picture to the form of the run's data; UsageError where nobody knows how."""
    size, name = run.source.reading.size, run.source.name
    if size is not None:
        return lambda path: picture_on_sheet(path, size)
    forms = [name for name, known in KNOWN.items() if known.form]
    if name not in forms:
        raise UsageError(
            f"pictures are read for runs on a folder of pictures and on {', '.join(forms)}, whose form is known, and "
            f"this one is on {name}: bring yours to its form in Python, and use "
            "fnnet.predict(fnnet.load_run(...).net, x)"
        )
    return lambda path: read_picture(path, name)


def print_pictures(run: Run, read: Reader, inputs: Sequence[str], as_json: bool) -> None:
    """Print a row for each picture in these folders, and exit with 1 when one could not be read."""
    many = sum(1 for _ in _pictures(inputs))
    if many == 0:
        raise DataError(f"{some(list(inputs))} holds no picture (.png, .jpg ...)")
    faults: list[str] = []
    hidden = not err.is_terminal or out.is_terminal  # where the rows themselves are seen, they show how far it is
    files = track(_pictures(inputs), "reading pictures", many, console=err, transient=True, disable=hidden)
    with computing(run.threads):
        parts = _rows(run, _read(files, read, faults))
        if as_json:
            write_json([{"input": file, **as_object(run, row)} for file, row in part] for part in parts)
        else:
            write_csv(_visible(["path", "prediction", *run.classes]), (map(_cells, part) for part in parts))
    if faults:
        complain(f"no row for {len(faults):,} of {many:,} pictures: {some(faults)}")
        raise typer.Exit(1)


def _pictures(inputs: Iterable[str]) -> Iterator[str]:
    """The paths of the pictures, in order: those named, and all that are in a folder, however deep."""
    for path in inputs:
        yield from filter(is_picture, files_below(path)) if os.path.isdir(path) else [path]


def _read(files: Iterable[str], read: Reader, faults: list[str]) -> Iterator[tuple[str, Array]]:
    for file in files:
        try:
            yield file, read(file)
        except DataError as error:
            faults.append(str(error))


def _rows(run: Run, pictures: Iterator[tuple[str, Array]]) -> Iterator[list[Row]]:
    """The rows, as many at once as a network takes at once."""
    while chunk := list(islice(pictures, chunks.CHUNK)):
        files, x = zip(*chunk, strict=True)
        yield list(zip(files, said(run, chunks.predict(run.net, np.stack(x))), strict=True))


def _cells(row: Row) -> list[str]:
    file, (name, *p) = row
    return _visible([file, name, *(f"{share:.6g}" for share in p)])


def _visible(cells: Iterable[str]) -> list[str]:
    """Cells of which none steers the terminal."""
    return [visible(cell) for cell in cells]
