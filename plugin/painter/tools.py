"""What the pointer does, and the brush it does it with."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from typing import Final

from PySide6.QtCore import QObject, Signal

from ...core.trimap import BACKGROUND, FOREGROUND, UNKNOWN
from .document import Brush

LEAST_RADIUS: Final = 0.5
MOST_RADIUS: Final = 500.0


class Tool(Enum):
    """What a press of the pointer begins; values are the labels of the menu."""

    BRUSH = "Brush"
    LASSO = "Lasso"
    FILL = "Fill"


class Paint(Enum):
    """What is left behind; values are the labels of the menu."""

    FOREGROUND = "Foreground"
    BACKGROUND = "Background"
    UNKNOWN = "Unknown"
    ERASER = "Eraser"

    @property
    def level(self) -> int | None:
        """Level of the trimap; ``None`` erases."""
        return _LEVELS[self]


_LEVELS: Final = {
    Paint.FOREGROUND: FOREGROUND,
    Paint.BACKGROUND: BACKGROUND,
    Paint.UNKNOWN: UNKNOWN,
    Paint.ERASER: None,
}


class ToolState(QObject):
    """Tool, paint and brush of the window; tells when one of them changes."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.tool = Tool.BRUSH
        self.paint = Paint.FOREGROUND
        self.brush = Brush(level=FOREGROUND)

    def take_tool(self, tool: Tool) -> None:
        """Use ``tool`` from now on."""
        self.tool = tool
        self.changed.emit()

    def take_paint(self, paint: Paint) -> None:
        """Leave ``paint`` behind from now on."""
        self.paint = paint
        self.brush = replace(self.brush, level=paint.level)
        self.changed.emit()

    def set_radius(self, radius: float) -> None:
        """Size the brush, in pixels of the clip; brought into its range."""
        self.brush = replace(self.brush, radius=min(max(radius, LEAST_RADIUS), MOST_RADIUS))
        self.changed.emit()

    def set_hardness(self, hardness: float) -> None:
        """Set the share of the brush that is not rim; brought into 0..1."""
        self.brush = replace(self.brush, hardness=min(max(hardness, 0.0), 1.0))
        self.changed.emit()
