"""The panels beside the viewer: brush and overlay, frames worth a look."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QListWidget, QListWidgetItem, QSlider, QVBoxLayout, QWidget

from .desk import Desk
from .time_actions import review_list
from .tools import MOST_RADIUS, ToolState

_STEPS: Final = 100  # of a slider
_REVIEW_MILLISECONDS: Final = 200  # between two readings of the list while frames are solved
_FRAME: Final = Qt.ItemDataRole.UserRole


class BrushPanel(QWidget):
    """Size and hardness of the brush, opacity of the overlay."""

    opacity_changed = Signal(float)

    def __init__(self, tools: ToolState, opacity: float) -> None:
        super().__init__()
        self._tools = tools
        self.radius, self.hardness, self.opacity = (_slider(name) for name in ("Brush size", "Hardness", "Overlay"))
        self._texts = [QLabel() for _ in range(3)]
        self.radius.setToolTip("Size of the brush ([ and ], or Shift + drag in the picture)")
        self.hardness.setToolTip("What is not hard gets an unknown rim ({ and })")
        self.opacity.setToolTip("Strength of the colours over the frame (F3)")
        layout = QFormLayout(self)
        for name, slider, text in zip(
            ("Size", "Hardness", "Overlay"), (self.radius, self.hardness, self.opacity), self._texts, strict=True
        ):
            text.setMinimumWidth(text.fontMetrics().horizontalAdvance("0000 px"))
            row = QWidget()
            line = QVBoxLayout(row)
            line.setContentsMargins(0, 0, 0, 4)
            line.addWidget(slider)
            line.addWidget(text)
            layout.addRow(name, row)
        self.radius.valueChanged.connect(lambda value: tools.set_radius(_to_radius(value)))
        self.hardness.valueChanged.connect(lambda value: tools.set_hardness(value / _STEPS))
        self.opacity.valueChanged.connect(self._tell_opacity)
        tools.changed.connect(self._show)
        self.opacity.setValue(round(opacity * _STEPS))
        self._show()

    def _show(self) -> None:
        brush = self._tools.brush
        with QSignalBlocker(self.radius), QSignalBlocker(self.hardness):
            self.radius.setValue(_to_step(brush.radius))
            self.hardness.setValue(round(brush.hardness * _STEPS))
        self._texts[0].setText(f"{2 * brush.radius:.0f} px")
        self._texts[1].setText(f"{100 * brush.hardness:.0f} %")

    def _tell_opacity(self, value: int) -> None:
        self._texts[2].setText(f"{value} %")
        self.opacity_changed.emit(value / _STEPS)


class ReviewPanel(QListWidget):
    """The solved frames least certain first; a click shows one."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.setAlternatingRowColors(True)
        self.setAccessibleName("Frames worth a look")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.itemClicked.connect(lambda item: desk.go(item.data(_FRAME)))
        self._soon = QTimer(self, singleShot=True, interval=_REVIEW_MILLISECONDS)
        self._soon.timeout.connect(self.show_frames)
        self._shown: list[tuple[int, float]] | None = None
        desk.shot.surveyed.connect(lambda: None if self._soon.isActive() else self._soon.start())
        self.show_frames()

    def show_frames(self) -> None:
        """Read the list anew."""
        found = review_list(self._desk)
        if found == self._shown:
            return
        self._shown = found
        self.clear()
        for frame, sure in found:
            item = QListWidgetItem(f"{frame}    {100 * sure:.0f} % sure")
            item.setData(_FRAME, frame)
            self.addItem(item)
        if not found:
            item = QListWidgetItem("Nothing is solved yet")
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.addItem(item)


def _slider(name: str) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(0, _STEPS)
    slider.setAccessibleName(name)
    slider.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return slider


def _to_radius(step: int) -> float:
    """Return the radius at ``step`` of the slider, finer at its lower end."""
    return max(MOST_RADIUS * (step / _STEPS) ** 2, 0.5)


def _to_step(radius: float) -> int:
    return round(math.sqrt(radius / MOST_RADIUS) * _STEPS)
