"""Grade one student's file: find what is in it, and check each part alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, final

import attrs

from fnnet.grading import affine, folds, model, sigmoid, softmax, training
from fnnet.grading.child.frames import Closed, Late
from fnnet.grading.found import Part, find
from fnnet.grading.judge import Complaint
from fnnet.grading.process import Limits
from fnnet.grading.report import Report, Row, missing, row
from fnnet.grading.session import Session, session
from fnnet.values.record import frozen

CONVENTIONS = ("mean", "sum")


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
    digits: training.Digits | None = None


def grade(path: Path, settings: Settings = Settings(), name: str = "") -> Report:  # noqa: B008  # frozen
    """The report of a file. Whatever the file does is in the report; OSError where it can't be read.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "lab.py")
    ...     _ = path.write_text("class Sigmoid: pass")
    ...     report = grade(path)
    >>> report.points, report.row("Sigmoid", "forward").complaints[0].sentence
    (0.0, "y: it raises AttributeError: 'Sigmoid' object has no attribute 'forward'")
    """
    path = path.resolve()
    path.read_bytes()
    try:
        with session(path, settings.limits) as opened:
            return _graded(opened, settings, name or path.name)
    except ImportError as error:
        why = f"the file can't be read: it {error}"
        return Report(name or path.name, "none", tuple(_all_missing(why, settings)), (why,))


def _graded(opened: Session, settings: Settings, name: str) -> Report:
    parts = find(opened.names)
    remarks = [f"at the import it {failure.sentence}; that statement was left out" for failure in opened.failures]
    if not parts:
        why = "no class Affine, Sigmoid, Softmax or Model is in the file, and no function such as affine_forward"
        return Report(name, "none", tuple(_all_missing(why, settings)), (*remarks, why))
    form = "course" if any(part.style == "course" for part in parts.values()) else "fnnet"
    rows = [*_layers(opened, parts, settings, form)]
    if settings.train:
        convention = settings.convention
        rows += _guarded("training", [training.XOR], lambda: [training.grade_xor(opened, parts, convention)])
        if (digits := settings.digits) is not None:
            rows += _guarded(
                "training", [training.MNIST], lambda: [training.grade_mnist(opened, parts, convention, digits)]
            )
    return Report(name, form, tuple(rows), tuple(remarks))


def _layers(opened: Session, parts: dict[str, Part], settings: Settings, form: str) -> list[Row]:
    convention = settings.convention
    plan: dict[str, tuple[list[tuple[str, float]], Callable[[Part], list[Row]]]] = {
        "Affine": (affine.ROWS, lambda part: affine.grade_affine(opened, part)),
        "Sigmoid": (sigmoid.ROWS, lambda part: sigmoid.grade_sigmoid(opened, part)),
    }
    if form == "course" or "Softmax" in parts:
        plan["Softmax"] = (softmax.ROWS, lambda part: _softmax(opened, part, convention))
    if form == "fnnet" or "Loss" in parts:
        plan["Loss"] = (softmax.PURE_ROWS, lambda part: softmax.grade_loss(opened, part, convention))
    plan["Model"] = (model.ROWS[:2] if form == "fnnet" else model.ROWS, lambda part: _model(opened, part, parts))
    if form == "fnnet" and "Model" not in parts and any(part.style == "functions" for part in parts.values()):
        del plan["Model"]
    rows: list[Row] = []
    for kind, (wanted, check) in plan.items():
        if kind in parts:
            rows += _guarded(kind, wanted, lambda kind=kind, check=check: check(parts[kind]))  # type: ignore[misc]
        else:
            rows += missing(kind, wanted, f"{kind} is not in the file")
    return rows


def _softmax(opened: Session, part: Part, convention: str) -> list[Row]:
    if part.pure or ("loss" not in part.methods and "backward" in part.methods and _is_jvp(part)):
        return softmax.grade_pure_softmax(opened, part)
    return softmax.grade_softmax(opened, part, convention)


def _is_jvp(part: Part) -> bool:
    return len(part.parameters("backward")) == 2 and not part.rate_is_optional() and part.style != "course"


def _model(opened: Session, part: Part, parts: dict[str, Part]) -> list[Row]:
    return folds.grade_folds(opened, part) if part.style == "functions" else model.grade_model(opened, part, parts)


def _guarded(part: str, rows: list[tuple[str, float]], check: Callable[[], list[Row]]) -> list[Row]:
    """The rows of a check. What no check foresaw in a student's values costs that part, and not the whole report."""
    try:
        return check()
    except (TypeError, ValueError, AttributeError, KeyError, IndexError, ArithmeticError, Late, Closed) as error:
        text = f"gives values that can't be graded ({type(error).__name__}: {error})"
        return [row(part, quantity, most, [Complaint(text)]) for quantity, most in rows]


def _all_missing(why: str, settings: Settings) -> list[Row]:
    plan: dict[str, Any] = {
        "Affine": affine.ROWS, "Sigmoid": sigmoid.ROWS, "Softmax": softmax.ROWS, "Model": model.ROWS,
    }  # fmt: skip
    rows = [r for kind, wanted in plan.items() for r in missing(kind, wanted, why)]
    trials = [training.XOR] * settings.train + [training.MNIST] * (settings.train and settings.digits is not None)
    return rows + missing("training", trials, why)
