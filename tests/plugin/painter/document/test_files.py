"""Journal and saver: nothing that was painted gets lost."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from trimatte.plugin.painter.document import Journal, KeyframeDocument, KeyframeSaver, Patch, Region
from trimatte.plugin.painter.document.journal import JOURNAL_NAME

SHAPE = (10, 16)


def grey(level: int) -> np.ndarray:
    return np.full(SHAPE, level, np.uint8)


def patch(frame: int, level: int, region: Region) -> Patch:
    return Patch.of(frame, region, None, grey(level))


def levels(path: Path) -> set[int]:
    return set(np.unique(np.asarray(Image.open(path))).tolist())


def test_the_saver_writes_moves_and_removes(tmp_path: Path) -> None:
    (tmp_path / "mine.0004.png").write_bytes(b"replaced")
    reports: list[str | None] = []
    saver = KeyframeSaver(tmp_path, Journal(tmp_path), {4: tmp_path / "mine.0004.png"}, reports.append)
    saver.save({4: grey(128), 9: grey(255)})
    assert saver.wait(10)
    assert levels(tmp_path / "mine.0004.png") == {128}
    assert levels(tmp_path / "trimap.0009.png") == {255}
    saver.save({4: None, 12: grey(0)})
    assert saver.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["trimap.0009.png", "trimap.0012.png"]
    assert not any(reports)


def test_what_cannot_be_written_is_reported_kept_and_tried_again(tmp_path: Path) -> None:
    folder = tmp_path / "keyframes"
    folder.write_bytes(b"a file is in the way")
    reports: list[str | None] = []
    saver = KeyframeSaver(folder, Journal(tmp_path), {}, reports.append)
    saver.save({3: grey(255)})
    assert not saver.wait(10)
    assert "frame 3 is not saved" in str(reports[-1])
    folder.unlink()
    saver.save({5: grey(128)})
    assert saver.wait(10)
    assert reports[-1] is None
    assert sorted(path.name for path in folder.iterdir()) == ["trimap.0003.png", "trimap.0005.png"]
    saver.close()


def test_the_journal_lasts_until_its_patches_are_in_the_files(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    saver = KeyframeSaver(tmp_path, journal, {}, lambda _reason: None)
    journal.add([patch(3, 255, Region(0, 0, 16, 10))])
    assert [found.frame for found in Journal(tmp_path).read()] == [3]
    saver.save({3: grey(255)})
    assert saver.close()
    assert not (tmp_path / JOURNAL_NAME).exists()
    assert Journal(tmp_path).read() == []


@pytest.mark.parametrize("lost", [1, 20, 60])
def test_a_torn_journal_ends_before_the_tear(tmp_path: Path, lost: int) -> None:
    journal = Journal(tmp_path)
    journal.add([patch(1, 255, Region(0, 0, 4, 4))])
    kept = (tmp_path / JOURNAL_NAME).stat().st_size
    journal.add([patch(2, 128, Region(0, 0, 16, 10))])
    data = (tmp_path / JOURNAL_NAME).read_bytes()
    (tmp_path / JOURNAL_NAME).write_bytes(data[: max(len(data) - lost, kept)])
    assert [found.frame for found in journal.read()] == [1]


def test_garbage_is_no_journal(tmp_path: Path) -> None:
    (tmp_path / JOURNAL_NAME).write_bytes(os.urandom(500))
    assert Journal(tmp_path).read() == []


def test_a_killed_painter_loses_only_the_stroke_under_way(tmp_path: Path) -> None:
    code = textwrap.dedent(
        f"""
        import sys
        from pathlib import Path
        import numpy as np
        from trimatte.plugin.painter.document import Brush, Journal, KeyframeDocument

        document = KeyframeDocument((16, 10), {{0: np.zeros((10, 16), np.uint8)}})
        document.listen(Journal(Path({str(tmp_path)!r})).add)
        for x in (2, 8):
            gesture = document.begin("Paint", 0)
            gesture.line(Brush(level=255, radius=1.6), (x + 0.5, 4.5, 1), (x + 0.5, 4.5, 1))
            if x == 2:
                document.end(gesture)
        print("mid-stroke", flush=True)
        sys.stdin.read()
        """
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"mid-stroke\n"
        child.send_signal(signal.SIGKILL)
    document = KeyframeDocument((16, 10), {0: grey(0)})
    document.replay(Journal(tmp_path).read())
    found = np.asarray(document.trimap(0))
    expected = grey(0)
    expected[3:6, 1:4] = 255
    np.testing.assert_array_equal(found, expected)
    document.undo()  # what was recovered can be taken back
    assert not np.asarray(document.trimap(0)).any()


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are of POSIX")
def test_a_record_that_found_no_room_does_not_hide_those_after_it(tmp_path: Path) -> None:
    import resource

    journal = Journal(tmp_path)
    journal.add([patch(1, 255, Region(0, 0, 4, 4))])
    room = (tmp_path / JOURNAL_NAME).stat().st_size + 30  # of a record
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        with pytest.raises(OSError, match="too large"):
            journal.add([patch(2, 128, Region(0, 0, 16, 10))])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    journal.add([patch(3, 0, Region(0, 0, 4, 4))])
    assert [found.frame for found in journal.read()] == [1, 3]
