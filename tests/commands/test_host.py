"""``trimatte host``: effects of others, as a table."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from trimatte.commands.host import app
from trimatte.kernels.errors import TrimatteError

from ..host_bridge.conftest import probe_folder

__all__ = ["probe_folder"]  # a fixture


@pytest.fixture
def folder(probe_folder: Path, tmp_path: Path) -> Path:
    """Two bundles, one of which nobody can open."""
    shutil.copytree(probe_folder / "Probes.ofx.bundle", tmp_path / "Probes.ofx.bundle")
    broken = tmp_path / "NoExport.ofx.bundle/Contents/Linux-x86-64"
    broken.mkdir(parents=True)
    shutil.copy(probe_folder / "broken/NoExport.ofx", broken)
    return tmp_path


def test_effects_are_listed_and_what_was_skipped_is_told(folder: Path) -> None:
    result = CliRunner().invoke(app, ["list", str(folder)])
    assert result.exit_code == 0
    assert "org.trimatte.probe.ramp" in result.stdout
    assert "does not export OfxGetNumberOfPlugins" in result.stderr


def test_one_effect_is_shown_with_its_clips_and_parameters(probe_folder: Path) -> None:
    result = CliRunner().invoke(app, ["show", "org.trimatte.probe.params", str(probe_folder)])
    assert "clips Source, Output" in result.stdout
    assert "<Choice choice = 'Two'>" in result.stdout
    with pytest.raises(TrimatteError, match=r"there is org\.trimatte\.probe\.params"):
        CliRunner().invoke(app, ["show", "org.trimatte.probe.param", str(probe_folder)], catch_exceptions=False)


def test_a_survey_goes_on_after_effects_that_fail(probe_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIMATTE_PROBE_CRASH", "segfault")  # one probe crashes when it is described
    result = CliRunner().invoke(app, ["survey", str(probe_folder), "--json"])
    assert result.exit_code == 1
    trials = {trial["identifier"]: trial for trial in json.loads(result.stdout)}
    assert "SIGSEGV" in trials["org.trimatte.probe.crash"]["error"]
    assert trials["org.trimatte.probe.crash"]["step"] == "describe"
    assert trials["org.trimatte.probe.temporal"]["error"] == ""
    assert trials["org.trimatte.probe.leak"]["leaked_images"] == 1
    refused = {name.removeprefix("org.trimatte.probe.") for name, trial in trials.items() if trial["error"]}
    # 'files.read' finds no folder, 'manners' sets a parameter while it renders
    assert refused == {"crash", "files.read", "forms", "manners", "strict"}


def test_a_folder_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(TrimatteError, match="there is no folder"):
        CliRunner().invoke(app, ["list", str(tmp_path / "nobody")], catch_exceptions=False)
