"""A student's file, imported as far as it goes, and programs run on it, each in a copy of the process."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import final

import attrs

from fnnet.grading import pages
from fnnet.grading.child.codec import Closed, Late
from fnnet.grading.child.records import Begun, Contents, Ended, Failure, Gave, Order, Value, Warned
from fnnet.grading.child.verbs import Invoke, Request, Step
from fnnet.grading.judge import Complaint
from fnnet.grading.process import Limits, Process, process
from fnnet.values.record import evolve, frozen

#: How often a file is imported anew, without the statement that ended the last attempt.
ATTEMPTS = 12
NEVER = 1 << 30
HUNG = Failure("hung", "")
READ_ONLY = ("read-only", "readonly", "read only", "not writeable", "writeable")


@final
@frozen
class Answer:
    """What the steps of a program gave, by slot; and the complaint about who wrote on arrays of his caller."""

    gave: dict[str, Gave]
    wrote: tuple[Complaint, ...] = ()

    def get(self, slot: str) -> Value:
        """The value of a slot; a `Failure`, the first that stood in its way, where its step was not reached."""
        value = self.gave[slot].value if slot in self.gave else Failure("missing", slot)
        if isinstance(value, Failure) and value.kind == "missing" and value.what in self.gave and value.what != slot:
            return self.get(value.what)
        return value

    @property
    def failures(self) -> list[Failure]:
        """All that failed, in order."""
        return [gave.value for gave in self.gave.values() if isinstance(gave.value, Failure)]

    def warnings(self, *slots: str) -> list[Warned]:
        """The warnings of the steps of these slots."""
        return [warned for slot in slots if slot in self.gave for warned in self.gave[slot].warnings]


@final
@frozen
class Session:
    """An imported file: what it holds, and the statements that failed at the import.

    ``hung`` counts by method what did not end; what never ended twice is not tried a third time.
    """

    process: Process
    contents: Contents
    failures: tuple[Failure, ...]
    hung: dict[str, int] = attrs.field(factory=dict)

    def run(self, steps: Sequence[Step], *, writable: bool = False, seconds: float = 0.0, seed: int = 0) -> Answer:
        """Do the steps in a fresh copy, on arrays that are ``writable`` or not."""
        limits = self.process.limits
        limit = seconds or limits.seconds
        tried = next((i for i, step in enumerate(steps) if self.hung.get(_label(step), 0) > 1), len(steps))
        self.process.ask(Request(tuple(steps[:tried]), writable, limit, limits.memory, seed))
        messages = list(self._messages(limit + 30))
        gave = {m.slot: m for m in messages if isinstance(m, Gave)}
        if stopped := next((step for step in steps if step.slot not in gave), None):
            why = HUNG if tried < len(steps) else _why(messages)
            gave[stopped.slot] = Gave(stopped.slot, why)
            self.hung[_label(stopped)] = self.hung.get(_label(stopped), 0) + (why.kind == "hung")
        return Answer(gave)

    def watch(self, steps: Sequence[Step]) -> Answer:
        """Do the steps on arrays that can't be written to; where that stops them, note who wrote, and let him."""
        answer = self.run(steps)
        raised = [why for why in answer.failures if (why.kind, why.what) == ("raised", "ValueError")]
        guilty = next((why for why in raised if any(word in why.message for word in READ_ONLY)), None)
        if guilty is None:
            return answer
        where = guilty.place or "in a library"
        text = f"writes on an array that belongs to its caller ({where}): see {pages.AFFINE}"
        return evolve(self.run(steps, writable=True), wrote=(Complaint(text, "in place"),))

    def _messages(self, seconds: float) -> Iterator[object]:
        """What comes of a request, up to the end of the copy that did the steps, or of the child."""
        while True:
            try:
                yield (message := self.process.answer(seconds))
            except (Closed, Late):
                return
            except ValueError:  # a message that the student's code has written
                continue
            if isinstance(message, Ended):
                return


def _label(step: Step) -> str:
    verb = step.verb
    return f"{str(verb.owner).split()[0]}.{verb.name}" if isinstance(verb, Invoke) else type(verb).__name__


def _why(messages: Sequence[object]) -> Failure:
    end = messages[-1] if messages else None
    if isinstance(end, Ended) and end.late:
        return HUNG
    how = f"signal {end.signal}" if isinstance(end, Ended) and end.signal else "is there an exit?"
    return Failure("ended", "process", f"ends the whole process ({how})")


@contextmanager
def session(path: Path, limits: Limits) -> Iterator[Session]:
    """Import the file in a child. A statement that ends the child, or doesn't end, is left out the next time."""
    skip: tuple[int, ...] = ()
    failures: dict[Failure, None] = {}
    only = NEVER
    for _ in range(ATTEMPTS):
        with process(limits) as child:
            child.ask(Order(str(path), limits.memory, skip, only))
            contents, failed, at = _import(child, limits.seconds)
            failures |= dict.fromkeys(failed)
            if contents is not None:
                yield Session(child, contents, tuple(failures))
                return
        if at < 0:
            break
        skip += (at,)
        only = min(only, at) if failed[-1].kind == "hung" else only
    raise ImportError(list(failures)[-1].sentence)


def _import(child: Process, seconds: float) -> tuple[Contents | None, list[Failure], int]:
    """What the file holds, if the child has lived; what failed; and the last statement that began."""
    begun, failures = Begun(-1, 0), list[Failure]()
    while True:
        try:
            message = child.answer(seconds + 10 * (begun.at < 0))
        except Late:
            return None, [*failures, Failure("hung", "", "", begun.line, "the file", "at the import")], begun.at
        except ValueError:
            return None, [*failures, Failure("ended", "", "ends the whole process", begun.line, "the file")], begun.at
        match message:
            case Contents():
                return message, failures, begun.at
            case Failure():
                return None, [*failures, message], begun.at
            case Begun():
                begun = message
                failures += [message.failure] if message.failure else []
