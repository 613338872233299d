"""The overlay in a host's viewer: what it draws, and where."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from trimatte.host_bridge import Host, HostError, HostProfile
from trimatte.host_bridge.known_hosts import MLT, VEGAS
from trimatte.plugin import bundle_path
from trimatte.plugin.painter.document import Brush, paint_line

from .conftest import HEIGHT, WIDTH
from .viewers import GREEN, RED, in_colour, make_viewer, paint, read, viewer, words

__all__ = ["make_viewer", "viewer"]  # fixtures

pytestmark = pytest.mark.usefixtures("shell_environment")


def test_regions_and_keyframes_are_drawn_where_they_are(viewer: Any, keyframe_folder: Path) -> None:
    drawings = viewer[1].draw(0)
    levels = read(keyframe_folder / "disc.0000.png")
    for colour, level, pattern in ((GREEN, 255, "solid"), (RED, 0, "dash")):
        loops = in_colour(drawings, colour)
        assert {(one.shape, one.pattern) for one in loops} == {("loop", pattern)}
        rows, columns = np.nonzero(levels == level)
        points = np.concatenate([one.points for one in loops])
        np.testing.assert_allclose(points.min(axis=0), (columns.min(), HEIGHT - 1 - rows.max()), atol=1)
        np.testing.assert_allclose(points.max(axis=0), (columns.max() + 1, HEIGHT - rows.min()), atol=1)
    assert words(drawings) == ["keyframe 0   6 >"]
    diamond = [one for one in drawings if one.shape == "polygon" and one.colour[3] == 1]
    assert [len(one.points) for one in diamond] == [4]


def test_regions_are_tinted_and_the_unknown_stays_clear(viewer: Any, keyframe_folder: Path) -> None:
    effect, overlay = viewer
    effect.params["outlines"] = False
    drawings = overlay.draw(0)
    assert not in_colour(drawings, GREEN)
    levels = read(keyframe_folder / "disc.0000.png")
    for colour, level in ((GREEN, 255), (RED, 0)):
        pieces = [one for one in drawings if one.shape == "polygon" and np.allclose(one.colour[:3], colour)]
        assert {round(one.colour[3], 2) for one in pieces} == {0.28}
        picture = Image.new("L", (4 * WIDTH, 4 * HEIGHT))
        for piece in pieces:
            ImageDraw.Draw(picture).polygon([(4 * x, 4 * (HEIGHT - y)) for x, y in piece.points], fill=255)
        covered = np.asarray(picture.resize((WIDTH, HEIGHT), Image.Resampling.BOX)) / 255
        assert np.abs(covered - (levels == level)).mean() < 0.03  # edges are straight where the pixels are stairs
        assert covered[well_inside(levels == level)].min() > 0.9
    effect.params["trimapTint"] = False
    assert overlay.draw(0) == []


def well_inside(mask: np.ndarray) -> np.ndarray:
    """Return where ``mask`` (H, W) bool and all that is two pixels away are set."""
    padded = np.pad(mask, 2)
    rows, columns = mask.shape
    return np.logical_and.reduce([padded[y : y + rows, x : x + columns] for y in range(5) for x in range(5)])


@pytest.mark.parametrize(("time", "text"), [(3, "< 0   6 >"), (6, "< 0   keyframe 6"), (7, "< 6")])
def test_a_label_names_the_keyframes_around_this_frame(viewer: Any, time: int, text: str) -> None:
    assert words(viewer[1].draw(time)) == [text]


def test_the_picture_lies_the_same_at_every_render_scale_and_zoom(viewer: Any) -> None:
    effect, overlay = viewer
    full, proxy = overlay.draw(0), overlay.draw(0, scale=(0.5, 0.5))
    assert full == proxy
    far = overlay.draw(0, pixel=(2.0, 2.0))
    assert in_colour(far, GREEN) == in_colour(full, GREEN)
    place, far_place = (next(one.points[0] for one in seen if one.shape == "text") for seen in (full, far))
    assert (place[0] - 0) * 2 == pytest.approx(far_place[0] - 0)
    assert (HEIGHT - place[1]) * 2 == pytest.approx(HEIGHT - far_place[1])
    effect.params["outlines"], effect.params["trimapTint"] = False, False
    assert overlay.draw(0) == []


def test_wide_pixels_and_a_picture_off_the_origin_are_seen(
    make_plate: Any, make_effect: Any, keyframe_folder: Path, wait_until: Any
) -> None:
    effect = make_effect(offset=(8, 4), overlays=True)
    effect.connect("Source", lambda time: make_plate(round(time)), first=0, last=7, offset=(8, 4), pixel_aspect=2.0)
    with effect.overlay() as overlay:
        wait_until(lambda: bool(overlay.draw(0)))
        effect.params["paintInViewer"], effect.params["brushSize"] = "Foreground", 10.0
        overlay.pen("motion", (60.0, 30.0))
        drawings = overlay.draw(0)
        red = np.concatenate([one.points for one in in_colour(drawings, RED)])
        np.testing.assert_array_equal(red.min(axis=0), (16, 4))
        np.testing.assert_array_equal(red.max(axis=0), (16 + 2 * WIDTH, 4 + HEIGHT))
        circle = [one for one in drawings if one.shape == "ellipse"][-1]
        assert circle.points == ((50.0, 25.0), (70.0, 35.0))
        before = read(keyframe_folder / "disc.0000.png")
        paint(overlay, [(60.0, 30.0, 1.0)] * 2)
    after = read(keyframe_folder / "disc.0000.png")
    expected = before.copy()
    paint_line(expected, before, Brush(level=255, radius=5), ((60 - 16) / 2, 52 - 30, 1), ((60 - 16) / 2, 52 - 30, 1))
    assert (after != before).any()
    np.testing.assert_array_equal(after, expected)


def test_the_brush_and_the_stroke_under_way_are_drawn(viewer: Any) -> None:
    effect, overlay = viewer
    effect.params["paintInViewer"] = "Background"
    overlay.pen("down", (20.0, 10.0))
    overlay.pen("motion", (30.0, 12.0))
    drawings = overlay.draw(0, pixel=(0.5, 0.5))
    strip = next(one for one in drawings if one.shape == "strip")
    assert strip.points == ((20.0, 10.0), (30.0, 12.0))
    assert strip.line_width == 80
    assert [one.points for one in drawings if one.shape == "ellipse"] == [((10.0, -8.0), (50.0, 32.0))] * 2


@pytest.mark.parametrize("profile", [MLT, VEGAS], ids=lambda profile: profile.label)
def test_a_host_without_overlays_sees_nothing_of_it(profile: HostProfile) -> None:
    with Host([bundle_path()], profile=profile).plugins()["org.trimatte.Trimatte"].create("filter") as effect:
        assert "keyframes" in effect.params
        assert not {"outlines", "trimapTint", "paintInViewer", "brushSize", "painted"} & set(effect.params)
        with pytest.raises(HostError, match="the effect has no overlay"):
            effect.overlay()
