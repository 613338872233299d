"""Qt without a screen; pictures are drawn into memory."""

import os

import pytest

pytest.importorskip(
    "PySide6.QtWidgets",
    reason="PySide6 or a library of it is missing (pip install 'trimatte[painter]')",
    exc_type=ImportError,
)
from PySide6.QtWidgets import QApplication


@pytest.fixture(autouse=True)
def application(monkeypatch: pytest.MonkeyPatch) -> QApplication:
    monkeypatch.setenv("QT_QPA_PLATFORM", os.environ.get("QT_QPA_PLATFORM", "offscreen"))
    found = QApplication.instance()
    return found if isinstance(found, QApplication) else QApplication([])
