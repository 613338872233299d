"""What the pages promise is there: commands with their options, examples that run, files behind links, make targets."""

import re
import shlex
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import typer
from PIL import Image

from trimatte.cli import COMMANDS
from trimatte.plugin import bundle_path

from ..commands.conftest import _own_places, paint, random_weights
from ..core.media.movies import write_movie

__all__ = ["_own_places", "random_weights"]  # fixtures

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def shell_lines(program: str) -> list[str]:
    lines = [line for block in blocks("bash") for line in block.splitlines()]
    return [line for line in lines if line.startswith(f"{program} ")]


@pytest.mark.parametrize("line", shell_lines("trimatte"))
def test_every_command_line_is_understood(line: str) -> None:
    name, *arguments = shlex.split(line, comments=True)[1:]
    command = typer.main.get_command(import_module(f"trimatte.commands.{COMMANDS[name][0]}").app)
    command.make_context(f"trimatte {name}", arguments)  # parses, does not run


def test_pictures_are_shown() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert pictures
    for picture in pictures:
        with Image.open(ROOT / picture) as shown:
            assert shown.width > 800


@pytest.mark.parametrize("line", shell_lines("make"))
def test_every_make_target_is_there(line: str) -> None:
    target = shlex.split(line, comments=True)[1]
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_every_link_leads_to_a_file(page: str) -> None:
    links = re.findall(r"\]\(([^)#]+)", (ROOT / page).read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (ROOT / link).exists()] == []


def test_make_runs_only_files_that_are_there() -> None:
    scripts = re.findall(r"python (\S+\.py)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert scripts
    assert [script for script in scripts if not (ROOT / script).is_file()] == []


def test_the_python_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session, host = blocks("python")
    write_movie(tmp_path / "shot.mp4", frames=21)
    paint(tmp_path / "first.png")
    trimaps = tmp_path / "trimaps"
    trimaps.mkdir()
    paint(trimaps / "t.0000.png", size=(64, 48))
    monkeypatch.chdir(tmp_path)
    found: dict[str, np.ndarray] = {}
    exec(session, found)
    assert found["alpha"].dtype == np.float32
    assert found["alpha"].shape == (64, 128)
    host = host.replace("/path/to/plugins", str(bundle_path().parent)).replace("/path/to/trimaps", str(trimaps))
    host = host.replace("effect.render(12)", "effect.render(1)")
    frames = np.random.default_rng(3).random((2, 48, 64, 4), dtype=np.float32)
    shown: dict[str, np.ndarray] = {"frames": frames}
    exec(host, shown)
    assert shown["picture"].shape == (48, 64, 4)
