"""Grade one student's file: find what is in it, and check each part alone."""

import os
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import final

from fnnet.grading import trial
from fnnet.grading.affine_grader import grade_affine
from fnnet.grading.judge import Complaint
from fnnet.grading.learner import Lesson
from fnnet.grading.model_grader import grade_folds, grade_model
from fnnet.grading.parts import Part, parts_of
from fnnet.grading.plain_grader import grade_loss, grade_pure_softmax, grade_sigmoid, grade_softmax
from fnnet.grading.process import Limits
from fnnet.grading.report import POINTS, Mark, Report, marks
from fnnet.grading.session import Session, session
from fnnet.tables.opening import open_regular
from fnnet.values.errors import UsageError
from fnnet.values.record import frozen

#: What a check of values that nobody expected may raise.
UNFORESEEN = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, MemoryError, RecursionError)


@final
@frozen
class Settings:
    """What is asked: the convention of the loss, the limits, whether to train, and MNIST's digits if there are any.

    ``digits`` are x (N, 784) from 0 to 1, labels (N,), and the same of a test part.
    """

    convention: str = "mean"
    limits: Limits = Limits()  # a frozen record is safe as a default
    train: bool = True
    digits: trial.Digits | None = None

    def __attrs_post_init__(self) -> None:
        if self.convention not in ("mean", "sum"):
            raise UsageError(f"convention must be mean or sum, got {self.convention!r}")


def grade(path: Path, settings: Settings = Settings(), name: str = "") -> Report:  # noqa: B008  # frozen
    """The report of a file. Whatever the file is and does is in the report, also that it can't be opened.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "lab.py")
    ...     _ = path.write_text("class Sigmoid: pass")
    ...     report = grade(path)
    >>> report.points, report.mark("Sigmoid", "forward").complaints[0].sentence
    (0.0, "y: it raises AttributeError: 'Sigmoid' object has no attribute 'forward'")
    """
    name = name or path.name
    path = Path(os.path.realpath(path))  # which knows what to do with links that go round
    try:
        open_regular(path).close()
    except OSError as error:
        return _nothing(name, f"the file can't be opened: {error.strerror}", settings)
    try:
        with session(path, settings.limits) as opened:
            return _graded(opened, settings, name)
    except ImportError as error:
        return _nothing(name, f"the file can't be read: it {error}", settings)


def _graded(opened: Session, settings: Settings, name: str) -> Report:
    parts = parts_of(opened.contents)
    remarks = tuple(f"at the import it {why.sentence}; that statement was left out" for why in opened.failures)
    if not parts:
        why = "no class Affine, Sigmoid, Softmax or Model is in the file, and no function such as affine_forward"
        return _nothing(name, why, settings, remarks)
    form = "course" if any(part.style == "course" for part in parts.values()) else "fnnet"
    layers = [mark for kind in _asked(parts, form) for mark in _part(opened, parts, kind, form, settings)]
    return Report(name, form, (*layers, *_trials(opened, parts, settings)), remarks)


def _nothing(name: str, why: str, settings: Settings, remarks: tuple[str, ...] = ()) -> Report:
    wanted: dict[str, Iterable[str]] = {kind: POINTS[kind] for kind in ("Affine", "Sigmoid", "Softmax", "Model")}
    wanted["training"] = [lesson.name for lesson in _lessons(settings)]
    lost = [mark for kind, names in wanted.items() for mark in _all(kind, names, why)]
    return Report(name, "none", tuple(lost), (*remarks, why))


def _all(kind: str, names: Iterable[str], why: str) -> list[Mark]:
    return marks(kind, {name: [Complaint(why)] for name in names})


def _asked(parts: Mapping[str, Part], form: str) -> list[str]:
    """The parts that are graded, or missed. Functions need no Model, and each form has its own way with the loss."""
    classes = form == "course" or not any(part.style == "functions" for part in parts.values())
    asked = {"Affine": True, "Sigmoid": True, "Softmax": form == "course", "Loss": form == "fnnet", "Model": classes}
    return [kind for kind, needed in asked.items() if needed or kind in parts]


def _part(opened: Session, parts: Mapping[str, Part], kind: str, form: str, settings: Settings) -> list[Mark]:
    names = [name for name in POINTS[kind] if form == "course" or name != "learning rate"]
    if kind not in parts:
        return _all(kind, names, f"{kind} is not in the file")
    part, convention = parts[kind], settings.convention
    graders: dict[str, Callable[[], list[Mark]]] = {
        "Affine": lambda: grade_affine(opened, part),
        "Sigmoid": lambda: grade_sigmoid(opened, part),
        "Softmax": lambda: grade_pure_softmax(opened, part) if part.pure else grade_softmax(opened, part, convention),
        "Loss": lambda: grade_loss(opened, part, convention),
        "Model": lambda: grade_folds(opened, part) if part.style == "functions" else grade_model(opened, part, parts),
    }
    return _guarded(kind, names, graders[kind])


def _trials(opened: Session, parts: Mapping[str, Part], settings: Settings) -> list[Mark]:
    lessons = _lessons(settings)
    if why := trial.lacking(parts):
        return _all("training", [lesson.name for lesson in lessons], why)
    checks = {lesson.name: partial(trial.grade_lesson, opened, parts, lesson) for lesson in lessons}
    return [mark for name, check in checks.items() for mark in _guarded("training", [name], check)]


def _lessons(settings: Settings) -> list[Lesson]:
    mnist = [] if settings.digits is None else [trial.mnist(settings.convention, settings.digits)]
    return [trial.xor(settings.convention), *mnist] if settings.train else []


def _guarded(kind: str, names: Iterable[str], check: Callable[[], list[Mark]]) -> list[Mark]:
    """The marks of a check. What no check foresaw in a student's values costs that part, and not the whole report."""
    try:
        return check()
    except UNFORESEEN as error:
        return _all(kind, names, f"gives values that can't be graded ({type(error).__name__}: {error})")
