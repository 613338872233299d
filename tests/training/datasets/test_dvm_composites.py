from collections.abc import Callable
from pathlib import Path

import pytest

from trimatte.training.datasets.dvm_composites import check, parse_line, read_list
from trimatte.training.errors import DatasetError

Draw = Callable[..., Path]


@pytest.fixture
def root(draw: Draw, tmp_path: Path) -> Path:
    for kind in ("fg", "alpha"):
        draw(tmp_path / "fg" / "image" / "train" / kind / "boy.png", 7)
    for place in ("fg/video/train/0004/f.mp4", "fg/video/train/0004/a.mp4", "bg/train/0001.mp4"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_bytes(b"a movie")
    return tmp_path


def test_a_line_names_the_files_of_one_composite(root: Path) -> None:
    still, video = parse_line("image+boy.png+0001.mp4\n"), parse_line("video+0004+0001.mp4")
    assert (still.name, video.name) == ("image_boy_0001", "video_0004_0001")
    for composite in (still, video):
        assert all(path.is_file() for path in composite.files(root, "train"))


@pytest.mark.parametrize(
    "line", ["image+boy.png", "photo+boy.png+0001.mp4", "image+../boy.png+0001.mp4", "video++b.mp4"]
)
def test_a_line_of_another_form_is_refused_with_its_number(tmp_path: Path, line: str) -> None:
    path = tmp_path / "list.txt"
    path.write_text(f"video+0004+0001.mp4\n\n{line}\n")
    with pytest.raises(DatasetError, match="line 3"):
        read_list(path)


def test_a_whole_folder_has_no_findings(root: Path) -> None:
    assert check(root) == check(root, is_deep=True) == []


def test_every_gap_is_named_with_its_place(draw: Draw, root: Path) -> None:
    (root / "fg/video/train/0004/a.mp4").unlink()
    draw(root / "fg/image/train/fg/girl.png", 7)
    found = {str(finding) for finding in check(root)}
    stills = root / "fg/image/train"
    assert found == {
        f"{root}/fg/video/train/0004/a.mp4: missing; a foreground is a pair of movies.",
        f"{stills}/alpha/girl.png: missing; {stills}/fg/girl.png needs it.",
    }
    assert "no such folder" in str(check(root / "nowhere")[0])


def test_a_list_is_checked_file_by_file(root: Path) -> None:
    path = root / "list.txt"
    path.write_text("video+0004+0001.mp4\nimage+boy.png+0002.mp4\n")
    assert [str(finding) for finding in check(root, list_file=path)] == [
        f"{root}/bg/train/0002.mp4: missing; list.txt needs it for image_boy_0002."
    ]
