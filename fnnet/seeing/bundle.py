"""JavaScript modules as one script, so that a page that asks for nothing can hold them.

The modules in ``page/`` are plain: they import names from each other with ``import { a, b } from "./other.js";`` on
one line, and nothing else. As one script they stand after what they import, without those lines and without the word
``export``. So no name may occur at the top of two modules, which a test sees to.
"""

import re
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w.-]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(async )?(function|const|let|class)\b)", re.MULTILINE)


def read(name: str) -> str:
    """A file of the page, by its name."""
    return files("fnnet.seeing").joinpath("page", name).read_text("utf-8")


def script(*names: str, beside: Traversable | None = None) -> str:
    """The modules of these names and all that they import, each once, as one script.

    Modules may stand in a folder of their own, ``beside`` those of the page, and import them as if they were there.

    >>> script("numbers.js").startswith("/*")
    True
    """
    seen: dict[str, None] = {}
    for name in names:
        seen |= dict.fromkeys(_in_order(name, (), beside))
    return "\n".join(EXPORT.sub("", IMPORT.sub("", _source(name, beside))) for name in seen)


def _in_order(name: str, above: tuple[str, ...], beside: Traversable | None) -> Iterator[str]:
    """A module after all that it imports."""
    if name in above:
        raise ValueError(f"modules import each other in a circle: {' -> '.join((*above, name))}")
    for other in IMPORT.findall(_source(name, beside)):
        yield from _in_order(other, (*above, name), beside)
    yield name


def _source(name: str, beside: Traversable | None) -> str:
    """A module of the folder of its own, where it is one, or else of the page."""
    own = beside.joinpath(name) if beside else None
    return own.read_text("utf-8") if own and own.is_file() else read(name)
