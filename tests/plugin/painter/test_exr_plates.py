"""The painter on EXR: shown and solved as the same pictures in sRGB are, exported in the same space."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from trimatte.core.media import open_clip
from trimatte.plugin.colour import srgb_to_linear
from trimatte.plugin.colour_choice import ACESCG, LINEAR, SRGB, ColourChoice
from trimatte.plugin.errors import ParameterError
from trimatte.plugin.painter import app, export
from trimatte.plugin.painter.app import Painter
from trimatte.plugin.painter.file_actions import start_export
from trimatte.plugin.painter.shot import PainterShot
from trimatte.plugin.painter.window import PainterWindow

from ...core.media.exrs import write_exr
from .conftest import FIRST, LAST


@pytest.fixture
def light(clip: Path) -> Path:
    """The clip as linear EXR; returns the first picture."""
    with open_clip(clip) as opened:
        for frame in range(FIRST, LAST + 1):
            write_exr(clip.parent / f"light.{frame}.exr", srgb_to_linear(opened.read(frame)), kind="float")
    return clip.parent / f"light.{FIRST}.exr"


def test_it_is_seen_and_solved_as_the_same_pictures_in_srgb(
    clip: Path, light: Path, tmp_path: Path, paint_trimap: Callable[[int], np.ndarray], wait_for: Callable[..., None]
) -> None:
    def solve(path: Path) -> tuple[np.ndarray, list[np.ndarray]]:
        shot = PainterShot(path, tmp_path / f"of-{path.stem}")
        try:
            shot.document.add(FIRST, paint_trimap(FIRST))
            shot.track([FIRST, FIRST + 1])
            wait_for(lambda: FIRST + 1 in shot.confidence)
            results = [shot.solver.result(frame) for frame in (FIRST, FIRST + 1)]
            return shot.pixels(FIRST + 1), [result.alpha for result in results if result is not None]
        finally:
            shot.close()

    plate, alphas = solve(clip)
    seen, mattes = solve(light)
    np.testing.assert_array_equal(seen, plate)
    assert len(alphas) == 2
    assert alphas[0].std() > 0.05
    np.testing.assert_allclose(mattes, alphas, rtol=0, atol=1 / 255)


def test_the_space_that_is_said_holds_and_is_handed_to_the_export(
    light: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, wait_for: Callable[..., None]
) -> None:
    wishes: list[export.ExportWish] = []
    monkeypatch.setattr(app, "remember_clip", lambda _: None)  # Qt keeps one file of settings for all tests
    monkeypatch.setattr(export.Export, "start", lambda _self, wish: wishes.append(wish))
    shown = {}
    spaces = {None: LINEAR, ColourChoice(SRGB): SRGB, ColourChoice(ACESCG): ACESCG}
    for said, space in spaces.items():
        painter = Painter(space=said)
        assert painter.open(light, folder, LAST - 1)
        window = painter.window
        assert isinstance(window, PainterWindow)
        assert window.desk.frame == LAST - 1
        shown[space] = window.desk.shot.pixels(FIRST)
        start_export(window, light.parent / "out", "exr")
        wait_for(lambda: len(wishes) == len(shown))
        window.close()
    assert not np.array_equal(shown[SRGB], shown[LINEAR])
    assert not np.array_equal(shown[ACESCG], shown[LINEAR])
    words = [dict(zip(wish.arguments()[1::2], wish.arguments()[2::2], strict=False)) for wish in wishes]
    assert [word["--input-space"] for word in words] == ["linear-rec709", "srgb", "acescg"]


def test_a_space_that_does_not_exist_is_refused_before_a_window_opens(light: Path, folder: Path) -> None:
    with pytest.raises(ParameterError, match="No Such Space"):
        PainterShot(light, folder, space=ColourChoice("No Such Space", ""))
