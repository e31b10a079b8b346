"""A page as plain Markdown, which any terminal can show: no directive, no role, no TeX, no link that leads nowhere.

What is more than plain Markdown is found by one pattern, and each kind of it is written out by a function of its own.
Code is found by it too, so that nothing in it is changed.
"""

import posixpath
import re
import textwrap
from collections.abc import Callable

from fnnet.course.formulas import formula
from fnnet.course.hints import ADDRESS, command, url

PIECE = re.compile(
    r"""
      ^(?P<indent>[ ]*)(?P<block>`{3,}|:{3,})[ ]*(?P<kind>[^\n]*)\n(?P<body>.*?)^[ ]*(?P=block)[ ]*$
    | (?P<hidden>\A---\n.*?\n---\n|<!--.*?-->\n*|^%[^\n]*\n|^\([\w-]+\)=\n)
    | \s*\$\$(?P<display>.+?)\$\$\s*
    | \{(?P<role>[\w:-]+)\}`(?P<said>[^`]+)`
    | (?P<code>(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`))
    | (?<![\\$])\$(?P<inline>[^$\s](?:[^$]*[^$\s])?)\$(?!\d)
    | !\[(?P<picture>[^\]]*)\]\([^)]*\)
    | \[(?P<link>[^\[\]]+)\]\((?P<to>[^)\s]+)\)
    """,
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)

#: What a page folds: HTML's details, and a dropdown.
FOLD = re.compile(
    r"""
      <details[^>]*>\s*<summary>(?P<summary>.*?)</summary>(?P<inside>.*?)</details>
    | ^(?P<fence>`{3,}|:{3,})\{dropdown\}[ ]*(?P<title>[^\n]*)\n(?P<body>.*?)^(?P=fence)[ ]*$
    """,
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)

#: Directives that show a reader nothing, and those that are a figure, move on the site, or are code. All others are a
#: remark under a heading.
SILENT = {"toctree", "contents", "eval-rst", "testsetup", "testcleanup", "index"}
DRAWN, SHOWN = {"drawing", "imports"}, {"figure", "image"}
TOUCHED = {"piece", "film"}
CODE = {"code", "code-block", "code-cell", "sourcecode", "doctest"}


def readable(source: str, unfold: str = "") -> str:
    r"""The text of a page, or of a part of one.

    What the page folds, such as a solution, is shown; unless ``unfold`` names the command that does it.

    >>> print(readable(r"$\frac{\partial E}{\partial b_o}$: see [Bias](affine.md#bias)."))
    `∂E/∂b_o`: see Bias (`fnnet learn affine bias`).
    <BLANKLINE>
    """
    shown = f"`{unfold}` shows it." if unfold else ""
    remarks = FOLD.sub(lambda m: _as_remark(m, shown), source)
    return _plain(remarks).strip() + "\n"


def _as_remark(m: re.Match[str], shown: str) -> str:
    """What is folded, as a directive like any other."""
    title, body = (m["summary"], m["inside"]) if m["fence"] is None else (m["title"], m["body"])
    return f":::::::{{admonition}} {' '.join(title.split())}\n{shown or body.strip()}\n:::::::"


def _plain(text: str) -> str:
    return PIECE.sub(_written, text)


def _written(m: re.Match[str]) -> str:
    return next(write(m) for group, write in WRITERS.items() if m[group] is not None)


def _block(m: re.Match[str]) -> str:
    """A block between fences: code, or a directive with its argument, its options and its content."""
    directive = re.fullmatch(r"\{([\w:-]+)\}\s*(.*)", m["kind"].strip())
    body = textwrap.dedent(m["body"])
    written = _directive(directive[1], directive[2], body) if directive else _code(m["kind"], body)
    return textwrap.indent(written, m["indent"])


def _directive(name: str, argument: str, body: str) -> str:
    """A figure, code or a formula as what it is, and any other directive as a remark under a heading."""
    content = re.sub(r"\A(?::[\w-]+:.*\n?)*", "", body)
    options = dict(re.findall(r"^:([\w-]+): *(.*)$", body.removesuffix(content), re.MULTILINE))
    content = content.strip("\n")
    if name in SILENT:
        return ""
    if name in CODE:
        return _code(argument, content)
    if name == "math":
        return _code("text", formula(content or argument))
    if name in DRAWN | SHOWN:
        return _figure(argument if name in DRAWN else content, options.get("alt", ""))
    if name in TOUCHED:
        return _figure(content, options.get("alt", ""), kind="To touch, on the site")
    return _remark(argument or name.capitalize(), content)


def _code(language: str, body: str) -> str:
    language = "pycon" if body.startswith(">>> ") else language.strip()
    ticks = max(re.findall("`{3,}", body), default="``") + "`"
    return f"{ticks}{language}\n{body.rstrip()}\n{ticks}"


def _figure(*says: str, kind: str = "Figure") -> str:
    return f"[{kind}: {' '.join(_plain(text.strip()) for text in says if text)}]"


def _remark(title: str, content: str) -> str:
    text = f"**{_plain(title)}**\n\n{_plain(content)}".strip()
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _role(name: str, said: str) -> str:
    """A role: a formula, a link to a page, or the text that it shows."""
    text, _, to = said.partition(" <")
    if name == "math":
        return f"`{formula(said)}`"
    if name == "doc":
        return _link(text if to else "", f"{(to or text).rstrip('>')}.md")
    return text if to else f"`{said.lstrip('~!')}`"


def _link(text: str, to: str) -> str:
    """What a link says, and how to get where it leads."""
    path, _, section = to.partition("#")
    page = posixpath.splitext(posixpath.normpath(posixpath.join("/course", path)))[0].strip("/")
    if re.match(r"\w+:", to):
        return f"[{_plain(text)}]({to})"
    if path and page.startswith("course/"):
        shown = f"`{command(page.removeprefix('course/'), section)}`"
        return f"{_plain(text)} ({shown})" if text else shown
    return f"[{_plain(text)}]({url(page, section, ADDRESS)})" if ADDRESS and path else _plain(text)


WRITERS: dict[str, Callable[[re.Match[str]], str]] = {
    "block": _block,
    "hidden": lambda m: "",
    "display": lambda m: f"\n\n{_code('text', formula(m['display']))}\n\n",
    "role": lambda m: _role(m["role"], m["said"]),
    "code": lambda m: m[0],
    "inline": lambda m: f"`{' '.join(formula(m['inline']).split())}`",
    "picture": lambda m: _figure(m["picture"]),
    "link": lambda m: _link(m["link"], m["to"]),
}
