"""One engine, several entrances: the effect in the host gives the pixels that the session gives."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from trimatte.core.media import open_clip, read_image
from trimatte.core.sessions import MattingSession, SessionOptions

from ..commands.conftest import Ran, _own_places, clip, paint, random_weights, trimap, trimatte

__all__ = ["_own_places", "clip", "random_weights", "trimap", "trimatte"]  # fixtures


@pytest.mark.parametrize("refine", [False, True])
@pytest.mark.parametrize(("format_name", "step"), [("png16", 1 / 65535), ("png8", 1 / 255)])
def test_the_effect_gives_what_the_session_gives(
    trimatte: Callable[..., Ran], tmp_path: Path, clip: Path, format_name: str, step: float, refine: bool
) -> None:
    keyframes = {0: paint(tmp_path / "first.png"), 4: paint(tmp_path / "second.png")}
    named = [argument for frame, path in keyframes.items() for argument in ("--trimap", f"{path}@{frame}")]
    switch = "--refine" if refine else "--no-refine"
    ran = trimatte("render", clip, *named, "-o", tmp_path / "out", "--format", format_name, switch, "--view", "matte")
    assert ran.code == 0, ran.err
    with open_clip(clip) as source:
        trimaps = {frame: read_image(path)[..., 0] for frame, path in keyframes.items()}
        session = MattingSession(source, trimaps, SessionOptions(working_size=512, refine=refine, device="cpu"))
        for frame in range(6):
            written = read_image(tmp_path / "out" / f"shot.{frame:04d}.png")[..., 0]
            alpha = written / np.float64(65535 if written.dtype == np.uint16 else 255)
            assert np.abs(alpha - session.solve(frame).alpha).max() <= step * 1.0001
