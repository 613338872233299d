"""Start the trimap painter: a process of its own, which outlives the host if the user wants to go on."""

from __future__ import annotations

import logging
import subprocess
import sys
import tempfile
import threading
from importlib.util import find_spec
from typing import IO, TYPE_CHECKING, Final

from .errors import ParameterError
from .lent_keyframes import lend_keyframes, note_end, note_painter

if TYPE_CHECKING:
    from pathlib import Path

    from . import _bridge
    from .params import Params

_COMMAND: Final = f"{__package__.rpartition('.')[0]}.commands.paint"

_log = logging.getLogger(__name__)


def open_painter(channel: _bridge.Channel, params: Params, now: int) -> str:
    """Start ``trimatte paint`` on the source file, at frame ``now`` of it; returns what to tell the user.

    Without a keyframe folder the keyframes of the project are lent to it.

    Raises:
        ParameterError: there is no painter here, no file is named, or it cannot start.
    """
    if find_spec(_COMMAND) is None:
        raise ParameterError("this Trimatte has no trimap painter; paint in any program and save name.FRAME.png.")
    if find_spec("PySide6") is None:
        raise ParameterError("the painter needs PySide6, which is not installed; run pip install 'trimatte[painter]'.")
    if params.source_file is None:
        raise ParameterError("the painter needs a file to paint on; set Source file to the movie that the clip shows.")
    folder = params.keyframes or lend_keyframes(channel, params)
    words = ["paint", str(params.source_file), "--keyframes", str(folder), "--frame", str(now)]
    words += params.colour.arguments
    errors = tempfile.TemporaryFile()  # noqa: SIM115  (no pipe: the painter may live longer than this process)
    process = subprocess.Popen(
        [sys.executable, "-I", "-m", "trimatte", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=errors,
        start_new_session=True,  # the host kills the group of a worker that hangs
    )
    note_painter(folder, process.pid)
    threading.Thread(target=_watch, args=(process, errors, folder), daemon=True).start()
    return f"The painter opens {params.source_file.name} in a window of its own; what it saves is a keyframe at once."


def _watch(process: subprocess.Popen[bytes], errors: IO[bytes], folder: Path) -> None:
    """Wait for the end of ``process`` and log its last words if it failed."""
    with errors:
        failed = process.wait()
        note_end(folder, process.pid)
        if failed:
            errors.seek(0)
            _log.warning("the painter ended: %s", errors.read().decode(errors="replace").strip()[-2000:])
