"""The pages of the course: which there are, in their order, and what stands on them."""

import difflib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import final

from fnnet.values.errors import UsageError
from fnnet.values.record import frozen

#: A row of the table of the course on the first page of the documentation.
ROW = re.compile(r"^\| \[.+\]\(course/([\w-]+)\.md\) \| (.+) \|$", re.MULTILINE)

#: A heading; and what only looks like one, for it stands in a block of code.
HEADING = re.compile(r"^(`{3,}|:{3,}).*?^\1$|^(?P<level>#+) (?P<title>[^\n]+)$", re.MULTILINE | re.DOTALL)

#: How much alike a name must be to be the one that was meant: `slope` is no slip of `nope`.
NEAR = 0.7


@final
@frozen
class Page:
    """A page: its ``name``, one line on what it ``teaches``, and its ``source``, which is MyST's Markdown."""

    name: str
    teaches: str
    source: str

    @property
    def title(self) -> str:
        """Its first heading."""
        return next(m["title"] for m in HEADING.finditer(self.source) if m["level"])

    @property
    def sections(self) -> dict[str, str]:
        """The source of each section under the name by which a link names it, with the smaller ones inside it."""
        heads = [m for m in HEADING.finditer(self.source) if m["level"]]
        ends = [_end(m, heads[i + 1 :], len(self.source)) for i, m in enumerate(heads)]
        return {slug(m["title"]): self.source[m.start() : end] for m, end in zip(heads, ends, strict=True)}

    def section(self, name: str) -> str:
        """The source of the section of this name, or of the first that has it in its own. Raises UsageError.

        >>> page("affine").section("bias").splitlines()[0]
        '## Bias'
        """
        sections, wanted = self.sections, slug(name)
        near = [wanted] if wanted in sections else [known for known in sections if wanted in known]
        return sections[near[0] if near else _asked(wanted, sections, f"{self.name} has no section")]


def pages() -> tuple[Page, ...]:
    """All pages, in the order of the course.

    >>> [page.name for page in pages()][-2:]
    ['speed', 'exactness']
    """
    folder = _folder()
    rows = ROW.findall((folder / "index.md").read_text("utf-8"))
    return tuple(Page(name, says, (folder / "course" / f"{name}.md").read_text("utf-8")) for name, says in rows)


def page(name: str) -> Page:
    """The page of this name. Raises UsageError, with the nearest one.

    >>> page("affine").title
    'Affine: a layer of sums'
    """
    known = {page.name: page for page in pages()}
    return known[_asked(name.lower(), known, "the course has no page")]


def slug(title: str) -> str:
    """What a link calls a heading, as MyST and GitHub write it.

    >>> slug("The one rule: slopes multiply")
    'the-one-rule-slopes-multiply'
    """
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _folder() -> Path:
    """The documentation: a wheel has it inside the package, a checkout beside it."""
    package = Path(__file__).parents[1]
    inside = package / "docs"
    return inside if inside.is_dir() else package.parent / "docs"


def _asked(name: str, known: Iterable[str], complaint: str) -> str:
    """The name, if it is known."""
    names = list(known)
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1, cutoff=NEAR)
        hint = f"did you mean {near[0]}?" if near else f"choose from {', '.join(names)}"
        raise UsageError(f"{complaint} {name!r}: {hint}")
    return name


def _end(heading: re.Match[str], later: list[re.Match[str]], last: int) -> int:
    """Where the next section begins that is not inside this one."""
    return next((m.start() for m in later if len(m["level"]) <= len(heading["level"])), last)
