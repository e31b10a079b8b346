"""The flags of the settings of a run, made from what `Recipe` says of each: its type, its choices and its help."""

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Annotated, Any, TypeAlias, get_type_hints

import typer
from typer.models import ArgumentInfo

from fnnet.runs.recipe import Recipe, default_text
from fnnet.runs.settings import flag, setting_of, settings_of
from fnnet.values.errors import UsageError

#: The settings that were said, by their names in `Recipe`, as `evolve` takes them.
Said: TypeAlias = Mapping[str, Any]

_NUMBERS = tuple[int, ...]


def with_default(help: str, default: str) -> str:
    """The help of a flag, and on a line of its own what holds where it is not given; the help is Markdown."""
    return f"{help}  \n[default: {default}]"


def option(name: str, default: str, of: type = Recipe) -> Any:
    """The flag of one setting of a recipe, or of another class, for a command that has a default of its own for it."""
    return _option(settings_of(of, (name,))[0], default)


def settings(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the flags of these settings, all where none is named; it gets what was said as its ``said``."""

    def with_flags(command: Callable[..., None]) -> Callable[..., None]:
        chosen = settings_of(Recipe, names or None)

        @wraps(command)
        def run(**given: Any) -> None:
            said = {f.name: _value(f, given.pop(f.name)) for f in chosen}
            command(**given, said={name: value for name, value in said.items() if value is not None})

        own = [p for p in inspect.signature(command, eval_str=True).parameters.values() if p.name != "said"]
        ordered = [*filter(_is_argument, own), *map(_parameter, chosen), *(p for p in own if not _is_argument(p))]
        signature = inspect.Signature([p.replace(kind=p.KEYWORD_ONLY) for p in ordered])
        run.__signature__ = signature  # type: ignore[attr-defined]  # which typer reads
        run.__annotations__ = {name: p.annotation for name, p in signature.parameters.items()}
        return run

    return with_flags


def _is_argument(parameter: inspect.Parameter) -> bool:
    return any(isinstance(part, ArgumentInfo) for part in parameter.annotation.__metadata__)


def _parameter(field: Any) -> inspect.Parameter:
    kind: Any = _kind(field)
    annotation = Annotated[kind | None, _option(field, default_text(field.name))]
    return inspect.Parameter(field.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _option(field: Any, default: str) -> Any:
    said, name = setting_of(field), flag(field.name)
    names = f"--{name}/--no-{name}" if _kind(field) is bool else f"--{name}"
    return typer.Option(names, help=with_default(said.help, default), rich_help_panel=said.panel, show_default=False)


def _kind(field: Any) -> Any:
    """The type of a flag: text where the setting is a list of numbers, and that of the setting otherwise."""
    hint = get_type_hints(Recipe)[field.name]
    return next((kind for kind in (bool, int, float, str) if hint in (kind, kind | None)), str)


def _value(field: Any, value: Any) -> Any:
    """What was said, as the setting is: numbers from a text such as "128,64"; "none" is no number."""
    if get_type_hints(Recipe)[field.name] != _NUMBERS or value is None:
        return value
    try:
        return () if value.strip().lower() == "none" else tuple(int(part) for part in value.split(","))
    except ValueError:
        raise UsageError(f"{flag(field.name)} must be {setting_of(field).what}, got {value!r}") from None
