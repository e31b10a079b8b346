r"""A formula of TeX in letters that a terminal has: ``\frac{\partial E}{\partial u_{jk}}`` is ``∂E/∂u_jk``.

It knows what a first course writes, and leaves the name of what it does not know: ``\max`` is ``max``.
"""

import re
import unicodedata

#: Commands that are a sign; Greek letters are found by their names.
SIGNS = {
    "partial": "∂", "nabla": "∇", "sum": "Σ", "prod": "Π", "int": "∫", "infty": "∞", "in": "∈",
    "cdot": "·", "times": "×", "odot": "⊙", "circ": "∘", "pm": "±", "approx": "≈", "propto": "∝", "top": "ᵀ",
    "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "ll": "≪", "gg": "≫",
    "leftarrow": "←", "gets": "←", "rightarrow": "→", "to": "→", "mapsto": "↦", "Rightarrow": "⇒", "iff": "⇔",
    "dots": "…", "ldots": "…", "cdots": "…", "vdots": "⋮", "prime": "'", "ast": "*", "star": "*", "lambda": "λ",
    "vert": "|", "lvert": "|", "rvert": "|", "ell": "ℓ", "quad": "\t", "qquad": "\t",
}  # fmt: skip

#: Commands that only say how large or of which kind something is, and what stands around rows.
SILENT = re.compile(r"\\(?:left|right|[bB]igg?[lrm]?|displaystyle|limits|!|(?:begin|end)\{\w+\*?\})(?![a-zA-Z])\s*")

#: What a command takes: a group in which nothing is left to do, or a single letter.
ARGUMENT = r"\s*(?:\{([^{}\\]*)\}|([^\s{}()\\]))"
FRACTION = re.compile(rf"\\[td]?frac{ARGUMENT}{ARGUMENT}")
ROOT = re.compile(rf"\\sqrt{ARGUMENT}")
ACCENT = re.compile(rf"\\(hat|bar|tilde|vec|dot){ARGUMENT}")
SCRIPT = re.compile(rf"([_^]){ARGUMENT}")
KIND = re.compile(rf"\\(?:text|operatorname|boldsymbol|math[a-z]+){ARGUMENT}")
GROUP = re.compile(r"(?<![a-zA-Z_^}])\{([^{}\\]*)\}")
TAKING = re.compile(r"[td]?frac|sqrt|hat|bar|tilde|vec|dot|text|operatorname|boldsymbol|math[a-z]+")

RAISED = str.maketrans("0123456789-T", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵀ")
ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "vec": "\u20d7", "dot": "\u0307"}


def formula(tex: str) -> str:
    r"""What a formula says, in one line; where it has rows, in as many.

    >>> formula(r"g_j = \sigma\Big(u_{j0} + \sum_k u_{jk} f_k\Big)")
    'g_j = σ(u_j0 + Σ_k u_jk f_k)'
    """
    text = SILENT.sub("", " ".join(tex.split())).replace(r"\\", "\n").replace(r"\{", "⦃").replace(r"\}", "⦄")
    text = re.sub(r"\\([%#_$|])", r"\1", re.sub(r"\\[,;:> ]\s*|~|&", " ", text))
    text = re.sub(r"([∂∇Δ]) ", r"\1", re.sub(r"\\([a-zA-Z]+)(?![a-zA-Z])", _sign, text))
    before = ""
    while text != before:
        text, before = _from_within(text), text
    text = re.sub(r"[{}]", "", re.sub(r"\\(\w+)\{([^{}]*)\}", r"\1(\2)", text)).replace("\\", "")
    text = re.sub(r"(?<=[^\W_])(?=[ΣΠ∫])", " ", text.replace("⦃", "{").replace("⦄", "}"))
    return re.sub(r" *\t[\t ]*", "    ", re.sub(r" *\n *", "\n", re.sub(r" +", " ", text))).strip()


def _sign(command: re.Match[str]) -> str:
    """The sign that a command stands for, or its name; one that takes something is left as it is."""
    name = command[1]
    size = "CAPITAL" if name[0].isupper() else "SMALL"
    if name in SIGNS or TAKING.fullmatch(name) or command.string[command.end() :].startswith("{"):
        return SIGNS.get(name, command[0])
    try:
        return unicodedata.lookup(f"GREEK {size} LETTER {name}")
    except KeyError:
        return name


def _from_within(text: str) -> str:
    """Every group in which nothing is left to do is written out."""
    text = KIND.sub(_of, ACCENT.sub(lambda m: _of(m, 2) + ACCENTS[m[1]], text))
    text = SCRIPT.sub(lambda m: _script(m[1], _of(m, 2)), text)
    text = ROOT.sub(lambda m: f"√{_whole(_of(m))}", text)
    text = FRACTION.sub(lambda m: f"{_whole(_of(m))}/{_whole(_of(m, 3))}", text)
    return GROUP.sub(r"\1", text)


def _of(match: re.Match[str], first: int = 1) -> str:
    """An argument, whichever way it was written."""
    return (match[first] if match[first] is not None else match[first + 1]).strip(" ")


def _whole(text: str) -> str:
    """A part of a fraction or a root, in parentheses where it would fall apart without them.

    >>> _whole("∂E"), _whole("1 + q"), _whole("(1+q)²")
    ('∂E', '(1 + q)', '(1+q)²')
    """
    outside = re.sub(r"\([^()]*(?:\([^()]*\)[^()]*)*\)", "", text.removeprefix("-"))
    return f"({text})" if re.search(r"[\s+·×/-]", outside) else text


def _script(where: str, text: str) -> str:
    """What is raised or lowered.

    >>> _script("_", "jk"), _script("_", "t+1"), _script("^", "-8"), _script("^", "T"), _script("^", "*")
    ('_jk', '_(t+1)', '⁻⁸', 'ᵀ', '*')
    """
    if where == "^" and re.fullmatch(r"-?\d+|T|ᵀ|\*|'+", text):
        return text.translate(RAISED)
    alone = re.fullmatch(r"[^\W_]+\*?|\*|'+|\([^()]*\)", text)
    return where + (text if alone else f"({text})")
