"""What takes long before a window can be shown: windows go on meanwhile, and the user may give up."""

import threading
import time

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QProgressDialog, QPushButton

from trimatte.plugin.painter.patience import wait_for


def test_windows_work_while_something_is_waited_for() -> None:
    beats: list[float] = []
    timer = QTimer()
    timer.timeout.connect(lambda: beats.append(time.monotonic()))
    timer.start(5)
    assert wait_for(None, "Opening", lambda: time.sleep(0.3) or "it") == "it"
    assert len(beats) > 10


def test_no_dialog_comes_after_what_was_quick() -> None:
    assert wait_for(None, "Opening", lambda: "it") == "it"
    deadline = time.monotonic() + 0.6
    while time.monotonic() < deadline:
        QApplication.processEvents()
        assert QApplication.activeModalWidget() is None
        time.sleep(0.01)


def test_what_goes_wrong_is_raised_where_it_is_waited_for() -> None:
    with pytest.raises(KeyError, match="lost"):
        wait_for(None, "Opening", lambda: {}["lost"])


def test_what_comes_after_the_user_gave_up_is_dropped() -> None:
    go_on, dropped = threading.Event(), threading.Event()

    def give_up() -> None:
        dialogs = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, QProgressDialog)]
        shown = next(dialog for dialog in dialogs if dialog.isVisible())
        shown.findChild(QPushButton).click()

    QTimer.singleShot(600, give_up)
    assert wait_for(None, "Opening", lambda: go_on.wait(20) and "it", lambda _late: dropped.set()) is None
    assert not dropped.is_set()
    go_on.set()
    assert dropped.wait(10)
