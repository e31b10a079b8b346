"""The directive ``{drawing}``: a figure that the code of its own page draws while the page is built.

Before the drawing, every example of the page above it is run, so that it sees the page's variables as a reader does
who has copied what stands there. The figure becomes an SVG inside the page, whose text and axes take the color of the
page's text: one figure for light and dark.
"""

import contextlib
import doctest
import html
import io
import re
import tempfile
import warnings
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

mpl.use("svg")
import matplotlib.pyplot as plt

plt.show = lambda: None  # the page is the screen

#: Stands for the color of the page's text, and occurs nowhere else.
INK = "#010203"

#: What a reader must have done before the code of a figure runs.
NEEDS = "It needs `pip install matplotlib`, and the examples above it."

#: Colors that can be seen on white and on black.
COLORS = ["#3b82d6", "#e07b28", "#2e9e6b", "#d6455d", "#9a6dd7", "#8a8a8a"]

STYLE: dict[str, Any] = {
    "axes.prop_cycle": mpl.cycler(color=COLORS),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.figsize": (6.4, 3.2),
    "figure.constrained_layout.use": True,
    "font.size": 11,
    "grid.alpha": 0.25,
    "legend.frameon": False,
    "lines.linewidth": 2,
    "savefig.transparent": True,
    "svg.fonttype": "none",
    **{f"{part}.color": INK for part in ("text", "xtick", "ytick", "grid", "hatch")},
    **{f"axes.{part}color": INK for part in ("edge", "label")},
}


class Drawing(SphinxDirective):
    """A figure with a caption, drawn by the code in the directive, which is shown under it."""

    has_content = True
    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {"alt": directives.unchanged_required}  # noqa: RUF012  # as docutils declares it

    def run(self) -> list[nodes.Node]:
        """The figure, and its code folded under it."""
        caption = self.arguments[0]
        if "alt" not in self.options:
            raise self.error("a drawing needs :alt:, which says in words what it shows")
        code = "\n".join(self.content)
        with in_a_folder_of_its_own(self.env.temp_data):
            svg = draw(code, self._page(), f"{self.env.docname}-{self.lineno}", self.options["alt"])
        figure = nodes.figure("", nodes.raw("", svg, format="html"), classes=["drawing"])
        text, messages = self.state.inline_text(caption, self.lineno)
        figure += nodes.caption(caption, "", *text)
        needs, more = self.state.inline_text(NEEDS, self.lineno)
        listing = [nodes.paragraph(NEEDS, "", *needs), nodes.literal_block(code, code, language="python")]
        opened, closed = '<details class="code"><summary>The code of this figure</summary>', "</details>"
        folded = [nodes.raw("", opened, format="html"), *listing, nodes.raw("", closed, format="html")]
        return [figure, *messages, *more, *folded]

    def _page(self) -> dict[str, Any]:
        """What the examples above this place have defined."""
        state = self.env.temp_data.setdefault("drawing", {"names": {"__name__": "__main__"}, "done": 0})
        path = Path(self.env.doc2path(self.env.docname)).resolve()
        above = [e for e in doctest.DocTestParser().get_examples(path.read_text("utf-8")) if e.lineno < self.lineno]
        for example in above[state["done"] :]:
            run(example, state["names"], path)
        state["done"] = len(above)
        return dict(state["names"])


def in_a_folder_of_its_own(page: dict[str, Any]) -> contextlib.chdir[str]:
    """The working directory of a page: an empty folder, in which its examples may leave files for its drawings."""
    folder = page.setdefault("drawing-folder", tempfile.TemporaryDirectory())
    return contextlib.chdir(folder.name)


def run(example: doctest.Example, names: dict[str, Any], path: Path) -> None:
    """Run one example; what it should raise, it may."""
    allowed = (Exception,) if example.exc_msg else ()
    with (
        contextlib.suppress(*allowed),
        contextlib.redirect_stdout(io.StringIO()),
        np.errstate(all="raise", under="ignore"),
    ):
        exec(compile(example.source, f"{path}:{example.lineno + 1}", "single"), names)


def draw(code: str, names: dict[str, Any], name: str, alt: str) -> str:
    """The SVG of the figure that this code leaves, with no size of its own and the page's color."""
    with mpl.rc_context({**STYLE, "svg.hashsalt": name}), warnings.catch_warnings():
        warnings.simplefilter("error")
        plt.close("all")
        exec(compile(code, name, "exec"), names)
        with io.StringIO() as file:
            plt.gcf().savefig(file, format="svg", metadata={"Date": None, "Creator": None})
            text = file.getvalue()
        plt.close("all")
    return inline(text, name.replace("/", "-"), alt)


def inline(svg: str, name: str, alt: str) -> str:
    """An SVG file made fit to stand inside a page: its own ids, the page's ink, and a width that gives way."""
    svg = svg[svg.index("<svg") :].replace(INK, "currentColor")
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'<g id="(\w+)"', rf'<g id="{name}-\1"', svg)
    head, rest = svg.split(">", 1)
    width = re.findall(r' width="([0-9.]+pt)"', head)[0]
    head = re.sub(r' (?:width|height)="[0-9.]+pt"', "", head)
    return f'{head} role="img" aria-label="{html.escape(alt)}" style="max-width: {width}">{rest}'


def setup(app: Sphinx) -> dict[str, Any]:
    """Announce the directive to Sphinx."""
    app.add_directive("drawing", Drawing)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
