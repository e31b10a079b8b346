"""What is said of a run under way: the epoch, its figures, the pace, and the time that is left."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import final

from fnnet.learning.state import State
from fnnet.values.record import frozen


@final
@frozen
class Pace:
    """When a run was begun to be watched, its first state, and when that came."""

    began: float
    first: State
    came: float

    def speed(self, state: State, now: float) -> float | None:
        """Epochs a second; None while there is nothing to tell it by."""
        return (behind(state) - behind(self.first)) / (now - self.came) if now > self.came else None


@final
@frozen
class Wording:
    """What is said of a run of so many epochs, whose metric is called so."""

    epochs: int | None
    figure: str

    def place(self, state: State) -> str:
        """The epoch that a state ends, or is in."""
        return f"epoch {state.epoch + (state.batch > 0):,}" + (f" of {self.epochs:,}" if self.epochs else "")

    def words(self, state: State, pace: Pace, now: float, ended: bool) -> Iterator[str]:
        """The figures of a state, the most telling first."""
        yield f"loss {state.mean_loss:.4f}"
        if state.mean_metric is not None:
            yield f"{self.figure} {state.mean_metric:.4f}"
        held = state.validation if state.mean_metric is None else state.validation_metric
        if held is not None:
            yield f"validation {held:.4f}"
        speed = pace.speed(state, now)
        if ended:
            yield f"in {duration(now - pace.began)}"
        elif speed and self.epochs:
            yield f"{duration((self.epochs - behind(state)) / speed)} left"
        if speed:
            yield f"{speed * state.epoch_size:,.0f} examples/s"

    def line(self, state: State, pace: Pace, now: float, width: int, *, ended: bool = False) -> str:
        """A line for a state, of as many words as fit."""
        ended = ended or state.epoch == self.epochs
        place = self.place(state) + (f" ({behind(state) - state.epoch:.0%})" if state.batch else "") + ": "
        return place + fitting(self.words(state, pace, now, ended), width - len(place), ", ")

    def at_a_tenth(self, state: State) -> bool:
        """Whether a state ends the first epoch that has a tenth of all behind it, or two, and so on."""
        tenths = [epoch * 10 // self.epochs for epoch in (state.epoch - 1, state.epoch)] if self.epochs else [0, 0]
        return state.batch == 0 and tenths[0] < tenths[1]


def behind(state: State) -> float:
    """The epochs behind a state, with the share of the one under way.

    >>> behind(State(params=(), optimizer=(), best=(), seed=0, epoch=3, batch=1, examples=30, epoch_size=120))
    3.25
    """
    return state.epoch + (state.examples / state.epoch_size if state.batch and state.epoch_size else 0.0)


def duration(seconds: float) -> str:
    """Seconds for people.

    >>> duration(6.54), duration(3725)
    ('6.5 s', '1:02:05')
    """
    return f"{seconds:.1f} s" if seconds < 60 else str(timedelta(seconds=round(seconds)))


def fitting(words: Iterable[str], width: int, between: str) -> str:
    """As many of the words, at least the first, as fit into a width.

    >>> fitting(["loss 0.5", "in 3.0 s"], 17, ", "), fitting(["loss 0.5", "in 3.0 s"], 18, ", ")
    ('loss 0.5', 'loss 0.5, in 3.0 s')
    """
    first, *more = words
    for word in more:
        if len(first + between + word) > width:
            break
        first += between + word
    return first
