"""What host and child say to each other: requests, callbacks, and the things that stay on one side.

The host sends ``(operation, target, name, arguments, released)`` and gets ``("ok", value, dropped)`` or
``("error", …)``; in between the child may send ``("callback", number, arguments)``, which the host answers, and while
it works on the answer it may send requests of its own.
"""

import builtins
from dataclasses import dataclass
from typing import Any, Final

from .. import errors
from ..errors import HostError

SOURCE_FIELDS: Final = (
    "width",
    "height",
    "offset",
    "first",
    "last",
    "frame_rate",
    "pixel_aspect",
    "depth",
    "components",
    "premultiplication",
    "field",
    "identity",
)
"""Attributes of a clip source, apart from the function that reads it."""


@dataclass(frozen=True, slots=True)
class Ref:
    """An object of the native module that lives in the child."""

    handle: int
    """Its number there."""
    kind: str
    """Its class in the native module."""


@dataclass(frozen=True, slots=True)
class CallbackRef:
    """A function that lives in the host."""

    number: int
    """Its number there."""


@dataclass(frozen=True, slots=True)
class SourceRef:
    """A clip source whose frames live in the host."""

    fields: dict[str, object]
    """Values of :data:`SOURCE_FIELDS`."""
    read: CallbackRef
    """Reads one frame."""


class RaisedInHostError(Exception):
    """In the child: a callback raised; the host keeps the exception under a number."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def pack_error(error: BaseException) -> tuple[Any, ...]:
    """Return the reply that carries an exception of the child to the host."""
    if isinstance(error, RaisedInHostError):
        return ("raised", error.number)
    return ("error", type(error).__name__, str(error), dict(vars(error)))


def unpack_error(name: str, text: str, state: dict[str, object]) -> BaseException:
    """Return the exception that :func:`pack_error` described; one that nobody knows becomes a HostError."""
    kind = getattr(errors, name, None) or getattr(builtins, name, None)
    if not (isinstance(kind, type) and issubclass(kind, Exception)):
        return HostError(f"{name}: {text}")
    error = kind.__new__(kind)
    error.args = (text,)
    vars(error).update(state)
    return error
