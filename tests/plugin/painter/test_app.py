"""Clips opened and refused, crashes recovered from, keyframes of another size, exports."""

import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QMessageBox

from trimatte.core.media import encode_image, open_clip
from trimatte.core.trimap import read_levels
from trimatte.plugin.painter import app, file_actions, recent
from trimatte.plugin.painter.app import Painter
from trimatte.plugin.painter.document import Journal, Patch, Region
from trimatte.plugin.painter.document.journal import JOURNAL_NAME

Answers = list[tuple[str, str]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """What the painter asked or said in a box, as (title, text); every question is answered with yes."""
    boxes: Answers = []

    def answer(_parent: object, title: str, text: str, *_more: object) -> QMessageBox.StandardButton:
        boxes.append((title, text))
        return QMessageBox.StandardButton.Yes

    for kind in ("question", "critical", "warning"):
        monkeypatch.setattr(app.QMessageBox, kind, answer)
    return boxes


@pytest.fixture
def painter(asked: Answers) -> Iterator[Painter]:
    made = Painter()
    yield made
    if made.window is not None:
        made.window.close()


def process_with_window(clip: Path, folder: Path, acts: str) -> list[str]:
    """Return the command of a process that opens a window on ``clip`` and then does ``acts``.

    They find ``folder``, ``window``, ``viewer``, and ``press(x, y)`` and ``click(x, y)`` in pixels of the picture.
    """
    opening = f"""
        import sys
        from pathlib import Path
        from PySide6.QtCore import QPointF, Qt
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QApplication, QMessageBox
        from trimatte.plugin.painter.shot import PainterShot
        from trimatte.plugin.painter.window import PainterWindow

        application = QApplication([])
        folder = Path({str(folder)!r})
        window = PainterWindow(PainterShot(Path({str(clip)!r}), folder))
        window.resize(900, 600)
        window.show()
        viewer = window.desk.viewer
        viewer.show_pixels(4)

        def press(x, y):
            place = QPointF(*viewer.placement.to_window(x, y)).toPoint()
            QTest.mousePress(viewer, Qt.MouseButton.LeftButton, pos=place)
            return place

        def click(x, y):
            QTest.mouseRelease(viewer, Qt.MouseButton.LeftButton, pos=press(x, y))
    """
    return [sys.executable, "-c", textwrap.dedent(opening) + textwrap.dedent(acts)]


def keep(folder: Path, trimap: np.ndarray) -> Path:
    """Write ``trimap`` as the keyframe of the first frame."""
    folder.mkdir()
    path = folder / "trimap.1001.png"
    path.write_bytes(encode_image(trimap, "png"))
    return path


def test_a_clip_opens_with_its_folder_beside_it_and_is_remembered(painter: Painter, clip: Path) -> None:
    assert painter.open(clip)
    assert painter.window is not None
    assert painter.window.desk.shot.folder == clip.parent / "shot_keyframes"
    assert recent.recent_clips() == [clip.resolve()]


def test_what_cannot_be_decoded_is_refused_and_what_was_open_stays(
    painter: Painter, clip: Path, folder: Path, asked: Answers, tmp_path: Path
) -> None:
    assert painter.open(clip, folder)
    window = painter.window
    torn = tmp_path / "torn.mp4"
    torn.write_bytes(b"no movie")
    assert not painter.open(torn, folder)
    assert painter.window is window
    assert "torn.mp4" in asked[-1][1]


def test_foreign_files_in_the_folder_are_left_alone(painter: Painter, clip: Path, folder: Path, asked: Answers) -> None:
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    (folder / "reference.jpg").write_bytes(b"mine")
    assert painter.open(clip, folder)
    assert not asked
    assert sorted(path.name for path in folder.iterdir()) == ["notes.txt", "reference.jpg"]


def test_a_picture_that_is_no_trimap_is_refused_by_name(
    painter: Painter, clip: Path, folder: Path, asked: Answers
) -> None:
    folder.mkdir()
    Image.linear_gradient("L").resize((80, 48)).save(folder / "photo.1002.png")
    assert not painter.open(clip, folder)
    assert "photo.1002.png" in asked[-1][1]
    assert "grey levels" in asked[-1][1]


def test_keyframes_of_another_size_are_scaled_if_the_user_wants(
    painter: Painter, clip: Path, folder: Path, asked: Answers
) -> None:
    large = np.kron(np.array([[0, 128], [128, 255]], np.uint8), np.ones((48, 80), np.uint8))
    keep(folder, large)
    assert painter.open(clip, folder)
    assert "160x96, the clip is 80x48" in asked[-1][1]
    expected = np.kron(np.array([[0, 128], [128, 255]], np.uint8), np.ones((24, 40), np.uint8))
    np.testing.assert_array_equal(read_levels(folder / "trimap.1001.png"), expected)
    np.testing.assert_array_equal(np.asarray(Image.open(folder / "trimap.1001.png.bak")), large)


def test_keyframes_of_another_size_are_left_alone_and_refused_if_not(
    painter: Painter, clip: Path, folder: Path, asked: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.QMessageBox, "question", lambda *_: QMessageBox.StandardButton.No)
    file = keep(folder, np.full((96, 160), 128, np.uint8))
    written = file.read_bytes()
    assert not painter.open(clip, folder)
    assert painter.window is None
    assert [path.name for path in folder.iterdir()] == ["trimap.1001.png"]
    assert file.read_bytes() == written


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are of POSIX")
def test_no_room_on_the_disk_is_said_and_what_was_painted_is_written_once_there_is(clip: Path, folder: Path) -> None:
    """A process that may write no byte more to a file is told so by the system, as on a full disk."""
    acts = """
        import resource, time
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        asked = []
        QMessageBox.warning = lambda _parent, title, *_: asked.append(title) or QMessageBox.StandardButton.Cancel

        def wait(condition):
            end = time.monotonic() + 20
            while not condition() and time.monotonic() < end:
                QTest.qWait(5)
            assert condition()

        file = folder / "trimap.1001.png"
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
        click(20.5, 20.5)
        wait(lambda: "not saved" in window.statusBar().currentMessage())
        said = window.statusBar().currentMessage()
        assert not file.exists() and not window.close() and window.isVisible()
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        click(60.5, 20.5)
        wait(lambda: file.exists() and window._unsaved.text() == "")
        assert window.close() and len(asked) == 1
        print(said)
    """
    command = process_with_window(clip, folder, acts)
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=90)
    assert ran.returncode == 0, ran.stderr
    assert "frame 1001 is not saved" in ran.stdout
    assert "too large" in ran.stdout
    rows, columns = np.mgrid[:48, :80] + 0.5
    inside = (np.hypot(columns - 20.5, rows - 20.5) <= 20) | (np.hypot(columns - 60.5, rows - 20.5) <= 20)
    np.testing.assert_array_equal(read_levels(folder / "trimap.1001.png") == 255, inside)


