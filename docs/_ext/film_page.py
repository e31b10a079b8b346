"""The films that the course links to: pages of `fnnet.seeing.see`, made while the documentation is built."""

from collections.abc import Callable

from fnnet import SGD, Sigmoid, datasets, mlp
from fnnet.seeing import Page, see


def xor() -> Page:
    """The run of the page on problem 1, all thousand steps of it."""
    data = datasets.xor()
    net = mlp([2, 8, 2], Sigmoid(), init="normal", seed=0, dtype=float)
    sgd = SGD(lr=0.5, momentum=0.9)
    return see(net, data.x, data.y, optimizer=sgd, epochs=1000, classes=data.classes, title="Problem 1: XOR")


#: What makes each film, by the name that a page of the course says.
FILMS: dict[str, Callable[[], Page]] = {"xor": xor}


def file_of(name: str) -> str:
    """Where a film stands among the static files of the site."""
    return f"film-{name}.html"
