"""Keyframes of the project as files, for as long as the painter works on them.

*Paint trimap* lends them: the parameter Keyframes then names a folder of ours, so that all that is saved counts at
once. When the painter has ended, the next button of the page takes them back into the parameter.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from ..core.trimap import read_levels
from . import _bridge
from .embedded_keyframes import read_embedded, with_keyframe
from .errors import ParameterError
from .keyframes import find_keyframes, write_keyframe
from .worker_log import log_folder

if TYPE_CHECKING:
    from .params import Params

_PAINTER: Final = "painter.pid"


def lend_keyframes(channel: _bridge.Channel, params: Params) -> Path:
    """Write the keyframes of the project, which may be none, into a new folder and let Keyframes name it.

    Raises:
        ParameterError: the folder cannot be written, or the keyframes cannot be read.
        TrimapError: one of them is no trimap.
    """
    keyframes = read_embedded(params.embedded, may_lack_unknown=True) if params.embedded else {}
    try:
        _place().mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="keyframes-", dir=_place()))
    except OSError as error:
        raise ParameterError(
            f"no folder for the painter can be made in {_place()} ({error.strerror}); set Keyframes to a folder."
        ) from error
    for frame, trimap in keyframes.items():
        write_keyframe(folder, frame, trimap)
    channel.set_text(_bridge.Parameter.KEYFRAMES, str(folder))
    return folder


def note_painter(folder: Path, process: int) -> None:
    """Remember that ``process`` paints in ``folder``; only of use for one of ours."""
    if is_lent(folder):
        (folder / _PAINTER).write_text(str(process))


def note_end(folder: Path, process: int) -> None:
    """Forget ``process``, which has ended: its number will be another's."""
    note = folder / _PAINTER
    if is_lent(folder) and note.is_file() and note.read_text() == str(process):
        note.unlink()


def take_back(channel: _bridge.Channel, params: Params) -> Params:
    """Return ``params`` with lent keyframes in the project again, once the painter has ended; the files stay.

    Raises:
        ParameterError: the folder cannot be read.
        TrimapError: a file in it is no trimap.
    """
    folder = params.keyframes
    if folder is None or not is_lent(folder) or _is_painting(folder):
        return params
    text = ""
    for frame, trimap in _read(folder).items():
        text = with_keyframe(text, frame, trimap)
    channel.set_text(_bridge.Parameter.KEYFRAMES, text)
    return replace(params, keyframes=None, embedded=text)


def is_lent(folder: Path) -> bool:
    """Tell whether ``folder`` is one of ours."""
    return folder.parent == _place()


def _read(folder: Path) -> dict[int, np.ndarray]:
    return {frame: read_levels(path) for frame, path in find_keyframes(folder, may_be_none=True).items()}


def _is_painting(folder: Path) -> bool:
    try:
        os.kill(int((folder / _PAINTER).read_text()), 0)
    except (OSError, ValueError):
        return False
    return True


def _place() -> Path:
    """Beside the logs, not in the cache: what is painted must outlive a cache that is emptied."""
    return log_folder() / "painter"
