"""From a frozen dataclass to the options of a command: a flag per field, its docstring as the help."""

from __future__ import annotations

import ast
import inspect
import itertools
import textwrap
import types
from collections.abc import Callable
from dataclasses import MISSING, Field, fields
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import typer

__all__ = ["field_help", "parameters_of", "with_parameters"]

_NONE = type(None)


def field_help(kind: type) -> dict[str, str]:
    """Return field -> docstring of a dataclass and of those it builds on; empty where the source is not here."""
    texts: dict[str, str] = {}
    for part in reversed(kind.__mro__):
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(part)))
        except (OSError, TypeError, SyntaxError):
            continue
        body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
        for statement, follower in itertools.pairwise(body):
            is_field = isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
            if is_field and isinstance(follower, ast.Expr) and isinstance(follower.value, ast.Constant):
                texts[statement.target.id] = " ".join(str(follower.value.value).split())  # type: ignore[attr-defined]
    return texts


def parameters_of(kind: type) -> list[inspect.Parameter]:
    """Return what a command takes in place of a dataclass; see :class:`trimatte.training.recipe.Recipe`.

    Raises:
        TypeError: a field has a type that no option can have.
    """
    hints, texts = get_type_hints(kind), field_help(kind)
    return [_parameter(field, hints[field.name], texts.get(field.name, "")) for field in fields(kind)]


def _parameter(field: Field[Any], hint: Any, text: str) -> inspect.Parameter:
    default: Any = field.default
    if field.default_factory is not MISSING:
        default = field.default_factory()
    hint = _option_type(field.name, hint)
    names = {"--" + field.name.replace("_", "-"): None, "--" + field.name: None}  # a dict keeps the order
    names |= dict.fromkeys(field.metadata.get("flags", ()))
    flags = [_with_opposite(name) for name in names] if hint is bool else list(names)
    # code spans become plain words: a terminal has no use for the back quotes
    annotation = Annotated[hint, typer.Option(*flags, help=text.replace("``", ""))]
    if default is MISSING:
        default = inspect.Parameter.empty
    elif isinstance(default, tuple):
        default = list(default)
    return inspect.Parameter(field.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _with_opposite(flag: str) -> str:
    """Give a long switch its opposite; a short one has none."""
    return f"{flag}/--no-{flag[2:]}" if flag.startswith("--") else flag


def _option_type(name: str, hint: Any) -> Any:
    """Return the type typer is told for the type of a field."""
    if get_origin(hint) in (Union, types.UnionType):
        inner = [part for part in get_args(hint) if part is not _NONE]
        if len(inner) == 1:
            return _option_type(name, inner[0]) | None
    if get_origin(hint) is Literal:
        return Enum(name, {str(value): str(value) for value in get_args(hint)}, type=str)
    if get_origin(hint) is tuple and set(get_args(hint)[1:]) <= {get_args(hint)[0], Ellipsis}:
        return list[_option_type(name, get_args(hint)[0])]  # type: ignore[misc]
    if hint in (bool, int, float, str, Path):
        return hint
    raise TypeError(f"the field {name} is a {hint}; no option of a command can be one.")


def with_parameters(command: Callable[..., None], *kinds: type) -> Callable[..., None]:
    """Return a command that takes the fields of ``kinds`` and calls ``command`` with an instance of each, in order.

    Args:
        command: its name and docstring become those of the result.
        *kinds: dataclasses without a field in common.
    """
    groups = [parameters_of(kind) for kind in kinds]
    together = [parameter for group in groups for parameter in group]

    def run(**given: Any) -> None:
        built = []
        for kind, group in zip(kinds, groups, strict=True):
            hints = get_type_hints(kind)
            values = {parameter.name: _as_field(hints[parameter.name], given[parameter.name]) for parameter in group}
            built.append(kind(**values))
        command(*built)

    run.__name__, run.__doc__ = command.__name__, command.__doc__
    required_first = sorted(together, key=lambda parameter: parameter.default is not inspect.Parameter.empty)
    run.__signature__ = inspect.Signature(required_first)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in together}
    return run


def _as_field(hint: Any, value: Any) -> Any:
    """Give a value the type that its field has."""
    if isinstance(value, Enum):
        return value.value
    is_tuple = get_origin(hint) is tuple or any(get_origin(part) is tuple for part in get_args(hint))
    if isinstance(value, list):
        parts = [part.value if isinstance(part, Enum) else part for part in value]
        return tuple(parts) if is_tuple else parts
    return value
