"""The pictures of the worst mistakes of a run: in the terminal, and in a file."""

from pathlib import Path
from typing import Any

from fnnet.cli.blocks import Captioned, print_blocks
from fnnet.cli.contact_sheet import contact_sheet
from fnnet.cli.output import complain, out, say
from fnnet.datasets import Dataset
from fnnet.datasets.grays import are_images, grays
from fnnet.datasets.picture_file import load_pillow
from fnnet.runs.archive import write
from fnnet.values.errors import UsageError

#: The most pictures on a sheet.
MOST = 1000


def check_save(path: Path | None, worst: int, shape: tuple[int, ...]) -> None:
    """Raise UsageError where no sheet of the worst mistakes can be saved, before anything is computed."""
    if path is None:
        return
    if path.suffix.lower() != ".png":
        raise UsageError(f"--save writes a .png file, got {path}")
    if not 0 < worst <= MOST:
        raise UsageError(f"--save draws the worst mistakes: say how many, from 1 to {MOST:,}, by --worst; got {worst}")
    if not are_images(shape):
        raise UsageError(f"--save draws images, and the examples of this run are of shape {shape}; leave it out")
    load_pillow()


def captioned(data: Dataset, rows: list[dict[str, Any]]) -> list[Captioned]:
    """The images of these mistakes with what is to be said of each; none where the data are no images."""
    if not rows or not are_images(data.x_test.shape[1:]):
        return []
    said = [(f"row {row['row']}", f"class {row['class']}", f"taken for {row['predicted']}") for row in rows]
    return list(zip(grays(data, [row["row"] for row in rows]), said, strict=True))


def print_mistakes(pictures: list[Captioned], saved: Path | None) -> None:
    """Draw them under the table, and say where they are saved."""
    if pictures:
        say("")
        print_blocks(pictures, out)
        if saved:
            say(f"drawn in: {saved}")


def save_mistakes(path: Path | None, pictures: list[Captioned]) -> None:
    """Write them to a file, if one is said; where there are none, that is said."""
    if path and pictures:
        write(path, contact_sheet(pictures))
    elif path:
        complain(f"there is no mistake to draw, and {path} is not written")
