"""The dark look of the window; sizes follow the font, so that it holds at any scaling."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

ACCENT: Final = "#3f7fbf"

_COLOURS: Final = {
    QPalette.ColorRole.Window: "#2b2b2b",
    QPalette.ColorRole.WindowText: "#d8d8d8",
    QPalette.ColorRole.Base: "#232323",
    QPalette.ColorRole.AlternateBase: "#2f2f2f",
    QPalette.ColorRole.Text: "#d8d8d8",
    QPalette.ColorRole.Button: "#3a3a3a",
    QPalette.ColorRole.ButtonText: "#d8d8d8",
    QPalette.ColorRole.Highlight: ACCENT,
    QPalette.ColorRole.HighlightedText: "#ffffff",
    QPalette.ColorRole.ToolTipBase: "#1e1e1e",
    QPalette.ColorRole.ToolTipText: "#d8d8d8",
    QPalette.ColorRole.PlaceholderText: "#8a8a8a",
    QPalette.ColorRole.Mid: "#1c1c1c",
    QPalette.ColorRole.Dark: "#1a1a1a",
    QPalette.ColorRole.Light: "#4a4a4a",
}
_GREYED: Final = "#868686"

_SHEET: Final = f"""
QToolTip {{ border: 1px solid #505050; padding: 3px; }}
QToolBar QToolButton {{ padding: 5px 10px; border: 1px solid transparent; border-radius: 3px; }}
QToolBar QToolButton:hover {{ background: #454545; }}
QToolBar QToolButton:checked {{ background: {ACCENT}; color: white; }}
QProgressDialog {{ min-width: 26em; }}
QInputDialog QLabel {{ min-width: 24em; }}
QDockWidget::title {{ padding: 5px; background: #252525; }}
QMenu::item:selected, QMenuBar::item:selected {{ background: {ACCENT}; color: white; }}
QListView::item {{ padding: 3px 6px; }}
QStatusBar::item {{ border: none; }}
"""


def apply_theme(application: QApplication) -> None:
    """Make ``application`` dark."""
    application.setStyle("Fusion")
    palette = QPalette()
    for role, colour in _COLOURS.items():
        palette.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(_GREYED))
    application.setPalette(palette)
    application.setStyleSheet(_SHEET)
