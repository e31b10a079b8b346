"""What pictures are drawn on, and the files that they become. matplotlib is asked for by name, when one is drawn."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from fnnet.telling.escapes import visible
from fnnet.telling.installing import install
from fnnet.values.errors import DataError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Who drew a picture, as its file says.
MAKER = "fnnet plot"

#: What is said in a file, by its suffix: no date, so that the same picture is the same bytes.
METADATA: dict[str, dict[str, Any]] = {
    ".svg": {"Creator": MAKER, "Date": None},
    ".pdf": {"Creator": MAKER, "Producer": None, "CreationDate": None},
    ".png": {"Software": MAKER},
}

#: How pictures look; text is drawn as outlines in SVG, and as TrueType in PDF, so that it is the same everywhere.
STYLE: dict[str, Any] = {
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.size": 9.0,
    "legend.frameon": False,
    "pdf.fonttype": 42,
    "savefig.dpi": 200,
    "svg.hashsalt": MAKER,
}

#: Fonts for letters that matplotlib's own lacks, in the order in which those that are installed are asked.
FONTS = (
    "Noto Sans CJK JP", "Noto Sans CJK SC", "Hiragino Sans", "Yu Gothic", "Microsoft YaHei", "PingFang SC",
    "Malgun Gothic", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Devanagari", "Noto Sans Thai",
)  # fmt: skip


def load_matplotlib(part: str = "figure") -> Any:
    """A module of matplotlib; DataError, with how to get it, where it is missing."""
    try:
        return import_module(f"matplotlib.{part}")
    except ImportError as error:
        raise DataError(f"pictures are drawn by matplotlib: run {install('plot')}") from error


@contextmanager
def styled() -> Iterator[None]:
    """matplotlib's own settings with `STYLE`, whatever the user's are; these are back afterwards."""
    there = {*load_matplotlib("font_manager").fontManager.get_font_names()}
    fonts = {"font.family": ["DejaVu Sans", *(font for font in FONTS if font in there)]}
    with load_matplotlib("style").context(["default", {**STYLE, **fonts}]):
        yield


def blank(width: float, height: float) -> "Figure":
    """An empty figure of so many inches, which belongs to nobody else."""
    made: Figure = load_matplotlib().Figure((width, height), layout="constrained")
    return made


def packed_figure(figure: "Figure", suffix: str) -> bytes:
    """The bytes of a file with a figure in it; the same figure gives the same bytes."""
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # a letter that no font here has is drawn as a box
        figure.savefig(file, format=suffix.removeprefix("."), metadata=METADATA[suffix])
    return file.getvalue()


def is_drawn(data: bytes) -> bool:
    """Whether these are the bytes of a picture that was drawn here."""
    return MAKER.encode() in data


def label(text: object, most: int = 24) -> str:
    r"""A text that is not ours as matplotlib draws it letter by letter, and not longer than this.

    A legend leaves out what begins with an underscore, which therefore comes after a hair space.

    >>> print(label("$100 or more"), label("abcdefgh", most=5))
    \$100 or more abcd…
    """
    shown = visible(text)
    shown = f"\N{HAIR SPACE}{shown}" if shown.startswith("_") else shown
    return (shown if len(shown) <= most else shown[: most - 1] + "…").replace("$", r"\$")
