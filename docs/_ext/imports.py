"""The directive ``{imports}``: the rooms of the house by floors, and the arrows of what they import.

An arrow is drawn where no longer way says it already; the others are in what a room shows when it is pointed at. A room
stands above the middle of the rooms that its arrows lead to, as far as its neighbors let it, and an arrow moves over
below its room and then falls straight. Colors and type are the page's: one figure for light and dark.
"""

import html
from itertools import groupby
from statistics import fmean
from typing import Any, NamedTuple

from docutils import nodes
from docutils.parsers.rst import directives
from house import MAP, MODULES, Room, arrows, room_of, rooms
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

#: The width of the figure and the height of a floor; the size of a room and the least way between two; the house.
WIDTH, FLOOR, BOX, HEIGHT, GAP = 720, 86, 132, 44, 20
LEFT, RIGHT = 44, 698
MIDDLE = (LEFT + RIGHT) / 2

Arrows = set[tuple[str, str]]


class Box(NamedTuple):
    """A room on the figure: its left and right edge, and its top."""

    left: float
    right: float
    top: float

    @property
    def middle(self) -> float:
        """Half way from left to right."""
        return (self.left + self.right) / 2


def reach(room: str, pairs: Arrows) -> set[str]:
    """All rooms that a room stands on, at once or by way of others."""
    below = {there for here, there in pairs if here == room}
    return below.union(*(reach(there, pairs) for there in below))


def needed(pairs: Arrows) -> Arrows:
    """The arrows that no longer way says already."""
    further = {here: set().union(*(reach(there, pairs) for one, there in pairs if one == here)) for here, _ in pairs}
    return {(here, there) for here, there in pairs if there not in further[here]}


def boxes(plan: list[Room], pairs: Arrows) -> dict[str, Box]:
    """Where each room stands, from the lowest floor up; the two lowest bear all and are as wide as the house."""
    placed: dict[str, Box] = {}
    for floor, group in groupby(plan, lambda room: room.floor):
        names = [room.name for room in group]
        top = (plan[-1].floor - floor) * FLOOR + (FLOOR - HEIGHT) / 2
        middles = apart([_middle(name, placed, pairs) for name in names])
        half = BOX / 2 if floor > 1 or len(names) > 1 else RIGHT - MIDDLE
        placed |= {name: Box(x - half, x + half, top) for name, x in zip(names, middles, strict=True)}
    return placed


def _middle(name: str, placed: dict[str, Box], pairs: Arrows) -> float:
    return fmean([placed[there].middle for here, there in pairs if here == name] or [MIDDLE])


def apart(wanted: list[float]) -> list[float]:
    """Middles of boxes in this order, near those wanted, side by side and inside the house."""
    room = BOX + GAP
    if len(set(wanted)) == 1 < len(wanted):
        wanted = [wanted[0] + (i - (len(wanted) - 1) / 2) * room for i in range(len(wanted))]
    middles: list[float] = []
    for i, x in enumerate(wanted):
        least = middles[-1] + room if middles else LEFT + BOX / 2
        most = RIGHT - BOX / 2 - (len(wanted) - 1 - i) * room
        middles.append(min(max(x, least), most))
    return middles


def drawn(alt: str) -> str:
    """The figure as SVG."""
    plan, pairs = rooms(), arrows()
    places, shown = boxes(plan, needed(pairs)), needed(pairs)
    parts = [_floors(plan), *(_arrow(places[a], places[b], a, b) for a, b in sorted(shown))]
    parts += [_room(room.name, places[room.name], pairs) for room in plan]
    size = f'viewBox="0 0 {WIDTH} {(plan[-1].floor - plan[0].floor + 1) * FLOOR}"'
    return f'<svg {size} role="img" aria-label="{html.escape(alt)}">{_style(plan, pairs)}{"".join(parts)}</svg>'


