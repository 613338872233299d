"""Without a screen the painter says what to do instead."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from trimatte.plugin.painter.display import NoDisplayError, check_display


def test_without_a_screen_the_message_names_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    if sys.platform == "linux":
        with pytest.raises(NoDisplayError, match="use 'trimatte render'"):
            check_display("use 'trimatte render'")


def test_the_command_says_it_too(clip: Path) -> None:
    environment = {n: v for n, v in os.environ.items() if n not in {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}}
    command = [sys.executable, "-m", "trimatte", "paint", str(clip)]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert "trimatte render" in ran.stderr
