"""What a setting of a run is: its default, its range or choices and its help, each written once, in `Recipe`.

The checks come from here, and the flags of the command line with their help.
"""

import difflib
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, final

import attrs

from fnnet.values.errors import UsageError
from fnnet.values.record import fields, frozen

Panel = Literal["The network", "Its training"]
Check = Callable[[object, Any, Any], None]

_KEY = "fnnet.setting"


@final
@frozen
class Setting:
    """What is said of a setting: the panel of the help it stands in, what it is for, and what it must be."""

    panel: Panel
    help: str
    what: str = ""


def setting_of(field: Any) -> Setting:
    """What is said of a field of `Recipe`."""
    said: Setting = field.metadata[_KEY]
    return said


def flag(name: str) -> str:
    """The name of a setting as the command line has it.

    >>> flag("batch_size")
    'batch-size'
    """
    return name.replace("_", "-")


def as_text(value: Any) -> str:
    """A value of a setting, for people.

    >>> as_text((128, 64)), as_text(()), as_text(0.5), as_text(None), as_text(True)
    ('128,64', 'none', '0.5', 'none', 'yes')
    """
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)


def as_said(name: str, value: Any) -> str:
    """A setting as it is said at the command line, without its dashes.

    >>> as_said("batch_size", 32), as_said("batch_norm", True), as_said("batch_norm", False)
    ('batch-size 32', 'batch-norm', 'no-batch-norm')
    """
    if isinstance(value, bool):
        return flag(name) if value else f"no-{flag(name)}"
    return f"{flag(name)} {as_text(value)}"


def choice(panel: Panel, default: Any, options: Sequence[str], help: str = "", *, optional: bool = False) -> Any:
    """One of these names, or None where it is optional."""

    def check(instance: object, attribute: Any, value: Any) -> None:
        if value not in options and not (optional and value is None):
            near = difflib.get_close_matches(str(value), options, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise UsageError(f"{flag(attribute.name)} must be one of {', '.join(options)}, got {value!r}{hint}")

    return _setting(panel, f"{help}{', '.join(options[:-1])} or {options[-1]}.", check, default=default)


def real(
    panel: Panel, default: float | None, help: str, *, above: float | None = None, least: float = 0.0,
    below: float = math.inf,
) -> Any:  # fmt: skip
    """A finite number above or of at least a limit, and below another; None stays."""

    def check(instance: object, attribute: Any, value: Any) -> None:
        if value is None or ((value > above if above is not None else value >= least) and value < below):
            return
        limits = f"of at least {least:g}" if above is None else f"above {above:g}"
        limits += f" and below {below:g}" if below < math.inf else ""
        raise UsageError(f"{flag(attribute.name)} must be a finite number {limits}, got {value:g}")

    return _setting(panel, help, check, default=default)


def whole(panel: Panel, default: int | None, help: str, *, least: int) -> Any:
    """A whole number of at least a limit; None stays."""

    def check(instance: object, attribute: Any, value: Any) -> None:
        if value is not None and not (value == int(value) and least <= value < 2**32):
            raise UsageError(f"{flag(attribute.name)} must be a whole number of at least {least}, got {value}")

    return _setting(panel, help, check, default=default)


def numbers(panel: Panel, default: tuple[int, ...], help: str, *, least: int, most: int, what: str) -> Any:
    """Whole numbers, any many, each from ``least`` to ``most``; ``what`` they are, for the error."""

    def check(instance: object, attribute: Any, value: tuple[int, ...]) -> None:
        for number in value:
            if type(number) is not int or not least <= number <= most:
                raise UsageError(f"{flag(attribute.name)} must be {what}, got {number}")

    return _setting(panel, help, check, what, default=default, converter=tuple)


def switch(panel: Panel, help: str) -> Any:
    """Yes or no, no unless it is said."""
    return _setting(panel, help, lambda instance, attribute, value: None, default=False)


def _setting(panel: Panel, help: str, check: Check, what: str = "", **more: Any) -> Any:
    return attrs.field(validator=check, metadata={_KEY: Setting(panel, help, what)}, **more)


def settings_of(cls: type, names: Iterable[str] | None = None) -> list[Any]:
    """The fields of a recipe's class that are settings, or those of these names, in the order of the class."""
    wanted = None if names is None else set(names)
    return [field for field in fields(cls) if _KEY in field.metadata and (wanted is None or field.name in wanted)]
