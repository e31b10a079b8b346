"""The directive ``{film}``: a link to the film of a run, a page of its own that is made with the site.

Its argument is the name of the film, and its content the text of the link.
"""

import html
from pathlib import Path
from typing import Any

from docutils import nodes
from film_page import FILMS, file_of
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class Film(SphinxDirective):
    """A link to a film."""

    has_content = True
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The link, by a relative address."""
        name = self.arguments[0]
        if name not in FILMS:
            raise self.error(f"a film must be one of {', '.join(FILMS)}, got {name!r}")
        up = "../" * self.env.docname.count("/")
        said = html.escape(" ".join(self.content))
        link = f'<p class="film-link"><a href="{up}_static/{file_of(name)}">{said}</a></p>'
        return [nodes.raw("", link, format="html")]


def write_films(app: Sphinx, error: Exception | None) -> None:
    """Put the films among the files of the site."""
    if error is None and app.builder.format == "html":
        for name, made in FILMS.items():
            made().save(Path(app.outdir) / "_static" / file_of(name))


def setup(app: Sphinx) -> dict[str, Any]:
    """Announce the directive to Sphinx."""
    app.add_directive("film", Film)
    app.connect("build-finished", write_films)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
