"""Overlays of a worker that lies, or says nothing: the viewer of the host goes on."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from trimatte.host_bridge import Drawing, Overlay

from .conftest import end_workers, load

install = load("liar").install

GARBAGE = {
    "a size of nothing": b"size 0 0\nforeground 1 2 3 4 5 6",
    "a size below nothing": b"size -5 9\nforeground 1 2 3 4 5 6",
    "no size": b"foreground 1 2 3 4 5 6",
    "three sides": b"size 8 8 8",
    "half a corner": b"size 9 9\nforeground 1 2 3",
    "frames out of order": b"keyframes 5 1",
    "a frame beyond numbers": b"keyframes 99999999999999999999",
    "words for numbers": b"size 9 9\nbackground 1 x",
    "a word that is none": b"hello 3",
    "no text at all": b"\xff\xfe\x00\x01 \x00\n\n",
}


@pytest.fixture
def lying(tmp_path: Path, worker_environment: dict[str, str]) -> Iterator[Any]:
    """Start no other worker than one that tells this lie."""
    end_workers()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in worker_environment.items():
            patch.setenv(name, value)

        def tell(lie: str) -> None:
            patch.setenv("TRIMATTE_PYTHON", install(tmp_path, lie))

        yield tell
        end_workers()


@pytest.fixture
def overlay(make_effect: Any) -> Iterator[Overlay]:
    effect = make_effect(overlays=True)
    effect.params["paintInViewer"] = "Foreground"
    with effect.overlay() as made:
        made.pen("motion", (10.0, 10.0))
        yield made


def marks(text: bytes) -> str:
    return f"text = {text!r}; say(set_text(3, len(text), text)); say(done(0))"


def draw_until(overlay: Overlay, is_there: Any) -> list[Drawing]:
    """Draw as a viewer does, again and again; a worker that starts may miss the first."""
    deadline = time.monotonic() + 20
    while not is_there(drawings := overlay.draw(0)):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)
    return drawings


@pytest.mark.parametrize("lie", GARBAGE)
def test_marks_that_make_no_sense_are_not_drawn(overlay: Overlay, lying: Any, tmp_path: Path, lie: str) -> None:
    heard = tmp_path / "heard"
    lying(f"open({str(heard)!r}, 'w').close(); {marks(GARBAGE[lie])}")
    drawings = draw_until(overlay, lambda _: heard.exists())
    assert {one.shape for one in drawings + overlay.draw(0)} == {"ellipse"}


def test_marks_far_away_are_drawn_there(overlay: Overlay, lying: Any) -> None:
    lying(marks(b"keyframes -7 2000000000\nsize 1 1\nforeground 0 0 2147483647 0 0 -2147483648"))
    drawings = draw_until(overlay, lambda seen: any(one.shape == "loop" for one in seen))
    assert next(one for one in drawings if one.shape == "loop").points[0] == (0.0, 48.0)
    assert {one.text for one in drawings if one.text} == {"< -7   2000000000 >"}


def test_a_silent_worker_holds_no_viewer_up(overlay: Overlay, lying: Any) -> None:
    lying("time.sleep(9)")
    for _ in range(3):
        start = time.monotonic()
        assert {one.shape for one in overlay.draw(0)} == {"ellipse"}
        assert time.monotonic() - start < 1.5
