"""The course in a terminal: each page as plain Markdown, nothing lost, and nothing left that only a site can show."""

import ast
import doctest
import re
from pathlib import Path

import pytest
from rich.console import Console
from rich.markdown import Markdown

from fnnet import course
from fnnet.course import hints, syllabus
from fnnet.course.formulas import formula
from fnnet.values.errors import UsageError

DOCS = Path(__file__).parent.parent / "docs"
PAGES = {page.name: page for page in course.pages()}
FENCE = re.compile(r"^([> ]*)(`{3,}|:{3,})(?!`).*?^[> ]*\2 *$", re.MULTILINE | re.DOTALL)

each_page = pytest.mark.parametrize("name", PAGES)


def shown(text: str, width: int) -> str:
    """What a terminal of this width shows of a page."""
    console = Console(width=width, color_system=None)
    with console.capture() as seen:
        console.print(Markdown(text, hyperlinks=False))
    return seen.get()


def words(text: str) -> list[str]:
    """The words, without what is drawn around them."""
    return re.sub("[▌•─━┃┏┓┗┛│┄╇┡┩]", " ", text).split()


def test_the_order_is_that_of_the_site() -> None:
    """The pages are those of the table of contents, in its order, and no page of the folder is forgotten."""
    order = re.findall(r"^course/(\S+)$", (DOCS / "index.md").read_text("utf-8"), re.MULTILINE)
    assert list(PAGES) == order
    assert sorted(PAGES) == sorted(path.stem for path in (DOCS / "course").glob("*.md"))


@each_page
def test_a_page_says_what_it_teaches(name: str) -> None:
    """Beside the name, what a page teaches fits a line of 80 columns; the table calls it by its own title."""
    page = PAGES[name]
    assert len(page.teaches) <= 78 - max(map(len, PAGES))
    assert f"| [{page.title}](course/{name}.md) |" in (DOCS / "index.md").read_text("utf-8")


@each_page
def test_nothing_is_left_that_a_terminal_cannot_show(name: str) -> None:
    """Outside of its code a page has no directive, no role, no HTML, no TeX, and no link into the documentation."""
    text = course.readable(PAGES[name].source)
    prose = re.sub(r"`[^`]+`", "", FENCE.sub("", text))
    assert not re.search(r"^[> ]*:::|\{[\w-]+\}|</?\w+[^>]*>|^:\w+:|\$|\\[a-zA-Z]|\.md\b", prose, re.MULTILINE)
    assert not re.search(r"^[> ]*(`{3,}|:{3,}) *\{", text, re.MULTILINE)
    formulas = re.findall(r"```text\n(.*?)```", text, re.DOTALL)
    assert not [line for line in formulas if re.search(r"[\\{}$]", line)]


@each_page
def test_no_example_is_lost_or_changed(name: str) -> None:
    """What a reader would type, and what is printed then, is the same on the site and in the terminal."""

    def examples(text: str) -> list[tuple[str, str]]:
        quoted = re.sub("^>(?!>) ?", "", text, flags=re.MULTILINE).replace("\n```", "\n\n```")
        return [(e.source, e.want) for e in doctest.DocTestParser().get_examples(quoted)]

    source = re.sub(r"^:::\{drawing\}.*?^:::$", "", PAGES[name].source, flags=re.MULTILINE | re.DOTALL)
    assert examples(course.readable(PAGES[name].source)) == examples(source)
    assert examples(source)


@each_page
def test_code_is_that_of_the_examples(name: str) -> None:
    """The code of a page is its examples in their order, as Python reads them, and with the solution if it is shown."""
    source = re.sub(r"^:::\{drawing\}.*?^:::$", "", PAGES[name].source, flags=re.MULTILINE | re.DOTALL)
    for unfold, kept in (("", source), ("more", re.sub("<details>.*?</details>", "", source, flags=re.DOTALL))):
        typed = course.code(course.readable(PAGES[name].source, unfold))
        right = [e.source for e in doctest.DocTestParser().get_examples(kept) if not e.exc_msg]
        assert ast.unparse(ast.parse(typed)) == ast.unparse(ast.parse("".join(right)))


