"""The bar under the menus: paints and tools, then the way from a band to an export, then the view."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QLabel, QSizePolicy, QToolBar, QWidget

from .painter_views import PainterView
from .tools import Paint, Tool
from .tracking import Track

_GROUPS: Final = (
    [("Paint", paint.value) for paint in Paint],
    [("Paint", tool.value) for tool in Tool],
    [("Trimap", "Band from edge"), ("Trimap", "Widen at hair"), ("Track", Track.FORWARD.value), ("File", "Export...")],
)


class PainterToolBar(QToolBar):
    """Shows actions of the menus; the view is chosen here too."""

    view_chosen = Signal(object)
    """A :class:`PainterView`."""

    def __init__(self, actions: Mapping[tuple[str, str], QAction]) -> None:
        super().__init__("Tools")
        self.setObjectName("Tools")
        self.setMovable(False)
        for number, names in enumerate(_GROUPS):
            if number:
                self.addSeparator()
            for name in names:
                action = actions[name]
                keys = action.shortcut().toString()
                action.setToolTip(f"{name[1].rstrip('.')} ({keys})" if keys else name[1])
                self.addAction(action)
        space = QWidget()
        space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(space)
        self.addWidget(QLabel("View "))
        self._views = QComboBox()
        self._views.setAccessibleName("View")
        self._views.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for view in PainterView:
            self._views.addItem(view.value, view)
        self._views.currentIndexChanged.connect(lambda index: self.view_chosen.emit(self._views.itemData(index)))
        self.addWidget(self._views)

    def show_view(self, view: PainterView) -> None:
        """Show which view holds."""
        with QSignalBlocker(self._views):
            self._views.setCurrentText(view.value)
