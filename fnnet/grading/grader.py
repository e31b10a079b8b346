"""Grade one student's file: find what is in it, and check each part alone."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias, final

import attrs

from fnnet.grading import trial
from fnnet.grading.affine_grader import grade_affine
from fnnet.grading.child.frames import Closed, Late
from fnnet.grading.folds_grader import grade_folds
from fnnet.grading.judge import Complaint
from fnnet.grading.model_grader import grade_model
from fnnet.grading.parts import Part, parts_of
from fnnet.grading.process import Limits
from fnnet.grading.report import POINTS, Mark, Report, marks
from fnnet.grading.session import Session, session
from fnnet.grading.sigmoid_grader import grade_sigmoid
from fnnet.grading.softmax_grader import grade_loss, grade_pure_softmax, grade_softmax
from fnnet.values.record import frozen

CONVENTIONS = ("mean", "sum")

Parts: TypeAlias = Mapping[str, Part]


def _convention(instance: object, attribute: object, value: str) -> None:
    if value not in CONVENTIONS:
        raise ValueError(f"convention must be mean or sum, got {value!r}")


@final
@frozen
class Settings:
    """What is asked: the convention of the loss, the limits, whether to train, and MNIST's digits if there are any.

    ``digits`` are x (N, 784) from 0 to 1, labels (N,), and the same of a test part.
    """

    convention: str = attrs.field(default="mean", validator=_convention)
    limits: Limits = Limits()  # a frozen record is safe as a default
    train: bool = True
    digits: trial.Digits | None = None


def grade(path: Path, settings: Settings = Settings(), name: str = "") -> Report:  # noqa: B008  # frozen
    """The report of a file. Whatever the file does is in the report; OSError where it can't be read.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "lab.py")
    ...     _ = path.write_text("class Sigmoid: pass")
    ...     report = grade(path)
    >>> report.points, report.mark("Sigmoid", "forward").complaints[0].sentence
    (0.0, "y: it raises AttributeError: 'Sigmoid' object has no attribute 'forward'")
    """
    path = path.resolve()
    path.read_bytes()
    name = name or path.name
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
    """The report of a file in which there is nothing to grade."""
    wanted = {kind: POINTS[kind] for kind in ("Affine", "Sigmoid", "Softmax", "Model")}
    wanted["training"] = dict.fromkeys(_trained_on(settings), 0.0)
    lost = [mark for kind, names in wanted.items() for mark in _all(kind, names, why)]
    return Report(name, "none", tuple(lost), (*remarks, why))


def _all(kind: str, names: Mapping[str, float], why: str) -> list[Mark]:
    """The marks of a part that can't be graded."""
    return marks(kind, {name: [Complaint(why)] for name in names})


def _asked(parts: Parts, form: str) -> list[str]:
    """The parts that are graded, or missed. Functions need no Model, and each form has its own way with the loss."""
    spared = form == "fnnet" and any(part.style == "functions" for part in parts.values())
    asked = {
        "Affine": True,
        "Sigmoid": True,
        "Softmax": form == "course",
        "Loss": form == "fnnet",
        "Model": not spared,
    }
    return [kind for kind, needed in asked.items() if needed or kind in parts]


def _part(opened: Session, parts: Parts, kind: str, form: str, settings: Settings) -> list[Mark]:
    """The marks of a part. What no check foresaw in a student's values costs that part, and not the whole report."""
    names = {name: most for name, most in POINTS[kind].items() if form == "course" or name != "learning rate"}
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
    try:
        return graders[kind]()
    except FORESEEN as error:
        return _all(kind, names, _unforeseen(error))


FORESEEN = (TypeError, ValueError, AttributeError, KeyError, IndexError, ArithmeticError, Late, Closed)


def _unforeseen(error: BaseException) -> str:
    return f"gives values that can't be graded ({type(error).__name__}: {error})"


def _trained_on(settings: Settings) -> list[str]:
    return [*["XOR"] * settings.train, *["MNIST"] * (settings.train and settings.digits is not None)]


def _trials(opened: Session, parts: Parts, settings: Settings) -> list[Mark]:
    """Whether the model learns, on what is there."""
    return [mark for name in _trained_on(settings) for mark in _trial(opened, parts, name, settings)]


def _trial(opened: Session, parts: Parts, name: str, settings: Settings) -> list[Mark]:
    if why := trial.lacking(parts):
        return marks("training", {name: [Complaint(why)]})
    try:
        if name == "MNIST" and settings.digits is not None:
            complaints = trial.try_mnist(opened, parts, settings.convention, settings.digits)
        else:
            complaints = trial.try_xor(opened, parts, settings.convention)
    except FORESEEN as error:
        complaints = [Complaint(_unforeseen(error))]
    return marks("training", {name: complaints})
