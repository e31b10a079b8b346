"""Run a program on arrays that can't be written to; where that stops it, note who wrote, and run it on others."""

from fnnet.grading import pages
from fnnet.grading.calls import Program
from fnnet.grading.judge import Complaint
from fnnet.grading.session import Answer, Session
from fnnet.grading.wire import Failure

WORDS = ("read-only", "readonly", "read only", "not writeable", "writeable")


def run(session: Session, p: Program, damage: list[Complaint]) -> Answer:
    """The answers; what wrote on its caller's arrays is added to ``damage``."""
    answer = session.run(p.steps, p.arrays)
    guilty = [v for v in answer.values.values() if isinstance(v, Failure) and _wrote(v)]
    if not guilty:
        return answer
    text = f"writes on an array that belongs to its caller ({guilty[0].place or 'in a library'}): see {pages.IN_PLACE}"
    complaint = Complaint(text, "in place")
    if complaint not in damage:
        damage.append(complaint)
    return session.run(p.steps, p.arrays, writable=True)


def _wrote(why: Failure) -> bool:
    return why.kind == "raised" and why.what == "ValueError" and any(word in why.message for word in WORDS)
