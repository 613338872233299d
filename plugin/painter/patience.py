"""Work that a window waits for without standing still."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final, TypeVar

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QProgressDialog, QWidget

_T = TypeVar("_T")

_SHOWN_AFTER_MILLISECONDS: Final = 300


class _Bell(QObject):
    """Rings on the window's thread."""

    rung = Signal()


def wait_for(
    parent: QWidget | None, words: str, work: Callable[[], _T], drop: Callable[[_T], object] = lambda _: None
) -> _T | None:
    """Call ``work`` on a thread and return its result; meanwhile windows draw themselves and a dialog says ``words``.

    ``None`` where the user did not want to wait: what comes later goes to ``drop``. What ``work`` raises is raised.
    """
    outcome: Future[_T] = Future()
    loop, bell = QEventLoop(), _Bell()
    bell.rung.connect(loop.quit)
    is_given_up = threading.Event()

    def call() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:  # noqa: BLE001  (raised again by result)
            outcome.set_exception(error)
        if is_given_up.is_set() and outcome.exception() is None:
            drop(outcome.result())
        bell.rung.emit()

    dialog = QProgressDialog(words, "Cancel", 0, 0, parent)
    dialog.setWindowTitle("Trimatte painter")
    dialog.setWindowModality(Qt.WindowModality.ApplicationModal)
    dialog.canceled.connect(loop.quit)
    dialog.reset()  # it shows itself late or never where no steps are counted
    soon = QTimer(singleShot=True, interval=_SHOWN_AFTER_MILLISECONDS)
    soon.timeout.connect(dialog.show)
    soon.start()
    threading.Thread(target=call, name=words, daemon=True).start()
    loop.exec()
    soon.stop()  # the dialog is deleted when this window's turn ends; it must not show itself before
    dialog.close()
    dialog.deleteLater()
    if not outcome.done():
        is_given_up.set()
        if not outcome.done():
            return None
    return outcome.result()
