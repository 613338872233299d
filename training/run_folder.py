"""The folder of a run: options, log, checkpoints that survive a power cut."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import torch

from .errors import DatasetError

__all__ = ["RunFolder", "commit_of_code"]


class RunFolder:
    """Reads and writes one run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        self.checkpoint = path / "checkpoint.pt"

    def describe(self, options: dict[str, Any], data_digest: str) -> None:
        """Append what this launch is: options, commit of the code, digest of the data."""
        launch = {"options": options, "data": data_digest, "commit": commit_of_code(), "torch": torch.__version__}
        with (self.path / "options.json").open("a", encoding="utf-8") as file:
            file.write(json.dumps(launch) + "\n")

    def log(self, line: dict[str, Any]) -> None:
        """Append one line of numbers to ``log.jsonl``."""
        with (self.path / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def save(self, state: dict[str, Any]) -> None:
        """Write the checkpoint under another name, then rename it."""
        temporary = self.checkpoint.with_suffix(".new")
        with temporary.open("wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.checkpoint)

    def load(self) -> dict[str, Any] | None:
        """Return the checkpoint, or ``None`` in a new folder.

        Raises:
            DatasetError: the checkpoint is torn.
        """
        if not self.checkpoint.is_file():
            return None
        try:
            state: dict[str, Any] = torch.load(self.checkpoint, map_location="cpu", weights_only=True)
        except (RuntimeError, EOFError, OSError) as error:
            raise DatasetError(f"{self.checkpoint} is torn ({error}); remove it to start anew.") from error
        return state


def commit_of_code() -> str:
    """Return the commit of the checkout this code runs from, or ``unknown`` for an installed package."""
    try:
        answer = subprocess.run(
            ["git", "-C", str(Path(__file__).resolve().parent), "rev-parse", "HEAD"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return answer.stdout.strip()
