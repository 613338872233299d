"""The painter as a process of its own, started for the host."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from trimatte.plugin import open_painter as module
from trimatte.plugin.errors import ParameterError
from trimatte.plugin.open_painter import open_painter
from trimatte.plugin.params import Params


def page(settings: dict[str, Any], **changes: object) -> Params:
    return Params.parse(json.dumps(settings | changes).encode())


def test_what_is_missing_is_told(settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ParameterError, match="set Source file"):
        open_painter(page(settings))
    with pytest.raises(ParameterError, match="set Keyframes to a folder"):
        open_painter(page(settings, sourceFile="/shots/a.mp4", keyframes=""))
    monkeypatch.setattr(module, "find_spec", lambda name: None if name == "PySide6" else object())
    with pytest.raises(ParameterError, match=r"pip install 'trimatte\[painter\]'"):
        open_painter(page(settings, sourceFile="/shots/a.mp4"))
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    with pytest.raises(ParameterError, match="has no trimap painter"):
        open_painter(page(settings, sourceFile="/shots/a.mp4"))


def test_the_command_gets_file_and_folder_and_nobody_waits(
    settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wait_until: Any
) -> None:
    words = tmp_path / "words"
    painter = tmp_path / "painter"
    painter.write_text(f'#!/bin/sh\nsleep 0.3\necho "$@" > {words}.new\nmv {words}.new {words}\nexit 3\n')
    painter.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(painter))
    said = open_painter(page(settings, sourceFile="/shots/a b.mp4"))
    assert not words.exists()
    assert said.startswith("The painter opens a b.mp4")
    wait_until(words.exists)
    assert words.read_text() == f"-I -m trimatte paint /shots/a b.mp4 --keyframes {settings['keyframes']}\n"


@pytest.mark.usefixtures("shell_environment")
@pytest.mark.parametrize("way", ["button", "choice"])
def test_the_button_of_the_host_says_what_it_did(make_effect: Any, way: str) -> None:
    effect = make_effect()
    if way == "button":
        effect.press("paintTrimap")
    else:
        effect.params["keyframeAction"] = "Paint trimap"
    assert "set Source file to the movie" in effect.params["status"].value()
