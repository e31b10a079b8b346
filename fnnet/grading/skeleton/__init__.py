"""The blank lab, in the course's form."""

from importlib.resources import files
from pathlib import Path

from fnnet.values.errors import UsageError


def write_skeleton(folder: Path) -> list[Path]:
    """Write the files of the blank lab; where they are. Raises UsageError where one is there already."""
    paths = [folder / name for name in ("layers.py", "xor.py", "mnist.py", "README.md")]
    for path in paths:
        if path.exists():
            raise UsageError(f"{path} is there already, and nothing is written over; name another folder")
    folder.mkdir(parents=True, exist_ok=True)
    for path in paths:
        path.write_text(files(__package__).joinpath(f"{path.name}.txt").read_text("utf-8"), "utf-8")
    return paths