PIECES_OF_CODE = {
    "an error": (">>> 1 / 0\nTraceback (most recent call last):\nZeroDivisionError: x\n", "# an error: 1 / 0\n"),
    "a long error": (">>> int(\n...     'a')\nTraceback (most", "# an error: int(\n# an error:     'a')\n\n"),
    "an empty line in it": ("> >>> if True:\n> ...     a = 1\n> ...\n> >>> a\n> 1\n", "if True:\n    a = 1\n\n\na\n"),
    "nothing": ("# Page\n\n> a quote\n", ""),
}


@pytest.mark.parametrize(("text", "right"), PIECES_OF_CODE.values(), ids=PIECES_OF_CODE)
def test_code_of_a_piece(text: str, right: str) -> None:
    """Prompts and what is printed are left out, and an error is a comment."""
    assert course.code(text) == right


@each_page
def test_no_heading_is_lost(name: str) -> None:
    """Each section of a page is found by its name, and begins with its heading."""
    page = PAGES[name]
    titles = re.findall(r"^#+ (.+)$", re.sub(r"^(`{3,}|:{3,}).*?^\1$", "", page.source, flags=re.M | re.S), re.M)
    assert list(page.sections) == [syllabus.slug(title) for title in titles]
    assert [page.section(title).splitlines()[0].lstrip("# ") for title in titles] == titles


@each_page
@pytest.mark.parametrize("width", [60, 80, 200])
def test_no_word_is_broken(name: str, width: int) -> None:
    """At every width a page has the words that it has on a line without an end."""
    text = course.readable(PAGES[name].source)
    assert words(shown(text, width)) == words(shown(text, 10_000))
    assert max(map(len, shown(text, width).splitlines())) <= width


@each_page
def test_pages_lead_to_pages(name: str) -> None:
    """Each command that a page names for another page, or a section of it, shows one."""
    for page, section in re.findall(r"`fnnet learn ([\w-]+) ?([\w-]*)`", course.readable(PAGES[name].source)):
        assert not section or section in PAGES[page].sections


@each_page
def test_a_solution_is_shown_to_who_asks(name: str) -> None:
    """What the site folds is named with the command that shows it, and is there when it is asked for."""
    source, told = PAGES[name].source, f"fnnet learn {name} --solution"
    folded, opened = course.readable(source, told), course.readable(source)
    assert folded.count(f"> `{told}` shows it.") == source.count("<details>") > 0
    for solution in re.findall(r"</summary>(.*?)</details>", source, re.DOTALL):
        quoted = re.sub("^(?=.)", "> ", course.readable(solution), flags=re.MULTILINE).replace("\n\n", "\n>\n")
        assert quoted.strip() in opened
        assert quoted.strip() not in folded


def test_no_path_of_the_checkout_is_given_to_students() -> None:
    """Nothing in the package names a file of the documentation, but the one place that finds them."""
    package = Path(course.__file__).parents[1]
    files = [path for path in package.rglob("*") if path.suffix in (".py", ".txt") and path.name != "syllabus.py"]
    assert [path.name for path in files if "docs/course" in path.read_text("utf-8")] == []


def test_an_address_stands_beside_the_command() -> None:
    """Once there is an address, a hint has both, and a link out of the course leads there."""
    at = "https://example.org/fnnet"
    assert hints.hint("affine", "bias", at) == f"fnnet learn affine bias ({at}/course/affine.html#bias)"
    assert hints.hint("sigmoid", address=at) == f"fnnet learn sigmoid ({at}/course/sigmoid.html)"
    assert hints.url("runs", "", at) == f"{at}/runs.html"