def _floors(plan: list[Room]) -> str:
    highest = plan[-1].floor
    lines = []
    for floor in range(plan[0].floor, highest + 1):
        top = (highest - floor) * FLOOR
        shade = f'<rect class="floor" x="0" y="{top + 2}" width="{WIDTH}" height="{FLOOR - 4}" rx="6"/>'
        lines.append(f'{shade}<text class="number" x="18" y="{top + FLOOR / 2 + 5}">{floor}</text>')
    return "".join(lines)


def _arrow(here: Box, there: Box, a: str, b: str) -> str:
    """From the bottom of one room over to its place above the other, in the first gap, and straight down."""
    x, y, end = here.middle, here.top + HEIGHT, there.top - 2
    to = min(max(x, there.left + BOX / 4), there.right - BOX / 4) if there.right - there.left > BOX else there.middle
    bend = y + FLOOR - HEIGHT
    path = f"M{x:g} {y:g} C{x:g} {y + 22:g} {to:g} {bend - 28:g} {to:g} {bend - 6:g} L{to:g} {end - 4:g}"
    head = f"M{to - 4:g} {end - 7:g} L{to:g} {end:g} L{to + 4:g} {end - 7:g} Z"
    return f'<g class="arrow from-{a} to-{b}"><path class="line" d="{path}"/><path class="head" d="{head}"/></g>'


def _room(name: str, box: Box, pairs: Arrows) -> str:
    """A room with its name and its size, and what it imports as the text that it shows when it is pointed at."""
    below = sorted(there for here, there in pairs if here == name)
    says = f"{name} imports {', '.join(below)}" if below else f"{name} imports no other room"
    files = [MODULES[module].read_text("utf-8") for module in MODULES if room_of(module) == name]
    lines = sum(text.count("\n") for text in files)
    size = f"{len(files)} files, {lines:,} lines" if len(files) > 1 else f"{lines:,} lines"
    title = {"__init__": "fnnet", "__main__": "python -m fnnet"}.get(name, name)
    return (
        f'<g class="room" id="room-{name}"><title>{says}</title>'
        f'<rect x="{box.left:g}" y="{box.top:g}" width="{box.right - box.left:g}" height="{HEIGHT}" rx="6"/>'
        f'<text class="name" x="{box.middle:g}" y="{box.top + 19:g}">{title}</text>'
        f'<text class="size" x="{box.middle:g}" y="{box.top + 35:g}">{size}</text></g>'
    )


def _style(plan: list[Room], pairs: Arrows) -> str:
    """Pointing at a room leaves lit what it imports, and dims all else."""
    rules = []
    for room in plan:
        lit = [f"#room-{there}" for here, there in sorted(pairs) if here == room.name]
        kept = ", ".join([f"#room-{room.name}", *lit])
        rules.append(f"svg:has(#room-{room.name}:hover) .room:not({kept}) {{ opacity: 0.25 }}")
        rules.append(f"svg:has(#room-{room.name}:hover) .arrow:not(.from-{room.name}) {{ opacity: 0.1 }}")
    return f"<style>{' '.join(rules)}</style>"


class Imports(SphinxDirective):
    """The figure of the house, with a caption."""

    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {"alt": directives.unchanged_required}  # noqa: RUF012  # as docutils declares it

    def run(self) -> list[nodes.Node]:
        """The figure, drawn anew whenever the map or a module has changed."""
        for path in (MAP, *MODULES.values()):
            self.env.note_dependency(str(path))
        svg = nodes.raw("", drawn(self.options["alt"]), format="html")
        figure = nodes.figure("", svg, classes=["drawing", "house"])
        text, messages = self.state.inline_text(self.arguments[0], self.lineno)
        figure += nodes.caption(self.arguments[0], "", *text)
        return [figure, *messages]


def setup(app: Sphinx) -> dict[str, Any]:
    """Announce the directive to Sphinx."""
    app.add_directive("imports", Imports)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
