"""Single values of the parameter page, checked."""

from collections.abc import Mapping
from typing import TypeVar

from .errors import ParameterError

_Value = TypeVar("_Value")


def choose(name: str, values: Mapping[str, object], table: Mapping[str, _Value]) -> _Value:
    """Return what the label of choice ``name`` stands for.

    Raises:
        KeyError: the page has no such parameter.
        ParameterError: the label does not exist.
    """
    label = values[name]
    if not isinstance(label, str) or label not in table:
        raise ParameterError(f"{name} is {label}; choose one of: {', '.join(table)}.")
    return table[label]


def number(values: Mapping[str, object], name: str, least: float, most: float) -> float:
    """Return parameter ``name``, brought into its range.

    Raises:
        KeyError: the page has no such parameter.
        TypeError: it is no number.
    """
    value = values[name]
    if not isinstance(value, int | float) or value != value:  # noqa: PLR0124  (NaN differs from itself)
        raise TypeError(f"{name} is {value!r}, which is no number")
    return float(min(max(value, least), most))
