"""Where the worker writes: a log file with ``TRIMATTE_TRACE=1``, nowhere else."""

from __future__ import annotations

import faulthandler
import logging
import os
from pathlib import Path


def log_folder() -> Path:
    """Return the folder of all logs, of the shell too."""
    base = os.environ.get("XDG_STATE_HOME")
    return (Path(base) if base else Path.home() / ".local" / "state") / "trimatte"


def is_tracing() -> bool:
    """Return whether the user asked for logs."""
    return os.environ.get("TRIMATTE_TRACE") == "1"


def log_to_file() -> None:
    """Begin the log of this process, if one was asked for."""
    if not is_tracing():
        logging.disable(logging.CRITICAL)
        return
    path = _log_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        filename=path,
        level=logging.INFO,
        format="%(created).6f %(thread)d %(name)s %(levelname)s %(message)s",
    )
    logging.getLogger("trimatte").setLevel(logging.DEBUG)  # ours only: image libraries talk about every chunk


def silence_output() -> None:
    """Send what libraries print into the log, or away: until here the shell keeps it, to explain a failed start."""
    target = str(_log_file()) if is_tracing() else os.devnull
    descriptor = os.open(target, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)
    if is_tracing():
        faulthandler.enable()


def describe(error: BaseException) -> str:
    """Return ``error`` on one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _log_file() -> Path:
    return log_folder() / f"worker-{os.getpid()}.log"
