"""Whole figures, as `fnnet plot` writes them: the learning curves of runs, one picture of a run, or all that fit it."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from fnnet.plotting.canvas import blank, label
from fnnet.plotting.curves import History, has, learning_curve
from fnnet.plotting.panels import PANELS, Subject

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Inches of a panel among others, and how many stand in a row; what is said over those that don't say it themselves.
WIDTH, HEIGHT, ACROSS = 4.9, 3.9, 3
TITLES = {"plane": "what the network says of the plane", "confusion": "how often each class was taken for each"}


def figure_name(numbers: bool) -> str:
    """The figure beside the loss, in runs that predict numbers or classes."""
    return "R2" if numbers else "accuracy"


def curve_figure(lines: Mapping[str, Sequence[History]], kinds: Collection[str]) -> "Figure":
    """The loss, and beside it the figure of the runs, where it was kept and is one for all."""
    names = _curves(lines, kinds)
    figure = blank(4.3 * len(names), 3.2)
    axes = figure.subplots(1, len(names), squeeze=False)[0]
    for ax, name in zip(axes, names, strict=True):
        learning_curve(ax, lines, name)
    if any(lines):
        _legend_below(figure, axes)
    return figure


def _legend_below(figure: "Figure", axes: Sequence["Axes"]) -> None:
    """One legend for all axes under them, where long names have room."""
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    for legend in filter(None, (ax.get_legend() for ax in axes)):
        legend.remove()


def panel_figure(name: str, subject: Subject) -> "Figure":
    """One picture of a run, of the size that it needs."""
    panel = PANELS[name]
    figure = blank(*panel.size(subject.run))
    panel.draw(figure.subplots(), subject)
    return figure


def overview_figure(names: Sequence[str], subject: Subject, title: str) -> "Figure":
    """The learning curve, if there is a history, and these pictures of a run, in one figure."""
    lines = {"": [subject.history]}
    curves = _curves(lines, {figure_name(not subject.run.classes)})
    many = len(curves) + len(names)
    across = 2 if many == 4 else min(ACROSS, many)
    down = -(-many // across)
    figure = blank(WIDTH * across, HEIGHT * down)
    figure.suptitle(label(title, 120), fontsize=11)
    axes = list(figure.subplots(down, across, squeeze=False).flat)
    for name, ax in zip(curves, axes, strict=False):
        learning_curve(ax, lines, name).set_title(f"{name.replace('R2', 'R²')} by epoch", fontsize=10)
    for name, ax in zip(names, axes[len(curves) :], strict=False):
        PANELS[name].draw(ax, subject)
        if name in TITLES:
            ax.set_title(TITLES[name], fontsize=10)
    for ax in axes[many:]:
        ax.axis("off")
    return figure


def _curves(lines: Mapping[str, Sequence[History]], kinds: Collection[str]) -> list[str]:
    return [name for name in ("loss", *(kinds if len(kinds) == 1 else ())) if has(lines, name)]
