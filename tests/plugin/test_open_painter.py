"""The painter as a process of its own, started for the host."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trimatte.core.trimap import read_levels
from trimatte.plugin import _bridge
from trimatte.plugin import open_painter as module
from trimatte.plugin.embedded_keyframes import with_keyframe
from trimatte.plugin.errors import ParameterError
from trimatte.plugin.keyframes import write_keyframe
from trimatte.plugin.lent_keyframes import is_lent, take_back
from trimatte.plugin.open_painter import open_painter
from trimatte.plugin.params import Params

from ..core.media.movies import write_movie


def page(settings: dict[str, Any], **changes: object) -> Params:
    return Params.parse(json.dumps(settings | changes).encode())


class Texts:
    """Takes what the worker writes into parameters, as the shell's channel does."""

    def __init__(self) -> None:
        self.keyframes: str | None = None

    def set_text(self, parameter: _bridge.Parameter, text: str) -> None:
        assert parameter is _bridge.Parameter.KEYFRAMES
        self.keyframes = text


def start(settings: dict[str, Any], channel: Texts | None = None, **changes: object) -> str:
    return open_painter(channel or Texts(), page(settings, **changes), 1007)


def test_what_is_missing_is_told(settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ParameterError, match="set Source file"):
        start(settings)
    monkeypatch.setenv("XDG_STATE_HOME", "/proc/none")
    with pytest.raises(ParameterError, match="set Keyframes to a folder"):
        start(settings, sourceFile="/shots/a.mp4", keyframes="")
    monkeypatch.setattr(module, "find_spec", lambda name: None if name == "PySide6" else object())
    with pytest.raises(ParameterError, match=r"pip install 'trimatte\[painter\]'"):
        start(settings, sourceFile="/shots/a.mp4")
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    with pytest.raises(ParameterError, match="has no trimap painter"):
        start(settings, sourceFile="/shots/a.mp4")


def test_the_command_gets_file_and_folder_and_nobody_waits(
    settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wait_until: Any
) -> None:
    words = tmp_path / "words"
    painter = tmp_path / "painter"
    painter.write_text(f'#!/bin/sh\nsleep 0.3\necho "$@" > {words}.new\nmv {words}.new {words}\nexit 3\n')
    painter.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(painter))
    said = start(settings, sourceFile="/shots/a b.mp4", inputSpace="ACEScg")
    assert not words.exists()
    assert said.startswith("The painter opens a b.mp4")
    wait_until(words.exists)
    assert words.read_text() == (
        f"-I -m trimatte paint /shots/a b.mp4 --keyframes {settings['keyframes']} --frame 1007 --input-space acescg\n"
    )


def test_keyframes_of_the_project_are_lent_and_taken_back_when_the_painter_has_ended(
    settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wait_until: Any, make_trimap: Any
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    painter, may_end = tmp_path / "painter", tmp_path / "may end"
    painter.write_text(f'#!/bin/sh\nwhile [ ! -e "{may_end}" ]; do sleep 0.02; done\n')
    painter.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(painter))
    host, first, second = Texts(), make_trimap(0), make_trimap(1)
    text = with_keyframe("", 1001, first)
    start(settings, host, sourceFile="/shots/a.mp4", keyframes=text)
    lent = page(settings, keyframes=host.keyframes)
    assert lent.keyframes is not None
    assert is_lent(lent.keyframes)
    np.testing.assert_array_equal(read_levels(lent.keyframes / "trimap.1001.png"), first)
    assert take_back(host, lent) is lent  # the painter still paints
    write_keyframe(lent.keyframes, 1005, second)
    may_end.touch()
    wait_until(lambda: not (lent.keyframes / "painter.pid").exists())
    assert take_back(host, lent).embedded == host.keyframes == with_keyframe(text, 1005, second)


def test_a_folder_of_the_user_is_never_taken_into_the_project(settings: dict[str, Any]) -> None:
    host, params = Texts(), page(settings)
    assert take_back(host, params) is params
    assert host.keyframes is None


@pytest.mark.usefixtures("shell_environment")
@pytest.mark.parametrize("way", ["button", "choice"])
def test_the_button_of_the_host_says_what_it_did(make_effect: Any, way: str) -> None:
    effect = make_effect()
    if way == "button":
        effect.press("paintTrimap")
    else:
        effect.params["keyframeAction"] = "Paint trimap"
    assert "set Source file to the movie" in effect.params["status"].value()


def test_the_button_lends_what_the_project_holds_and_the_next_one_takes_it_back(
    make_effect: Any, make_trimap: Any, tmp_path: Path, shell_environment: pytest.MonkeyPatch, wait_until: Any
) -> None:
    pytest.importorskip("PySide6.QtWidgets", reason="PySide6 is missing", exc_type=ImportError)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):  # the painter ends at once
        shell_environment.delenv(name, raising=False)
    effect = make_effect()
    text = with_keyframe("", 3, make_trimap(0))
    effect.params["sourceFile"] = str(write_movie(tmp_path / "a.mp4", frames=4))
    effect.params["keyframes"] = text
    effect.press("paintTrimap")
    assert effect.params["status"].value().startswith("The painter opens a.mp4")
    lent = Path(effect.params["keyframes"].value())
    np.testing.assert_array_equal(read_levels(lent / "trimap.0003.png"), make_trimap(0))
    wait_until(lambda: not (lent / "painter.pid").exists())
    effect.press("nextKeyframe")
    assert effect.params["keyframes"].value() == text
