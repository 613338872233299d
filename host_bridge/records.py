"""What an effect says, as values: messages, and what it agreed on with the host."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """What an effect told the user."""

    type: str
    """Kind without its prefix: Fatal, Error, Warning, Message, Log or Question."""
    id: str
    """Name of the message for translators."""
    text: str
    """The words."""
    persistent: bool
    """Whether it stays until the effect clears it."""


@dataclass(frozen=True, slots=True)
class ClipForm:
    """The form in which one clip's frames cross the border."""

    components: str
    """rgba, rgb or alpha."""
    depth: str
    """byte, short, half or float."""
    pixel_aspect: float
    """Width of a pixel over its height."""


@dataclass(frozen=True, slots=True)
class ClipPreferences:
    """What host and effect agreed on."""

    clips: dict[str, ClipForm]
    """Form of each clip by its name, Output included."""
    frame_rate: float
    """Frames per second of the output."""
    premultiplication: str
    """State of the output: opaque, premultiplied or straight."""
    frame_varying: bool
    """Whether the output changes with time though no parameter and no input does."""
