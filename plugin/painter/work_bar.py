"""The bar in the status bar: what takes long, and how much of it is done."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QProgressBar

from .aside import Aside
from .export import Export
from .solver import Solver

_WHOLE: Final = 100  # steps
_LETTERS: Final = 40  # that fit in


class WorkBar(QProgressBar):
    """Shows a track or an export, else what is done aside; moves to and fro where no share is told."""

    def __init__(self, solver: Solver, export: Export, aside: Aside) -> None:
        super().__init__()
        self._solver, self._export, self._aside = solver, export, aside
        self.setMaximumWidth(self.fontMetrics().averageCharWidth() * _LETTERS)
        self.hide()
        for follows in (solver.progressed, export.progressed):
            follows.connect(self._show_share)
        solver.stopped.connect(self.end)
        export.ended.connect(self.end)
        aside.began.connect(self._begin_aside)
        aside.progressed.connect(self._show_aside)
        aside.ended.connect(self.end)

    def begin(self, words: str) -> None:
        """Show that ``words`` has begun."""
        self.setFormat(f"{words}: %p%")
        self._show_share(0)
        self.show()

    def end(self, *_said: object) -> None:
        """Hide, unless something else goes on."""
        if not (self._is_followed() or self._aside.is_busy):
            self.hide()

    def _is_followed(self) -> bool:
        """Tell whether it shows a track or an export: they take longer than what is done aside."""
        return self._solver.is_busy or self._export.is_busy

    def _begin_aside(self, words: str) -> None:
        if not self._is_followed():
            self.begin(words)
            self.setRange(0, 0)

    def _show_aside(self, share: float) -> None:
        if self._aside.is_busy and not self._is_followed():
            self._show_share(share)

    def _show_share(self, share: float) -> None:
        self.setRange(0, _WHOLE)
        self.setValue(round(share * _WHOLE))
