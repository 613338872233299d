"""The clips that were opened last, and where their keyframes go."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QSettings

from ...core.media import Clip

_MOST: Final = 10
_KEY: Final = "recentClips"


def recent_clips() -> list[Path]:
    """Return the clips that still are there, the last one first."""
    names = _settings().value(_KEY) or []
    paths = [Path(name) for name in ([names] if isinstance(names, str) else names)]
    return [path for path in paths if path.exists()]


def remember_clip(path: Path) -> None:
    """Put ``path`` first."""
    path = path.resolve()
    others = [str(other) for other in recent_clips() if other != path]
    _settings().setValue(_KEY, [str(path), *others][:_MOST])


def default_keyframe_folder(clip: Clip, path: Path) -> Path:
    """Return where the keyframes of ``clip`` go if nothing else was said: beside it, under its name."""
    stem = path.stem if clip.rate is not None else path.stem.rstrip("0123456789%d#._-") or path.stem
    return path.parent / f"{stem}_keyframes"


def _settings() -> QSettings:
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "trimatte", "painter")
