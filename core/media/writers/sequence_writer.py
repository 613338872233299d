"""One image file per frame; a name appears when its file is whole."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Literal

import numpy as np

from ...whole_output import PART
from ..exr_file import encode_exr
from ..image_file import encode_image
from .formats import OutputFormat
from .writer import AlphaMode, FrameWriter, cannot_write


class SequenceWriter(FrameWriter):
    """Write ``FOLDER/NAME.%04d.png``; frames may come in any order and from several threads."""

    def __init__(
        self,
        folder: Path,
        output: OutputFormat,
        *,
        name: str = "",
        digits: int = 4,
        alpha: AlphaMode = "none",
        on_written: Callable[[int, Path], None] | None = None,
    ) -> None:
        """Make the folder and try whether it can be written.

        Args:
            folder: receives the images and nothing else; made if it is missing.
            output: an image format.
            name: in front of the number, with its separator.
            digits: least number of digits.
            alpha: stated in a text chunk of each PNG.
            on_written: called with frame and path once a file is whole.

        Raises:
            MediaError: the folder cannot be made or written.
        """
        self._folder, self._output, self._name, self._digits = folder, output, name, digits
        self._text = {"Software": "Trimatte"} | ({"Alpha": alpha} if alpha != "none" else {})
        self._on_written = on_written
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for torn in folder.glob(f".*{PART}"):  # of a run that was killed
                torn.unlink()
            probe = folder / f".probe{PART}"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            raise cannot_write(folder, error) from error

    def path(self, frame: int) -> Path:
        """Return the file of ``frame``."""
        return self._folder / f"{self._name}{frame:0{self._digits}d}{self._output.suffix}"

    def write(self, frame: int, picture: np.ndarray) -> None:
        """Encode and store one frame; see :meth:`FrameWriter.write`."""
        data = self._encode(picture)
        path = self.path(frame)
        part = path.with_name(f".{path.name}{PART}")
        try:
            part.write_bytes(data)
            part.replace(path)
        except OSError as error:
            with suppress(OSError):
                part.unlink()
            raise cannot_write(path, error) from error
        if self._on_written is not None:
            self._on_written(frame, path)

    def _encode(self, picture: np.ndarray) -> bytes:
        if self._output.codec == "exr":
            return encode_exr(picture)
        codec: Literal["png", "tiff"] = "png" if self._output.codec == "png" else "tiff"
        return encode_image(picture, codec, self._text)

    def finish(self) -> None:
        """Nothing is left to do: every file is whole already."""

    def abort(self) -> None:
        """Nothing is torn: every file is whole."""
