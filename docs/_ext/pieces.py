"""The directive ``{piece}``: something to touch, such as one unit with sliders, with a caption under it.

Its argument is the name of the piece, ``:alt:`` says in words what it shows, and its content is the caption. Pages
with a piece load one script and its style, which stand among the files of the site.
"""

from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from piece_page import NUMBERS, place, program, style
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

#: The files of the site that pages with a piece load.
MADE = {"pieces.js": program, "pieces.css": style}


class Piece(SphinxDirective):
    """A figure that can be touched."""

    has_content = True
    required_arguments = 1
    option_spec = {"alt": directives.unchanged_required}  # noqa: RUF012  # as docutils declares it

    def run(self) -> list[nodes.Node]:
        """The place of the piece, and the caption under it."""
        name, caption = self.arguments[0], "\n".join(self.content)
        if name not in NUMBERS:
            raise self.error(f"a piece must be one of {', '.join(NUMBERS)}, got {name!r}")
        if "alt" not in self.options:
            raise self.error("a piece needs :alt:, which says in words what it shows")
        figure = nodes.figure("", nodes.raw("", place(name, self.options["alt"]), format="html"), classes=["piece"])
        text, messages = self.state.inline_text(caption, self.lineno)
        figure += nodes.caption(caption, "", *text)
        return [figure, *messages]


def write_files(app: Sphinx, error: Exception | None) -> None:
    """Put the script and its style among the files of the site."""
    if error is None and app.builder.format == "html":
        for name, made in MADE.items():
            (Path(app.outdir) / "_static" / name).write_text(made(), "utf-8")


def load_files(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Only pages with a piece load them."""
    if doctree and any("data-piece=" in raw.astext() for raw in doctree.findall(nodes.raw)):
        app.add_js_file("pieces.js", loading_method="defer")
        app.add_css_file("pieces.css")


def setup(app: Sphinx) -> dict[str, Any]:
    """Announce the directive to Sphinx."""
    app.add_directive("piece", Piece)
    app.connect("build-finished", write_files)
    app.connect("html-page-context", load_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
