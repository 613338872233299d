"""``trimatte demo`` leaves a clip, mattes, scores and a page to look at."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from trimatte.commands.sample import SAMPLE_SIZE, draw_frame
from trimatte.core.media import open_clip
from trimatte.core.trimap import read_trimap

from .conftest import Ran


def test_the_demo_runs_from_nothing_to_a_contact_sheet(trimatte: Callable[..., Ran], tmp_path: Path) -> None:
    out = tmp_path / "demo_output"
    ran = trimatte("demo", "-o", out, "--frames", 2)
    assert ran.code == 0, ran.err
    assert "Trimatte" in ran.err
    assert str(out / "contact_sheet.png") in ran.err
    for name in ("matte", "trimap", "result"):
        with open_clip(out / name) as frames:
            assert (len(frames), frames.width, frames.height) == (2, *SAMPLE_SIZE)
    with Image.open(out / "contact_sheet.png") as sheet:
        assert sheet.width > 2000
    with open_clip(out / "sample_alpha.mkv") as alpha:
        stored = alpha.read_native(1)[..., 0] / 65535
        np.testing.assert_allclose(stored, draw_frame(1).alpha, atol=1 / 65535)
    assert set(np.unique(read_trimap(out / "sample_trimap.png", SAMPLE_SIZE))) == {0, 128, 255}
