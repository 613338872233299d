"""The root command: quick, and exact about what it does not know."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import trimatte
from trimatte.cli import COMMANDS, main


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "trimatte", *arguments], capture_output=True, text=True, check=False)


def test_help_lists_every_command_and_loads_no_torch() -> None:
    code = "import sys, trimatte.cli as c\ntry: c.main(['--help'])\nfinally: assert 'torch' not in sys.modules"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert all(name in ran.stdout for name in COMMANDS)


def test_the_version_is_the_package_s() -> None:
    assert run("--version").stdout == f"trimatte {trimatte.__version__}\n"


def test_an_unknown_command_is_named() -> None:
    ran = run("rander")
    assert ran.returncode == 2
    assert ran.stderr.startswith("trimatte: there is no command 'rander'; use one of: render, ")


def test_wrong_options_are_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["contact-sheet", "--what"])
    assert left.value.code == 2
    assert "--what" in capsys.readouterr().err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_an_app_and_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert hasattr(import_module(f"trimatte.commands.{COMMANDS[name][0]}"), "app")
    with pytest.raises(SystemExit) as left:
        main([name, "--help"])
    assert left.value.code == 0
    assert f"trimatte {name}" in capsys.readouterr().out


@pytest.mark.parametrize(("arguments", "calls"), [(None, 1), (["weights", "list"], 0)])
def test_only_a_process_of_its_own_is_tuned(
    arguments: list[str] | None, calls: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tuned: list[bool] = []
    monkeypatch.setattr("trimatte.core.sessions.allocator.tune_allocator", lambda: tuned.append(True))
    monkeypatch.setattr("sys.argv", ["trimatte", "weights", "list"])
    monkeypatch.setenv("TRIMATTE_DATA", str(tmp_path))
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 0
    assert len(tuned) == calls
