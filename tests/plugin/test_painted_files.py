"""Keyframe files that follow the undo of a host."""

import json
from pathlib import Path

import pytest

from trimatte.plugin.errors import ParameterError
from trimatte.plugin.painted_files import follow, write_painted


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "roto.0007.png"
    path.write_bytes(b"first")
    return path


def test_every_state_comes_back_in_any_order(file: Path) -> None:
    texts, states = [""], [b"first"]
    for png in (b"second", b"third", b"fourth"):
        texts.append(write_painted(file.parent, 7, png, texts[-1]))
        states.append(png)
    at = 3
    for target in (2, 1, 0, 3, 0, 1, 3, 1, 2):
        assert follow(file.parent, texts[at], texts[target]) == [7]
        assert file.read_bytes() == states[target]
        at = target
    assert follow(file.parent, texts[at], texts[at]) == []


def test_a_file_that_a_stroke_made_goes_and_comes(tmp_path: Path) -> None:
    text = write_painted(tmp_path, 3, b"new", "")
    assert follow(tmp_path, text, "") == [3]
    assert not (tmp_path / "trimap.0003.png").exists()
    assert follow(tmp_path, "", text) == [3]
    assert (tmp_path / "trimap.0003.png").read_bytes() == b"new"


def test_frames_do_not_disturb_each_other(file: Path) -> None:
    one = write_painted(file.parent, 7, b"second", "")
    both = write_painted(file.parent, 9, b"other", one)
    assert set(json.loads(both)) == {"7", "9"}
    assert follow(file.parent, both, one) == [9]
    assert file.read_bytes() == b"second"
    assert not (file.parent / "trimap.0009.png").exists()


def test_what_another_program_saved_is_left_alone_and_comes_back_between_strokes(file: Path) -> None:
    first = write_painted(file.parent, 7, b"second", "")
    file.write_bytes(b"foreign")
    assert follow(file.parent, first, "") == []
    assert file.read_bytes() == b"foreign"
    second = write_painted(file.parent, 7, b"third", first)
    assert follow(file.parent, second, first) == [7]  # undo of the stroke on the foreign state
    assert file.read_bytes() == b"foreign"
    assert follow(file.parent, first, second) == [7]
    assert file.read_bytes() == b"third"


def test_states_that_are_gone_or_never_were_change_nothing(file: Path) -> None:
    first = write_painted(file.parent, 7, b"second", "")
    for state in (file.parent / ".painted").glob("*.png"):
        state.unlink()
    assert follow(file.parent, first, "") == []
    for text in ("{", "[]", '{"7": 3}', '{"x": ["a", "b"]}', '{"7": ["a"]}', "null", '{"8": ["../../a", "/etc/b"]}'):
        assert follow(file.parent, first, text) == []
        assert file.read_bytes() == b"second"


def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="cannot be read"):
        write_painted(tmp_path / "missing", 1, b"png", "")


def test_old_states_make_room(file: Path) -> None:
    kept = file.parent / ".painted"
    kept.mkdir()
    for count in range(410):
        (kept / f"7.{count}.png").write_bytes(b"")
    write_painted(file.parent, 7, b"second", "")
    assert len(list(kept.iterdir())) == 400
    assert {path.read_bytes() for path in kept.iterdir()} == {b"", b"first", b"second"}
