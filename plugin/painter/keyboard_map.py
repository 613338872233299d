"""The keyboard map: the table of actions as a window."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from .actions import ACTIONS, POINTER_KEYS

_COLUMNS: Final = 3


class KeyboardMap(QDialog):
    """All keys, by menu."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Keyboard map")
        text = QTextBrowser()
        text.setLineWrapMode(QTextBrowser.LineWrapMode.NoWrap)
        text.setHtml(keyboard_map())
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(text)
        layout.addWidget(buttons)
        needed = QSize(round(text.document().idealWidth()), round(text.document().size().height()))
        room = self.screen().availableSize() * 0.9
        self.resize((needed + QSize(60, 90)).boundedTo(room))


def keyboard_map() -> str:
    """Return the map as HTML."""
    tables = []
    for menu, actions in groupby(sorted(ACTIONS, key=lambda action: _MENUS.index(action.menu)), lambda a: a.menu):
        rows = [(", ".join(map(_shown, action.keys)), action.text) for action in actions if action.keys]
        tables.append(_table(menu, rows))
    tables.append(_table("Pointer", list(POINTER_KEYS)))
    columns: list[list[str]] = [[] for _ in range(_COLUMNS)]
    for table in tables:
        min(columns, key=lambda column: sum(one.count("<tr>") + 2 for one in column)).append(table)
    cells = "".join(f"<td style='padding-right: 24px'>{''.join(column)}</td>" for column in columns)
    return f"<table><tr valign='top'>{cells}</tr></table>"


_MENUS: Final = list(dict.fromkeys(action.menu for action in ACTIONS))


def _table(title: str, rows: list[tuple[str, str]]) -> str:
    cell = "<td style='padding-right: 12px'>"
    lines = "".join(f"<tr>{cell}<b>{_whole(keys)}</b></td><td>{_whole(text)}</td></tr>" for keys, text in rows)
    return f"<h4>{title}</h4><table>{lines}</table>"


def _whole(words: str) -> str:
    """Keep ``words`` on one line."""
    return escape(words).replace(" ", "&nbsp;")


def _shown(keys: str) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
