"""Results appear together or not at all."""

from pathlib import Path

import pytest

from trimatte.core.errors import MediaError
from trimatte.core.inference.whole_folder import WholeFolder


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_files_come_when_all_are_there_and_what_was_there_stays(tmp_path: Path) -> None:
    target = tmp_path / "out"
    for word in ("first", "second"):
        with WholeFolder(target) as part:
            (part / "deep").mkdir()
            (part / "deep" / f"{word}.txt").write_text(word)
            (part / "same.txt").write_text(word)
            assert not (target / "deep" / f"{word}.txt").exists()
    assert names(tmp_path) == ["out/deep/first.txt", "out/deep/second.txt", "out/same.txt"]
    assert (target / "same.txt").read_text() == "second"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_after_a_failure_nothing_is_left(tmp_path: Path) -> None:
    def fail() -> None:
        with WholeFolder(tmp_path / "new" / "deep" / "out") as part:
            (part / "half.txt").write_text("half")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert not list(tmp_path.iterdir())


def test_the_rest_of_a_killed_run_does_not_come_along(tmp_path: Path) -> None:
    (WholeFolder(tmp_path / "out").part / "old.txt").write_text("killed before its end")
    with WholeFolder(tmp_path / "out") as part:
        (part / "new.txt").write_text("new")
    assert names(tmp_path) == ["out/new.txt"]


def test_the_working_folder_can_be_the_target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with WholeFolder(Path()) as part:
        (part / "a.txt").write_text("a")
    assert names(tmp_path) == ["here/a.txt"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(MediaError, match="out: is a file; give a folder"):
        WholeFolder(tmp_path / "out")
