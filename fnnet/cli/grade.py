"""`fnnet grade`: a student's layers, each quantity alone, and each mistake by its name."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Optional

import typer
from rich.text import Text

from fnnet.cli import options as o
from fnnet.cli.class_rows import as_csv, print_class
from fnnet.cli.output import err, print_json, print_table, raw, say, table, visible
from fnnet.grading import Limits, Report, Settings, digits_of, markdown, students, write_skeleton
from fnnet.grading import grade as graded
from fnnet.grading.catalog import CATALOGS
from fnnet.runs.archive import write
from fnnet.values.errors import UsageError

#: What a student's code is told of the environment; the rest is nobody's business.
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH")

Lab = Annotated[
    Optional[Path],
    typer.Argument(
        metavar="PATH", help="A student's file, or a folder with one file or folder each.", show_default=False
    ),
]


def _option(text: str, *names: str, **more: Any) -> Any:
    return typer.Option(*names, help=text, show_default=False, **more)


def grade(
    path: Lab = None,
    convention: Annotated[
        str, typer.Option(help="What the loss's gradient divides by: mean (the batch size) or sum (nothing).")
    ] = "mean",
    mnist: Annotated[Optional[Path], _option("Train on MNIST too, from this folder.", metavar="DIR")] = None,
    seconds: Annotated[float, typer.Option(help="How long one call may take.", min=0.1)] = 5.0,
    as_markdown: Annotated[bool, _option("Print Markdown, to paste into a submission.", "--markdown")] = False,
    csv: Annotated[Optional[Path], _option("Write one row for each student to this file.", metavar="FILE")] = None,
    skeleton: Annotated[Optional[Path], _option("Write the blank lab into this folder.", metavar="DIR")] = None,
    mistakes: Annotated[bool, _option("List the known mistakes.", "--mistakes")] = False,
    json: o.Json = False,
) -> None:
    """Grade the layers of a student's file, and name the mistakes.

    Each quantity is checked alone, by reference inputs: forward, dx, dW, db, the update, the loss, the order of the
    model; then whether the model learns XOR. The code runs in a process of its own with limits on time and memory,
    which is no protection against malice. Exits with 0 whatever the points.

    fnnet grade --skeleton lab              the blank lab

    fnnet grade lab/layers.py               one student

    fnnet grade class --csv points.csv      all of them
    """
    if skeleton is not None:
        if path is not None:
            raise UsageError("--skeleton writes a blank lab and grades nothing; leave PATH out")
        for written in write_skeleton(skeleton):
            say(str(written))
        return
    if mistakes:
        _print_catalog()
        return
    if path is None:
        raise UsageError("Missing argument 'PATH', such as layers.py (see fnnet grade --help)")
    if as_markdown and json:
        raise UsageError("--markdown and --json exclude each other; leave one out")
    asked = _files(path)
    digits = None if mnist is None else digits_of(o.data_of("mnist", mnist))
    limits = Limits(seconds=seconds, environment={name: os.environ[name] for name in KEPT if name in os.environ})
    settings = Settings(convention=convention, limits=limits, digits=digits)
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:  # and not ignored
        signal.signal(signal.SIGTERM, _leave)
    reports = _graded(asked, settings)
    reports = reports if csv is None else _kept(reports, csv)
    if json:
        all_of_them = [report.as_json() for report in reports]
        print_json(all_of_them if path.is_dir() else all_of_them[0])
    elif as_markdown:
        for number, report in enumerate(reports):
            raw("\n" * bool(number) + markdown(report))
    elif path.is_dir():
        print_class([name for name, _ in asked], reports)
    else:
        _print(next(reports))


def _leave(number: int, frame: object) -> None:
    """End like any program that is asked to, but by an exception, so that what a file has started is ended first."""
    raise SystemExit(128 + number)


def _files(path: Path) -> list[tuple[str, Path]]:
    if path.is_dir():
        everyone, passed_over = students(path)
        if passed_over:
            names = ", ".join(map(visible, passed_over))
            err.print(f"passed over, since they hold no Python file: {names}", markup=False)
        return everyone
    if not path.exists():
        raise UsageError(f"there is no file {path}; name a student's .py file, or a folder of them")
    if path.suffix != ".py":
        raise UsageError(f"a student's file must be Python (.py), got {path}; a notebook can be saved as a script")
    return [(path.name, path)]


def _graded(asked: list[tuple[str, Path]], settings: Settings) -> Iterator[Report]:
    """The report of each student, as soon as it is there."""
    for name, file in asked:
        if len(asked) > 1 and err.is_terminal:
            err.print(f"grading {visible(name)}", markup=False)
        yield graded(file, settings, name)


def _kept(reports: Iterator[Report], csv: Path) -> Iterator[Report]:
    """The same; each is in the file before it is shown, and the file is there before the first."""
    rows: list[Report] = []
    write(csv, as_csv(rows))
    for report in reports:
        rows.append(report)
        write(csv, as_csv(rows))
        yield report


def _print(report: Report) -> None:
    made = table("part", "quantity", ">points", "~")
    for mark in report.marks:
        names = "; ".join(c.mistake for c in mark.complaints if c.mistake)
        verdict = Text("ok", "green") if mark.full else Text(names or "see below", "red")
        made.add_row(mark.part, mark.quantity, f"{mark.points:g}/{mark.most:g}", verdict)
    print_table(made, keep=2)
    more = report.remarks or report.points < report.most
    say(f"\n{visible(report.name)}: {report.points:g} of {report.most:g} points" + "\n" * bool(more))
    said: dict[str, list[str]] = {}
    for mark in report.marks:
        for complaint in mark.complaints:
            said.setdefault(complaint.sentence, []).append(f"{mark.part} {mark.quantity}")
    for sentence, where in said.items():
        say(f"{', '.join(where)}: {visible(sentence)}")
    for remark in report.remarks:
        say(f"remark: {visible(remark)}")


def _print_catalog() -> None:
    for quantity, known in CATALOGS.items():
        say(f"{quantity}:")
        for mistake in known:
            say(f"  {mistake.name}: {mistake.sentence}")