PIECES = {
    "[Runs](../runs.md#x)": "Runs",
    "[a\nb](model.md)": "a\nb (`fnnet learn model`)",
    "[Bias](#bias)": "Bias",
    "[`W` and $b_1$](affine.md#bias)": "`W` and `b_1` (`fnnet learn affine bias`)",
    "[site](https://example.org/a.md)": "[site](https://example.org/a.md)",
    "{doc}`affine`": "`fnnet learn affine`",
    "{doc}`the layer <affine>`": "the layer (`fnnet learn affine`)",
    "{doc}`runs </runs>`": "runs",
    "{math}`\\sigma(a)`, {func}`~fnnet.forward`": "`σ(a)`, `fnnet.forward`",
    "`$x$ [a](b.md)` stays": "`$x$ [a](b.md)` stays",
    "costs $5 or $6": "costs $5 or $6",
    "```sh\n$ fnnet $x$\n```": "```sh\n$ fnnet $x$\n```",
    "````md\n```sh\nls\n```\n````": "````md\n```sh\nls\n```\n````",
    "```python\n>>> 1\n1\n\n```": "```pycon\n>>> 1\n1\n```",
    "a\n\n$$\n\\frac{a}{b}\n$$\n\nb": "a\n\n```text\na/b\n```\n\nb",
    "```{math}\na^2\n```": "```text\na²\n```",
    "```{code-block} sh\n:caption: it\n\nls\n```": "```sh\nls\n```",
    ":::{drawing} A *line*.\n:alt: It rises to $x^2$.\n\nplt.plot()\n:::": "[Figure: A *line*. It rises to `x²`.]",
    ":::{piece} unit\n:alt: It turns.\n\nTry *it*.\n:::": "[To touch, on the site: Try *it*. It turns.]",
    "```{figure} a.png\n:alt: A dog.\n\nIt barks.\n```": "[Figure: It barks. A dog.]",
    "![A cat.](cat.png)": "[Figure: A cat.]",
    ":::{note}\nMind $x_1$.\n\nAnd y.\n:::": "> **Note**\n>\n> Mind `x_1`.\n>\n> And y.",
    "::::{tip} Do\n:class: wide\n\n```python\n>>> 1\n1\n\n```\n::::": "> **Do**\n>\n> ```pycon\n> >>> 1\n> 1\n> ```",
    ":::{dropdown} More\nx\n:::": "> **More**\n>\n> x",
    "<details open>\n<summary>A\nB</summary>\nx\n</details>": "> **A B**\n>\n> x",
    "<!-- >>> hidden -->\n(label)=\n% nobody\ntext": "text",
    "```{toctree}\na\n```": "",
    "---\ntitle: x\n---\n# Page": "# Page",
    "* one\n\n  ```python\n  >>> 1\n  1\n  ```": "* one\n\n  ```pycon\n  >>> 1\n  1\n  ```",
}


@pytest.mark.parametrize("source", PIECES)
def test_each_piece_is_written_out(source: str) -> None:
    """Each kind of thing that only the site can show, alone."""
    assert course.readable(source).strip() == PIECES[source]


FORMULAS = {
    r"\frac{1}{N}\sum_{n=1}^N \ell_n": "1/N Σ_(n=1)^N ℓ_n",
    r"\frac{\frac12}{x_{t+1}}": "(1/2)/x_(t+1)",
    r"y_k = \frac{e^{x_k}}{\sum_j e^{x_j}}": "y_k = e^(x_k)/(Σ_j e^(x_j))",
    r"e^{-\frac{x^2}{2}}": "e^(-x²/2)",
    r"\tfrac12 (y - y^*)^2": "1/2 (y - y*)²",
    r"\frac{\Delta y}{\Delta x}": "Δy/Δx",
    r"\Big(\frac{\partial E}{\partial u}\Big)^2": "(∂E/∂u)²",
    r"u - \frac{\eta}{\sqrt s}\, g": "u - η/√s g",
    r"\mathbf{W}^{\top}x + 10^{-16}": "Wᵀx + 10⁻¹⁶",
    r"a \qquad\text{or}\qquad b": "a    or    b",
    r"\begin{aligned} a &= b \\ &= c \end{aligned}": "a = b\n= c",
    r"\{0, 1\} \ni \max_i \lambda_i": "{0, 1} ni max_i λ_i",
    r"\hat{m} \left(50\%\right) \unknown{x}": "m\u0302 (50%) unknown(x)",
}


@pytest.mark.parametrize("tex", FORMULAS)
def test_a_formula_in_letters(tex: str) -> None:
    """What a first course writes, in letters that a terminal has."""
    assert formula(tex) == FORMULAS[tex]


def test_near_misses_are_named() -> None:
    """A page or a section that is not there is refused with the nearest that is."""
    with pytest.raises(UsageError, match="no page 'afine': did you mean affine"):
        course.page("afine")
    with pytest.raises(UsageError, match="no page 'zzz': choose from "):
        course.page("zzz")
    with pytest.raises(UsageError, match="affine has no section 'baias': did you mean bias"):
        course.page("affine").section("baias")
    assert course.page("Affine").section("The way") == course.page("affine").section("the-way-back")
