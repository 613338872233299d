"""The overlay as it comes out of OpenGL, for hosts that have nothing newer."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from trimatte.host_bridge import HostError, Overlay

from .conftest import HEIGHT, WIDTH, load

pytestmark = pytest.mark.usefixtures("shell_environment")

offscreen = load("offscreen_gl")

WITHOUT_GL = """
from trimatte.host_bridge import Host, HostProfile
from trimatte.plugin import bundle_path
profile = HostProfile(overlays=True, hidden_suites=("OfxDrawSuite",))
with Host([bundle_path()], profile=profile).plugins()["org.trimatte.Trimatte"].create("filter") as effect:
    with effect.overlay() as overlay:
        print(overlay.draws_without_gl, overlay.draw_gl())
libraries = open("/proc/self/maps").read()
print("libGL" in libraries, "libOpenGL" in libraries)
"""


@pytest.fixture
def screen() -> Iterator[Any]:
    try:
        with offscreen.OffscreenGl(WIDTH, HEIGHT) as made:
            yield made
    except offscreen.MissingGlError as error:
        pytest.skip(f"OpenGL without a display is missing ({error}); install libegl1, libgl1 and libgl1-mesa-dri")


def distances(places: np.ndarray, loops: list[Any]) -> np.ndarray:
    """Return how far each of ``places`` (N, 2) is from the nearest of the closed ``loops``, in pixels."""
    found = np.full(len(places), np.inf)
    for loop in loops:
        corners = np.array(loop.points)
        for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            way = end - start
            share = ((places - start) @ way / (way @ way)).clip(0, 1)
            found = np.minimum(found, np.hypot(*(places - start - share[:, None] * way).T))
    return found


def test_opengl_draws_what_the_draw_suite_draws(make_effect: Any, screen: Any, wait_until: Any) -> None:
    with make_effect(overlays=True).overlay() as modern:
        wait_until(lambda: bool(modern.draw(0)))
        drawings = modern.draw(0)
        with pytest.raises(HostError, match="without OpenGL"):
            modern.draw_gl(0)
    effect = make_effect(overlays=True, hidden_suites=("OfxDrawSuite",))
    with effect.overlay() as overlay:
        wait_until(lambda: overlay.draw_gl(0) and bool(screen.picture().any()))
        picture = screen.picture().astype(int)
    for channel, others, colour in ((1, (0, 2), 0.25), (0, (1, 2), 1.0)):
        loops = [one for one in drawings if one.shape == "loop" and one.colour[0] == colour]
        rows, columns = np.nonzero(picture[..., channel] - picture[..., others].max(axis=-1) > 60)
        assert len(rows) > 40
        assert distances(np.stack([columns, rows], axis=1) + 0.5, loops).max() < 2.5
    label = picture[HEIGHT - 24 : HEIGHT - 10]
    assert ((label[..., 0] > 150) & (label[..., 1] > 120) & (label[..., 2] < 100)).sum() > 40
    assert screen.gl.glGetError() == 0
    assert not screen.gl.glIsEnabled(offscreen.BLEND)
    assert screen.line_width() == 1


def test_opengl_tints_the_regions_and_leaves_the_unknown_clear(
    make_effect: Any, screen: Any, wait_until: Any, keyframe_folder: Path
) -> None:
    effect = make_effect(overlays=True, hidden_suites=("OfxDrawSuite",))
    effect.params["outlines"] = False
    with effect.overlay() as overlay:
        wait_until(lambda: overlay.draw_gl(0) and bool(screen.picture().any()))
        picture = screen.picture().astype(int)
    levels = np.asarray(Image.open(keyframe_folder / "disc.0000.png"))
    rows = slice(HEIGHT // 2, None)  # the label is above
    for level, colour in ((255, (18, 71, 25)), (0, (71, 21, 18)), (128, (0, 0, 0))):
        seen = np.median(picture[rows][levels[rows] == level], axis=0)
        np.testing.assert_allclose(seen[:3], colour, atol=8)  # the screen may have five bits


def test_the_brush_is_a_circle(make_effect: Any, screen: Any) -> None:
    effect = make_effect(overlays=True, hidden_suites=("OfxDrawSuite",))
    effect.params["outlines"], effect.params["trimapTint"] = False, False
    effect.params["paintInViewer"], effect.params["brushSize"] = "Foreground", 20.0
    overlay: Overlay = effect.overlay()
    overlay.pen("motion", (40.0, 20.0))
    assert overlay.draw_gl(0)
    rows, columns = np.nonzero(screen.picture()[..., 1] > 128)
    assert len(rows) > 30
    radii = np.hypot(columns + 0.5 - 40, rows + 0.5 - 20)
    assert 8 < radii.min() < radii.max() < 12


def test_a_process_without_opengl_draws_nothing_and_loads_none() -> None:
    words = subprocess.run([sys.executable, "-c", WITHOUT_GL], capture_output=True, text=True, check=True, timeout=60)
    assert words.stdout.split() == ["False", "False", "False", "False"]