def test_what_a_crash_left_is_offered_and_taken_back(
    painter: Painter, clip: Path, folder: Path, asked: Answers, wait_for: Callable[..., None]
) -> None:
    file = keep(folder, np.zeros((48, 80), np.uint8))
    painted = np.full((48, 80), 255, np.uint8)
    Journal(folder).add([Patch.of(1001, Region(10, 10, 20, 20), None, painted)])
    assert painter.open(clip, folder)
    assert "frame 1001" in asked[-1][1]
    wait_for(lambda: (read_levels(file) == 255).sum() == 100)
    wait_for(lambda: not (folder / JOURNAL_NAME).exists())


@pytest.mark.parametrize("region", [Region(10, 10, 20, 20), Region(70, 40, 90, 60)], ids=["saved", "beyond"])
def test_what_is_in_the_files_or_of_another_size_is_not_offered(
    painter: Painter, clip: Path, folder: Path, asked: Answers, region: Region
) -> None:
    saved = np.zeros((48, 80), np.uint8)
    saved[10:20, 10:20] = 255
    keep(folder, saved)
    Journal(folder).add([Patch.of(1001, region, None, np.full((100, 100), 255, np.uint8))])
    assert painter.open(clip, folder)
    assert not asked
    assert not (folder / JOURNAL_NAME).exists()


def test_a_painter_that_is_killed_in_a_stroke_loses_that_stroke_alone(clip: Path, folder: Path) -> None:
    acts = """
        window.desk.tools.set_radius(3)
        click(20.5, 20.5)
        press(60.5, 20.5)
        print("mid-stroke", flush=True)
        sys.stdin.read()
    """
    command = process_with_window(clip, folder, acts)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"mid-stroke\n"
        child.send_signal(signal.SIGKILL)
    file = folder / "trimap.1001.png"
    found = read_levels(file) if file.exists() else np.zeros((48, 80), np.uint8)
    for patch in Journal(folder).read():
        pixels = patch.pixels()
        assert pixels is not None
        found = found.copy()
        found[patch.region.slices] = pixels
    rows, columns = np.mgrid[:48, :80] + 0.5
    np.testing.assert_array_equal(found == 255, np.hypot(columns - 20.5, rows - 20.5) <= 3)


def test_a_folder_that_cannot_be_written_is_said_and_closing_asks(
    painter: Painter, clip: Path, folder: Path, hand: Any, wait_for: Callable[..., None], asked: Answers
) -> None:
    folder.write_bytes(b"a file is in the way")
    nested = folder / "keyframes"
    assert painter.open(clip, nested)
    window = painter.window
    assert window is not None
    window.desk.viewer.show_pixels(4)
    hand(window).draw((20.5, 20.5))
    wait_for(lambda: str(nested) in window.statusBar().currentMessage())
    folder.unlink()  # now there is room
    hand(window).draw((30.5, 20.5))
    wait_for((nested / "trimap.1001.png").exists)
    assert window.close()
    assert not asked


def test_a_dropped_movie_is_opened(painter: Painter, clip: Path, folder: Path, tmp_path: Path) -> None:
    assert painter.open(clip, folder)
    assert painter.window is not None
    other = tmp_path / "other"
    other.mkdir()
    (other / "next.0001.png").write_bytes(clip.read_bytes())
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(other / "next.0001.png"))])
    button, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    painter.window.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, button, keys))
    assert painter.window.desk.shot.path == other / "next.0001.png"


def test_an_export_says_what_it_did(
    painter: Painter, clip: Path, folder: Path, tmp_path: Path, paint_trimap: Any, wait_for: Callable[..., None]
) -> None:
    keep(folder, paint_trimap(1001))
    assert painter.open(clip, folder)
    window = painter.window
    assert window is not None
    window.desk.timeline.mark(1001, 1002)
    ended: list[tuple[str, bool]] = []
    window.export.ended.connect(lambda text, is_whole: ended.append((text, is_whole)))
    output = tmp_path / "out"
    file_actions.start_export(window, output, "png16")
    wait_for(lambda: ended, 60)
    assert ended == [(f"2 frames in {output}", True)]
    with open_clip(sorted(output.glob("*.png"))[0]) as exported:
        assert (exported.first, exported.last) == (1001, 1002)
