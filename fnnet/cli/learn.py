"""`fnnet learn`: the course, page by page, in the terminal."""

import os
from typing import Annotated, Any, Optional

import typer
from rich.markdown import Markdown
from rich.theme import Theme

from fnnet import course
from fnnet.cli import options as o
from fnnet.cli.output import err, out, print_json, raw, say, table
from fnnet.values.errors import UsageError

#: Lines as wide as the widest example of the course, and no wider: they are to be read.
WIDEST = 100

#: Formulas and names in a text: no box around each.
LOOKS = Theme({"markdown.code": "cyan", "markdown.block_quote": "none", "markdown.h2": "bold underline"})

MaybePage = Annotated[Optional[str], typer.Argument(metavar="PAGE", help="Its name in the list.", show_default=False)]
Section = Annotated[
    Optional[list[str]],
    typer.Argument(metavar="SECTION", help="A heading of it, or a part of one.", show_default=False),
]


def learn(
    page: MaybePage = None,
    section: Section = None,
    solution: Annotated[bool, typer.Option("--solution", help="Show its solutions, too.", show_default=False)] = False,
    code: Annotated[bool, typer.Option("--code", help="Print its examples, to run them.", show_default=False)] = False,
    json: o.Json = False,
) -> None:
    """List the pages of the course, or show one of them, or a section of it.

    In a terminal a long page is shown by your pager, in a file or a pipe it is Markdown. The examples are for your
    own Python: --code prints them without what the page has around them.

    fnnet learn                             what there is

    fnnet learn affine                      a page

    fnnet learn affine bias                 a section of it

    fnnet learn affine --solution           and how its exercise is solved

    fnnet learn affine --code > affine.py   its examples, for python -i affine.py
    """
    if page is None:
        if solution or code:
            flag = "--solution" if solution else "--code"
            raise UsageError(f"{flag} is of a page; name it, such as fnnet learn affine {flag}")
        _list(json)
        return
    chosen = course.page(page)
    heading = " ".join(section or [])
    source = chosen.section(heading) if heading else chosen.source
    text = course.readable(source, "" if solution else f"{course.command(chosen.name, heading)} --solution")
    text = _code(text) if code else text
    if json:
        print_json({**_row(chosen), "sections": list(chosen.sections), "text": text})
    elif code:
        raw(text.rstrip("\n"))
    elif out.is_terminal:
        _read(text)
    else:
        say(text.rstrip("\n"))


def _code(text: str) -> str:
    """The examples of a text. Raises UsageError where it has none."""
    typed = course.code(text)
    if not typed:
        raise UsageError("there are no examples in this section; leave its name out for those of the whole page")
    return typed


def _row(page: course.Page) -> dict[str, Any]:
    return {"name": page.name, "title": page.title, "teaches": page.teaches}


def _list(json: bool) -> None:
    pages = course.pages()
    if json:
        print_json([_row(page) for page in pages])
        return
    made = table("page", "what it teaches")
    made.columns[1].no_wrap = False
    for page in pages:
        made.add_row(page.name, page.teaches)
    out.print(made, soft_wrap=False)
    err.print(f"to read the first: {course.command(pages[0].name)}")


def _read(text: str) -> None:
    """Show Markdown; by the pager where it is longer than the terminal."""
    with out.use_theme(LOOKS):
        shown = Markdown(text, code_theme="ansi_dark", hyperlinks=False)
        width = min(out.width, WIDEST)
        if len(out.render_lines(shown, out.options.update(width=width))) < out.height:
            out.print(shown, soft_wrap=False, width=width)
            return
        less = os.environ.setdefault("LESS", "FRX")  # as Git has it: in colors, and it stays on the screen
        with out.pager(styles="r" in less.lower()):
            out.print(shown, soft_wrap=False, width=width)
