"""Strokes in a host's viewer: the painter's pixels, and the host's undo takes them back."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from trimatte.host_bridge import Host, HostProfile, PluginRefusedError
from trimatte.host_bridge.known_hosts import FUSION, NATRON, NUKE, RESOLVE
from trimatte.plugin import bundle_path
from trimatte.plugin.embedded_keyframes import embedded_frames, read_embedded
from trimatte.plugin.painter.document import Brush

from .conftest import HEIGHT, WIDTH, end_workers
from .viewers import STROKE, make_viewer, paint, painted, read, viewer, words

__all__ = ["make_viewer", "viewer"]  # fixtures

pytestmark = pytest.mark.usefixtures("shell_environment")

ESCAPE, SMALLER, LARGER = 0xFF1B, 0x5B, 0x5D


@pytest.mark.parametrize(("label", "level"), [("Foreground", 255), ("Background", 0), ("Unknown", 128)])
def test_a_stroke_gives_the_pixels_of_the_painter(viewer: Any, keyframe_folder: Path, label: str, level: int) -> None:
    effect, overlay = viewer
    file = keyframe_folder / "disc.0000.png"
    before = read(file)
    effect.params["paintInViewer"], effect.params["brushSize"] = label, 13.0
    paint(overlay, STROKE)
    np.testing.assert_array_equal(read(file), painted(before, STROKE, Brush(level=level, radius=6.5)))
    assert (read(file) != before).any()
    assert effect.params["status"].value() == "Painted on keyframe 0."
    assert overlay.redraws >= len(STROKE)


def test_a_mouse_without_pressure_paints_with_the_whole_brush(viewer: Any, keyframe_folder: Path) -> None:
    effect, overlay = viewer
    before = read(keyframe_folder / "disc.0000.png")
    effect.params["paintInViewer"] = "Background"
    paint(overlay, [(x, y, 0.0) for x, y, _ in STROKE])
    expected = painted(before, [(x, y, 1.0) for x, y, _ in STROKE], Brush(level=0, radius=20))
    np.testing.assert_array_equal(read(keyframe_folder / "disc.0000.png"), expected)


def test_strokes_in_files_are_undone_and_redone_by_the_parameter(
    viewer: Any, keyframe_folder: Path, wait_until: Any
) -> None:
    effect, overlay = viewer
    effect.params["paintInViewer"] = "Foreground"
    file = keyframe_folder / "disc.0000.png"
    texts, files = [effect.params["painted"].value()], [file.read_bytes()]
    for y in (10.0, 40.0):
        paint(overlay, [(20.0, y, 1.0), (60.0, y, 1.0)])
        texts.append(effect.params["painted"].value())
        files.append(file.read_bytes())
    assert len(set(texts)) == len(set(files)) == 3
    for state in (1, 0, 1, 2, 0, 2):
        effect.params["painted"] = texts[state]
        assert file.read_bytes() == files[state]
    end_workers()  # another one takes over
    effect.params["painted"] = texts[1]
    wait_until(lambda: any(one.shape == "loop" for one in overlay.draw(0)))
    assert file.read_bytes() == files[1]
    effect.params["painted"] = texts[2]
    Image.fromarray(np.full((HEIGHT, WIDTH), 128, np.uint8)).save(file)  # another program has the last word
    foreign = file.read_bytes()
    effect.params["painted"] = texts[1]
    overlay.draw(0)
    assert file.read_bytes() == foreign


def test_a_stroke_where_no_keyframe_is_makes_one_from_what_was_found(viewer: Any, keyframe_folder: Path) -> None:
    effect, overlay = viewer
    effect.params["refine"], effect.params["view"] = False, "Trimap"
    shown = effect.render(3)[..., 0]
    found = np.select([shown == 0, shown == 1], [0, 255], 128).astype(np.uint8)
    effect.params["paintInViewer"] = "Unknown"
    before = effect.params["painted"].value()
    paint(overlay, STROKE, time=3)
    assert effect.params["status"].value() == "Keyframe 3 was made and painted on."
    file = keyframe_folder / "trimap.0003.png"
    np.testing.assert_array_equal(read(file), painted(found, STROKE, Brush(level=128, radius=20)))
    assert words(overlay.draw(3)) == ["< 0   keyframe 3   6 >"]
    effect.params["painted"] = before
    np.testing.assert_array_equal(effect.render(3)[..., 0], shown)
    assert not file.exists()


def test_keyframes_of_the_project_are_painted_and_undone_in_their_parameter(viewer: Any) -> None:
    effect, overlay = viewer
    effect.params["keyframes"] = ""
    for label, y in (("Foreground", 20.0), ("Background", 40.0)):
        effect.params["paintInViewer"] = label
        paint(overlay, [(30.0, y, 1.0), (50.0, y, 1.0)], time=2)
    text = effect.params["keyframes"].value()
    assert embedded_frames(text) == [2]
    expected = np.full((HEIGHT, WIDTH), 128, np.uint8)
    for level, y in ((255, 20.0), (0, 40.0)):
        expected = painted(expected, [(30.0, y, 1.0), (50.0, y, 1.0)], Brush(level=level, radius=20))
    np.testing.assert_array_equal(read_embedded(text)[2], expected)
    solved = effect.render(2)
    effect.params["paintInViewer"] = "Erase"
    paint(overlay, [(30.0, 20.0, 1.0), (50.0, 20.0, 1.0)], time=2)
    erased = read_embedded(effect.params["keyframes"].value(), may_lack_unknown=True)[2]
    assert (erased[HEIGHT - 20, 30:50] == 128).all()
    effect.params["keyframes"] = text  # what undo does
    np.testing.assert_array_equal(effect.render(2), solved)
    assert effect.params["painted"].value() == ""


def test_nothing_is_painted_unless_it_is_wanted(viewer: Any, keyframe_folder: Path) -> None:
    effect, overlay = viewer
    files = {file: file.read_bytes() for file in keyframe_folder.glob("*.png")}
    assert not any(overlay.pen(event, (20.0, 20.0)) for event in ("down", "motion", "up"))
    assert not overlay.key("down", LARGER)
    effect.params["paintInViewer"], effect.params["brushSize"] = "Foreground", 40.0
    assert overlay.key("down", LARGER)
    assert effect.params["brushSize"].value() == 50.0
    assert overlay.key("down", SMALLER)
    assert effect.params["brushSize"].value() == 40.0
    assert not overlay.key("down", ord("a"), "a")
    overlay.pen("down", (20.0, 20.0))
    overlay.pen("motion", (40.0, 20.0))
    assert overlay.key("down", ESCAPE)
    assert not overlay.pen("up", (40.0, 20.0))
    assert {file: file.read_bytes() for file in keyframe_folder.glob("*.png")} == files
    overlay.pen("down", (20.0, 40.0))
    overlay.focus(False)  # a stroke that nobody ends counts
    assert (keyframe_folder / "disc.0000.png").read_bytes() != files[keyframe_folder / "disc.0000.png"]


def test_what_cannot_be_painted_is_told(viewer: Any, keyframe_folder: Path, tmp_path: Path) -> None:
    effect, overlay = viewer
    effect.params["paintInViewer"] = "Foreground"
    Image.fromarray(np.zeros((10, 10), np.uint8)).save(keyframe_folder / "disc.0000.png")
    paint(overlay, STROKE)
    assert "keyframe 0 is 10x10, the picture in the viewer is 80x48" in effect.params["status"].value()
    effect.params["keyframes"] = str(tmp_path / "missing")
    paint(overlay, STROKE)
    assert effect.persistent_message is not None
    assert "cannot be read" in effect.persistent_message.text
    effect.params["painted"] = json.dumps({"0": ["../../etc/x", 7], "x": 3})  # a project can hold anything
    with pytest.raises(PluginRefusedError, match="cannot be read"):
        effect.render(0)


@pytest.mark.parametrize("profile", [FUSION, NATRON, NUKE, RESOLVE], ids=lambda profile: profile.label)
@pytest.mark.parametrize("context", ["filter", "general"])
def test_hosts_with_overlays_paint(profile: HostProfile, context: str, disc: Any, keyframe_folder: Path) -> None:
    with Host([bundle_path()], profile=profile).plugins()["org.trimatte.Trimatte"].create(context) as effect:
        effect.connect("Source", disc, first=0, last=7)
        effect.params["keyframes"], effect.params["paintInViewer"] = str(keyframe_folder), "Foreground"
        before, text = read(keyframe_folder / "disc.0006.png"), effect.params["painted"].value()
        with effect.overlay() as overlay:
            paint(overlay, STROKE, time=6)
        expected = painted(before, STROKE, Brush(level=255, radius=20))
        np.testing.assert_array_equal(read(keyframe_folder / "disc.0006.png"), expected)
        effect.params["painted"] = text
        np.testing.assert_array_equal(read(keyframe_folder / "disc.0006.png"), before)


def test_a_host_without_the_draw_suite_gets_the_overlay_for_opengl(make_viewer: Any, keyframe_folder: Path) -> None:
    effect, overlay = make_viewer(hidden_suites=("OfxDrawSuite",))
    assert not overlay.draws_without_gl
    before = read(keyframe_folder / "disc.0000.png")
    effect.params["paintInViewer"] = "Foreground"
    paint(overlay, STROKE)
    expected = painted(before, STROKE, Brush(level=255, radius=20))
    np.testing.assert_array_equal(read(keyframe_folder / "disc.0000.png"), expected)
