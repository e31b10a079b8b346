"""A student's file, imported as far as it goes, and programs run on it, each in a copy of the process."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, final

import attrs

from fnnet.grading.child.frames import Closed, Late
from fnnet.grading.process import Limits, Process, order, packed, process
from fnnet.grading.wire import Failure, decode, failure
from fnnet.values.array import Array
from fnnet.values.record import frozen

#: How often a file is imported anew, without the statement that ended the last attempt.
ATTEMPTS = 12
NEVER = 1 << 30

Step = list[Any]


@final
@frozen
class Answer:
    """What the steps of a program gave: an array, `Odd`, `Nothing` or `Failure` by slot, and the warnings heard."""

    values: dict[str, Any]
    warnings: dict[str, list[Any]]

    def get(self, slot: str) -> Any:
        """The value of a slot; a `Failure`, the first that stood in its way, where its step was not reached."""
        value = self.values.get(slot, Failure("missing", slot))
        if isinstance(value, Failure) and value.kind == "missing" and value.what in self.values and value.what != slot:
            return self.get(value.what)
        return value


@final
@frozen
class Session:
    """An imported file: what it holds, and the statements that failed at the import."""

    process: Process
    names: dict[str, Any]
    failures: list[Failure]
    hung: dict[str, int] = attrs.field(factory=dict)

    def run(self, steps: list[Step], arrays: list[Array], *, writable: bool = False, seconds: float = 0) -> Answer:
        """Do the steps ``[slot, kind, ...]`` in a fresh copy. What never ended twice is not tried a third time."""
        limits = self.process.limits
        limit = seconds or limits.seconds
        wanted = next((i for i, step in enumerate(steps) if self.hung.get(_label(step), 0) > 1), len(steps))
        outlines, data = packed(arrays)
        request = {"arrays": outlines, "steps": steps[:wanted], "writable": writable}
        self.process.ask({**request, "seconds": limit, "memory": limits.memory + 2 * len(data)}, data)
        values, heard, last = self._frames(limit)
        rest = [step for step in steps if step[0] not in values]
        if rest and (why := _why(last) if wanted == len(steps) else Failure("hung", "")):
            values[rest[0][0]] = why
            if why.kind == "hung":
                self.hung[_label(rest[0])] = self.hung.get(_label(rest[0]), 0) + 1
        return Answer(values, heard)

    def _frames(self, limit: float) -> tuple[dict[str, Any], dict[str, list[Any]], Any]:
        values: dict[str, Any] = {}
        heard: dict[str, list[Any]] = {}
        while True:
            try:
                frame, data = self.process.answer(limit + 30)
                if "end" in frame:
                    return values, heard, frame
                slot = frame["slot"]
                values[slot] = failure(frame["failure"]) if "failure" in frame else decode(frame["value"], data)
                heard[slot] = frame.get("warnings") or []
            except (Closed, Late):
                return values, heard, {"end": "lost"}
            except (KeyError, TypeError, ValueError, AttributeError):
                continue


def _label(step: Step) -> str:
    return f"{str(step[2]).split()[0]}.{step[3]}" if step[1] == "call" else step[1]


def _why(last: dict[str, Any]) -> Failure | None:
    if last["end"] == "done":
        return None
    if last["end"] == "late":
        return Failure("hung", "")
    signal = last.get("signal")
    text = f"ends the whole process (signal {signal})" if signal else "ends the whole process (is there an exit?)"
    return Failure("ended", "process", text)


@contextmanager
def session(path: Path, limits: Limits) -> Iterator[Session]:
    """Import the file in a child. A statement that ends the child, or doesn't end, is left out the next time."""
    skip: list[int] = []
    failures: list[Failure] = []
    only = NEVER
    for _ in range(ATTEMPTS):
        with process(limits) as child:
            child.ask(order(path, limits, skip, only))
            names, met, ended = _imported(child, limits.seconds)
            if ended is None:
                yield Session(child, names, failures + met)
                return
        place, why = ended
        failures += [*met, why]
        if place < 0:
            break
        skip.append(place)
        only = min(only, place) if why.kind == "hung" else only
        failures = [f for i, f in enumerate(failures) if f not in failures[:i]]
    raise ImportError(failures[-1].sentence if failures else "it can't be imported")


def _imported(child: Process, seconds: float) -> tuple[dict[str, Any], list[Failure], tuple[int, Failure] | None]:
    """What the file holds and what failed; and the place and reason where the import ended the child."""
    at, line = -1, None
    met: list[Failure] = []
    while True:
        try:
            frame, _ = child.answer(seconds + 10 * (at < 0))
        except Late:
            return {}, met, (at, Failure("hung", "", line=line, file="the file", source="at the import"))
        except Closed:
            return {}, met, (at, Failure("ended", "", "ends the whole process", line=line, file="the file"))
        if "loaded" in frame:
            return frame["loaded"], met, None
        if "unreadable" in frame:
            return {}, met, (-1, failure(frame["unreadable"]))
        at, line = frame["at"], frame["line"]
        if frame["failure"]:
            met.append(failure(frame["failure"]))
