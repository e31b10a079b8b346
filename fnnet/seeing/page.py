"""The page: one file that holds all it needs, and asks nobody for anything."""

import html
import json
import os
import re
from collections.abc import Sequence
from typing import Any, final

from fnnet.runs.archive import write
from fnnet.seeing.bundle import read, script
from fnnet.values.record import frozen

#: What the page looks like.
STYLES = ("style.css", "views.css", "whole.css")

#: How tall a page stands in a notebook, in pixels.
TALL = 900


@final
@frozen
class Page:
    """A page of HTML in one piece: to be saved, mailed, and opened from the disk; in a notebook it shows itself."""

    title: str
    html: str

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the page to a file, whole or not at all. Raises OSError where it can't be written."""
        write(path, self.html.encode("utf-8"))

    def _repr_html_(self) -> str:
        inside = html.escape(self.html, quote=True)
        style = f"width: 100%; height: {TALL}px; border: 0"
        return f'<iframe srcdoc="{inside}" title="{html.escape(self.title)}" style="{style}"></iframe>'

    def __repr__(self) -> str:
        return f"Page({self.title!r}, {len(self.html):,} characters)"


@final
@frozen
class Shown:
    """One film of a page: what is known about it, as JSON has it, the text of its arrays, and what of the whole run."""

    about: dict[str, Any]
    text: str
    whole: dict[str, Any] | None = None


def page(films: Sequence[Shown], differs: dict[str, Any] | None = None) -> Page:
    """The page of one film, or of two beside each other; ``differs`` says in a text where they part, and the step."""
    title = " and ".join(film.about["title"] for film in films)
    about = {"films": [{"about": film.about, "whole": film.whole} for film in films], "differs": differs}
    texts = [_inert(f"film-{i}", "text/plain", film.text) for i, film in enumerate(films)]
    parts = {
        "title": html.escape(title),
        "style": "".join(map(read, STYLES)),
        "data": "\n".join([_inert("about", "application/json", json.dumps(about)), *texts]),
        "script": script("app.js"),
    }
    filled = re.sub(r"\{(title|style|data|script)\}", lambda found: parts[found[1]], read("index.html"))
    return Page(title, filled)


def _inert(name: str, kind: str, text: str) -> str:
    """Data in a page, in which nothing ends the element that holds it, whatever names stand in it."""
    escaped = text.replace("<", "\\u003c")
    return f'<script type="{kind}" id="{name}">{escaped}</script>'
