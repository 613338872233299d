"""A movie, its keyframes, and what the session says of them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from trimatte.cli import main
from trimatte.core.media import open_clip
from trimatte.core.sessions import MattingSession, SessionOptions

from ..core.media.movies import HEIGHT, WIDTH, write_movie
from ..plugin.conftest import random_weights, shell_environment, worker_environment

__all__ = ["random_weights", "shell_environment", "worker_environment"]  # fixtures


@pytest.fixture(scope="module")
def movie(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight numbered frames."""
    return write_movie(tmp_path_factory.mktemp("movie") / "shot.mp4", frames=8)


@pytest.fixture(scope="module")
def keyframes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with trimaps of the frames 0 and 6."""
    folder = tmp_path_factory.mktemp("keyframes")
    for frame, shift in ((0, 0), (6, 12)):
        trimap = np.zeros((HEIGHT, WIDTH), np.uint8)
        trimap[8:-8, 24 + shift : 88 + shift] = 128
        trimap[20:-20, 44 + shift : 68 + shift] = 255
        Image.fromarray(trimap).save(folder / f"box.{frame:04d}.png")
    return folder


@pytest.fixture(scope="module")
def alpha_of_session(
    movie: Path, keyframes: Path, shell_environment: pytest.MonkeyPatch
) -> Callable[[int], np.ndarray]:
    """Alpha (H, W) of a frame from the session itself."""
    trimaps = {int(path.stem.split(".")[1]): np.asarray(Image.open(path)) for path in keyframes.iterdir()}
    solved: dict[int, np.ndarray] = {}
    session = MattingSession(open_clip(movie), trimaps, SessionOptions(working_size=512, device="cpu"))

    def alpha(frame: int) -> np.ndarray:
        if frame not in solved:
            solved[frame] = session.solve(frame).alpha
        return solved[frame]

    return alpha


@pytest.fixture(scope="module")
def rendered_alpha(
    movie: Path, keyframes: Path, tmp_path_factory: pytest.TempPathFactory, shell_environment: pytest.MonkeyPatch
) -> dict[int, np.ndarray]:
    """Alpha (H, W) by frame, from ``trimatte render``."""
    out = tmp_path_factory.mktemp("rendered")
    command = ["render", str(movie), "--keyframes", str(keyframes), "-o", str(out), "--view", "matte"]
    with pytest.raises(SystemExit) as ended:
        main([*command, "--device", "cpu"])
    assert ended.value.code == 0
    with open_clip(out) as clip:
        return {frame: clip.read_native(frame)[..., 0] / np.float64(65535) for frame in range(8)}
