"""The folder of a run: options, data, log, pictures, checkpoints that survive a power cut.

``options.json`` and ``data.json`` say what the last launch was given, ``launches.jsonl`` what every launch was given
and the commit it ran, ``log.jsonl`` how the run went, ``checkpoint.pt`` is where it goes on, ``checkpoints`` holds
averaged weights that are kept and ``pictures`` what the network made of one clip as time went by.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from ..core.checkpoints import save_weights
from .errors import DatasetError

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

__all__ = ["RunFolder", "commit_of_code"]


class RunFolder:
    """Reads and writes one run."""

    def __init__(self, path: Path, board: Callable[[Path, int], SummaryWriter] | None = None) -> None:
        """Make the folder; ``board`` opens what shows the run in TensorBoard too, given a folder and the next step."""
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        self.checkpoint = path / "checkpoint.pt"
        self._open_board = board
        self._board: SummaryWriter | None = None

    def describe(self, options: dict[str, Any], data_digest: str, manifest: dict[str, Any] | None = None) -> None:
        """Write what this launch is: options, commit of the code, data."""
        for name, content in (("options", options), ("data", {"digest": data_digest, **(manifest or {})})):
            if name == "options":
                self._keep_older_launches()
            text = json.dumps(content, indent=1, default=str) + "\n"
            _write_whole(self.path / f"{name}.json", text.encode())
        launch = {"options": options, "data": data_digest, "commit": commit_of_code(), "torch": torch.__version__}
        with (self.path / "launches.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(launch, default=str) + "\n")

    def launches(self) -> list[dict[str, Any]]:
        """Return what each launch was given, oldest first."""
        for name in ("launches.jsonl", "options.json"):  # in the second one lay the launches of earlier versions
            path = self.path / name
            if path.is_file():
                return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        return []

    def log(self, line: dict[str, Any]) -> None:
        """Append one line of numbers to ``log.jsonl``."""
        with (self.path / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        if self._board is not None:
            for name, value in line.items():
                self._board.add_scalar(name.replace(" ", "/"), value, line["step"])
            self._board.flush()

    def forget_after(self, step: int) -> None:
        """Drop what the log holds behind ``step``: a launch that was killed wrote it, this one will again."""
        if self._open_board is not None:
            self._board = self._open_board(self.path / "tensorboard", step + 1)
        path = self.path / "log.jsonl"
        if not path.is_file():
            return
        kept = []
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                if json.loads(line)["step"] <= step:
                    kept.append(line + "\n")
            except (ValueError, KeyError, TypeError):  # torn by the kill
                continue
        _write_whole(path, "".join(kept).encode())

    def keep_picture(self, step: int, picture: np.ndarray) -> None:
        """Write (H, W, 3) bytes to ``pictures``."""
        from PIL import Image

        path = self.path / "pictures" / f"{step:07d}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(picture).save(path)
        if self._board is not None:
            self._board.add_image("pictures", picture, step, dataformats="HWC")

    def keep_weights(self, name: str, state: dict[str, Tensor]) -> Path:
        """Write weights to ``checkpoints`` under a name, as safetensors."""
        return save_weights(state, self.path / "checkpoints" / f"{name}.safetensors")

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

    def _keep_older_launches(self) -> None:
        """Move the launches that an earlier version wrote, one per line, into their own file."""
        older, kept = self.path / "options.json", self.path / "launches.jsonl"
        if older.is_file() and not kept.is_file():
            older.replace(kept)


def _write_whole(path: Path, content: bytes) -> None:
    """Replace a file in one step."""
    temporary = path.with_name(path.name + ".new")
    temporary.write_bytes(content)
    temporary.replace(path)


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
