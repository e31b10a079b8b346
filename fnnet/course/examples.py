"""The code of a page, as a file that Python runs: what a reader would type, without what he would see."""

import re

#: An example as `readable` writes it, quoted or not, with its further lines; and whether it ends in an error.
EXAMPLE = re.compile(
    r"^(?P<lines>(?P<quote>(?:> )*)>>> .*\n(?P<more>(?:(?P=quote)\.\.\..*\n)*))(?P<error>(?P=quote)Traceback)?",
    re.MULTILINE,
)
PROMPT = re.compile(r"^(?:> )*(?:>>>|\.\.\.) ?", re.MULTILINE)


def code(text: str) -> str:
    r"""The code of the examples in a readable text.

    What goes over several lines has an empty one behind it, as Python wants it where it is typed. An example that
    shows an error is a comment, so that the others run.

    >>> page = ">>> for i in range(2):\n...     print(i)\n0\n1\n>>> i\n1\n"
    >>> print(code(page).rstrip())
    for i in range(2):
        print(i)
    <BLANKLINE>
    i
    """
    return "".join(map(_typed, EXAMPLE.finditer(text)))


def _typed(m: re.Match[str]) -> str:
    """The lines of an example without their prompts."""
    mark = "# an error: " if m["error"] else ""
    return PROMPT.sub(mark, m["lines"]) + "\n" * bool(m["more"])
